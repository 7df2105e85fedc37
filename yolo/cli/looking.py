"""Look at one source after the other, and count what cannot be read."""

import logging

from yolo.errors import UserError
from yolo.wording import counted

log = logging.getLogger("yolo")


def look_at_all(sources, look, unopened=0):
    """Look at the sources; returns whether a source, a picture or a video could not be read in whole. All are named.

    Args:
        sources: those of `yolo.inference.sources`.
        look: called with each; returns whether the user wants to see no more.
        unopened: how many more the user has named, which could not even be opened.

    Raises:
        UserError: nothing can be read.
    """
    from yolo.inference.sources import UnreadableError

    failures = unopened
    for source in sources:
        try:
            if look(source):
                break
        except UnreadableError as error:
            if len(sources) == 1:
                raise
            log.warning("skipped: %s", error)
            failures += _number(source)
    number = unopened + sum(map(_number, sources))
    if failures == number:
        raise UserError(f"none of the {number} sources can be read.")
    if failures > unopened:
        print(f"{failures} of {counted(number, 'source')} could not be read, see above")
    return failures > 0 or any(source.skipped or source.lost for source in sources)


def _number(source):
    """Return how many the user has named with it: pictures in a row are one source here, as are webcams."""
    return max(len(source.paths), 1)
