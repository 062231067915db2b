"""Where a job writes what it does and why it failed: the log file of its rule, and standard error."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from onelayer.io.code import check_code
from onelayer.io.errors import InputError, TrainingError

INTERRUPTED = 130  # the status after Ctrl-C, as shells have it


@contextlib.contextmanager
def job(log_file: str, code: Mapping[str, Any] | None = None) -> Iterator[logging.Logger]:
    """Log to `log_file` while the body runs; end the process with status 1 when it fails.

    What a user can act on leaves one line, a defect of the project its traceback. `code` is the parameter of the rule: the job
    ends if its code was edited since the run was planned.
    """
    log = logging.Logger("onelayer", logging.INFO)
    log.addHandler(logging.NullHandler())  # without its file nothing goes to standard error but the last line
    logging.raiseExceptions = False  # nor of a disk that has no room for the log: what the job says of it matters more
    try:
        Path(log_file).parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_file, mode="w", encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
        if code is not None:
            check_code(code)
        yield log
    except (InputError, TrainingError) as error:
        log.error("%s", error)
        sys.exit(f"Error: {error}")
    except OSError as error:
        log.exception("refused by the system")
        reason = os.strerror(error.errno) if error.errno else error
        sys.exit(f"Error: {error.filename or log_file}: {reason}. Mend that and run again.")
    except KeyboardInterrupt:
        log.error("interrupted")
        sys.exit(INTERRUPTED)
    except Exception:
        log.exception("unexpected failure")
        raise
