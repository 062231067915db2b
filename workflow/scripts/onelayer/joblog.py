"""One place that writes a job's messages and failures to the log file of its rule."""

import contextlib
import fcntl
import logging
import sys
from pathlib import Path

from onelayer.errors import DISK_FULL, InputError, TrainingError, disk_full, writing

# Locked, shared, by every job at work in this folder: a job may outlive its run, if that was killed (onelayer.locks).
JOBS = Path(".snakemake/jobs.lock")

log = logging.getLogger("onelayer")


def warn(message):
    """Say something in the log and on standard error, and go on."""
    log.warning("%s", message)
    print(f"Warning: {message}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def job(log_file):
    """Log to `log_file` while the body runs; end the process with status 1 when it fails.

    An InputError or a TrainingError leaves its message alone, in the log and on standard error: it is
    written for the user. So does a full disk. Anything else is a defect of the project, and leaves its
    traceback in both.
    """
    try:
        with _at_work(), _logging_to(log_file):
            yield log
    except (InputError, TrainingError) as error:
        sys.exit(f"Error: {error}")
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        sys.exit(f"Error: {_message(log_file, error)}")


@contextlib.contextmanager
def _logging_to(log_file):
    """Log to a file; what ends the body is logged, too."""
    with writing(log_file):
        Path(log_file).parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_file, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.handleError = lambda record: None  # a log that cannot be written is no reason to fail
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    except (InputError, TrainingError) as error:
        log.error("%s", error)
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            log.error("%s", _message(log_file, error))
        else:
            log.exception("unexpected failure")
        raise
    finally:
        log.removeHandler(handler)
        with contextlib.suppress(OSError):
            handler.close()


def _message(log_file, error):
    """Of a full disk, where the error does not say with which file."""
    return disk_full(error.filename or f"a file of the job that logs to {log_file}", error)


@contextlib.contextmanager
def _at_work():
    """Hold the lock of the jobs, where there is one."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # not run by Snakemake, or no locks on this file system
            file = stack.enter_context(open(JOBS, "a+"))
            fcntl.flock(file, fcntl.LOCK_SH)
        yield
