"""Sort files into pictures, videos and those that cannot be read, by their names and how they begin."""

import os
from dataclasses import dataclass
from pathlib import Path

from yolo import picture_files
from yolo.wording import shorten

VIDEO_SUFFIXES = frozenset(
    {".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"}
)
LETTERED = frozenset({".hdr", ".pam", ".pbm", ".pfm", ".pgm", ".pic", ".pnm"})  # they begin with letters, as texts do
HEAD = 32  # bytes at the beginning of a file; those of all other pictures hold a zero, which no text does


@dataclass(frozen=True)
class LeftOut:
    """What a user has named and cannot be read.

    Attributes:
        names: the files, folders, webcams or addresses.
        reason: a sentence on them.
    """

    names: list
    reason: str


def is_video(path):
    """Return whether the file's name ends as a video's does, in upper or lower case."""
    return Path(path).suffix.lower() in VIDEO_SUFFIXES


def is_called_so(path):
    """Return whether the file's name ends as that of a picture or a video does."""
    return picture_files.is_picture(path) or is_video(path)


def sort_files(paths):
    """Return the pictures and videos among the paths, sorted, and a `LeftOut` for each reason why some are not read.

    Pictures are known by their name or by how they begin; what is neither picture nor video is passed over.
    """
    files, odd, unread = [], [], []
    for path in sorted(paths):
        if not os.path.isfile(path):
            odd += [path] * is_called_so(path)
        elif picture_files.is_unread(path):
            unread.append(path)
        elif is_called_so(path) or _is_surely_picture(path):
            files.append(path)
    left_out = []
    if odd:
        named = shorten([f"{path} ({irregular_kind(path)})" for path in odd])
        left_out.append(LeftOut(odd, f"no regular file: {named}."))
    if unread:
        left_out.append(LeftOut(unread, f"{picture_files.unread_reason(unread)}."))
    return files, left_out


def irregular_kind(path):
    """Return what something is that is no regular file."""
    if os.path.isdir(path):
        return "a folder"
    return "a pipe, a socket or a device" if os.path.exists(path) else "a link to nothing"


def _is_surely_picture(path):
    """Return whether a file that nobody has named is a picture, and not a text such as `BMW and others`."""
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    return (b"\0" in head or Path(path).suffix.lower() in LETTERED) and picture_files.begins_as_picture(path)
