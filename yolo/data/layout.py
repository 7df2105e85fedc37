"""Find the pictures, the annotation files and the lists of a data set."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from yolo.data import split_lists
from yolo.data.file_listing import Listing, children, leads_nowhere, list_files
from yolo.data.hash_split import normal
from yolo.data.pairing import pair
from yolo.data.split_choice import choose
from yolo.data.split_folders import (
    ITSELF,
    PARTS,
    by_folder,
    told_left_out,
    told_stray,
    told_unlisted,
    told_unused,
)
from yolo.errors import UserError
from yolo.picture_files import FOLDERS, is_picture, unread_reason
from yolo.wording import counted

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
        shadowed: (stem, file) of those left out because another of the same stem is used.
        irregular: what is called like a picture or an XML file but is a folder, a pipe or a device, and broken links.
        folders: the names of the folders among the pictures, some of which may be empty.
        paired: sentences on annotations whose names are not quite their pictures'.
        splits: name of a split -> its stems, in order.
        notes: how the splits were chosen where the lists do not say it, one sentence each.
        remarks: the same, of what is a reason to worry.
        unreadable: name of a list that cannot be read -> why.
    """

    pictures: dict[str, Path]
    annotations: dict[str, Path]
    shadowed: tuple[tuple[str, Path], ...]
    irregular: tuple[Path, ...]
    folders: tuple[str, ...]
    paired: tuple[str, ...]
    splits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unreadable: dict[str, UserError] = field(default_factory=dict)

    @property
    def usable(self):
        """The stems that have a picture and an annotation."""
        return self.pictures.keys() & self.annotations.keys()

    @property
    def stems(self):
        """Every stem of a picture or an annotation, sorted."""
        return sorted(self.pictures.keys() | self.annotations.keys())

    def stems_of(self, split):
        """Return the stems of a split, none where there is no such split.

        'all' are those of every file and list, and 'trainval', where there is none, those of `train` and `val`.
        """
        if split == "trainval" and split not in self.splits:
            return tuple(dict.fromkeys(self.splits.get("train", ()) + self.splits.get("val", ())))
        if split != "all":
            return self.splits.get(split, ())
        return sorted(set(self.stems).union(*self.splits.values()))


def find(root):
    """Return the layouts under `root`, several for a VOCdevkit; raises UserError where there is none."""
    root = Path(root)
    if not root.is_dir():
        raise UserError(f"there is no data folder {root}; {ACCEPTED}.")
    found = _of_form(_named, root) or _parts(root) or _of_form(_mixed, root)
    found = found or _years(root) or _years(split_lists.folder_in(root, "VOCdevkit")) or _of_form(_below, root)
    if not any(layout.annotations for layout in found):
        raise UserError(f"{root} holds no pictures with VOC annotations: {_contents(root)}.")
    return [replace(found[0], remarks=found[0].remarks + _left_out(root, found)), *found[1:]]


def _named(root):
    """A VOC root: a folder of pictures, or pictures in the root itself, and a folder of annotations."""
    folders = {path.name.lower(): path for path in children(root) if path.is_dir()}
    pictures = next((folders[name] for name in FOLDERS if name in folders), None)
    if pictures is None and any(is_picture(path) for path in children(root)):
        pictures = root
    for name in ANNOTATIONS if pictures else ():
        annotations = list_files(folders[name]) if name in folders else Listing()
        if annotations.annotations:
            return _files(list_files(pictures), annotations)
    return None


def _mixed(root):
    """Pictures and XML files side by side in the root, and in folders below too."""
    if any(path.suffix.lower() == ".xml" for path in children(root)):
        files = list_files(root)
        return _files(files, files)
    return None


def _below(root):
    """Pictures and XML files side by side in folders below the root."""
    files = list_files(root)
    return _files(files, files) if dict(files.pictures).keys() & dict(files.annotations).keys() else None


def _any_form(root):
    return _named(root) or _mixed(root) or _below(root)


def _years(root):
    """The VOC roots inside a devkit."""
    years = [path for path in children(root) if split_lists.folder_in(path, "Annotations").is_dir()]
    return [layout for year in years for layout in _of_form(_named, year)]


def _parts(root):
    """One folder for each split, of any form, and the annotated pictures beside them; no list is read."""
    here = list_files(root, below=False)
    if not any(split_lists.canonical(name) in PARTS for name in here.folders):
        return []
    found = {"": _files(here, here)}
    for path in filter(Path.is_dir, children(root)):
        found[f"{normal(path.name)}/"] = _any_form(path) or _files(files := list_files(path), files)
    bare = () if found[""].usable else tuple(path.name for path in found[""].annotations.values())
    layout = _joined(
        {
            before: files
            for before, files in found.items()
            if files.usable or split_lists.canonical(before[:-1]) in PARTS
        }
    )
    splits, notes, remarks = by_folder(layout.stems, layout.usable, here.folders)
    irregular = tuple(dict.fromkeys(here.irregular + layout.irregular))
    notes += told_stray(bare)
    remarks += layout.remarks + told_unused([path.relative_to(root).as_posix() for path in split_lists.find(root)])
    return [replace(layout, irregular=irregular, splits=splits, notes=notes, remarks=remarks)] if splits else []


def _joined(layouts):
    """One layout of several without splits; each stem begins with what `layouts` has them by."""
    pictures, annotations, shadowed, irregular, paired, remarks = {}, {}, (), (), (), ()
    for before, layout in layouts.items():
        pictures |= {before + stem: path for stem, path in layout.pictures.items()}
        annotations |= {before + stem: path for stem, path in layout.annotations.items()}
        shadowed += tuple((before + stem, path) for stem, path in layout.shadowed)
        irregular += layout.irregular
        paired += layout.paired
        remarks += layout.remarks
    return Layout(pictures, annotations, shadowed, irregular, (), paired, remarks=remarks)


def _left_out(root, found):
    """Say that there are annotated pictures in the root, or in folders from which nothing is taken."""
    sides = [side for layout in found for side in (layout.pictures, layout.annotations)]
    taken = {path.parts[len(root.parts)] for side in sides for path in side.values()}
    here, folders = list_files(root, below=False), [path for path in children(root) if path.is_dir()]
    layouts = {ITSELF: _files(here, here)} if taken.isdisjoint(path.name for _, path in here.pictures) else {}
    layouts |= {f"{path.name}/": _any_form(path) for path in folders if path.name not in taken}
    numbers = {place: len(layout.usable) for place, layout in layouts.items() if layout and layout.usable}
    return told_left_out(numbers, [path.name for path in folders if path.name in taken])


def _of_form(form, root):
    """The layout of one form with its splits, in a list; none where the root has not that form.

    The splits are those of the lists, or else of folders called so; where none of them is for training, `choose` says
    what is.
    """
    layout = form(root)
    if layout is None:
        return []
    stems, usable = set(layout.stems), layout.usable
    paths = split_lists.find(root)
    listed, unreadable = split_lists.read_all(paths, stems)
    for name, error in unreadable.items():
        if "train" not in listed and name.lower().rpartition("_")[2] in (*PARTS, "trainval"):
            raise error  # what is for training follows from it
    by_name, notes, remarks = by_folder(stems, usable, layout.folders)
    if paths:
        notes, remarks = _told_lists(paths, unreadable, root), ()
    choice = choose(listed if paths else by_name, stems, usable)
    notes += choice.notes + told_unlisted(by_name, choice.splits)
    remarks += choice.remarks
    remarks += layout.remarks + tuple(
        f"the list '{name}' is left out: {str(error).rstrip('.')}" for name, error in unreadable.items()
    )
    return [replace(layout, splits=choice.splits, notes=notes, remarks=remarks, unreadable=unreadable)]


def _files(pictures, annotations):
    """The layout of listed files, without splits."""
    picture_of, annotation_of, shadowed = {}, {}, []
    for found, files in ((picture_of, pictures.pictures), (annotation_of, annotations.annotations)):
        for stem, path in files:
            if found.setdefault(stem, path) is not path:
                shadowed.append((stem, path))
    annotation_of, paired = pair(picture_of, annotation_of)
    irregular = tuple(dict.fromkeys(pictures.irregular + annotations.irregular))
    layout = Layout(picture_of, annotation_of, tuple(shadowed), irregular, pictures.folders, (paired,) * bool(paired))
    return replace(layout, remarks=(unread_reason(pictures.unread),)) if pictures.unread else layout


def _told_lists(paths, unreadable, root):
    """Say that lists were taken that do not lie where VOC has them."""
    names = [path.name for path in paths if path.parent == root and split_lists.canonical(path.stem) not in unreadable]
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
