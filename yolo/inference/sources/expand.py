"""Expand what a user names, such as a folder or a glob, to single files, webcams and addresses."""

import glob
import logging
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from yolo import picture_files
from yolo.errors import os_errors_as_user_errors
from yolo.inference.sources.address import is_pipeline, is_stream, public, without_password
from yolo.inference.sources.file_kinds import LeftOut, irregular_kind, is_called_so, is_video, sort_files
from yolo.inference.sources.frame_source import UnreadableSourceError
from yolo.inference.sources.glob_pattern import matching
from yolo.wording import counted, shorten

WEBCAM = re.compile(r"/dev/video(\d+)")
WEBCAM_DIGITS = (
    5  # OpenCV numbers the first camera of DirectShow 700, that of Media Foundation 1400; a longer number is no webcam
)

log = logging.getLogger("yolo")


def expand(text: str) -> tuple[list[str], list[LeftOut]]:
    """Return the names of the single files, webcams or addresses that a text of the user stands for.

    Returns:
        The names, and the files and folders that are left out.

    Raises:
        UnreadableSourceError: there is nothing of that name, or it is not readable.
        UserError: a folder cannot be read.
    """
    if is_stream(text) or is_pipeline(text):
        return [text], []
    shown = without_password(text)
    path = os.path.expanduser(text)  # like all of os.path, it never raises, for any name
    if webcam := WEBCAM.fullmatch(os.path.realpath(path)):
        return [webcam[1]], []
    if os.path.isdir(path):
        return _in_folder(Path(path))
    if os.path.isfile(path):
        if picture_files.is_unread(path):
            raise UnreadableSourceError(f"{picture_files.unread_reason([shown])}.")
        return [str(Path(path))], []
    if text.isdecimal() and len(text) <= WEBCAM_DIGITS:
        return [text], []
    if os.path.lexists(path):
        raise UnreadableSourceError(
            f"{shown} is no regular file ({irregular_kind(path)}): give a picture, a folder or a video."
        )
    if not glob.has_magic(path):
        raise UnreadableSourceError(f"there is no picture, folder or video {shown}.")
    paths, locked = matching(path)
    found, left_out = sort_files(paths)
    left_out += locked
    if not found and not left_out:
        raise UnreadableSourceError(f"no picture or video is named like {shown}.")
    return found, left_out


def once(names: Sequence[str]) -> list[str]:
    """Return the names, but of several names for one file, as by links, only the shortest."""
    shortest: dict[str, str] = {}
    for name in names:
        real = identity(name)
        shortest[real] = min(shortest.get(real, name), name, key=len)
    chosen = set(shortest.values())
    kept = [name for name in dict.fromkeys(names) if name in chosen]
    if len(kept) < len(names):
        again = list(map(public, (Counter(names) - Counter(kept)).elements()))
        log.info("%s left out, as each file is read once: %s", counted(len(again), "name"), shorten(again))
    return kept


def identity(name: str) -> str:
    """Return the real path of a file, which is the same for all links to it; for anything else, return the name."""
    return os.path.realpath(name) if os.path.isfile(name) else name


def _in_folder(folder: Path) -> tuple[list[str], list[LeftOut]]:
    """Return the pictures, then the videos of a folder, or of the picture folder in a dataset; log other subfolders.

    Hidden files are ignored: macOS writes a `._a.jpg` beside each `a.jpg` on the disks of other systems.
    """
    with os_errors_as_user_errors(f"cannot read the folder {folder}"):
        entries = [str(path) for path in folder.iterdir() if path.name[0] != "."]
    found, left_out = sort_files(entries)
    deeper = [path for path in entries if os.path.isdir(path) and not is_called_so(path)]
    named = {Path(path).name.lower(): Path(path) for path in deeper}
    for name in picture_files.FOLDERS:
        if not found and name in named:
            log.info("%s is a dataset: reading the pictures in %s", folder, named[name])
            found, others = _in_folder(named[name])
            return found, left_out + others
    way = f'"{folder / "**"}" takes those below it, too'
    if not found and not left_out:
        hint = f" itself; {way}" if deeper else f" ({', '.join(sorted(picture_files.SUFFIXES))}) and no video"
        raise UnreadableSourceError(f"the folder {folder} holds no picture{hint}.")
    if deeper:
        log.info("%s: leaving out %s; %s", folder, counted(len(deeper), "subfolder"), way)
    return sorted(found, key=is_video), left_out
