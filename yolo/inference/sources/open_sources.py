"""Open the sources that a user names."""

import itertools
import logging
import os
from pathlib import Path

from yolo import picture_files
from yolo.config import DetectConfig
from yolo.errors import UserError
from yolo.inference.sources.address import is_stream
from yolo.inference.sources.expand import expand, identity, once
from yolo.inference.sources.file_kinds import LeftOut, is_video
from yolo.inference.sources.live import LiveSources
from yolo.inference.sources.pictures import PictureFiles
from yolo.inference.sources.video import VideoSource

log = logging.getLogger("yolo")


def open_sources(texts, patience=DetectConfig.reconnect):
    """Return a list of sources for what a user names, each to be iterated for its Frames.

    Args:
        texts: pictures, folders (their pictures and videos), globs, video files, webcam numbers, addresses such as
            rtsp:// or http://, pipelines of GStreamer. What is named twice, also by links, is looked at once. Pictures
            that follow each other are one source; so are all webcams and streams together, which come last because they
            may never end. What cannot be opened is named in a warning and left out.
        patience: for how many seconds a webcam or stream that is lost is tried again.

    Raises:
        UserError: nothing has that name, or none can be opened.
    """
    return open_and_count(texts, patience)[0]


def open_and_count(texts, patience=DetectConfig.reconnect):
    """As `open_sources`, and how many of what was named are left out."""
    names, left_out = _expanded(texts)
    asked = len(names) + _number(left_out)
    sources, live = [], {}
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
        log.warning("%d of %d left out: %s", _number(left_out), asked, reasons)
    return sources, _number(left_out)


def _expanded(texts):
    """The names of single files, webcams and addresses, each once, and the `LeftOut` of what is none."""
    names, left_out = [], []
    for text in map(str, texts):
        try:
            found, others = expand(text)
        except UserError as error:
            found, others = [], [LeftOut([text], str(error))]
        names += found
        left_out += others
    return once(names), left_out


def _number(left_out):
    """Return how many are left out, also where two names stand for one file."""
    return len({identity(name) for each in left_out for name in each.names})


def _is_picture(name):
    """Return whether it is a picture by the ending of its name or, where that is no known one, by its content."""
    if is_stream(name):
        return False
    return picture_files.is_picture(name) or (
        os.path.isfile(name) and not is_video(name) and picture_files.begins_as_picture(name)
    )


def _unlike(name, others):
    """The name, or `name-2` and so on: two streams may be told apart by their passwords alone."""
    numbered = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(each for each in numbered if each not in others)
