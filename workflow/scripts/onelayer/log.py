"""Where a job writes what it does and why it failed: the log file of its rule, and standard error."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from onelayer.closure import check_code
from onelayer.errors import WAYS_OUT, InputError, TrainingError

INTERRUPTED = 130  # the status after Ctrl-C, as shells have it


@contextlib.contextmanager
def job(log_file: str, code: Mapping[str, Any] | None = None) -> Iterator[logging.Logger]:
    """Log to `log_file` while the body runs; end the process with status 1 when it fails.

    An InputError or a TrainingError leaves its message alone, because it is written for the user; so does a file that the
    system refuses where the user can change that. Anything else is a defect of the project, and leaves its traceback, but for an
    interruption (Ctrl-C), which is none.

    Parameters
    ----------
    log_file : path
    code : mapping, optional
        The parameter `code` of the rule: the job ends if the code is another by now than the one that was planned with.
    """
    log = logging.getLogger("onelayer")
    log.setLevel(logging.INFO)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_written_to(log, log_file))
            if code is not None:
                check_code(code)
            yield log
        except (InputError, TrainingError) as error:
            log.error("%s", error)
            sys.exit(f"Error: {error}")
        except OSError as error:
            if error.errno not in WAYS_OUT:
                log.exception("unexpected failure")
                raise
            file = error.filename or f"a file of the job that logs to {log_file}"
            sys.exit(f"Error: {file}: {os.strerror(error.errno)}. {WAYS_OUT[error.errno]} and run again.")
        except KeyboardInterrupt:
            log.error("interrupted")
            sys.exit(INTERRUPTED)
        except Exception:
            log.exception("unexpected failure")
            raise


@contextlib.contextmanager
def _written_to(log: logging.Logger, log_file: str) -> Iterator[None]:
    """A log for which the disk has no room is cut short: what the job says of that disk matters more."""
    logging.raiseExceptions = False
    Path(log_file).parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(log_file, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        with contextlib.suppress(OSError):
            handler.close()
