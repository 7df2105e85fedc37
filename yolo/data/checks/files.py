"""Check the names and formats of picture files; most faults of files are found when they are listed and read."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from yolo.data.checks.check import Found, check
from yolo.data.checks.checked_data import CheckedData
from yolo.data.hash_split import normal
from yolo.picture_files import SUFFIXES, Unread

ENDINGS = {  # the formats of Pillow whose files may end so
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".jpg", ".jpeg", ".jpe", ".jfif"),  # a JPEG of several pictures, from phones and stereo cameras
    "PNG": (".png",),
    "BMP": (".bmp",),
    "DIB": (".bmp",),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "JPEG2000": (".jp2",),
    "PPM": (".ppm",),
}
NEVER_READ = (".avif", ".exr", ".gif", ".hdr", ".ico", ".pgm", ".pbm", ".psd", ".svg", ".tga")  # of pictures


@check(
    "names-alike-but-for-capitals",
    "picture",
    "of a name that another one has in other capitals or accents",
    "rename them: on Windows and macOS one of them replaces the other",
)
def alike_but_for_capitals(data: CheckedData) -> Found:
    """Find pictures of one folder that are one file on systems that ignore capitals."""
    same: dict[str, list[Path]] = defaultdict(list)
    for layout in data.layouts:
        for path in layout.pictures.values():
            same[normal(os.fspath(path)).casefold()].append(path)
    found = [path for paths in same.values() if len(paths) > 1 for path in sorted(paths)]
    return Found(len(found), data.names(found))


@check(
    "format-not-read",
    "file",
    "beside the pictures in a format that is not read",
    "save them as JPEG or PNG to use them, or move them away",
)
def formats_not_read(data: CheckedData) -> Found:
    """Find pictures in the folders of the dataset whose format the program does not read at all."""
    folders = {path.parent for layout in data.layouts for path in layout.pictures.values()}
    found = {path for folder in folders for path in _children(folder) if path.suffix.lower() in NEVER_READ}
    found |= {
        path for layout in data.layouts for told in layout.remarks if isinstance(told, Unread) for path in told.paths
    }
    return Found(len(found), data.names(sorted(found)))


@check(
    "ending-unlike-content",
    "picture",
    "of another format than the ending of the name says",
    "rename them, as other programs may refuse them",
    level="note",
)
def endings_unlike_content(data: CheckedData) -> Found:
    """Find pictures such as a PNG that is called .jpg."""
    found = {
        path: measures.format
        for path, measures in data.measures.items()
        if measures.format in ENDINGS
        and path.suffix.lower() in SUFFIXES
        and path.suffix.lower() not in ENDINGS[measures.format]
    }
    named = [f"{data.name(path)} ({format})" for path, format in found.items()]
    return Found(len(found), data.names(found), names=named)


def _children(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder; none if it is gone meanwhile."""
    try:
        yield from folder.iterdir()
    except OSError:
        return
