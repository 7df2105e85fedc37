"""Read picture files ahead in several threads."""

import logging
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from yolo import machine, picture_files
from yolo.errors import UserError
from yolo.inference.prefetch import parallel_map
from yolo.inference.sources.frame_source import Frame, FrameSource, UnreadableSourceError

SEVERAL = frozenset({".apng", ".png", ".tif", ".tiff", ".webp"})  # formats with several pictures in a file

log = logging.getLogger("yolo")


class PictureFiles(FrameSource):
    """A source of picture files, with one frame each.

    If one of several pictures cannot be read, it is skipped with a warning and listed in `skipped`.
    """

    readers = min(machine.threads(), 4)  # OpenCV decodes without the interpreter's lock

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = list(paths)
        self.number = self.total = len(self.paths)
        self.name = str(self.paths[0]) if self.total == 1 else f"{self.total} pictures"

    def __iter__(self) -> Iterator[Frame]:
        self.skipped: list[Path] = []
        for path, frame in zip(self.paths, parallel_map(_read, self.paths, self.readers), strict=True):
            if isinstance(frame, Frame):
                yield frame
            elif self.total == 1:
                raise frame
            else:
                self.skipped.append(path)
                log.warning("skipped: %s", frame)
        if len(self.skipped) == self.total:
            raise UnreadableSourceError(f"none of the {self.total} pictures can be read.")


def _read(path: Path) -> Frame | UnreadableSourceError:
    """Return the frame of a picture, or the error if it cannot be read."""
    start = time.perf_counter()
    try:
        image = picture_files.read(path)
    except UserError as error:
        return UnreadableSourceError(str(error))
    if Path(path).suffix.lower() in SEVERAL and (number := picture_files.pages(path)) > 1:
        log.warning("%s holds %d pictures, of which only the first is read", path, number)
    return Frame(image, str(path), seconds=time.perf_counter() - start)
