"""Find the layout of a dataset whose annotation files name many pictures each."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from yolo.data.file_listing import list_files
from yolo.data.formats.file_start import Test, files_with
from yolo.data.formats.listed_pictures import CONTROL, Found, PictureFolders, PictureLookup, folder_above
from yolo.data.formats.stem_folders import stem_of_absent, stems_of
from yolo.data.formats.written_annotation import WrittenAnnotation, repeated
from yolo.data.layout import Contents, Layout
from yolo.data.layout_splits import with_splits
from yolo.data.split_folders import PARTS
from yolo.data.split_lists import canonical
from yolo.errors import UserError
from yolo.picture_files import SUFFIXES, unread_reason
from yolo.wording import counted, shorten

DEFAULT = "default"  # the subset of pictures without one, as datumaro and CVAT call it


class ListedPicture(NamedTuple):
    """A picture that an annotation file names: its name as written, its split or an empty text, and its objects."""

    name: str
    split: str
    written: WrittenAnnotation


class PictureList(NamedTuple):
    """The contents of an annotation file.

    Attributes:
        class_names: the classes in their order, if it has one.
        pictures: those that it lists.
        unfit: the place of each entry that names no picture: "set.json:12".
    """

    class_names: tuple[str, ...]
    pictures: Sequence[ListedPicture]
    unfit: Sequence[str] = ()


class ListEntry(NamedTuple):
    """A listed picture: the file that lists it, its split or an empty text, and the pictures that its name may mean."""

    file: Path
    split: str
    listed: ListedPicture
    found: Sequence[Found]


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
            UserError: a file or a list of a split cannot be read, or none of the pictures is there.
        """
        files = [path] if path.is_file() else [file for _, file in list_files(path, ending=self.ending).annotations]
        lists = {file: self.read(file) for file in files_with(self.begins, files)}
        lists = {file: contents for file, contents in lists.items() if contents.pictures}
        folder = path if path.is_dir() else path.parent
        return [with_splits(self._layout(lists, folder_above(str(folder))), folder)] if lists else []

    def _layout(self, lists: Mapping[Path, PictureList], root: str) -> Layout:
        """Return the layout of files, with the splits that they name, of the pictures below a folder that they list."""
        folders = PictureFolders(root)
        entries = list(_entries(lists, folders))
        stem_of = stems_of(entry.found[0].path for entry in entries if len(entry.found) == 1)
        if not stem_of:
            missing = shorten([entry.listed.name for entry in entries])
            raise UserError(
                f"none of the {counted(len(entries), 'picture')} in {shorten([file.name for file in lists])} is in "
                f"{root}: bring {missing}."
            )
        known = set(stem_of.values())
        annotations: dict[str, Path] = {}
        written: dict[str, WrittenAnnotation] = {}
        splits: dict[str, dict[str, None]] = defaultdict(dict)
        for file, split, listed, found in entries:
            if len(found) < 2:
                stem = stem_of[found[0].path] if found else stem_of_absent(CONTROL.sub("?", listed.name), known)
                written[stem] = _joined(written[stem], listed.written) if stem in written else listed.written
                annotations.setdefault(stem, file)
                splits[split][stem] = None
        beside = splits.pop("", {})
        return Layout(
            pictures={stem: path for path, stem in stem_of.items()},
            annotations=annotations,
            read=partial(_contents, written),
            format=self.name,
            class_names=tuple(dict.fromkeys(name for contents in lists.values() for name in contents.class_names)),
            irregular=tuple(folders.irregular),
            splits={name: tuple(stems) for name, stems in splits.items()},
            remarks=(*_unfit(lists.values()), *_remarks(entries, beside if splits else (), folders, stem_of)),
        )


def _entries(lists: Mapping[Path, PictureList], folders: PictureFolders) -> Iterator[ListEntry]:
    """Yield the pictures that files list; of several names for one picture, it belongs to those that fit it best."""
    entries = []
    for file, contents in lists.items():
        of_file = canonical(file.stem)
        searches: dict[str, PictureLookup] = {}
        for listed in contents.pictures:
            split = canonical(listed.split) if listed.split.lower() != DEFAULT else ""
            split = split or (of_file if of_file in PARTS else "")
            if split not in searches:
                searches[split] = PictureLookup(folders, file, split or None)
            entries.append(ListEntry(file, split, listed, _search(searches[split], listed.name)))
    best: dict[Path, int] = {}
    for entry in entries:
        for one in entry.found:
            best[one.path] = max(one.shared, best.get(one.path, 0))
    for entry in entries:
        fits = len(entry.found) != 1 or entry.found[0].shared == best[entry.found[0].path]
        yield entry if fits else entry._replace(found=())


def _search(search: PictureLookup, name: str) -> list[Found]:
    """Return the pictures that a name may mean; CVAT names the frames of a video without an ending."""
    has_ending = os.path.splitext(name)[1].lower() in SUFFIXES
    names = [name] if has_ending else [name + ending for ending in sorted(SUFFIXES)]
    return next(filter(None, map(search.find, names)), [])


def _unfit(lists: Iterable[PictureList]) -> Iterator[str]:
    """Yield one sentence on the entries that name no picture, if there are any."""
    if places := [place for contents in lists for place in contents.unfit]:
        yield f"{counted(len(places), 'entry')} without a picture's name or its objects left out: {shorten(places)}"


def _remarks(
    entries: Sequence[ListEntry], beside: Collection[str], folders: PictureFolders, known: Collection[Path]
) -> Iterator[str]:
    """Yield one sentence on each possible problem.

    Args:
        beside: the stems that are in no split while others are.
        known: the pictures of the dataset.
    """
    unclear = [entry.listed.name for entry in entries if len(entry.found) > 1]
    if unclear:
        yield f"{counted(len(unclear), 'picture')} left out because several files have the name: {shorten(unclear)}"
    if beside:
        names = shorten(sorted(beside))
        yield f"{counted(len(beside), 'picture')} in no split, as the annotations name none for them: {names}"
    unlisted = [
        path
        for folder in {os.path.dirname(path) for path in known}
        for path in folders.of(folder).values()
        if path not in known
    ]
    if unlisted:
        names = shorten(sorted(path.name for path in unlisted))
        yield f"{counted(len(unlisted), 'picture')} that no file lists left out: {names}"
    if folders.unread:
        yield unread_reason(folders.unread)


def _joined(one: WrittenAnnotation, other: WrittenAnnotation) -> WrittenAnnotation:
    """Return the objects of a picture that is listed twice."""
    numbers = [*one.numbers, *other.numbers]
    counts = {**(Counter(one.counts) + Counter(other.counts)), "twice": repeated(numbers)}
    return one._replace(
        names=one.names + other.names,
        numbers=numbers,
        difficult=one.difficult + other.difficult,
        counts={kind: number for kind, number in counts.items() if number},
    )


def _contents(written: Mapping[str, WrittenAnnotation], layout: Layout, anew: bool) -> Contents:
    """Return what `find` has read, see `Layout.read`."""
    return {stem: written[stem] for stem in layout.annotations}
