"""Expand what a user names to single files, webcams and addresses; what is passed over is named."""

import glob
import logging
import os
import re
from collections import Counter
from pathlib import Path

from yolo import images
from yolo.errors import told
from yolo.inference.sources.address import is_pipeline, is_stream, public, without_password
from yolo.inference.sources.frame import UnreadableError
from yolo.inference.sources.pattern import matching
from yolo.wording import counted, shorten

VIDEO_SUFFIXES = frozenset(
    {".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"}
)
UNREAD = frozenset({".arw", ".cr2", ".cr3", ".dng", ".heic", ".heif", ".jxl", ".nef", ".raf"})
WEBCAM = re.compile(r"/dev/video(\d+)")
WEBCAM_DIGITS = 5  # OpenCV takes 700 for the first camera by DirectShow, 1400 by Media Foundation; more is no number
NAMED = 5  # names in one message

log = logging.getLogger("yolo")


def expand(text):
    """Expand one source as the user names it: (names of single files, webcams or addresses; how many cannot be read).

    Raises UnreadableError where nothing has that name.
    """
    if is_stream(text) or is_pipeline(text):
        return [text], 0
    said = without_password(text)
    path = os.path.expanduser(text)  # as all of os.path it never raises, whatever the name
    if webcam := WEBCAM.fullmatch(os.path.realpath(path)):
        return [webcam[1]], 0
    if os.path.isdir(path):
        return _in_folder(Path(path))
    if os.path.isfile(path) or (text.isdecimal() and len(text) <= WEBCAM_DIGITS):
        return [path], 0
    if os.path.lexists(path):
        raise UnreadableError(f"{said} is no regular file ({_kind(path)}): give a picture, a folder or a video.")
    if not glob.has_magic(path):
        raise UnreadableError(f"there is no picture, folder or video {said}.")
    found, odd = _regular(matching(path))
    if not found:
        raise UnreadableError(f"no picture or video is named like {said}.")
    return found, odd


def once(names):
    """Return the names without those of a file that another one names, too, as links do; the shortest is kept."""
    shortest = {}
    for name in names:
        real = os.path.realpath(name) if os.path.isfile(name) else name
        shortest[real] = min(shortest.get(real, name), name, key=len)
    chosen = set(shortest.values())
    kept = [name for name in dict.fromkeys(names) if name in chosen]
    if len(kept) < len(names):
        again = list(map(public, (Counter(names) - Counter(kept)).elements()))
        log.info("%s left out, as each file is looked at once: %s", counted(len(again), "name"), shorten(again, NAMED))
    return kept


def is_video(path):
    """Return whether the file's name ends as a video's does, in upper or lower case."""
    return Path(path).suffix.lower() in VIDEO_SUFFIXES


def _in_folder(folder):
    """Return the pictures, then the videos of a folder, or those of a data set; subfolders are counted only.

    Hidden files are left out: macOS leaves a `._a.jpg` beside an `a.jpg` on other systems' disks.
    """
    with told(f"cannot read the folder {folder}"):
        entries = [str(path) for path in folder.iterdir() if path.name[0] != "."]
    found, odd = _regular(entries)
    found = sorted([*found, *_by_content(entries)])
    deeper = [path for path in entries if os.path.isdir(path) and not _is_called_so(path)]
    named = {Path(path).name.lower(): Path(path) for path in deeper}
    for name in images.FOLDERS:
        if not found and name in named:
            log.info("%s is a data set: looking at the pictures in %s", folder, named[name])
            return _in_folder(named[name])
    way = f'"{folder / "**"}" takes those below it, too'
    if not found:
        hint = f" itself; {way}" if deeper else f" ({', '.join(sorted(images.SUFFIXES))}) and no video"
        raise UnreadableError(f"the folder {folder} holds no picture{hint}.")
    if deeper:
        log.info("%s: leaving out %s; %s", folder, counted(len(deeper), "subfolder"), way)
    return sorted(found, key=is_video), odd


def _by_content(paths):
    """Return the pictures that are not called so; files that cameras write and OpenCV does not read are named."""
    others = [path for path in paths if not _is_called_so(path) and os.path.isfile(path)]
    unread = [path for path in others if Path(path).suffix.lower() in UNREAD]
    if unread:
        names = shorten([Path(path).name for path in unread])
        log.warning("%s left out, as OpenCV does not read them: %s", counted(len(unread), "picture"), names)
    return list(filter(images.begins_as_picture, others))


def _is_called_so(path):
    return images.is_picture(path) or is_video(path)


def _regular(paths):
    """Return the paths called like pictures or videos, sorted, and how many of these are no regular files."""
    called = sorted(filter(_is_called_so, paths))
    odd = [path for path in called if not os.path.isfile(path)]
    if odd:
        named = ", ".join(f"{path} ({_kind(path)})" for path in odd[:NAMED])
        more = f" and {len(odd) - NAMED} more" if len(odd) > NAMED else ""
        log.warning("%d of %d left out, as no regular file: %s%s", len(odd), len(called), named, more)
    return [path for path in called if os.path.isfile(path)], len(odd)


def _kind(path):
    """Return what something is that is no regular file."""
    if os.path.isdir(path):
        return "a folder"
    return "a pipe, a socket or a device" if os.path.exists(path) else "a link to nothing"
