"""Recognise the format of a dataset by looking at its files."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from yolo.data.file_listing import folders_of, leads_nowhere, locked_folders
from yolo.data.formats import coco_files, createml_json, cvat_xml, labelme_json, voc_folders, yolo_folders
from yolo.data.formats.annotation_folders import ANNOTATIONS
from yolo.data.formats.folder_contents import ACCEPTED, contents
from yolo.data.formats.label_lookup import is_other_text
from yolo.data.layout import Layout
from yolo.data.list_folder import find_by_lists, is_list_folder
from yolo.errors import UserError, did_you_mean, os_errors_as_user_errors
from yolo.picture_files import SUFFIXES
from yolo.shell import quoted
from yolo.wording import counted, listed, shorten

LISTS = "ImageSets"  # the folder of VOC's lists


class DataFormat(NamedTuple):
    """A format: its name, the function that finds its layouts, and the endings one of which its files must have."""

    name: str
    find: Callable[[Path], list[Layout]]
    endings: frozenset[str]


FORMATS = (
    DataFormat("VOC XML", voc_folders.find, frozenset({".xml"})),
    DataFormat("YOLO txt", yolo_folders.find, frozenset({".txt", ".yaml", ".yml", ".data"})),
    DataFormat("COCO JSON", coco_files.find, frozenset({".json"})),
    DataFormat("CVAT XML", cvat_xml.find, frozenset({".xml"})),
    DataFormat("CreateML JSON", createml_json.find, frozenset({".json"})),
    DataFormat("LabelMe JSON", labelme_json.find, frozenset({".json"})),
)


def find(path: Path) -> list[Layout]:
    """Return the layouts of the dataset at a path: one, or several for a VOCdevkit.

    Args:
        path: a folder of pictures and annotations, a folder of annotations beside their pictures, a file that lists
            pictures, such as data.yaml or a COCO JSON, or a folder of lists that `split` wrote.

    Raises:
        UserError: there are no data in a known format, data in two formats, or they cannot be read.
    """
    if not os.path.exists(path):  # unlike Path.exists, it takes names that are too long
        siblings = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        raise UserError(f"there are no data at {path}{did_you_mean(path.name, siblings) or f'; {ACCEPTED}.'}")
    if is_list_folder(path):
        return find_by_lists(path, find)
    try:
        with os_errors_as_user_errors(f"cannot list the data at {path}"):
            return _find(path)
    except UserError as error:
        if not (locked := locked_folders(path) if path.is_dir() else []):
            raise
        places = shorten(list(map(str, locked)))
        raise UserError(f"{str(error).rstrip('.')}; {places} cannot be opened: make it readable.") from error


def _find(path: Path) -> list[Layout]:
    """Return what `find` returns of a path that exists and is no folder of lists."""
    found = _found(path)
    if not any(map(_is_usable, found.values())) and path.is_dir() and path.name.lower() in ANNOTATIONS:
        inside, beside = path.resolve(), _found(path.resolve().parent)
        folders = {name: _place(layouts) for name, layouts in beside.items()}
        found = {name: beside[name] for name, place in folders.items() if inside in (place, *place.parents)} or found
    if not found:
        raise UserError(f"{path} holds no pictures with annotations: {contents(path)}.")
    if len(found) > 1:
        forms = [f"{name} ({_size(layouts)})" for name, layouts in found.items()]
        places = [quoted(place) for place in map(_place, found.values()) if place.resolve() != path.resolve()]
        way = "move the files of one format into another folder"
        if places:
            places += [f"another folder in {quoted(path)}"] * (len(places) < len(found))
            way = f"give the place of those to use: {listed(places, 'or')}"
        raise UserError(f"{path} holds annotations in {len(found)} formats, {listed(forms)}; {way}.")
    return next(iter(found.values()))


def _found(path: Path) -> dict[str, list[Layout]]:
    """Return the layouts of each format in which there are annotations at a path; those with pictures come alone.

    A format is not asked if all files that it might read belong to the pictures of another one.
    """
    files = _files(path)
    found: dict[str, list[Layout]] = {}
    for i, form in enumerate(FORMATS):
        if not any(files.get(ending) for ending in form.endings):
            continue
        found[form.name] = form.find(path)
        if form.endings.isdisjoint(chain.from_iterable(later.endings for later in FORMATS[i + 1 :])):
            continue
        for layout in found[form.name]:
            if used := {file for stem, file in layout.annotations.items() if stem in layout.pictures}:
                _discard(used, files)
    usable = {name: layouts for name, layouts in found.items() if _is_usable(layouts)}
    return usable or {name: layouts for name, layouts in found.items() if any(layout.annotations for layout in layouts)}


def _files(path: Path) -> defaultdict[str, set[str]]:
    """Return the files at a path that are no pictures, by their endings in lower case; links are followed once."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    if not path.is_dir():
        found[path.suffix.lower()].add(os.path.realpath(path))
        return found
    seen: set[str] = set()
    waiting = [os.path.realpath(path)]
    while waiting:
        folder = waiting.pop()
        if folder in seen:
            continue
        seen.add(folder)
        try:
            entries = list(os.scandir(folder))
        except PermissionError:  # the formats tell of it
            continue
        for entry in entries:
            ending = os.path.splitext(entry.name)[1].lower()
            if entry.is_file(follow_symlinks=False):  # nearly all entries
                if ending not in SUFFIXES:
                    found[ending].add(entry.path)
            elif leads_nowhere(entry):
                continue
            elif entry.is_dir():
                waiting += [os.path.realpath(entry.path)] * (entry.name[0] != "." and entry.name != LISTS)
            elif ending not in SUFFIXES:
                found[ending].add(os.path.realpath(entry.path))
    return found


def _discard(used: Collection[Path], files: defaultdict[str, set[str]]) -> None:
    """Remove the files of annotated pictures from the result of `_files`, and lists and texts for people beside them.

    To ask every format about such texts would take as long as to list all files.
    """
    real = {folder: os.path.realpath(folder) for folder in folders_of(used)}
    parts = (os.path.split(file) for file in used)
    places = {os.path.join(real[folder], name) for folder, name in parts}
    for members in files.values():
        found = places & members
        members -= found
        places -= found
    for link in map(os.path.realpath, places):
        files[os.path.splitext(link)[1].lower()].discard(link)
    texts = files[".txt"]
    texts -= {text for text in texts if is_other_text(os.path.basename(text))}


def _place(layouts: list[Layout]) -> Path:
    """Return the file that lists all pictures, or the folder that the files of the pictures have in common."""
    files = {file: stem for layout in layouts for stem, file in layout.annotations.items()}
    if len(files) == 1 and not all(file.stem in stem for file, stem in files.items()):
        return next(iter(files))
    return Path(os.path.commonpath([file.parent for file in files]))


def _is_usable(layouts: list[Layout]) -> bool:
    """Return whether there is a picture with an annotation."""
    return any(
        layout.pictures and (layout.bare_are_negative or not layout.annotations.keys().isdisjoint(layout.pictures))
        for layout in layouts
    )


def _size(layouts: list[Layout]) -> str:
    return counted(sum(len(layout.annotations) for layout in layouts), "annotation")
