"""Where pictures come from: files, folders, globs, videos, webcams and streams, all read frame by frame."""

import glob
import logging
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import numpy as np

from yolo import images
from yolo.errors import UserError
from yolo.opencv import cv2

VIDEO_SUFFIXES = frozenset(
    {".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"}
)
USUAL_FPS = 25.0  # of a video that does not say

log = logging.getLogger("yolo")


class UnreadableError(UserError):
    """A source of which nothing can be read; others may still be."""


@dataclass(frozen=True)
class Frame:
    """One picture, or one frame of a video.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        source: the file, webcam or address it comes from, without any password.
        index: number of the frame in its source, from 0; a live source leaves out those that came too fast.
        fps: frames per second of the video; 0 for a picture.
    """

    image: np.ndarray
    source: str
    index: int = 0
    fps: float = 0.0


def open_sources(texts):
    """What a user names -> a list of sources, each to be iterated for its Frames.

    Args:
        texts: pictures, folders (their pictures), globs (pictures and videos), video files, webcam numbers, addresses
            such as rtsp:// or http://. Pictures that follow each other are one source. What cannot be opened is named
            in a warning and left out.

    Raises:
        UserError: nothing has that name, or none can be opened.
    """
    sources, pictures, failures = [], [], []
    names = [name for text in texts for name in _expand(str(text))]
    for name in names:
        if images.is_picture(name) and "://" not in name:
            pictures.append(Path(name))
            continue
        if pictures:
            sources.append(Pictures(pictures))
            pictures = []
        try:
            sources.append(Video(name))
        except UnreadableError as error:
            failures.append(str(error))
    if pictures:
        sources.append(Pictures(pictures))
    if not sources:
        raise UserError(" ".join(failures))
    if failures:
        log.warning("%d of %d sources left out: %s", len(failures), len(names), " ".join(failures))
    return sources


def _expand(text):
    """One source as the user names it -> names of single files, webcams or addresses."""
    if "://" in text:
        return [text]
    path = Path(text)
    if path.is_dir():
        found = sorted(str(file) for file in path.iterdir() if images.is_picture(file) and file.is_file())
        if not found:
            raise UserError(f"the folder {text} holds no picture ({', '.join(sorted(images.SUFFIXES))}).")
        return found
    if path.is_file() or text.isdecimal():
        return [text]
    if not glob.has_magic(text):
        raise UserError(f"there is no picture, folder or video {text}.")
    found = sorted(
        name
        for name in glob.glob(text, recursive=True)
        if Path(name).is_file() and (images.is_picture(name) or Path(name).suffix.lower() in VIDEO_SUFFIXES)
    )
    if not found:
        raise UserError(f"no picture or video is named like {text}.")
    return found


class Pictures:
    """Picture files, one Frame each.

    Among several, one that cannot be read is named in a warning, left out and listed in `skipped`; where none can be
    read, the end is an UnreadableError.

    Attributes:
        paths: the files.
        name: what to call it.
        total: number of pictures.
        fps: 0.
    """

    fps = 0.0

    def __init__(self, paths):
        self.paths = list(paths)
        self.total = len(self.paths)
        self.name = str(self.paths[0]) if self.total == 1 else f"{self.total} pictures"
        self.skipped = []

    def __iter__(self):
        for path in self.paths:
            try:
                image = images.read(path)
            except UserError as error:
                if self.total == 1:
                    raise UnreadableError(str(error)) from error
                self.skipped.append(path)
                log.warning("skipped: %s", error)
                continue
            yield Frame(image, str(path))
        if len(self.skipped) == self.total:
            raise UnreadableError(f"none of the {self.total} pictures can be read.")


class Video:
    """A video file, a webcam (its number) or a stream (its address).

    Attributes:
        paths: the file; nothing for a webcam or a stream.
        name: the source without any password.
        total: number of frames by the file's own count, None when unknown or live.
        fps: frames per second.
        skipped: empty.
    """

    def __init__(self, text):
        self.paths = [Path(text)] if os.path.isfile(text) else []
        self.skipped = []
        self._address = int(text) if text.isdecimal() and not self.paths else text  # as OpenCV takes it
        self.name = _public(self._address)
        capture = self._open()
        frames = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        fps = capture.get(cv2.CAP_PROP_FPS)
        self.total = frames if frames > 0 and not isinstance(self._address, int) else None
        self.fps = fps if 0 < fps <= 1000 else USUAL_FPS
        capture.release()

    def __iter__(self):
        live = self.total is None and not self.paths
        reader = Latest(self._open()) if live else InOrder(self._open())
        count = 0
        try:
            while (item := reader.read()) is not None:
                index, image = item
                count += 1
                yield Frame(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), self.name, index, self.fps)
        finally:
            reader.stop()
        if not count:
            raise UnreadableError(f"{self.name} was opened, but no frame of it can be decoded.")
        if self.total and count < self.total:
            log.warning("%s ended after %d of %d frames", self.name, count, self.total)

    def _open(self):
        capture = cv2.VideoCapture(self._address)
        if capture.isOpened():
            return capture
        if isinstance(self._address, int):
            raise UnreadableError(f"there is no webcam number {self._address}, or another program is using it.")
        if not self.paths:
            raise UnreadableError(f"the stream {self.name} cannot be opened: check address, password and network.")
        raise UnreadableError(f"{self.name} is neither a picture nor a video that can be decoded.")


class InOrder:
    """Reads every frame of a file, one after the other.

    Args:
        capture: has `read()` -> (True, image) or (False, None) at the end, and `release()`.
    """

    def __init__(self, capture):
        self._capture = capture
        self._index = -1

    def read(self):
        """The next frame as (index, image), None at the end."""
        done, image = self._capture.read()
        self._index += 1
        return (self._index, image) if done else None

    def stop(self):
        """Let go of the file."""
        self._capture.release()


class Latest:
    """Reads a live source in a thread and hands out its newest frame, so that slow work never lags behind.

    Args:
        capture: as for `InOrder`.
    """

    def __init__(self, capture):
        self._capture = capture
        self._changed = threading.Condition()
        self._newest = None
        self._running = True
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def read(self):
        """The newest frame not yet handed out as (index, image), waiting for it; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or not self._running)
            newest, self._newest = self._newest, None
            return newest

    def stop(self):
        """End the thread, which lets go of the source; one that hangs in a dead network is not waited for."""
        self._running = False
        self._thread.join(timeout=2)

    def _follow(self):
        index = 0
        while self._running:
            done, image = self._capture.read()
            with self._changed:
                if done:
                    self._newest = (index, image)
                else:
                    self._running = False
                self._changed.notify()
            index += 1
        self._capture.release()


def _public(address):
    """A source's name for files and screens: webcams by their number, addresses without user and password."""
    if isinstance(address, int):
        return f"webcam-{address}"
    if "://" not in address:
        return address
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=re.sub(r"^.*@", "", parts.netloc)))
