"""Write detections as annotated copies, JSON lines and crops; for the screen, see `window`."""

import contextlib
import json
import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from yolo import picture_files
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.inference.output_files import OutputFiles, make_folder, picture_name, plain, video_name
from yolo.inference.sink import FrameResult, Sink
from yolo.inference.sources import Frame
from yolo.inference.sources.has_sound import has_sound
from yolo.inference.video_file import VideoFile
from yolo.overwriting import refuse_foreign
from yolo.text_files import STANDARD_OUTPUT, open_to_write
from yolo.wording import resolution

LINES = "JSON lines of detections"

log = logging.getLogger("yolo")


class AnnotatedCopies(Sink):
    """A sink that writes a copy of every picture and video, with the detections drawn on it, into one folder.

    Pictures keep their names. Videos become .mp4; live sources become .mkv, which can be played at any moment. If two
    sources have the same name, the second copy is called `name-2`.

    Args:
        folder: created if it does not exist.
        sources: the files that this run reads; none may be in the folder.
        webm: write videos as .webm, which browsers play.

    Raises:
        UserError: the folder contains a source, or cannot be written to.
    """

    def __init__(self, folder: str | Path, sources: Iterable[Path] = (), webm: bool = False) -> None:
        self._folder = folder
        self._names = OutputFiles(folder, sources)
        self._webm = webm
        self._videos: dict[str, VideoFile | None] = {}  # open ones, by source; None for one that cannot be written
        self._last = -1  # number of the last frame of a file

    def prepare(self, result: FrameResult) -> None:
        with contextlib.suppress(UserError):  # `write` raises it again
            _ = result.drawn if result.frame.fps else result.encoded

    def write(self, result: FrameResult) -> None:
        frame = result.frame
        if frame.fps:
            self._append(result)
            return
        name = picture_name(frame.source)
        with self._spared(), self._names.file(name) as path:
            picture_files.save(path, result.encoded)
            self.written += 1

    def outcome(self) -> str:
        return f"annotated copies are in {self._folder}" if self.written else "no annotated copy was written"

    def close(self) -> None:
        with contextlib.ExitStack() as stack:  # calls both, even if one raises
            stack.callback(self._names.close)
            stack.callback(self._finish)

    def _append(self, result: FrameResult) -> None:
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

    def _open(self, frame: Frame) -> VideoFile:
        suffix = ".webm" if self._webm else ".mkv" if frame.live else ".mp4"
        path = self._names.new(video_name(frame.source, suffix))
        if not frame.live and has_sound(frame.source):
            log.info("%s has sound, which its copy has not", frame.source)
        first = None if frame.live or frame.time is None else 0  # for a file from 0 on, even if that frame is damaged
        video = VideoFile(path, frame.fps, frame.image.shape[:2], first, frame.live)
        if video.size != frame.image.shape[:2]:
            size = resolution(video.size)
            log.info("the copy of %s has %s pixels, as its codec does not take its size", frame.source, size)
        return video

    def _finish(self) -> None:
        with contextlib.ExitStack() as stack:
            while self._videos:
                if video := self._videos.popitem()[1]:
                    stack.callback(self._names.written, video.path)
                    stack.callback(video.close)


def _moment(frame: Frame) -> int:
    """Return the number of a frame in its copy; for a live source by its time, as few cameras keep their rate."""
    return round(frame.time * frame.fps) if frame.live and frame.time is not None else frame.index


class JsonLines(Sink):
    """A sink that writes one line of JSON for each picture or frame.

    A line has the keys source, frame, width, height, detections and, for videos, time in seconds; with test-time
    augmentation, tta is true. It is in the file as soon as `write` returns.

    Example:
        >>> frame = Frame(picture_files.read("dog.png"), "dog.png")
        >>> with JsonLines("found.jsonl") as sink:
        ...     sink.write(FrameResult(frame, detector(frame.image)))
        >>> json.loads(Path("found.jsonl").read_text())["detections"]
        [{'label': 'dog', 'score': 0.9, 'box': [96.0, 112.0, 208.0, 304.0]}]

    Args:
        path: the file to write, or `-` for standard output.
        sources: the files that this run reads.
        tta: whether the detector uses test-time augmentation.

    Raises:
        UserError: the path is one of the sources, contains something else than such lines, or cannot be written.
    """

    def __init__(self, path: str | Path, sources: Iterable[Path] = (), tta: bool = False) -> None:
        if Path(path).resolve() in {file.resolve() for file in sources}:
            raise UserError(f"the JSON lines would overwrite the source {path}: give another file by --json.")
        refuse_foreign(path, LINES, begins_with_a_line)
        make_folder(Path(path).parent)
        self._path = path
        self._tta = tta
        self._writing = partial(os_errors_as_user_errors, f"cannot write {path}")
        with self._writing():
            self._file = open_to_write(path)

    def write(self, result: FrameResult) -> None:
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
        if self._tta:
            line["tta"] = True
        with self._writing():
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def outcome(self) -> str:
        return f"JSON lines are {'on standard output' if str(self._path) == STANDARD_OUTPUT else f'in {self._path}'}"

    def close(self) -> None:
        with self._writing():
            self._file.close()


def begins_with_a_line(path: str | Path) -> bool:
    """Return whether a file begins like the JSON lines of this program.

    Raises:
        UserError: the file cannot be read.
    """
    with os_errors_as_user_errors(f"cannot read {path}"), Path(path).open("rb") as file:
        return file.read(16).startswith(b'{"source": ')


class Crops(Sink):
    """A sink that writes a picture of each object: `dog_0_bicycle.jpg`, or `clip-000012_0_car.jpg` for frame 12.

    Args:
        folder, sources: the same as for `AnnotatedCopies`.

    Raises:
        UserError: the folder contains a source, or cannot be written to.
    """

    def __init__(self, folder: str | Path, sources: Iterable[Path] = ()) -> None:
        self._folder = folder
        self._names = OutputFiles(folder, sources)

    def write(self, result: FrameResult) -> None:
        frame, detections = result.frame, result.detections
        stem = Path(video_name(frame.source) if frame.fps else picture_name(frame.source)).stem
        stem += f"-{frame.index:06d}" if frame.fps else ""
        for number, (box, name) in enumerate(zip(detections.boxes, detections.names, strict=True)):
            (left, top), (right, bottom) = np.floor(box[:2]).astype(int), np.ceil(box[2:]).astype(int)
            with self._spared(), self._names.file(f"{stem}_{number}_{plain(name)}.jpg") as path:
                picture_files.write(path, frame.image[top:bottom, left:right])
                self.written += 1

    def outcome(self) -> str:
        return f"objects are in {self._folder}" if self.written else "no object was cut out"

    def close(self) -> None:
        self._names.close()
