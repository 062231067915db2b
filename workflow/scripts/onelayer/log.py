"""Where a job writes what it does and why it failed: the log file of its rule, and standard error."""

import contextlib
import errno
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from onelayer.errors import InputError, TrainingError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
INTERRUPTED = 130  # the status after Ctrl-C, as shells have it


@contextlib.contextmanager
def job(log_file: str) -> Iterator[logging.Logger]:
    """Log to `log_file` while the body runs; end the process with status 1 when it fails.

    An InputError or a TrainingError leaves its message alone, because it is written for the user; so does a full disk.
    Anything else is a defect of the project, and leaves its traceback, but for an interruption (Ctrl-C), which is none.
    """
    Path(log_file).parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(log_file, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("onelayer")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield log
    except (InputError, TrainingError) as error:
        log.error("%s", error)
        sys.exit(f"Error: {error}")
    except OSError as error:
        if error.errno not in NO_ROOM:
            log.exception("unexpected failure")
            raise
        file = error.filename or f"a file of the job that logs to {log_file}"
        sys.exit(f"Error: {file}: cannot be written: {error.strerror}. Make room on its disk and run again.")
    except KeyboardInterrupt:
        log.error("interrupted")
        sys.exit(INTERRUPTED)
    except Exception:
        log.exception("unexpected failure")
        raise
    finally:
        log.removeHandler(handler)
        handler.close()
