"""One place that writes a job's messages and failures to the log file of its rule."""

import contextlib
import logging
import sys
from pathlib import Path

from onelayer.errors import InputError, TrainingError

log = logging.getLogger("onelayer")


def warn(message):
    """Say something in the log and on standard error, and go on."""
    log.warning("%s", message)
    print(f"Warning: {message}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def job(log_file):
    """Log to `log_file` while the body runs; end the process with status 1 when it fails.

    An InputError or a TrainingError leaves its message alone, in the log and on standard error: it is
    written for the user. Anything else is a defect of the project, and leaves its traceback in both.
    """
    Path(log_file).parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(log_file, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield log
    except (InputError, TrainingError) as error:
        log.error("%s", error)
        sys.exit(f"Error: {error}")
    except Exception:
        log.exception("unexpected failure")
        raise
    finally:
        log.removeHandler(handler)
        handler.close()
