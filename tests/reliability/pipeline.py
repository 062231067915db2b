"""The whole pipeline as a process, to be killed or met at work, and what it leaves."""

import contextlib
import subprocess
import sys
import time

import psutil

from identical import digests
from tests.conftest import ROOT


class Pipeline(subprocess.Popen):
    """Snakemake in a folder, as a process of its own whose output goes to output.txt there."""

    def __init__(self, folder, *arguments, **options):
        folder.mkdir(parents=True, exist_ok=True)
        self.output = folder / "output.txt"
        command = [sys.executable, "-m", "snakemake", "--directory", folder, *arguments]
        with open(self.output, "w") as output:
            super().__init__([*map(str, command)], cwd=ROOT, stdout=output, stderr=output, **options)

    def said(self):
        """What it has printed."""
        return self.output.read_text()

    def wait_until(self, condition):
        """Wait, while it runs, until a condition holds."""
        while not condition():
            assert self.poll() is None, self.said()[-5000:]
            time.sleep(0.05)

    def end(self):
        """Its status, when it has ended; TimeoutExpired after 500 seconds."""
        try:
            return self.wait(500)
        finally:
            self.kill()

    def die(self, family=False):
        """SIGKILL for it, and if so for all that it has started; its children, orphans now unless they were killed."""
        main = psutil.Process(self.pid)
        main.suspend()  # nothing new is started meanwhile
        children = main.children(recursive=True)
        for child in children if family else []:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        self.kill()
        self.wait()
        return children


def whole_files(folder):
    """Digests of the results of a run, without what a process was writing when it was killed."""
    return {name: digest for name, digest in digests(folder / "results").items() if not name.endswith(".partial")}
