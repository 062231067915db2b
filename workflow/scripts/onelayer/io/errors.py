"""The errors that a user can act on."""


class InputError(Exception):
    """Something given to the pipeline is wrong: a file, a key or a source.

    The message names the file or key, what is wrong with it and what to do. Scripts print it without a traceback.
    """


class TrainingError(Exception):
    """A training run cannot go on; the message names the run, the step and the value."""


def one_line(error: object) -> str:
    """The text of a library's error in one line of plain characters, for a message of ours to quote."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(str(error).split()))
