"""Find the pictures, the annotation files and the lists of a data set."""

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from yolo.data import lists
from yolo.data.pairing import pair
from yolo.data.splits import normal
from yolo.data.training_list import choose
from yolo.errors import UserError
from yolo.images import FOLDERS, SUFFIXES, is_picture
from yolo.wording import counted

ANNOTATIONS = ("annotations", "annotation", "xmls", "xml", "labels")  # names of folders, in lower case
PARTS = ("train", "val", "test")  # as `lists.canonical` has them
ACCEPTED = (
    "accepted are JPEGImages/ and Annotations/ (or images/ and annotations/), a VOCdevkit with VOC2007, VOC2012, ... "
    "in it, pictures and XML files side by side, or that in train/, valid/ and test/"
)


@dataclass(frozen=True)
class Layout:
    """One folder of pictures with annotations.

    A stem is a file's name without its ending, with the folders between it and the folder of the pictures or of the
    annotations before it: `a`, `batch1/a`.

    Attributes:
        pictures: stem -> picture.
        annotations: stem -> XML file.
        splits: name of a split -> its stems, in order.
        shadowed: (stem, file) of those left out because another of the same stem is used.
        irregular: what is called like a picture or an XML file but is a folder, a pipe or a device, and broken links.
        notes: how the splits were chosen where the lists do not say it, one sentence each.
        remarks: the same, of what is a reason to worry.
        paired: a sentence on annotations whose names are not quite their pictures', where there are any.
        unreadable: name of a list that cannot be read -> why.
    """

    pictures: dict[str, Path]
    annotations: dict[str, Path]
    splits: dict[str, tuple[str, ...]]
    shadowed: tuple[tuple[str, Path], ...]
    irregular: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    paired: tuple[str, ...] = ()
    unreadable: dict[str, UserError] = field(default_factory=dict)

    @property
    def stems(self):
        """Every stem of a picture or an annotation, sorted."""
        return sorted(self.pictures.keys() | self.annotations.keys())


@dataclass(frozen=True)
class Listing:
    """The files in a folder and the folders below it: (stem, path) pairs, sorted, hidden files left out."""

    pictures: tuple[tuple[str, Path], ...] = ()
    annotations: tuple[tuple[str, Path], ...] = ()
    irregular: tuple[Path, ...] = ()


def find(root):
    """Return the layouts under `root`, several for a VOCdevkit; raises UserError where there is none."""
    root = Path(root)
    if not root.is_dir():
        raise UserError(f"there is no data folder {root}; {ACCEPTED}.")
    found = _named(root) or _mixed(root) or _years(root) or _years(lists.folder_in(root, "VOCdevkit")) or _parts(root)
    found = found or _mixed(root, below=True)
    if not any(layout.annotations for layout in found):
        raise UserError(f"{root} holds no pictures with VOC annotations: {_contents(root)}.")
    return found


def _named(root):
    """A VOC root: a folder of pictures, or pictures in the root itself, and a folder of annotations."""
    folders = {path.name.lower(): path for path in _children(root) if path.is_dir()}
    pictures = next((folders[name] for name in FOLDERS if name in folders), None)
    if pictures is None and any(is_picture(path) for path in _children(root)):
        pictures = root
    for name in ANNOTATIONS if pictures else ():
        annotations = list_files(folders[name]) if name in folders else Listing()
        if annotations.annotations:
            return [_layout(list_files(pictures), annotations, root)]
    return []


def _mixed(root, below=False):
    """Pictures and XML files side by side, in folders below too; with `below` where the root itself holds none."""
    if below or any(path.suffix.lower() == ".xml" for path in _children(root)):
        files = list_files(root)
        if not below or dict(files.pictures).keys() & dict(files.annotations).keys():
            return [_layout(files, files, root)]
    return []


def _years(root):
    """The VOC roots inside a devkit."""
    children = [path for path in _children(root) if lists.folder_in(path, "Annotations").is_dir()]
    return [layout for child in children for layout in _named(child)]


def _parts(root):
    """One folder for each split, of either form."""
    found = []
    for path in _children(root):
        split = lists.canonical(path.name)
        for layout in (_named(path) or _mixed(path)) if split in PARTS and path.is_dir() else ():
            splits_of = {split: tuple(layout.stems)}
            found.append(replace(layout, splits=splits_of, notes=(), remarks=(), unreadable={}))
    return found


def list_files(folder):
    """Return the `Listing` of a folder; links to folders are followed, each folder is looked into once."""
    pictures, annotations, irregular, seen = [], [], [], set()

    def look(path, prefix):
        real = os.path.realpath(path)
        if real in seen:
            return
        seen.add(real)
        try:
            entries = _entries(path)
        except PermissionError:
            irregular.append(Path(path))
            return
        for entry in entries:
            stem, ending = os.path.splitext(entry.name)
            kind = pictures if ending.lower() in SUFFIXES else annotations if ending.lower() == ".xml" else None
            if lists.leads_nowhere(entry) or (kind is not None and not entry.is_file()):
                irregular.append(Path(entry.path))  # a link of any name may have stood for a folder of pictures
            elif kind is not None:
                kind.append((normal(prefix + stem), Path(entry.path)))
            elif entry.is_dir():
                look(entry.path, f"{prefix}{entry.name}/")

    look(folder, "")
    return Listing(tuple(pictures), tuple(annotations), tuple(irregular))


def _entries(folder):
    """The entries of a folder, sorted, hidden ones left out."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)


def _children(folder):
    """The paths in a folder, sorted, hidden ones left out; empty where there is no folder."""
    return [Path(entry.path) for entry in _entries(folder)] if folder.is_dir() else []


def _layout(pictures, annotations, root):
    picture_of, annotation_of, shadowed = {}, {}, []
    for found, files in ((picture_of, pictures.pictures), (annotation_of, annotations.annotations)):
        for stem, path in files:
            if found.setdefault(stem, path) is not path:
                shadowed.append((stem, path))
    annotation_of, paired = pair(picture_of, annotation_of)
    stems = picture_of.keys() | annotation_of.keys()
    paths = lists.find(root)
    listed, unreadable = lists.read_all(paths, stems)
    for name, error in unreadable.items():
        if "train" not in listed and name.lower().rpartition("_")[2] in (*PARTS, "trainval"):
            raise error  # what is for training follows from it
    listed, told = (listed, _told_lists(paths, unreadable, root)) if paths else _by_folder(stems)
    choice = choose(listed, stems, picture_of.keys() & annotation_of.keys())
    remarks = tuple(f"the list '{name}' is left out: {str(error).rstrip('.')}" for name, error in unreadable.items())
    irregular = tuple(dict.fromkeys(pictures.irregular + annotations.irregular))
    return Layout(
        picture_of,
        annotation_of,
        choice.splits,
        tuple(shadowed),
        irregular,
        told + choice.notes,
        choice.remarks + remarks,
        (paired,) * bool(paired),
        unreadable,
    )


def _told_lists(paths, unreadable, root):
    """Say that lists were taken that do not lie where VOC has them."""
    names = [path.name for path in paths if path.parent == root and lists.canonical(path.stem) not in unreadable]
    return (f"{', '.join(names)} in {root} taken as lists",) if names else ()


def _by_folder(stems):
    """The splits of pictures that all lie in folders called train, val and test, and a note; none of others."""
    found = defaultdict(list)
    for stem in sorted(stems):
        folder, inside, _ = stem.partition("/")
        found[lists.canonical(folder) if inside else ""].append(stem)
    if "train" not in found or not found.keys() <= set(PARTS):
        return {}, ()
    sizes = ", ".join(f"{name} {len(found[name])}" for name in PARTS if name in found)
    return {name: tuple(chosen) for name, chosen in found.items()}, (f"folders taken as the splits {sizes}",)


def _contents(root):
    """Say what a folder without a usable data set holds: `Annotations/ holds 12 XML files, JPEGImages/ is missing`."""
    said, kinds = [], set()
    for path in _children(root):
        if lists.leads_nowhere(path):
            said.append(f"{path.name} is a link that leads nowhere")
        elif path.is_dir():
            files = list_files(path)
            held = {"picture": len(files.pictures), "XML file": len(files.annotations)}
            kinds |= {kind for kind, number in held.items() if number}
            if any(held.values()):
                counts = " and ".join(counted(number, kind) for kind, number in held.items() if number)
                said.append(f"{path.name}/ holds {counts}")
    beside = sum(map(is_picture, _children(root)))
    if beside:
        kinds.add("picture")
        said.append(f"it holds {counted(beside, 'picture')} itself")
    if len(kinds) == 1:
        missing = (
            "JPEGImages/ is missing: put the pictures"
            if "XML file" in kinds
            else "Annotations/ is missing: put the XML files"
        )
        return f"{', '.join(said)}, {missing} into it"
    return f"{', '.join(said) or 'neither pictures nor XML files are there'}; {ACCEPTED}"
