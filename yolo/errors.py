"""The one exception for a user's mistake: commands print its sentence and exit with code 2."""

import contextlib
import difflib


class UserError(Exception):
    """A wrong flag, file or setting. The message is one sentence: what was expected, what came, what to do."""


@contextlib.contextmanager
def told(failure, remedy=""):
    """Make a UserError of what the system refuses in the block: `{failure}: no space left on device{remedy}.`"""
    try:
        yield
    except OSError as error:
        raise UserError(f"{failure}: {error.strerror or error}{remedy}.") from error


def did_you_mean(word, known):
    """The end of a message about an unknown word: `", did you mean 'epochs'?"`, or nothing when none is close."""
    close = difflib.get_close_matches(word, known, n=1)
    return f", did you mean '{close[0]}'?" if close else ""
