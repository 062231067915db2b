"""Run a command and print, as JSON, what it and all its processes took: `python usage.py LOG COMMAND ...`.

A process of its own, and a small one: Linux counts the memory of the process that starts another into the peak of the latter.
"""

import json
import resource
import subprocess
import sys
import time

if __name__ == "__main__":
    log, *command = sys.argv[1:]
    started = time.perf_counter()
    with open(log, "w") as output:
        status = subprocess.run(command, stdout=output, stderr=output).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "seconds": used.ru_utime + used.ru_stime,
                "clock": time.perf_counter() - started,
                "megabytes": used.ru_maxrss / 1024,
            }
        )
    )
    sys.exit(status)
