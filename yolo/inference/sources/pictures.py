"""Picture files, read ahead by several threads."""

import logging
import time
from pathlib import Path

from yolo import machine, picture_files
from yolo.errors import UserError
from yolo.inference.prefetch import parallel_map
from yolo.inference.sources.frame_source import Frame, FrameSource, UnreadableSourceError

SEVERAL = frozenset({".apng", ".png", ".tif", ".tiff", ".webp"})  # files that may hold several pictures

log = logging.getLogger("yolo")


class PictureFiles(FrameSource):
    """Picture files, one Frame each.

    Among several, one that cannot be read is named in a warning, left out and listed in `skipped`; where none can be
    read, the end is an UnreadableSourceError.
    """

    readers = min(machine.threads(), 4)  # OpenCV decodes without the interpreter's lock

    def __init__(self, paths):
        self.paths = list(paths)
        self.number = self.total = len(self.paths)
        self.name = str(self.paths[0]) if self.total == 1 else f"{self.total} pictures"

    def __iter__(self):
        self.skipped = []
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


def _read(path):
    """The Frame of a picture, or the UnreadableSourceError that it is not to be had."""
    start = time.perf_counter()
    try:
        image = picture_files.read(path)
    except UserError as error:
        return UnreadableSourceError(str(error))
    if Path(path).suffix.lower() in SEVERAL and (number := picture_files.pages(path)) > 1:
        log.warning("%s holds %d pictures, of which the first is looked at", path, number)
    return Frame(image, str(path), seconds=time.perf_counter() - start)
