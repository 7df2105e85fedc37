"""Find the layout of a dataset whose annotation files name many pictures each."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from yolo.data.file_listing import Listing, list_files
from yolo.data.formats.annotation_folders import ANNOTATIONS
from yolo.data.formats.file_start import Test, files_with
from yolo.data.formats.picture_search import PictureSearch, plain, without_ending
from yolo.data.formats.written_annotation import WrittenAnnotation, repeated
from yolo.data.layout import Contents, Layout
from yolo.data.layout_splits import with_splits
from yolo.data.split_folders import PARTS
from yolo.data.split_lists import canonical
from yolo.picture_files import unread_reason
from yolo.wording import counted, shorten

DEFAULT = "default"  # the subset of pictures without one, as datumaro calls it


class ListedPicture(NamedTuple):
    """A picture that an annotation file names: its name as written, its split or an empty text, and its objects."""

    name: str
    split: str
    written: WrittenAnnotation


class PictureList(NamedTuple):
    """The contents of an annotation file: the classes in their order, if it has one, and the pictures."""

    class_names: tuple[str, ...]
    pictures: Sequence[ListedPicture]


@dataclass(frozen=True)
class PictureListFormat:
    """A format whose annotation files name many pictures each.

    Attributes:
        name: for messages.
        ending: the ending of annotation files, in lower case.
        begins: tells from the beginning of a file whether it may be one of this format.
        read: reads a file; raises UserError.
    """

    name: str
    ending: str
    begins: Test
    read: Callable[[Path], PictureList]

    def find(self, path: Path) -> list[Layout]:
        """Return the layout of a file, or of all files of this format in a folder, in a list.

        Raises:
            UserError: a file, or a list of a split, cannot be read.
        """
        root = _root(path)
        listing = list_files(root, ending=self.ending)
        files = [path] if path.is_file() else [file for _, file in listing.annotations]
        lists = {file: self.read(file) for file in files_with(self.begins, files)}
        if not any(contents.pictures for contents in lists.values()):
            return []
        return [with_splits(self._layout(listing, lists), root)]

    def _layout(self, listing: Listing, lists: Mapping[Path, PictureList]) -> Layout:
        """Return the layout of annotation files, with the splits that they name."""
        search = PictureSearch(listing)
        keys = {file: [_key(file, one) for one in contents.pictures] for file, contents in lists.items()}
        found = search.find(dict.fromkeys(key for each in keys.values() for key in each))
        annotations: dict[str, Path] = {}
        written: dict[str, WrittenAnnotation] = {}
        splits: dict[str, dict[str, None]] = defaultdict(dict)
        for file, contents in lists.items():
            for key, one in zip(keys[file], contents.pictures, strict=True):
                stem = search.stems[found[key]] if key in found else without_ending(key[0])
                written[stem] = _joined(written[stem], one.written) if stem in written else one.written
                annotations.setdefault(stem, file)
                splits[key[1]][stem] = None
        beside = splits.pop("", {})
        remark = f"{counted(len(beside), 'picture')} in no split, as the annotations name none for them"
        remarks = [f"{remark}: {shorten(sorted(beside))}"] if beside and splits else []
        return Layout(
            pictures={stem: path for path, stem in search.stems.items()},
            annotations=annotations,
            read=partial(_contents, written),
            format=self.name,
            class_names=tuple(dict.fromkeys(name for contents in lists.values() for name in contents.class_names)),
            irregular=listing.irregular,
            folders=listing.folders,
            splits={name: tuple(stems) for name, stems in splits.items()},
            remarks=(*remarks, *[unread_reason(listing.unread)] * bool(listing.unread)),
        )


def _root(path: Path) -> Path:
    """Return the folder in which pictures are looked for: of a file in `annotations/`, the folder above."""
    if path.is_dir():
        return path
    folder = path.absolute().parent
    return folder.parent if folder.name.lower() in ANNOTATIONS else path.parent


def _key(file: Path, picture: ListedPicture) -> tuple[str, str]:
    """Return the name and the split of a picture; without a split, that of a file such as `train.xml`, if any."""
    of_file = canonical(file.stem)
    split = canonical(picture.split) if picture.split.lower() != DEFAULT else ""
    return plain(picture.name), split or (of_file if of_file in PARTS else "")


def _joined(one: WrittenAnnotation, other: WrittenAnnotation) -> WrittenAnnotation:
    """Return the objects of a picture that is listed twice."""
    numbers = [*one.numbers, *other.numbers]
    counts = Counter(one.counts) + Counter(other.counts)
    counts["twice"] = repeated(numbers)
    return one._replace(
        names=one.names + other.names,
        numbers=numbers,
        difficult=one.difficult + other.difficult,
        counts={kind: number for kind, number in counts.items() if number},
    )


def _contents(written: Mapping[str, WrittenAnnotation], layout: Layout, anew: bool) -> Contents:
    """Return what `find` has read, see `Layout.read`."""
    return {stem: written[stem] for stem in layout.annotations}
