"""Open the sources that a user names."""

import itertools
import logging
import os
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from yolo import picture_files
from yolo.config import DetectConfig
from yolo.errors import UserError
from yolo.inference.sources.address import is_stream
from yolo.inference.sources.expand import expand, identity, once
from yolo.inference.sources.file_kinds import LeftOut, is_video
from yolo.inference.sources.frame_source import FrameSource
from yolo.inference.sources.live import LiveSources
from yolo.inference.sources.pictures import PictureFiles
from yolo.inference.sources.video import VideoSource

log = logging.getLogger("yolo")


def open_sources(texts: Iterable[str | Path], patience: float = DetectConfig.reconnect) -> list[FrameSource]:
    """Return the sources that a user names.

    Consecutive pictures are one source. All webcams and streams together are one source, too, and the last one, as it
    may never end. A file that is named twice, also by a link, is read once. Names that cannot be opened are left out
    with a warning.

    Args:
        texts: pictures, folders of pictures and videos, globs, video files, numbers of webcams, addresses such as
            rtsp:// or http://, pipelines of GStreamer.
        patience: seconds to try to reconnect to a webcam or stream that is lost.

    Raises:
        UserError: there is nothing of these names, or none can be opened.
    """
    return open_and_count(texts, patience)[0]


def open_and_count(
    texts: Iterable[str | Path], patience: float = DetectConfig.reconnect
) -> tuple[list[FrameSource], int]:
    """Return the sources that a user names, like `open_sources`, and the number of names that are left out.

    Raises:
        UserError: there is nothing of these names, or none can be opened.
    """
    names, left_out = _expanded(texts)
    total = len(names) + _number(left_out)
    sources: list[FrameSource] = []
    live: dict[str, VideoSource] = {}
    for are_pictures, group in itertools.groupby(names, _is_picture):
        if are_pictures:
            sources.append(PictureFiles(map(Path, group)))
            continue
        for name in group:
            try:
                video = VideoSource(name)
            except UserError as error:
                left_out.append(LeftOut([name], str(error)))
                continue
            if video.endless:
                video.name = _unlike(video.name, [other.name for other in live.values()])
                live[name] = video
            else:
                sources.append(video)
    if live:
        sources.append(LiveSources(live.values(), patience))
    reasons = " ".join(dict.fromkeys(each.reason for each in left_out))
    if not sources:
        raise UserError(reasons)
    if left_out:
        log.warning("%d of %d left out: %s", _number(left_out), total, reasons)
    return sources, _number(left_out)


def _expanded(texts: Iterable[str | Path]) -> tuple[list[str], list[LeftOut]]:
    """Return the names of single files, webcams and addresses, each once, and the names that are left out."""
    names: list[str] = []
    left_out: list[LeftOut] = []
    for text in map(str, texts):
        try:
            found, others = expand(text)
        except UserError as error:
            found, others = [], [LeftOut([text], str(error))]
        names += found
        left_out += others
    return once(names), left_out


def _number(left_out: Sequence[LeftOut]) -> int:
    """Return the number of files and other names that are left out; several names of one file count once."""
    return len({identity(name) for each in left_out for name in each.names})


def _is_picture(name: str) -> bool:
    """Return whether it is a picture, by the ending of its name or, if that is unknown, by its content."""
    if is_stream(name):
        return False
    return picture_files.is_picture(name) or (
        os.path.isfile(name) and not is_video(name) and picture_files.begins_as_picture(name)
    )


def _unlike(name: str, others: Container[str]) -> str:
    """Return the name, or `name-2` and so on if it is taken: two addresses may differ only in their passwords."""
    numbered = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(each for each in numbered if each not in others)
