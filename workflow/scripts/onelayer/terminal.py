"""The terminal: a line for each job that begins, warnings, errors. All that Snakemake says stands in .snakemake/log.

Snakemake logs by Python's `logging`, and the fields of its records are those that it documents for logger plugins. A plugin
would have to be installed wherever somebody runs the workflow; a formatter and a filter of its stream need only the workflow.
"""

import logging
from pathlib import Path

from onelayer.log import INTERRUPTED

LAST_LINES = 10  # of the log of a job that failed
# How Snakemake tells of a job that ended by itself, which has said why, and of one that Ctrl-C ended, early or late.
FAILED = "returned non-zero exit status 1."
STOPPED = (f"returned non-zero exit status {INTERRUPTED}.", "died with <Signals.SIGINT: 2>.")
# Before it plans, and of no use to a reader.
UNSAID = ("Assuming unrestricted shared filesystem", "Using shell")


class Terminal(logging.Formatter):
    """Says what Snakemake does in a line a job; leaves everything else as `usual` has it.

    Attributes
    ----------
    began : dict from int to str
        What each job that has begun does, by the number of the job.
    rules : set of str
        Their rules.
    total : int or None
        Jobs of the whole run, once they are known.
    runs : bool
        Whether this is a run, and not a dry run or a report.
    interrupted : bool
        Whether jobs have been ended by Ctrl-C.
    """

    def __init__(self, usual: logging.Formatter | None = None) -> None:
        super().__init__()
        self.usual = usual or logging.Formatter()
        self.began: dict[int, str] = {}
        self.rules: set[str] = set()
        self.total: int | None = None
        self.runs = False
        self.interrupted = False

    def passes(self, record: logging.LogRecord) -> bool:
        """Whether a record is shown.

        A dry run and the like, which do not say what they have to run with, are shown as they are.
        """
        event = getattr(record, "event", None)
        if event == "resources_info":
            self.runs = True
        if event == "run_info":
            self.total = record.stats["total"]  # type: ignore[attr-defined]
        if event == "error" and record.getMessage().endswith((FAILED, *STOPPED)):
            self.interrupted = self.interrupted or record.getMessage().endswith(STOPPED)
            return False
        if record.levelno > logging.INFO:
            return True
        return event == "job_info" if self.runs else not record.getMessage().startswith(UNSAID)

    def format(self, record: logging.LogRecord) -> str:
        """The record as text. A job's is what it does, after which of how many it is."""
        event = getattr(record, "event", None)
        if event == "job_info" and self.runs:
            return self._beginning(record.jobid, record.rule_name, record.rule_msg)  # type: ignore[attr-defined]
        if event == "job_error":
            return self._failure(record.jobid, record.rule_name, record.log)  # type: ignore[attr-defined]
        return self.usual.format(record)

    def _beginning(self, number: int, rule: str, message: str | None) -> str:
        self.began[number] = message or rule
        self.rules.add(rule)
        begun = len(self.began)
        if self.total is None:
            return f"[{begun}] {self.began[number]}"
        return f"[{begun:{len(str(self.total))}}/{self.total} {100 * begun // self.total:3} %] {self.began[number]}"

    def _failure(self, number: int, rule: str, logs: list[str]) -> str:
        does = self.began.get(number, rule)
        if self.interrupted:
            return f"Interrupted: {does}"
        lines = [f"Failed: {does}"]
        for log in logs:
            lines += [f"  {log}:", *(f"    {line}" for line in _last_lines(Path(log)))]
        return "\n".join(lines)


def _last_lines(log: Path) -> list[str]:
    if not log.is_file():
        return ["(no such file)"]
    return log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:] or ["(empty)"]


def line_a_job(logger: logging.Logger) -> Terminal:
    """Make what a logger writes to the terminal a line a job, unless it is asked for everything (--verbose).

    Files that it writes to, and logger plugins, are left alone.

    Returns
    -------
    Terminal
        What knows which jobs have begun; none, where it is not what writes.
    """
    terminal = Terminal()
    if logger.getEffectiveLevel() <= logging.DEBUG:
        return terminal
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            terminal.usual = handler.formatter or terminal.usual
            handler.setFormatter(terminal)
            handler.addFilter(terminal.passes)
    return terminal
