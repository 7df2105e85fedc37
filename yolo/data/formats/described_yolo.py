"""Find the pictures of a YOLO dataset by a file that describes it: data.yaml, or Darknet's obj.data."""

import os
from dataclasses import replace
from pathlib import Path

from yolo.data.formats.label_lookup import LabelLookup
from yolo.data.formats.set_description import SetDescription
from yolo.data.formats.stem_folders import StemFolders
from yolo.data.formats.written_paths import WrittenPaths, readable
from yolo.data.formats.yolo_layout import FoundPictures, lay_out, with_classes
from yolo.data.layout import Layout
from yolo.errors import UserError
from yolo.picture_files import is_picture
from yolo.text_files import read_lines
from yolo.wording import counted, shorten


def described_layout(description: SetDescription) -> Layout:
    """Return the layout of the dataset that a file describes.

    Raises:
        UserError: the pictures for training are not there, or none of the pictures has a label file.
    """
    found, file = FoundPictures(), description.file
    paths = WrittenPaths(description.folders)
    notes: list[str] = []
    remarks = list(description.remarks)
    for split, sources in description.sources.items():
        for source in sources:
            place = paths.find(source.text)
            where = f"{file.name}:{source.line}"
            if place is None:
                absent = f"{where} names {source.text} for {split}, which is not in {readable(paths.folders)}"
                if split == "train":
                    raise UserError(f"{file.parent / absent}; correct the path, or put the pictures there.")
                remarks.append(f"{absent}; correct or remove it")
                continue
            before = len(found.splits[split])
            notes += _add(found, split, place, description.folders)
            if len(found.splits[split]) == before:
                remarks.append(f"{where} names {source.text} for {split}, where no pictures are; correct or remove it")
            literal = Path(os.path.normpath(os.path.join(paths.folders[0], source.text)))
            if place != literal and not paths.is_whole(source.text, str(place)):
                notes.append(f"{where}: {source.text} is taken for {place}")
            elif (
                place == literal
                and source.text.startswith("../")
                and (other := Path(paths.folders[0], source.text[3:])).exists()
            ):
                remarks.append(f"{where}: {source.text} is {place}, so {other} is not used")
    pictures = found.paths()
    if not pictures:
        raise UserError(f"none of the pictures that {file} names is there{_first(found)}; correct the paths.")
    labels = LabelLookup()
    layout = lay_out(found, StemFolders({os.path.dirname(path) for path in pictures}), labels)
    if not layout.annotations:
        folder, name = os.path.split(pictures[0])
        places = [os.path.join(place, f"{os.path.splitext(name)[0]}.txt") for place in labels.places(folder)[:2]]
        raise UserError(
            f"none of the {counted(len(pictures), 'picture')} that {file} names has a label file: for {pictures[0]} it "
            f"would be {readable(places)}; put the label files there."
        )
    layout = replace(
        layout,
        format=f"YOLO txt by {file.name}",
        notes=(*layout.notes, *notes),
        remarks=(*remarks, *layout.remarks),
    )
    return with_classes(layout, description.class_names, description.keypoints)


def _add(found: FoundPictures, split: str, place: Path, folders: tuple[Path, ...]) -> list[str]:
    """Add the pictures of a folder, a list or a single picture to a split, and return notes."""
    moved: dict[str, str] = {}
    if place.is_dir():
        found.add_folder(split, place)
    elif is_picture(place):
        found.splits[split].append((str(place), ""))
    else:
        lines = [line for line in map(str.strip, read_lines(place, "the list")) if line]
        paths = WrittenPaths((place.parent, *folders))  # the folder of a list comes first
        found.splits[split] += zip(paths.pictures(lines), lines, strict=True)
        moved = {text.rstrip("/"): there for text, there in paths.moved.items() if not paths.is_whole(text, there)}
    elsewhere = shorten([f"{written} as {there}" for written, there in moved.items()])
    return [f"{counted(len(moved), 'folder')} of {place.name} found elsewhere: {elsewhere}"] * bool(moved)


def _first(found: FoundPictures) -> str:
    """Return the first line of a list that names no picture, for a message."""
    lines = [line for entries in found.splits.values() for _, line in entries]
    return f", such as {lines[0]}" if lines else ""
