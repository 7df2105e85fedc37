"""Write detections: annotated copies, JSON lines, and cut-out objects; a window is in `window`.

A sink is used in a `with` block, which closes its files also after Ctrl-C, and takes one `FrameResult` after another.
A file that cannot be written is named and counted, and the others are written; a full disk ends all.
"""

import contextlib
import functools
import json
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from yolo import picture_files
from yolo.errors import FULL, UserError, os_errors_as_user_errors
from yolo.inference.draw import draw
from yolo.inference.output_files import OutputFiles, make_folder, picture_name, plain, video_name
from yolo.inference.sources import Frame
from yolo.inference.sources.sound import has_sound
from yolo.inference.video_file import DiskFullError, VideoFile
from yolo.overwriting import refuse_foreign
from yolo.structures import Detections
from yolo.text_files import STANDARD_OUTPUT, open_to_write
from yolo.wording import resolution

LINES = "JSON lines of detections"
log = logging.getLogger("yolo")


@dataclass(frozen=True)
class FrameResult:
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
        return picture_files.encode(picture_name(self.frame.source), self.drawn)


class Sink:
    """The base of every sink: `write(result)`, and `close()` at the end of its `with` block.

    Attributes:
        closed: whether it wants no more, as a window that the user closed.
        failures: how many files could not be written.
        written: how many were, as far as that can be known before they are closed.
    """

    closed = False
    written = 0
    failures = 0

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

    def outcome(self):
        """Return what was written where, for the user."""
        raise NotImplementedError

    @contextlib.contextmanager
    def _spared(self):
        """Name and count a file that cannot be written in the block; raises UserError when that is for want of room."""
        try:
            yield
        except UserError as error:
            if isinstance(error, DiskFullError) or getattr(error.__cause__, "errno", None) in FULL:
                raise
            self.failures += 1
            log.warning("left out: %s", error)


class AnnotatedCopies(Sink):
    """A copy of every picture and video with the detections painted on it, in one folder.

    Pictures keep their names, videos become .mp4, those of live sources .mkv, which can be played at any moment; of two
    sources with one name the second is called `name-2`.

    Args:
        folder: where the copies go; made if it is not there.
        sources: the files that are read; a folder that holds one of them is a UserError.
        webm: whether videos become .webm, which browsers play.
    """

    def __init__(self, folder, sources=(), webm=False):
        self._folder = folder
        self._names = OutputFiles(folder, sources)
        self._webm = webm
        self._videos = {}  # by source: one, or those of several live sources; None where it cannot be written
        self._last = -1  # number of the last frame of a file

    def prepare(self, result):
        with contextlib.suppress(UserError):  # raised again by `write`
            _ = result.drawn if result.frame.fps else result.encoded

    def write(self, result):
        frame = result.frame
        if frame.fps:
            self._append(result)
            return
        name = picture_name(frame.source)
        with self._spared(), self._names.file(name) as path:
            picture_files.save(path, result.encoded)
            self.written += 1

    def outcome(self):
        return f"annotated copies are in {self._folder}" if self.written else "no annotated copy was written"

    def close(self):
        with contextlib.ExitStack() as stack:  # the others, too, where one raises
            stack.callback(self._names.close)
            stack.callback(self._finish)

    def _append(self, result):
        frame = result.frame
        if not frame.live and (frame.index <= self._last or frame.source not in self._videos):
            self._finish()
        self._last = -1 if frame.live else frame.index
        if frame.source not in self._videos:
            self._videos[frame.source] = None
            with self._spared():
                self._videos[frame.source] = self._open(frame)
                self.written += 1
        if video := self._videos[frame.source]:
            video.write(result.drawn, _moment(frame))

    def _open(self, frame):
        suffix = ".webm" if self._webm else ".mkv" if frame.live else ".mp4"
        path = self._names.new(video_name(frame.source, suffix))
        if not frame.live and has_sound(frame.source):
            log.info("%s has sound, which its copy has not", frame.source)
        first = None if frame.live or frame.time is None else 0  # those of a file that cannot be decoded are filled in
        video = VideoFile(path, frame.fps, frame.image.shape[:2], first, frame.live)
        if video.size != frame.image.shape[:2]:
            size = resolution(video.size)
            log.info("the copy of %s has %s pixels, as its codec does not take its size", frame.source, size)
        return video

    def _finish(self):
        with contextlib.ExitStack() as stack:
            while self._videos:
                if video := self._videos.popitem()[1]:
                    stack.callback(self._names.written, video.path)
                    stack.callback(video.close)


def _moment(frame):
    """The number of a frame in a video of its rate: of a live source by the time, for few cameras keep their rate."""
    return round(frame.time * frame.fps) if frame.live and frame.time is not None else frame.index


class JsonLines(Sink):
    """One line of JSON per picture or frame: source, frame, width, height, detections, and of videos time in seconds.

    Each line is in the file when it is written.

    Args:
        path: the file to write, `-` for standard output; one that holds something else than such lines is never
            replaced, a UserError.
        sources: the files that are read; `path` being one of them is a UserError.
    """

    def __init__(self, path, sources=()):
        if Path(path).resolve() in {file.resolve() for file in sources}:
            raise UserError(f"the JSON lines would overwrite the source {path}: give another file by --json.")
        refuse_foreign(path, LINES, begins_with_a_line)
        make_folder(Path(path).parent)
        self._path = path
        self._writing = partial(os_errors_as_user_errors, f"cannot write {path}")
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
        if result.frame.time is not None:
            line["time"] = round(result.frame.time, 3)
        with self._writing():
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def outcome(self):
        return f"JSON lines are {'on standard output' if str(self._path) == STANDARD_OUTPUT else f'in {self._path}'}"

    def close(self):
        with self._writing():
            self._file.close()


def begins_with_a_line(path):
    """Return whether a file begins as the JSON lines do that this program writes; raises UserError."""
    with os_errors_as_user_errors(f"cannot read {path}"), Path(path).open("rb") as file:
        return file.read(16).startswith(b'{"source": ')


class Crops(Sink):
    """Every object as a picture of its own: `dog_0_bicycle.jpg`, `clip-000012_0_car.jpg` in frame 12 of a video.

    Args:
        folder, sources: as for `AnnotatedCopies`.
    """

    def __init__(self, folder, sources=()):
        self._folder = folder
        self._names = OutputFiles(folder, sources)

    def write(self, result):
        frame, detections = result.frame, result.detections
        stem = Path(video_name(frame.source) if frame.fps else picture_name(frame.source)).stem
        stem += f"-{frame.index:06d}" if frame.fps else ""
        for number, (box, name) in enumerate(zip(detections.boxes, detections.names, strict=True)):
            (left, top), (right, bottom) = np.floor(box[:2]).astype(int), np.ceil(box[2:]).astype(int)
            with self._spared(), self._names.file(f"{stem}_{number}_{plain(name)}.jpg") as path:
                picture_files.write(path, frame.image[top:bottom, left:right])
                self.written += 1

    def outcome(self):
        return f"objects are in {self._folder}" if self.written else "no object was cut out"

    def close(self):
        self._names.close()
