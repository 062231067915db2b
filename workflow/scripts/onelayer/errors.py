"""The errors that a user can act on."""

import contextlib


class InputError(Exception):
    """Something given to the pipeline is wrong: a file, a key or a source.

    The message is one that a person can act on: it names the file or key, says what is wrong with it
    and what to do. Scripts print it without a traceback.
    """


class TrainingError(Exception):
    """A training run cannot go on; the message names the run, the step and the value."""


@contextlib.contextmanager
def writing(path):
    """Name the file `path` in an OSError of the body, such as that of a full disk, which names none."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
