"""Terminal: a line for each job, and a summary at the end. For the workflow that is run itself: one that imports it has its own."""

import time

from onelayer.summary import summary
from onelayer.terminal import line_a_job

BEGINNING = time.monotonic()
TERMINAL = line_a_job(logger)


# Only where everything was asked for and something was made: after one artefact, other tables may be of another time.
onsuccess:
    if "all" in TERMINAL.rules and os.path.exists("results/tables"):  # not where the files are in a bucket
        seconds = time.monotonic() - BEGINNING
        print(f"\n{summary(Path('results'), DIFFERING, len(TERMINAL.began), seconds)}", flush=True)


onerror:
    print(f"Not finished. The same command goes on from here. The whole log: {', '.join(log)}", flush=True)
