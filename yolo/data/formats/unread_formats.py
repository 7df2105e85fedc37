"""Name the files of formats that are not read, and what to export instead, for the message on a folder without data."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from yolo.data.file_listing import children
from yolo.data.formats.annotation_folders import ANNOTATIONS
from yolo.data.formats.file_start import LOOKED_AT, start_of
from yolo.data.split_folders import PARTS
from yolo.data.split_lists import canonical
from yolo.picture_files import FOLDERS, is_picture
from yolo.wording import shorten

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")
SHOWN = 3  # names of folders
FOLDERS_OF_DATA = {*FOLDERS, *ANNOTATIONS}


def advice(path: Path) -> str:
    """Return what to do with the files at a path, or an empty text if they tell nothing."""
    files = [path] if path.is_file() else list(_files(path))
    return next(_reasons(path, files), "")


def _reasons(path: Path, files: Sequence[Path]) -> Iterator[str]:
    archives = [file.name for file in files if file.suffix.lower() in ARCHIVES]
    if archives:
        yield f"unpack {shorten(archives)} first"
    for file in files:
        if file.suffix.lower() == ".json" and (tool := _tool(start_of(file))):
            yield f"{file.name} is {tool}'s own JSON, which is not read: export as COCO"
    tables = [file.name for file in files if file.suffix.lower() == ".csv"]
    if tables and not any(file.suffix.lower() in (".xml", ".json", ".txt") for file in files):
        yield f"{shorten(tables)} may hold the annotations, and CSV is not read: export as VOC, YOLO or COCO"
    classes = _class_folders(path)
    if classes:
        yield (
            f"the folders {shorten(classes, SHOWN)} hold pictures alone: if they sort them by class, the boxes "
            "are missing that a detector learns from"
        )
    if files and all(map(is_picture, files)):
        yield "draw boxes with a labeling tool; docs/labeling_tools.md tells which and what to export"


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in the folders in it; of pictures, a few of each folder."""
    inside = children(folder)
    for place in (inside, *(children(path) for path in inside if path.is_dir())):
        pictures = (path for path in place if is_picture(path))
        yield from islice(pictures, LOOKED_AT)
        yield from (path for path in place if path.is_file() and not is_picture(path))


def _tool(start: str) -> str:
    """Return the tool that writes such a JSON file by its first letters, or an empty text."""
    if '"_via_settings"' in start or ('"regions"' in start and '"file_attributes"' in start):
        return "VIA"
    if start.startswith("[") and '"annotations"' in start and ('"from_name"' in start or '"file_upload"' in start):
        return "Label Studio"
    return ""


def _class_folders(path: Path) -> list[str]:
    """Return the names of folders that hold nothing but pictures, if there are several side by side."""
    for place in (path, *(inner for inner in _folders(path))):
        found = [
            inner.name for inner in _folders(place) if (inside := children(inner)) and all(map(is_picture, inside))
        ]
        named = {canonical(name) for name in found}.intersection(PARTS) or FOLDERS_OF_DATA.intersection(
            map(str.lower, found)
        )
        if len(found) > 1 and len(found) == len(_folders(place)) and not named:
            return found
    return []


def _folders(path: Path) -> list[Path]:
    return [each for each in children(path) if each.is_dir()]
