"""Where detections go: annotated copies, JSON lines, and cut-out objects; a window is in `window`.

A sink is used in a `with` block, which closes its files also after Ctrl-C, and takes one `Result` after another.
"""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yolo import images
from yolo.errors import UserError
from yolo.inference.draw import draw
from yolo.inference.sources import Frame
from yolo.letterbox import fit
from yolo.opencv import cv2
from yolo.samples import Detections


@dataclass(frozen=True)
class Result:
    """A frame and what was found in it."""

    frame: Frame
    detections: Detections

    @functools.cached_property
    def drawn(self):
        """The picture with the detections painted on it, (H, W, 3) uint8 RGB."""
        return draw(self.frame.image, self.detections)


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
        self._video = None
        self._source = None

    def write(self, result):
        frame = result.frame
        if not frame.fps:
            images.write(self._names.new(Path(frame.source).name), result.drawn)
            return
        if frame.source != self._source or frame.index == 0:
            self.close()
            self._source = frame.source
            path = self._names.new(video_name(frame.source))
            self._video = VideoFile(path, frame.fps, frame.image.shape[:2])
        self._video.write(result.drawn, frame.index)

    def close(self):
        if self._video:
            self._video.close()
            self._video = None


class VideoFile:
    """An .mp4 file (MPEG-4 part 2, the codec that every OpenCV wheel can write).

    Args:
        size: (height, width); a frame of another size is letterboxed to it. Sides of the file are even: the last
            row or column of an odd one is left out.
    """

    def __init__(self, path, fps, size):
        self.size = size
        self._index = None
        self._writer = cv2.VideoWriter(
            str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*"mp4v"), fps, (size[1], size[0])
        )
        if not self._writer.isOpened():
            raise UserError(f"OpenCV cannot write the video {path} ({size[0]} x {size[1]}, {fps:g} frames a second).")

    def write(self, image, index):
        """Append a frame; one that stands for several, for a live source left some out, is repeated to keep time."""
        if image.shape[:2] != self.size:
            image, _ = fit(image, self.size)
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        repeats = 1 if self._index is None else index - self._index
        self._index = index
        for _ in range(repeats):
            self._writer.write(bgr)

    def close(self):
        """Write the table of contents, without which no player opens the file."""
        self._writer.release()


class JsonLines(Sink):
    """One line of JSON per picture or frame: source, frame, width, height and detections.

    Args:
        path: the file to write.
        sources: the files that are read; `path` being one of them is a UserError.
    """

    def __init__(self, path, sources=()):
        if Path(path).resolve() in {file.resolve() for file in sources}:
            raise UserError(f"the JSON lines would overwrite the source {path}: give another file by --json.")
        make_folder(Path(path).parent)
        try:
            self._file = Path(path).open("w", encoding="utf-8")  # noqa: SIM115, closed by close()
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror or error}.") from error

    def write(self, result):
        height, width = result.frame.image.shape[:2]
        line = {
            "source": result.frame.source,
            "frame": result.frame.index,
            "width": width,
            "height": height,
            "detections": result.detections.records(),
        }
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self):
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


class Names:
    """File names in a folder, each given once, and never that of a source."""

    def __init__(self, folder, sources=()):
        self.folder = make_folder(folder)
        for source in sources:
            if source.parent.samefile(self.folder):
                raise UserError(f"{self.folder} holds the source {source}: give another folder by --output.")
        self._sources = {source.resolve() for source in sources}
        self._given = set()

    def new(self, name):
        """A path for a file called `name`, or `name-2` and so on where that was given or links to a source."""
        name = Path(name)
        number = 1
        while True:
            path = self.folder / (name.name if number == 1 else f"{name.stem}-{number}{name.suffix}")
            if path.name.casefold() not in self._given and path.resolve() not in self._sources:
                break
            number += 1
        self._given.add(path.name.casefold())
        return path


def video_name(source):
    """The name of an .mp4 file for a video file, a webcam or an address."""
    path = Path(source)
    return f"{path.stem}.mp4" if "://" not in source and path.suffix else f"{plain(source)}.mp4"


def plain(text):
    """Text as part of a file name: what file systems forbid becomes an underscore."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("._") or "_"


def make_folder(folder):
    """A folder that exists afterwards; raises UserError."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {folder}: {error.strerror or error}.") from error
    return Path(folder)
