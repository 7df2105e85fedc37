"""From what a user names to sources."""

import glob
import itertools
import logging
from pathlib import Path

from yolo import images
from yolo.config import DetectConfig
from yolo.errors import UserError
from yolo.inference.sources.capture import is_stream
from yolo.inference.sources.frame import UnreadableError
from yolo.inference.sources.live import Live
from yolo.inference.sources.pictures import Pictures
from yolo.inference.sources.video import Video

VIDEO_SUFFIXES = frozenset(
    {".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"}
)

WEBCAM_DIGITS = 5  # OpenCV takes 700 for the first camera by DirectShow, 1400 by Media Foundation; more is no number

log = logging.getLogger("yolo")


def open_sources(texts, patience=DetectConfig.reconnect):
    """What a user names -> a list of sources, each to be iterated for its Frames.

    Args:
        texts: pictures, folders (their pictures), globs (pictures and videos), video files, webcam numbers, addresses
            such as rtsp:// or http://. Pictures that follow each other are one source; so are all webcams and streams
            together, which come last because they may never end. What cannot be opened is named in a warning and left
            out.
        patience: for how many seconds a webcam or stream that is lost is tried again.

    Raises:
        UserError: nothing has that name, or none can be opened.
    """
    names = [name for text in texts for name in _expand(str(text))]
    sources, live, failures = [], {}, []
    for are_pictures, group in itertools.groupby(names, _is_picture):
        if are_pictures:
            sources.append(Pictures(map(Path, group)))
            continue
        for name in group:
            try:
                video = Video(name)
            except UnreadableError as error:
                failures.append(str(error))
                continue
            if video.endless:
                live[video.name] = video
            else:
                sources.append(video)
    if live:
        sources.append(Live(live.values(), patience))
    if not sources:
        raise UserError(" ".join(failures))
    if failures:
        log.warning("%d of %d sources left out: %s", len(failures), len(names), " ".join(failures))
    return sources


def _is_picture(name):
    return images.is_picture(name) and not is_stream(name)


def _expand(text):
    """One source as the user names it -> names of single files, webcams or addresses."""
    if is_stream(text):
        return [text]
    path = Path(text)
    if path.is_dir():
        found = sorted(str(file) for file in path.iterdir() if images.is_picture(file) and file.is_file())
        if not found:
            raise UserError(f"the folder {text} holds no picture ({', '.join(sorted(images.SUFFIXES))}).")
        return found
    if path.is_file() or (text.isdecimal() and len(text) <= WEBCAM_DIGITS):
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
