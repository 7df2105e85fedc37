"""Find the pictures, the XML files and the lists of a dataset in the format of PASCAL VOC."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from yolo.data import split_folders, split_lists
from yolo.data.file_listing import Listing, children, list_files
from yolo.data.formats import voc_xml
from yolo.data.formats.annotation_cache import read_each
from yolo.data.hash_split import normal
from yolo.data.layout import Layout
from yolo.data.pairing import pair
from yolo.data.split_choice import choose
from yolo.data.split_folders import PARTS, by_folder
from yolo.errors import UserError
from yolo.picture_files import FOLDERS, is_picture, unread_reason

ANNOTATIONS = ("annotations", "annotation", "xmls", "xml", "labels")  # folder names in lower case


def find(root: Path) -> list[Layout]:
    """Return the layouts under `root`: one, several for a VOCdevkit, or none.

    Raises:
        UserError: a list that the training pictures depend on cannot be read.
    """
    if not root.is_dir():
        return []
    found = _of_form(_named, root) or _parts(root) or _of_form(_mixed, root)
    found = found or _years(root) or _years(split_lists.folder_in(root, "VOCdevkit")) or _of_form(_below, root)
    if not any(layout.annotations for layout in found):
        return []
    return [replace(found[0], remarks=found[0].remarks + _left_out_remarks(root, found)), *found[1:]]


def _named(root: Path) -> Layout | None:
    """Return the layout of a VOC root: a folder of annotations, and a folder of pictures or pictures in the root."""
    folders = {path.name.lower(): path for path in children(root) if path.is_dir()}
    pictures = next((folders[name] for name in FOLDERS if name in folders), None)
    if pictures is None and any(is_picture(path) for path in children(root)):
        pictures = root
    if pictures is None:
        return None
    for name in ANNOTATIONS:
        if name in folders and (listing := list_files(folders[name])).annotations:
            return _files(list_files(pictures), listing)
    return None


def _mixed(root: Path) -> Layout | None:
    """Return the layout of pictures and XML files side by side in the root, and perhaps in folders below."""
    if any(path.suffix.lower() == ".xml" for path in children(root)):
        files = list_files(root)
        return _files(files, files)
    return None


def _below(root: Path) -> Layout | None:
    """Return the layout of pictures and XML files side by side in folders below the root."""
    files = list_files(root)
    return _files(files, files) if dict(files.pictures).keys() & dict(files.annotations).keys() else None


def _any_form(root: Path) -> Layout | None:
    return _named(root) or _mixed(root) or _below(root)


def _years(root: Path) -> list[Layout]:
    """Return the layouts of the VOC roots inside a devkit."""
    years = [path for path in children(root) if split_lists.folder_in(path, "Annotations").is_dir()]
    return [layout for year in years for layout in _of_form(_named, year)]


def _parts(root: Path) -> list[Layout]:
    """Return, in a list, the layout of a root with a folder of any form for each split; no list is read."""
    here = list_files(root, below=False)
    if not any(split_lists.canonical(name) in PARTS for name in here.folders):
        return []
    found = {"": _files(here, here)}
    for path in filter(Path.is_dir, children(root)):
        found[f"{normal(path.name)}/"] = _any_form(path) or _files(files := list_files(path), files)
    bare = () if found[""].usable else tuple(path.name for path in found[""].annotations.values())
    used = {
        before: part for before, part in found.items() if part.usable or split_lists.canonical(before[:-1]) in PARTS
    }
    layout = _joined(used)
    splits, notes, remarks = by_folder(layout.stems, layout.usable, here.folders)
    irregular = tuple(dict.fromkeys(here.irregular + layout.irregular))
    notes += split_folders.stray_notes(bare)
    lists = [path.relative_to(root).as_posix() for path in split_lists.find(root)]
    remarks += layout.remarks + split_folders.unused_list_remarks(lists)
    return [replace(layout, irregular=irregular, splits=splits, notes=notes, remarks=remarks)] if splits else []


def _joined(layouts: Mapping[str, Layout]) -> Layout:
    """Return one layout of several without splits; each key of `layouts` is put before the stems of its layout."""
    parts, items = layouts.values(), layouts.items()
    return _voc_layout(
        pictures={before + stem: path for before, part in items for stem, path in part.pictures.items()},
        annotations={before + stem: path for before, part in items for stem, path in part.annotations.items()},
        shadowed=tuple((before + stem, path) for before, part in items for stem, path in part.shadowed),
        irregular=tuple(chain.from_iterable(part.irregular for part in parts)),
        folders=(),
        paired=tuple(chain.from_iterable(part.paired for part in parts)),
        remarks=tuple(chain.from_iterable(part.remarks for part in parts)),
    )


def _left_out_remarks(root: Path, found: Sequence[Layout]) -> tuple[str, ...]:
    """Return a remark on annotated pictures in the root, or in folders that are not used, if there are any."""
    sides = [side for layout in found for side in (layout.pictures, layout.annotations)]
    taken = {path.parts[len(root.parts)] for side in sides for path in side.values()}
    here, folders = list_files(root, below=False), [path for path in children(root) if path.is_dir()]
    beside = taken.isdisjoint(path.name for _, path in here.pictures)
    layouts: dict[str, Layout | None] = {split_folders.ITSELF: _files(here, here)} if beside else {}
    layouts |= {f"{path.name}/": _any_form(path) for path in folders if path.name not in taken}
    numbers = {place: len(layout.usable) for place, layout in layouts.items() if layout and layout.usable}
    return split_folders.left_out_remarks(numbers, [path.name for path in folders if path.name in taken])


def _of_form(form: Callable[[Path], Layout | None], root: Path) -> list[Layout]:
    """Return the layout of one form with its splits, in a list; an empty list if the root does not have that form.

    The splits come from the lists, else from folders named like splits. If none of them is for training, `choose`
    chooses one.
    """
    layout = form(root)
    if layout is None:
        return []
    stems, usable = set(layout.stems), layout.usable
    paths = split_lists.find(root)
    listed, unreadable = split_lists.read_all(paths, stems)
    for name, error in unreadable.items():
        if "train" not in listed and name.lower().rpartition("_")[2] in (*PARTS, "trainval"):
            raise error  # the training pictures depend on it
    by_name, notes, remarks = by_folder(stems, usable, layout.folders)
    if paths:
        notes, remarks = _list_notes(paths, unreadable, root), ()
    choice = choose(listed if paths else by_name, stems, usable)
    notes += choice.notes + split_folders.unlisted_notes(by_name, choice.splits)
    remarks += choice.remarks + layout.remarks
    remarks += tuple(f"the list '{name}' is left out: {str(error).rstrip('.')}" for name, error in unreadable.items())
    return [replace(layout, splits=choice.splits, notes=notes, remarks=remarks, unreadable=unreadable)]


def _files(pictures: Listing, annotations: Listing) -> Layout:
    """Return the layout of listed files, without splits."""
    picture_of: dict[str, Path] = {}
    annotation_of: dict[str, Path] = {}
    shadowed = []
    for found, files in ((picture_of, pictures.pictures), (annotation_of, annotations.annotations)):
        for stem, path in files:
            if found.setdefault(stem, path) is not path:
                shadowed.append((stem, path))
    annotation_of, paired = pair(picture_of, annotation_of)
    irregular = tuple(dict.fromkeys(pictures.irregular + annotations.irregular))
    layout = _voc_layout(
        pictures=picture_of,
        annotations=annotation_of,
        shadowed=tuple(shadowed),
        irregular=irregular,
        folders=pictures.folders,
        paired=(paired,) * bool(paired),
    )
    return replace(layout, remarks=(unread_reason(pictures.unread),)) if pictures.unread else layout


def _voc_layout(**parts: Any) -> Layout:
    """Return a layout whose annotations are XML files, one for each picture."""
    return Layout(**parts, read=read_each(voc_xml.read), unit="corners", format="VOC XML")


def _list_notes(paths: Sequence[Path], unreadable: Mapping[str, UserError], root: Path) -> tuple[str, ...]:
    """Return a note on lists in the root, which is not their place in VOC, if there are any."""
    names = [path.name for path in paths if path.parent == root and split_lists.canonical(path.stem) not in unreadable]
    return (f"{', '.join(names)} in {root} taken as lists",) if names else ()
