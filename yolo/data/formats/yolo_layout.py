"""Lay out the pictures of a YOLO dataset: name them by stems, and pair them with their label files."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from yolo.data.file_listing import list_files
from yolo.data.formats.label_lookup import LabelLookup, is_label_folder, is_other_text
from yolo.data.formats.numbered_classes import by_position, numbers_in, reader
from yolo.data.formats.stem_folders import StemFolders
from yolo.data.hash_split import normal
from yolo.data.layout import Layout
from yolo.data.pairing import pair
from yolo.picture_files import unread_reason
from yolo.wording import counted, shorten

SplitEntry: TypeAlias = tuple[str, str]
"""A picture of a split: its path, empty if it is nowhere, and the line of the list that names it."""


@dataclass
class FoundPictures:
    """The pictures of a dataset, as they are found.

    Attributes:
        splits: split -> its pictures, in order.
        listed: path of a picture that was listed -> the same, as it was listed.
        folders: folder whose pictures were all taken -> the split that took them; label files without a picture are
            looked for beside these.
        irregular, unread: as in `file_listing.Listing`.
    """

    splits: dict[str, list[SplitEntry]] = field(default_factory=lambda: defaultdict(list))
    listed: dict[str, Path] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    irregular: list[Path] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)

    def add_folder(self, split: str, folder: Path) -> None:
        """Add the pictures in a folder and below it, sorted."""
        listing = list_files(folder)
        paths = {str(path): path for _, path in sorted(listing.pictures)}
        self.splits[split] += [(path, "") for path in paths]
        self.listed |= paths
        self.folders.update((folder, split) for folder in {os.path.dirname(path) for path in paths})
        self.irregular += listing.irregular
        self.unread += listing.unread

    def paths(self) -> list[str]:
        """Return the paths of all pictures, each once."""
        return list(dict.fromkeys(path for entries in self.splits.values() for path, _ in entries if path))


def lay_out(found: FoundPictures, stems: StemFolders, labels: LabelLookup, more: Iterable[str] = ()) -> Layout:
    """Return the layout of pictures and their label files; it has no classes yet.

    Args:
        more: further folders in which there may be label files without a picture.
    """
    stem_of: dict[str, str] = {}
    pictures: dict[str, Path] = {}
    annotations: dict[str, Path] = {}
    shadowed: list[tuple[str, Path]] = []
    used: dict[str, set[str]] = defaultdict(set)
    paths = found.paths()
    folders = {folder: (Path(folder), stems.before(folder)) for folder in set(map(os.path.dirname, paths))}
    for path in paths:
        folder, name = os.path.split(path)
        place, before = folders[folder]
        bare = normal(os.path.splitext(name)[0])
        stem = stem_of[path] = before + bare
        picture = found.listed.get(path) or place / name
        if pictures.setdefault(stem, picture) is not picture:
            shadowed.append((stem, picture))
        elif (label_folder := labels.place_of(folder, bare)) is not None:
            annotations[stem] = labels.in_folder(label_folder)[bare]
            used[label_folder].add(bare)
            shadowed += [(stem, file) for file in labels.others(label_folder, bare)]
    lonely: dict[str, str] = {}
    for file, split in _without_picture(found, labels, more, used):
        stem = stems.stem(str(file))
        if annotations.setdefault(stem, file) == file:
            lonely[stem] = split
        else:
            shadowed.append((stem, file))
    annotations, paired = pair(pictures, annotations)
    splits = {
        name: dict.fromkeys(stem_of.get(path, line) for path, line in entries) for name, entries in found.splits.items()
    }
    for stem, split in lonely.items():
        if split and stem in annotations and stem not in pictures:
            splits[split][stem] = None
    return Layout(
        pictures,
        annotations,
        reader({}),
        unit="shares",
        bare_are_negative=True,
        shadowed=tuple(shadowed),
        irregular=tuple(dict.fromkeys(found.irregular)),
        paired=(paired,) * bool(paired),
        splits={name: tuple(chosen) for name, chosen in splits.items()},
        remarks=(unread_reason(found.unread),) * bool(found.unread) + _bare_remarks(pictures, annotations),
    )


def with_classes(layout: Layout, class_names: tuple[str, ...], keypoints: bool = False) -> Layout:
    """Return a layout with the names of its class numbers; without any names, the numbers are the names.

    Args:
        keypoints: whether each line of a label file has keypoints behind its box.
    """
    if class_names:
        return replace(layout, class_names=class_names, read=reader(by_position(class_names), keypoints))
    numbers = numbers_in(layout)
    note = f"no list of class names such as classes.txt: the class numbers are taken for names, {shorten(numbers)}"
    return replace(
        layout, class_names=numbers, read=reader({name: name for name in numbers}), notes=(*layout.notes, note)
    )


def _without_picture(
    found: FoundPictures, labels: LabelLookup, more: Iterable[str], used: Mapping[str, set[str]]
) -> Iterator[tuple[Path, str]]:
    """Yield label files that belong to no picture, each with its split, or an empty text.

    Args:
        used: folder -> the stems of the label files in it that belong to one.
    """
    places = {place: split for folder, split in found.folders.items() for place in labels.places(folder)}
    for place, split in {**dict.fromkeys(more, ""), **places}.items():
        if is_label_folder(place) or place in used:
            files = labels.in_folder(place).items()
            yield from (
                (path, split)
                for stem, path in files
                if stem not in used.get(place, ()) and not is_other_text(path.name)
            )


def _bare_remarks(pictures: dict[str, Any], annotations: dict[str, Any]) -> tuple[str, ...]:
    """Return a remark if most pictures have no label file."""
    bare = len(pictures.keys() - annotations.keys())
    if 2 * bare <= len(pictures):
        return ()
    return (
        f"{bare} of {counted(len(pictures), 'picture')} have no label file, so they count as pictures without objects; "
        "take them out if they are not labeled yet",
    )
