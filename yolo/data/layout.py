"""Where a data set keeps its pictures, its annotation files and its lists."""

import os
from dataclasses import dataclass
from pathlib import Path

from yolo.data import splits
from yolo.errors import UserError
from yolo.images import is_picture

ACCEPTED = (
    "accepted are JPEGImages/ and Annotations/ (or images/ and annotations/), a VOCdevkit with VOC2007, VOC2012, ... "
    "in it, pictures and XML files side by side, or that in train/, valid/ and test/"
)


@dataclass(frozen=True)
class Layout:
    """One folder of pictures with annotations; stems are the files' names without the extension.

    Attributes:
        pictures: stem -> picture.
        annotations: stem -> XML file.
        splits: name of a split -> its stems, in order.
        shadowed: files left out because another of the same stem is used.
    """

    pictures: dict[str, Path]
    annotations: dict[str, Path]
    splits: dict[str, tuple[str, ...]]
    shadowed: tuple[Path, ...]

    def complete(self, stem):
        """Whether there is a picture and an annotation of that stem."""
        return stem in self.pictures and stem in self.annotations


def find(root):
    """The layouts under `root`, several for a VOCdevkit; raises UserError where there is none."""
    root = Path(root)
    if not root.is_dir():
        raise UserError(f"there is no data folder {root}; {ACCEPTED}.")
    found = _single(root) or _years(root) or _years(root / "VOCdevkit") or _by_folder(root)
    if not any(layout.annotations for layout in found):
        raise UserError(f"{root} holds no pictures with VOC annotations; {ACCEPTED}.")
    return found


def _single(root):
    """A VOC root, or pictures and XML files side by side."""
    folders = {path.name.lower(): path for path in _listing(root) if path.is_dir()}
    pictures = folders.get("jpegimages", folders.get("images"))
    if pictures and "annotations" in folders:
        return [_layout(_listing(pictures), _listing(folders["annotations"]), root / "ImageSets" / "Main")]
    files = _listing(root)
    if any(path.suffix.lower() == ".xml" for path in files):
        return [_layout(files, files, root / "ImageSets" / "Main")]
    return []


def _years(root):
    """The VOC roots inside a devkit."""
    children = [path for path in _listing(root) if (path / "Annotations").is_dir()]
    return [layout for child in children for layout in _single(child)]


def _by_folder(root):
    """One folder for each split, pictures and XML files side by side."""
    found = []
    for folder, split in (("train", "train"), ("valid", "val"), ("val", "val"), ("test", "test")):
        for layout in _single(root / folder):
            stems = tuple(sorted(layout.pictures.keys() | layout.annotations.keys()))
            found.append(Layout(layout.pictures, layout.annotations, {split: stems}, layout.shadowed))
    return found


def _listing(folder):
    """The paths in a folder, sorted, hidden ones left out; empty where there is no folder."""
    if not folder.is_dir():
        return []
    return [folder / name for name in sorted(os.listdir(folder)) if not name.startswith(".")]


def _layout(picture_files, annotation_files, lists):
    pictures, annotations, shadowed = {}, {}, []
    for path in picture_files:
        if is_picture(path) and pictures.setdefault(splits.normal(path.stem), path) is not path:
            shadowed.append(path)
    for path in annotation_files:
        if path.suffix.lower() == ".xml" and annotations.setdefault(splits.normal(path.stem), path) is not path:
            shadowed.append(path)
    stems = pictures.keys() | annotations.keys()
    return Layout(pictures, annotations, _read_lists(lists, stems) or splits.by_hash(stems), tuple(shadowed))


def _read_lists(folder, stems):
    """The lists in ImageSets/Main by name; none where there is no such folder."""
    return {path.stem: _read_list(path, stems) for path in _listing(folder) if path.suffix == ".txt"}


def _read_list(path, stems):
    """The stems in a list: one a line, each once, blank lines dropped, VOC's column of -1, 0 and 1 tolerated."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the list {path}: {error}.") from error
    found = {}
    for line in filter(None, (splits.normal(line.strip()) for line in lines)):
        *stem, column = line.rsplit(None, 1)
        found[stem[0] if stem and column in ("-1", "0", "1") and line not in stems else line] = None
    return tuple(found)
