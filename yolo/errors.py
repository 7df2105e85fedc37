"""The one exception for a user's mistake: commands print its sentence and exit with code 2."""

import difflib


class UserError(Exception):
    """A wrong flag, file or setting. The message is one sentence: what was expected, what came, what to do."""


def did_you_mean(word, known):
    """The end of a message about an unknown word: `", did you mean 'epochs'?"`, or nothing when none is close."""
    close = difflib.get_close_matches(word, known, n=1)
    return f", did you mean '{close[0]}'?" if close else ""
