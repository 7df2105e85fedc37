"""Find the pictures and label files of a dataset in the text format of YOLO."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from yolo.data import split_lists
from yolo.data.file_listing import children, folders_for_pictures
from yolo.data.formats import darknet_data, data_yaml, yolo_txt
from yolo.data.formats.class_name_files import find_names
from yolo.data.formats.described_yolo import described_layout
from yolo.data.formats.label_lookup import LabelLookup, folders_of_labels, is_label_folder, is_other_text
from yolo.data.formats.set_description import SetDescription
from yolo.data.formats.stem_folders import StemFolders
from yolo.data.formats.written_annotation import UnreadableAnnotationError
from yolo.data.formats.yolo_layout import FoundPictures, lay_out, with_classes
from yolo.data.layout import Layout
from yolo.data.layout_splits import with_splits
from yolo.errors import UserError
from yolo.picture_files import FOLDERS, is_picture
from yolo.wording import shorten

SAMPLE = 100  # texts beside pictures that are looked at: they may be captions


class Form(NamedTuple):
    """A kind of files that describe a dataset: their endings and likeliest names, and the functions that read them."""

    endings: tuple[str, ...]
    first: tuple[str, ...]
    describes: Callable[[Path], bool]
    read: Callable[[Path], SetDescription]


FORMS = (
    Form(data_yaml.SUFFIXES, data_yaml.FIRST, data_yaml.describes, data_yaml.read),
    Form((darknet_data.SUFFIX,), darknet_data.FIRST, darknet_data.describes, darknet_data.read),
)


def find(path: Path) -> list[Layout]:
    """Return the layout of the YOLO dataset at a path, in a list; an empty list if there is none.

    Args:
        path: a data.yaml, a .data file of Darknet, or a folder: with one of these, with `images` and `labels`, or with
            label files beside the pictures.

    Raises:
        UserError: there is such a dataset, but it cannot be used.
    """
    if path.is_file():
        return [described_layout(form.read(path)) for form in FORMS if path.suffix.lower() in form.endings]
    if not path.is_dir():
        return []
    inside = [each for each in children(path) if each.is_dir() and each.name != "__MACOSX"]
    for root in (path, *(inside if len(inside) == 1 else ())):  # an archive may hold one folder
        for form in FORMS:
            if file := _description(root, form):
                return [described_layout(form.read(file))]
    layout = _undescribed(Path(os.path.abspath(path)))
    return [layout] if layout else []


def _description(root: Path, form: Form) -> Path | None:
    """Return the file in a folder that describes a dataset, or None; raises UserError if it could be one of several."""
    files = [path for path in children(root) if path.suffix.lower() in form.endings and path.is_file()]
    files = [path for path in files if form.describes(path)]
    likely = [path for name in form.first for path in files if path.name.lower() == name]
    if len(files) > 1 and not likely:
        names = shorten([path.name for path in files])
        raise UserError(f"{root} holds several files that describe a dataset: {names}; choose one, as in {files[0]}.")
    return next(iter(likely or files), None)


def _undescribed(root: Path) -> Layout | None:
    """Return the layout of a folder without a file that describes it; None if it has no labels of YOLO."""
    found, labels = FoundPictures(), LabelLookup()
    folders = list(folders_of_labels(str(root)))
    places = {place for folder in folders_for_pictures(root) for place in labels.places(folder)}.union(folders)
    if not any(map(labels.in_folder, places)):
        return None
    found.add_folder("", root)
    if not found.folders and not folders:
        return None
    picture_folders = list(found.folders) or folders
    stems = StemFolders(picture_folders, root)
    top = root if _lists(root) else stems.common  # lists may lie in a folder below
    if _lists(top):
        stems = StemFolders(picture_folders, root, cut=False)  # the lines of lists name all folders
    layout = lay_out(found, stems, labels, folders)
    annotated = {os.path.dirname(file) for file in layout.annotations.values()}
    in_folders = any(is_label_folder(os.path.relpath(folder, root)) for folder in annotated)
    if not in_folders and not _are_labels(layout.annotations.values()):
        return None
    above = [Path(place) for folder in ("", *sorted(annotated)) for place in _above(folder, root, top)]
    layout = _without_lists(layout)
    names = find_names(above, set(layout.annotations.values())) or data_yaml.names_in(root)
    form = "YOLO txt in images/ and labels/" if in_folders else "YOLO txt beside the pictures"
    split_names = {each.name for place in (top, *_picture_folders(top)) for each in children(place) if each.is_dir()}
    layout = with_splits(replace(layout, format=form, splits={}, folders=tuple(sorted(split_names))), top)
    note = (f"the class names are those of {os.path.relpath(names[0], root)}",) if names else ()
    return with_classes(replace(layout, notes=(*note, *layout.notes)), names[1] if names else ())


def _lists(folder: Path) -> list[Path]:
    """Return the lists of splits in a folder; `train.txt` beside `train.jpg` is its label file if it may be one."""
    lists = split_lists.find(folder)
    pictures = {path.stem for path in children(folder) if is_picture(path)} if lists else set()
    return [path for path in lists if not (path.stem in pictures and _may_be_label(path))]


def _without_lists(layout: Layout) -> Layout:
    """Return a layout without the lists of splits or classes that have the name of a picture."""
    others = {stem for stem, file in layout.annotations.items() if is_other_text(file.name) and not _may_be_label(file)}
    return replace(layout, annotations={stem: file for stem, file in layout.annotations.items() if stem not in others})


def _may_be_label(file: Path) -> bool:
    """Return whether a text holds an object of YOLO, or nothing."""
    return file.is_file() and (_are_labels([file]) or not file.stat().st_size)


def _above(folder: str, root: Path, top: Path) -> list[str]:
    """Return the folders in which the class names of label files may lie, the likeliest first."""
    places = [str(root), str(top)]
    while folder and Path(folder) != root and root in Path(folder).parents:
        places.append(folder)
        folder = os.path.dirname(folder)
    return places


def _picture_folders(top: Path) -> list[Path]:
    return [path for path in children(top) if path.is_dir() and path.name.lower() in FOLDERS]


def _are_labels(files: Iterable[Path]) -> bool:
    """Return whether one of the first texts that are not empty holds an object of YOLO."""
    looked = 0
    for file in files:
        try:
            written = yolo_txt.read(file)
        except UnreadableAnnotationError:
            continue
        if written.names or "not shares" in written.counts:
            return True
        looked += "no objects" not in written.counts
        if looked == SAMPLE:
            break
    return False
