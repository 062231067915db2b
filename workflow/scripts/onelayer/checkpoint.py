"""The file from which a long training run goes on after it was killed.

It holds arrays by name, in NumPy's npz format and without pickle, after a SHA-256 over the identity of the run and these
bytes. A file that is damaged or of another run therefore fails one check, and is not used. It is written whole or not at
all: to another name first, then renamed. A checkpoint never ends a run: one that cannot be written is done without.
"""

import contextlib
import hashlib
import io
import json
import os
import time
from pathlib import Path

import numpy as np

# Seconds between two checkpoints, and before the first: little to lose in a kill, and the published runs, of 4 seconds
# and less, need none.
INTERVAL = 10
# A checkpoint may come once this many times the time of the last one has passed: writing takes 2 % of a run at most.
REST = 50
DIGEST = hashlib.sha256().digest_size


class Checkpoint:
    """The checkpoint file of one run."""

    def __init__(self, path, identity, log):
        """Take its path, what the run depends on (values that JSON can hold), and where to say what happens."""
        self.path, self.log = Path(path), log
        self.identity = json.dumps(identity, sort_keys=True).encode()
        self.last, self.cost = time.perf_counter(), 0.0

    def due(self):
        """Whether enough time has passed since the last one."""
        return time.perf_counter() - self.last >= max(INTERVAL, REST * self.cost)

    def save(self, arrays):
        """Write arrays by name in place of what was saved before."""
        started, partial = time.perf_counter(), Path(f"{self.path}.partial")
        content = io.BytesIO()
        np.savez(content, **arrays)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(self._digest(content.getbuffer()) + content.getbuffer())
            os.replace(partial, self.path)
        except OSError as error:
            self.log.warning("%s: not saved, training goes on (%s)", self.path, error)
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        self.last = time.perf_counter()
        self.cost = self.last - started

    def load(self):
        """The saved arrays by name; None where there is no file or it does not fit this run."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.log.warning("%s: not used, training starts from the beginning (%s)", self.path, error)
            return None
        if self._digest(content[DIGEST:]) != content[:DIGEST]:
            self.log.warning("%s: damaged or of another run, training starts from the beginning", self.path)
            return None
        with np.load(io.BytesIO(content[DIGEST:]), allow_pickle=False) as arrays:
            self.log.info("going on from %s", self.path)
            return dict(arrays)

    def delete(self):
        """Remove what is saved: the run is over."""
        for path in (self.path, Path(f"{self.path}.partial")):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                self.log.warning("%s: not deleted (%s)", path, error)

    def _digest(self, content):
        digest = hashlib.sha256(len(self.identity).to_bytes(8, "little") + self.identity)
        digest.update(content)
        return digest.digest()
