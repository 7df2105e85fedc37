"""Make the layout of a dataset of COCO JSON files that were read: find their pictures and join their splits."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from yolo.data.formats.coco_json import CocoFile, CocoPicture
from yolo.data.formats.listed_pictures import PictureFolders, PictureLookup, folder_above
from yolo.data.formats.stem_folders import stem_of_absent, stems_of
from yolo.data.formats.written_annotation import WrittenAnnotation
from yolo.data.layout import Contents, Layout
from yolo.data.split_choice import PARTS, SplitChoice, choose
from yolo.data.split_folders import by_folder
from yolo.errors import UserError
from yolo.picture_files import unread_reason
from yolo.wording import counted, shorten

Source: TypeAlias = tuple[CocoFile, str | None]
"""A file that was read, and the split that it is for."""


@dataclass(frozen=True)
class Part:
    """A file with the pictures that were found for it.

    Attributes:
        file: the file.
        split: the split that it is for, or None.
        places: the folders in which its pictures were expected.
        entries: each picture that it lists, in order; the name of one that is not there.
        pictures: picture -> what the file lists of it.
        paired: a sentence on pictures that are there under another name, or an empty text.
        problems: sentences on entries that are left out.
    """

    file: CocoFile
    split: str | None
    places: list[str]
    entries: list[Path | str]
    pictures: dict[Path, CocoPicture]
    paired: str
    problems: tuple[str, ...]


def layout_of(sources: Sequence[Source], path: Path, notes: Sequence[str], remarks: Sequence[str]) -> Layout:
    """Return the layout of files with their splits.

    Args:
        sources: the files.
        path: the file or folder that the user gave.
        notes: one sentence on each choice that was made so far.
        remarks: one sentence on each possible problem that was found so far.

    Raises:
        UserError: none of their pictures is there.
    """
    folder = str(path if path.is_dir() else path.parent)
    folders = PictureFolders(os.path.normpath(folder_above(folder)))
    order = (*PARTS, None)
    parts = [_part(*source, folders) for source in sorted(sources, key=lambda source: order.index(source[1]))]
    names = [os.path.relpath(part.file.path, folder).replace(os.sep, "/") for part in parts]
    owner: dict[Path, Part] = {}  # picture -> the first file that lists it
    for part in parts:
        owner |= {picture: part for picture in part.pictures if picture not in owner}
    if not owner:
        raise UserError(_all_missing(parts, names))
    stem_of = stems_of(owner)
    choice = _splits(parts, stem_of)
    class_names, class_notes = _classes(parts)
    with_objects = [(part, picture) for part in parts for picture in _with_objects(part)]
    return Layout(
        pictures={stem: picture for picture, stem in stem_of.items()},
        annotations={stem_of[picture]: part.file.path for part, picture in with_objects if owner[picture] is part},
        read=partial(_read, parts, owner, stem_of),
        format=f"COCO JSON by {shorten(names)}",
        class_names=class_names,
        bare_are_negative=True,
        irregular=tuple(folders.irregular),
        paired=tuple(part.paired for part in parts if part.paired),
        splits=choice.splits,
        notes=(*notes, *class_notes, *choice.notes),
        remarks=(*remarks, *choice.remarks, *_remarks(parts, owner, folders)),
    )


def _splits(parts: Sequence[Part], stem_of: Mapping[Path, str]) -> SplitChoice:
    """Return the splits: those of the files, else those of the folders of the pictures, else those by hash.

    A picture that is not there has `stem_of_absent`.
    """
    lists: dict[str | None, dict[str, None]] = defaultdict(dict)
    usable = set(stem_of.values())
    for part in parts:
        listed = (stem_of[one] if isinstance(one, Path) else stem_of_absent(one, usable) for one in part.entries)
        lists[part.split] |= dict.fromkeys(listed)
    stems = {stem for listed in lists.values() for stem in listed}
    named = {split: tuple(listed) for split, listed in lists.items() if split}
    if named:
        return choose(named, stems, usable)
    by_name, notes, remarks = by_folder(stems, usable)
    choice = choose(by_name, stems, usable)
    return SplitChoice(choice.splits, notes + choice.notes, remarks + choice.remarks)


def _classes(parts: Sequence[Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the class names in the order of the ids, first those of the first file, and notes.

    Roboflow puts a category in front that has the number 0 and no object, and is the supercategory of all others.
    """
    used = {part.file.categories.get(key) for part in parts for key in part.file.objects.categories}
    names: dict[str, None] = {}
    groups: dict[str, None] = {}
    for part in parts:
        categories, above = part.file.categories, {part.file.above[key] for key in part.file.categories if key != 0}
        group = categories.get(0)
        is_group = group not in used and above == {group}
        names |= {name: None for key, name in categories.items() if not (is_group and key == 0)}
        groups |= {group: None} if group and is_group else {}
    notes = (f"the category '{name}' is no class: it has no objects, and all others belong to it" for name in groups)
    return tuple(names), tuple(notes)


def _remarks(parts: Sequence[Part], owner: Mapping[Path, Part], folders: PictureFolders) -> Iterator[str]:
    """Yield one sentence on each possible problem of the files and their pictures."""
    for part in parts:
        yield from part.problems
        elsewhere = [picture for picture in part.pictures if owner[picture] is not part]
        if elsewhere:
            others = shorten(sorted({owner[picture].file.path.name for picture in elsewhere}))
            these = f"{counted(len(elsewhere), 'picture')} of {part.file.path.name}"
            yield f"{these} are in {others} too, and the objects there are taken: {_shortened(elsewhere)}"
    used = dict.fromkeys(os.path.dirname(picture) for picture in owner)
    unlisted = [path for folder in used for path in folders.of(folder).values() if path not in owner]
    if unlisted:
        yield f"{counted(len(unlisted), 'picture')} that no file lists left out: {_shortened(unlisted)}"
    if folders.unread:
        yield unread_reason(folders.unread)


def _all_missing(parts: Sequence[Part], names: Sequence[str]) -> str:
    """Return the message for files of which no picture is there."""
    listed = [picture.name for part in parts for picture in part.file.pictures]
    places = list(dict.fromkeys(place for part in parts for place in part.places))
    unclear = next((problem for part in parts for problem in part.problems), "")
    return (
        f"none of the {counted(len(listed), 'picture')} in {shorten(names)} is there, such as {listed[0]}, in "
        f"{shorten(places)} and below{unclear and f' ({unclear})'}: bring them."
    )


def _shortened(paths: Sequence[Path]) -> str:
    return shorten([f"{path.parent.name}/{path.name}" for path in paths])


def _part(file: CocoFile, split: str | None, folders: PictureFolders) -> Part:
    """Return a file with its pictures, each of which belongs to the entry whose name fits it best."""
    search = PictureLookup(folders, file.path, split)
    found = [search.find(listed.name) for listed in file.pictures]
    best: dict[Path, int] = {}
    for one in found:
        if len(one) == 1:
            best[one[0].path] = max(one[0].shared, best.get(one[0].path, 0))
    entries: list[Path | str] = []
    pictures: dict[Path, CocoPicture] = {}
    moved: list[str] = []
    twice: list[CocoPicture] = []
    unclear: list[CocoPicture] = []
    for listed, one in zip(file.pictures, found, strict=True):
        if len(one) > 1:
            unclear.append(listed)
        elif not one or one[0].shared < best[one[0].path]:
            entries.append(listed.name)
        elif one[0].path in pictures:
            twice.append(listed)
        else:
            entries.append(one[0].path)
            pictures[one[0].path] = listed
            if not one[0].expected:
                moved.append(f"{listed.name} as {one[0].path}")
    paired = f"{counted(len(moved), 'picture')} found under another name or in another folder: {shorten(moved)}"
    reasons = {
        "left out because several files have the name": unclear,
        "listed again left out with the objects there": twice,
    }
    problems = [
        f"{counted(len(those), 'picture')} {reason}: "
        f"{shorten([f'{file.path.name}:{listed.line} ({listed.name})' for listed in those])}"
        for reason, those in reasons.items()
        if those
    ]
    return Part(file, split, search.places, entries, pictures, paired * bool(moved), (*file.problems, *problems))


def _with_objects(part: Part) -> list[Path]:
    numbers = part.file.objects.numbers()
    return [picture for picture, listed in part.pictures.items() if listed.number in numbers]


def _read(
    parts: Sequence[Part], owner: Mapping[Path, Part], stem_of: Mapping[Path, str], layout: Layout, anew: bool
) -> Contents:
    """Return what the files say about each stem; they were read when the layout was made, so `anew` has no meaning."""
    contents: dict[str, WrittenAnnotation | UserError] = {}
    for part in parts:
        mine = {picture: listed for picture, listed in part.pictures.items() if owner[picture] is part}
        sizes = {listed.number: listed.size for listed in mine.values()}
        written = part.file.objects.annotations(part.file.categories, sizes)
        contents |= {stem_of[path]: written[one.number] for path, one in mine.items() if one.number in written}
    return contents
