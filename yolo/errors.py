"""The one exception for a user's mistake: commands print its sentence and exit with code 2."""

import contextlib
import difflib
import errno

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # of a disk or a share; Windows knows no EDQUOT


class UserError(Exception):
    """A wrong flag, file or setting. The message is one sentence: what was expected, what came, what to do."""


@contextlib.contextmanager
def os_errors_as_user_errors(failure, remedy=""):
    """Make a UserError of what the system refuses in the block: `{failure}: no space left on device{remedy}.`

    A pipe that nobody reads any more is no mistake: its BrokenPipeError ends the command, see `yolo.cli.exit_code`.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = "a file of that name is in the way" if isinstance(error, FileExistsError) else error.strerror or error
        raise UserError(f"{failure}: {reason}{remedy}.") from error


def did_you_mean(word, known):
    """The end of a message about an unknown word: `", did you mean 'epochs'?"`, or nothing when none is close.

    Upper and lower case are one.
    """
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), folded, n=1)
    return f", did you mean '{folded[close[0]]}'?" if close else ""
