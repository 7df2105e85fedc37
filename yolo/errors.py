"""The one exception for a user's mistake: commands print its sentence and exit with code 2."""

import contextlib
import difflib
import errno
from collections.abc import Iterable, Iterator

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # of a disk or a share; Windows knows no EDQUOT


class UserError(Exception):
    """A wrong flag, file or setting. The message is one sentence: what was expected, what came, what to do."""


@contextlib.contextmanager
def os_errors_as_user_errors(failure: str, remedy: str = "") -> Iterator[None]:
    """Turn an OSError in the block into a UserError: `{failure}: no space left on device{remedy}.`

    A pipe that nobody reads any more is not a mistake: its BrokenPipeError ends the command, see `yolo.cli.exit_code`.

    Raises:
        UserError: the system refuses something in the block.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = "a file of that name is in the way" if isinstance(error, FileExistsError) else error.strerror or error
        raise UserError(f"{failure}: {reason}{remedy}.") from error


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown word: `", did you mean 'epochs'?"`, empty if no word is close.

    Upper and lower case count as equal.
    """
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), folded, n=1)
    return f", did you mean '{folded[close[0]]}'?" if close else ""
