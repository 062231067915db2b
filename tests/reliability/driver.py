"""One training process for the tests to kill: workflow/scripts/train.py as a job runs it, a checkpoint at every epoch.

    python driver.py FOLDER KILL RUN

FOLDER holds train.parquet and test.parquet and takes the rest; RUN is the settings as JSON. KILL is "no", or when the
process kills itself: such as "before steps.parquet 0", around the first renaming of a file to that name. It is "before",
"after", or "halfway", with half of the file written.
"""

import json
import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"
OUTPUTS = {"steps": "steps.parquet", "evaluations": "evaluations.parquet"}
OUTPUTS |= {"weights": "weights.npz", "summary": "summary.json"}


def kill_around_renaming(when, name, number):
    """Let os.replace kill this process around the renaming `number`, counted from 0, of a file to `name`."""
    rename, seen = os.replace, []

    def replace(source, target):
        seen.append(Path(target).name)
        now = seen[-1] == name and seen.count(name) == number + 1
        if now and when == "halfway":
            os.truncate(source, os.path.getsize(source) // 2)
        if now and when != "after":
            os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = replace


def run(folder, kill, settings):
    sys.path.insert(0, str(SCRIPTS))
    import train
    from onelayer import checkpoint
    from onelayer.joblog import job

    checkpoint.INTERVAL = checkpoint.REST = 0
    if kill != "no":
        when, name, number = kill.split()
        kill_around_renaming(when, name, int(number))
    print("started", flush=True)
    with job(folder / "train.log") as log:
        train.main(
            train_path=folder / "train.parquet",
            validation_path=folder / "test.parquet",
            modules=sorted((SCRIPTS / "onelayer").glob("*.py")),
            dataset="synthetic",
            counts={"train": None, "validation": None},
            sources={"train": None, "validation": None},
            lam=str(settings["lam"]),
            settings=train.Settings(**settings),
            outputs=SimpleNamespace(**{name: folder / file for name, file in OUTPUTS.items()}),
            checkpoint_path=folder / "checkpoint.npz",
            log=log,
        )


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
