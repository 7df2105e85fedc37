"""Find the pictures, the annotation files and the lists of a data set."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from yolo.data import lists
from yolo.data.listing import Listing, children, leads_nowhere, list_files
from yolo.data.pairing import pair
from yolo.data.split_folders import ITSELF, PARTS, are_splits, by_folder, told_beside, told_train
from yolo.data.training_list import choose
from yolo.errors import UserError
from yolo.images import FOLDERS, is_picture
from yolo.wording import counted, shorten

ANNOTATIONS = ("annotations", "annotation", "xmls", "xml", "labels")  # names of folders, in lower case
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
    def usable(self):
        """The stems that have a picture and an annotation."""
        return self.pictures.keys() & self.annotations.keys()

    @property
    def stems(self):
        """Every stem of a picture or an annotation, sorted."""
        return sorted(self.pictures.keys() | self.annotations.keys())


def find(root):
    """Return the layouts under `root`, several for a VOCdevkit; raises UserError where there is none."""
    root = Path(root)
    if not root.is_dir():
        raise UserError(f"there is no data folder {root}; {ACCEPTED}.")
    found = _named(root) or _parts(root, whole=True) or _mixed(root) or _parts(root)
    found = found or _years(root) or _years(lists.folder_in(root, "VOCdevkit")) or _mixed(root, below=True)
    if not any(layout.annotations for layout in found):
        raise UserError(f"{root} holds no pictures with VOC annotations: {_contents(root)}.")
    return found


def _named(root):
    """A VOC root: a folder of pictures, or pictures in the root itself, and a folder of annotations."""
    folders = {path.name.lower(): path for path in children(root) if path.is_dir()}
    pictures = next((folders[name] for name in FOLDERS if name in folders), None)
    if pictures is None and any(is_picture(path) for path in children(root)):
        pictures = root
    for name in ANNOTATIONS if pictures else ():
        annotations = list_files(folders[name]) if name in folders else Listing()
        if annotations.annotations:
            return [_layout(list_files(pictures), annotations, root)]
    return []


def _mixed(root, below=False):
    """Pictures and XML files side by side, in folders below too; with `below` where the root itself holds none."""
    if below or any(path.suffix.lower() == ".xml" for path in children(root)):
        files = list_files(root)
        if not below or dict(files.pictures).keys() & dict(files.annotations).keys():
            return [_layout(files, files, root)]
    return []


def _years(root):
    """The VOC roots inside a devkit."""
    years = [path for path in children(root) if lists.folder_in(path, "Annotations").is_dir()]
    return [layout for year in years for layout in _named(year)]


def _parts(root, whole=False):
    """One folder for each split, of any form, and the annotated pictures beside them.

    Args:
        whole: whether `train` and another one must be there.
    """
    folders = {path: lists.canonical(path.name) for path in children(root) if path.is_dir()}
    if whole and not {"train"} < set(PARTS).intersection(folders.values()):
        return []
    found = [(part, layout) for path, part in folders.items() if part in PARTS for layout in _any_form(path)]
    names = {part for part, _ in found}
    if not names or (whole and not {"train"} < names):
        return []
    beside, note = _beside(root, [path for path, part in folders.items() if part not in PARTS])
    together = () if are_splits(names, beside) else _mixed(root, below=True) or _years(root)
    return together or _split(found, beside, note)


def _split(parts, beside, note):
    """The layouts of the parts and of what lies beside them, which is for training where no part is, else in no split.

    Args:
        parts: (part, layout) of each.
        beside: place -> layout.
        note: one sentence more, or none.
    """
    names, numbers = {part for part, _ in parts}, {place: len(layout.usable) for place, layout in beside.items()}
    unused = "train" in names
    found = [_in_split(layout, part) for part, layout in parts]
    found += [_in_split(layout, "" if unused else "train") for layout in beside.values()]
    note += told_train(names, () if unused else numbers)
    return [replace(found[0], notes=note, remarks=told_beside(numbers if unused else ())), *found[1:]]


def _beside(root, folders):
    """{place: layout} of annotated pictures in the folders and in the root, and a note on XML files left out there."""
    files = list_files(root, below=False)
    bare = not dict(files.pictures).keys() & dict(files.annotations).keys()
    found = {} if bare else {ITSELF: _layout(files, files, root)}
    found |= {f"{path.name}/": layout for path in folders for layout in _any_form(path) if layout.usable}
    lost = [path.name for _, path in files.annotations if bare]
    told = f"{counted(len(lost), 'XML file')} beside the folders of the splits left out: {shorten(lost)}"
    return found, (told,) * bool(lost)


def _any_form(path):
    """Pictures and XML files of a folder, side by side or in folders of their own."""
    return _named(path) or _mixed(path) or _mixed(path, below=True)


def _in_split(layout, split):
    """The layout with all its pictures in one split, or in none where that is empty, whatever lists it has."""
    splits = {split: tuple(layout.stems)} if split else {}
    return replace(layout, splits=splits, notes=(), remarks=(), unreadable={})


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
    usable, remarks = picture_of.keys() & annotation_of.keys(), ()
    if paths:
        told = _told_lists(paths, unreadable, root)
    else:
        listed, told, remarks = by_folder(stems, usable)
    choice = choose(listed, stems, usable)
    remarks += tuple(f"the list '{name}' is left out: {str(error).rstrip('.')}" for name, error in unreadable.items())
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


def _contents(root):
    """Say what a folder without a usable data set holds: `Annotations/ holds 12 XML files, JPEGImages/ is missing`."""
    said, kinds = [], set()
    for path in children(root):
        if leads_nowhere(path):
            said.append(f"{path.name} is a link that leads nowhere")
        elif path.is_dir():
            files = list_files(path)
            held = {"picture": len(files.pictures), "XML file": len(files.annotations)}
            kinds |= {kind for kind, number in held.items() if number}
            if any(held.values()):
                counts = " and ".join(counted(number, kind) for kind, number in held.items() if number)
                said.append(f"{path.name}/ holds {counts}")
    beside = sum(map(is_picture, children(root)))
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
