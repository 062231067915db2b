"""The terminal: a line for each job that begins, warnings, errors. .snakemake/log has all that Snakemake says.

Snakemake logs by Python's `logging`, and the fields of its records are those that it documents for logger plugins. A plugin
would have to be installed wherever somebody runs the workflow; a formatter and a filter of its stream need only the workflow.
"""

import difflib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path


class Terminal(logging.Formatter):
    """Says what Snakemake does in a line a job; formats everything else as `usual` does.

    `began` has what each job that has begun does, by its number, and `rules` their rules. `targets` are those that a hint names.
    """

    def __init__(self, targets: Sequence[str]) -> None:
        super().__init__()
        self.targets = targets
        self.usual: logging.Formatter = logging.Formatter()
        self.began: dict[int, str] = {}
        self.rules: set[str] = set()
        self.total = 0
        self.failed = False
        self.runs = False  # a dry run or a report does not say what it has to run with

    def passes(self, record: logging.LogRecord) -> bool:
        """Whether a record is shown: before a run and without one all are, in a run jobs and what is worse."""
        event = getattr(record, "event", None)
        if event == "resources_info":
            self.runs = True
        if event == "run_info":
            self.total = record.stats["total"]  # type: ignore[attr-defined]
        kind = getattr(record, "exception", "") if event == "error" else ""
        if (kind == "RuleException" and self.began) or (kind == "WorkflowError" and self.failed):
            return False  # the job's own record, between these two, says which has failed
        return not self.runs or event == "job_info" or record.levelno > logging.INFO

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        fields, event = vars(record), getattr(record, "event", None)
        if event == "job_info" and self.runs:
            self.rules.add(fields["rule_name"])
            self.began[fields["jobid"]] = does = fields["rule_msg"] or fields["rule_name"]
            begun, width = len(self.began), len(str(self.total))
            return f"[{begun:{width}}/{self.total} {100 * begun // self.total:3} %] {does}"
        if event == "job_error":
            self.failed = True
            said = [f"{_last_error(Path(log)):.200} ({log})" for log in fields["log"]]
            return ": ".join([f"Failed: {self.began.get(fields['jobid'], fields['rule_name'])}", *said])
        if event == "error" and fields.get("exception") == "MissingRuleException":
            return f"{self.usual.format(record)}\n{what_was_meant(sys.argv[1:], self.targets)}"
        return self.usual.format(record)


def what_was_meant(arguments: Sequence[str], targets: Sequence[str]) -> str:
    """A hint for an unknown target: an overlay without its option, or the target with the nearest name."""
    given = any(word.startswith("--configfile") for word in arguments)
    for word in (word for word in arguments if not word.startswith("-")):
        if word.endswith((".yaml", ".yml")) and not given:
            return f"Did you mean --configfile {word}?"
        if word not in targets and (near := difflib.get_close_matches(word, targets, 1)):
            return f"Did you mean {near[0]}?"
    return "snakemake --dry-run names the targets that there are."


def _last_error(log: Path) -> str:
    """The last line that a job has logged as an error, or else its last line."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    return next((line.partition(" ERROR ")[2] for line in reversed(lines) if " ERROR " in line), "".join(lines[-1:]))


def line_a_job(logger: logging.Logger, targets: Sequence[str]) -> Terminal:
    """Make what a logger writes to the terminal a line a job, unless it is asked for everything (--verbose).

    Files that it writes to, and logger plugins, are left alone.
    """
    terminal = Terminal(targets)
    if logger.getEffectiveLevel() > logging.DEBUG:
        for handler in logger.handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                terminal.usual = handler.formatter or terminal.usual
                handler.setFormatter(terminal)
                handler.addFilter(terminal.passes)
    return terminal
