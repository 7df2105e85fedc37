"""Process one source after the other, and count what cannot be read."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from yolo.errors import UserError

if TYPE_CHECKING:
    from yolo.inference.sources import FrameSource

log = logging.getLogger("yolo")


def process_sources(
    sources: "Sequence[FrameSource]", process: "Callable[[FrameSource], bool | None]", unopened: int = 0
) -> bool:
    """Process all sources, and return whether a picture, a video or another source could not be read completely.

    Each of these is named. At the end they are counted: every picture, video, webcam or stream counts as one.

    Args:
        process: is called with each source, and returns whether the user wants to end the command.
        unopened: the number of sources that the user named and that could not even be opened.

    Raises:
        UserError: nothing can be read.
    """
    from yolo.inference.sources import UnreadableSourceError

    failures = unopened
    for source in sources:
        try:
            is_enough = process(source)
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
