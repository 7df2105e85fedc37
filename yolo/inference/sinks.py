"""Where detections go: annotated copies, JSON lines, and cut-out objects; a window is in `window`.

A sink is used in a `with` block, which closes its files also after Ctrl-C, and takes one `Result` after another.
"""

import contextlib
import functools
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from yolo import images
from yolo.errors import UserError, told
from yolo.inference.draw import draw
from yolo.inference.names import Names, make_folder, plain, video_name
from yolo.inference.sources import Frame
from yolo.inference.video_file import VideoFile
from yolo.samples import Detections
from yolo.text_files import open_to_write


@dataclass(frozen=True)
class Result:
    """A frame and what was found in it; what is made of them is made once, when it is first asked for."""

    frame: Frame
    detections: Detections

    @functools.cached_property
    def drawn(self):
        """The picture with the detections painted on it, (H, W, 3) uint8 RGB."""
        return draw(self.frame.image, self.detections)

    @functools.cached_property
    def encoded(self):
        """The bytes of the file of a picture with the detections painted on it, in the format of its source."""
        return images.encode(self.frame.source, self.drawn)


class Sink:
    """What every sink does: `write(result)`, and `close()` at the end of its `with` block.

    Attributes:
        closed: whether it wants no more, as a window that the user closed.
    """

    closed = False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def prepare(self, result):
        """Let a result make what `write` will ask of it, in any thread and before others."""

    def write(self, result):
        """Take one result."""
        raise NotImplementedError

    def close(self):
        """Finish what was begun."""


class AnnotatedCopies(Sink):
    """A copy of every picture and video with the detections painted on it, in one folder.

    Pictures keep their names, videos become .mp4; of two sources with one name the second is called `name-2`.

    Args:
        folder: where the copies go; made if it is not there.
        sources: the files that are read; a folder that holds one of them is a UserError.
    """

    def __init__(self, folder, sources=()):
        self._names = Names(folder, sources)
        self._videos = {}  # by source: one, or those of several live sources

    def prepare(self, result):
        _ = result.drawn if result.frame.fps else result.encoded

    def write(self, result):
        frame = result.frame
        if not frame.fps:
            images.save(self._names.new(Path(frame.source).name), result.encoded)
            return
        if not frame.live and frame.index == 0:
            self._finish()
        if frame.source not in self._videos:
            path = self._names.new(video_name(frame.source))
            self._videos[frame.source] = VideoFile(path, frame.fps, frame.image.shape[:2])
        self._videos[frame.source].write(result.drawn, frame.index)

    def close(self):
        with contextlib.ExitStack() as stack:  # the others, too, where one raises
            stack.callback(self._names.close)
            stack.callback(self._finish)

    def _finish(self):
        with contextlib.ExitStack() as stack:
            while self._videos:
                stack.callback(self._videos.popitem()[1].close)


class JsonLines(Sink):
    """One line of JSON per picture or frame: source, frame, width, height and detections.

    Args:
        path: the file to write, `-` for standard output.
        sources: the files that are read; `path` being one of them is a UserError.
    """

    def __init__(self, path, sources=()):
        if Path(path).resolve() in {file.resolve() for file in sources}:
            raise UserError(f"the JSON lines would overwrite the source {path}: give another file by --json.")
        make_folder(Path(path).parent)
        self._writing = partial(told, f"cannot write {path}")
        with self._writing():
            self._file = open_to_write(path)

    def write(self, result):
        height, width = result.frame.image.shape[:2]
        line = {
            "source": result.frame.source,
            "frame": result.frame.index,
            "width": width,
            "height": height,
            "detections": result.detections.records(),
        }
        with self._writing():
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self):
        with self._writing():
            self._file.close()


class Crops(Sink):
    """Every object as a picture of its own: `dog_0_bicycle.jpg`, `clip-000012_0_car.jpg` in frame 12 of a video.

    Args:
        folder, sources: as for `AnnotatedCopies`.
    """

    def __init__(self, folder, sources=()):
        self._names = Names(folder, sources)

    def write(self, result):
        frame, detections = result.frame, result.detections
        stem = f"{Path(video_name(frame.source)).stem}-{frame.index:06d}" if frame.fps else Path(frame.source).stem
        for number, (box, name) in enumerate(zip(detections.boxes, detections.names, strict=True)):
            (left, top), (right, bottom) = np.floor(box[:2]).astype(int), np.ceil(box[2:]).astype(int)
            path = self._names.new(f"{stem}_{number}_{plain(name)}.jpg")
            images.write(path, frame.image[top:bottom, left:right])

    def close(self):
        self._names.close()
