"""One run at a time in a folder.

The locks of Snakemake are files that a killed run leaves behind, to be removed by hand. These are held by the system
for a process, and are gone with it.
"""

import fcntl
from pathlib import Path

from onelayer.errors import InputError
from onelayer.joblog import JOBS

_held = []  # open for as long as the process lives


def hold_folder(say):
    """Keep other runs out of the working folder until this process ends; `say` takes a message.

    Jobs that a killed run has left behind are waited for, because they still write. Each holds its lock from within a
    second of its start, and a run takes longer to come here.

    Raises
    ------
    InputError
        Another run is at work here.
    """
    try:
        file = open(JOBS.with_name("run.lock"), "a")  # noqa: SIM115 not to be closed
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be opened: {error.strerror}; run in a folder of your own"
        ) from error
    _held.append(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"{Path.cwd()}: another run is at work in this folder; wait for it to end") from None
    except OSError as error:
        say(f"This file system has no locks ({error}): see to it that no other run is at work in this folder.")
        return
    with open(JOBS, "a") as jobs:
        try:
            fcntl.flock(jobs, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for jobs of an earlier run, which was killed, to end.")
            fcntl.flock(jobs, fcntl.LOCK_EX)
