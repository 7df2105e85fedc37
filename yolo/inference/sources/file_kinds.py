"""Sort files into pictures, videos and unreadable ones, by their names and first bytes."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from yolo import picture_files
from yolo.wording import shorten

VIDEO_SUFFIXES = frozenset(
    {".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"}
)
LETTERED = frozenset(
    {".hdr", ".pam", ".pbm", ".pfm", ".pgm", ".pic", ".pnm"}
)  # such pictures begin with letters, like texts
HEAD = 32  # bytes at the beginning of a file; in all other pictures, one of them is zero, but in no text


@dataclass(frozen=True)
class LeftOut:
    """Files, folders, webcams or addresses that a user has named, but that cannot be read.

    Attributes:
        reason: the sentence for the message.
    """

    names: list[str]
    reason: str


def is_video(path: str | Path) -> bool:
    """Return whether the file name ends like that of a video, in upper or lower case."""
    return Path(path).suffix.lower() in VIDEO_SUFFIXES


def is_called_so(path: str | Path) -> bool:
    """Return whether the file name ends like that of a picture or a video."""
    return picture_files.is_picture(path) or is_video(path)


def sort_files(paths: Iterable[str]) -> tuple[list[str], list[LeftOut]]:
    """Return the pictures and videos among the paths, sorted, and those that cannot be read, one `LeftOut` a reason.

    Pictures are recognized by their name or their first bytes. Files of other kinds are ignored.
    """
    files: list[str] = []
    odd: list[str] = []
    unread: list[str] = []
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


def irregular_kind(path: str | Path) -> str:
    """Return the kind of something that is not a regular file, in words."""
    if os.path.isdir(path):
        return "a folder"
    return "a pipe, a socket or a device" if os.path.exists(path) else "a link to nothing"


def _is_surely_picture(path: str) -> bool:
    """Return whether a file with the first bytes of a picture is not just a text such as `BMW and others`."""
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    return (b"\0" in head or Path(path).suffix.lower() in LETTERED) and picture_files.begins_as_picture(path)
