"""Look at one source after the other, and count what cannot be read."""

import logging

from yolo.errors import UserError

log = logging.getLogger("yolo")


def process_sources(sources, look, unopened=0):
    """Look at the sources; returns whether a source, a picture or a video could not be read in whole. All are named.

    What could not be read is counted at the end, each picture, video, webcam or stream as one.

    Args:
        sources: those of `yolo.inference.sources`.
        look: called with each; returns whether the user wants to see no more.
        unopened: how many more the user has named, which could not even be opened.

    Raises:
        UserError: nothing can be read.
    """
    from yolo.inference.sources import UnreadableSourceError

    failures = unopened
    for source in sources:
        try:
            is_enough = look(source)
        except UnreadableSourceError as error:
            if len(sources) == 1:
                raise
            log.warning("skipped: %s", error)
            failures += source.number
            continue
        failures += len(source.skipped)
        if is_enough:
            break
    number = unopened + sum(source.number for source in sources)
    if failures == number:
        raise UserError(f"none of the {number} could be read, see above.")
    if failures:
        print(f"{failures} of {number} could not be read, see above")
    return failures > 0 or any(source.lost for source in sources)
