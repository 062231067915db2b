"""Programs that the pipeline starts, which may be missing, fail, or never end."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from typing import Any

from onelayer.errors import InputError

ASK_SECONDS = 10.0  # for a question to git or kpsewhich, which answer at once


def run(command: Sequence[str], seconds: float, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program, and end it with all that it has started if it takes longer than `seconds`.

    Parameters
    ----------
    command : sequence of str
    seconds : float
    **options
        Of subprocess.Popen.

    Returns
    -------
    CompletedProcess with what was printed; bytes that are no text are replaced.

    Raises
    ------
    InputError
        The program cannot be started, or does not end.
    """
    pipes: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    options |= {"stdin": subprocess.DEVNULL, "text": True, "errors": "replace", "process_group": 0}
    try:
        process = subprocess.Popen(command, **pipes, **options)
    except OSError as error:
        raise InputError(f"{command[0]}: cannot be started: {error.strerror}") from error
    late = threading.Event()

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
            os.killpg(process.pid, signal.SIGKILL)

    def end() -> None:
        late.set()
        kill()

    # A timer beside it and not the timeout of `communicate`, which sleeps: under a clock that is set for a test, that fails.
    timer = threading.Timer(seconds, end)
    timer.start()
    with process:  # on its way out it waits for the process, so that is killed before
        try:
            stdout, stderr = process.communicate()
        except BaseException:
            kill()
            raise
        finally:
            timer.cancel()
    if late.is_set():
        raise InputError(f"{command[0]}: not done after {seconds:g} seconds: ended; try it by hand")
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def output_of(command: Sequence[str]) -> str | None:
    """What a program prints, without spaces around it; None where it is missing, fails or does not end."""
    try:
        done = run(command, ASK_SECONDS)
    except InputError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
