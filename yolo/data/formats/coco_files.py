"""Find a dataset in the format of COCO JSON: one file, or one for each split, in the places where tools put them."""

import os
import re
from pathlib import Path
from typing import TypeAlias

from yolo.data.file_listing import children
from yolo.data.formats import coco_json
from yolo.data.formats.annotation_folders import ANNOTATIONS
from yolo.data.formats.coco_cache import cached
from yolo.data.formats.coco_json import NoObjectsError
from yolo.data.formats.coco_layout import Source, layout_of
from yolo.data.formats.listed_pictures import split_of
from yolo.data.layout import Layout
from yolo.data.split_choice import PARTS
from yolo.data.split_lists import canonical
from yolo.errors import UserError
from yolo.picture_files import SUFFIXES
from yolo.wording import shorten

MOST = 100  # JSON files in a folder; where there are more, each is for one picture, in another format
INSTANCES = "instances_"  # begins the names of COCO's own files of objects
COMPANIONS = ("captions_", "image_info_", "panoptic_", "person_keypoints_", "stuff_")  # of those for other purposes

Files: TypeAlias = dict[Path, str | None]
"""Each file, and the split that it is for, or None."""


def find(path: Path) -> list[Layout]:
    """Return the layout of the dataset at a path, a file or a folder, in a list; an empty list if it is no COCO JSON.

    Raises:
        UserError: it is COCO JSON, but cannot be used.
    """
    files, remarks = _files_in(path) if path.is_dir() else (_file(path), [])
    chosen = _without_companions(files)
    left_out = shorten([file.name for file in files if file not in chosen])
    notes = [f"{left_out} left out beside {shorten([file.name for file in chosen])}"] * bool(left_out)
    read: list[Source] = []
    unfit: list[NoObjectsError] = []
    for file, split in chosen.items():
        try:
            read.append((cached(file, coco_json.read), split))
        except NoObjectsError as error:
            unfit.append(error)
    if not read and unfit:
        raise unfit[0]
    notes += [f"{error.path.name} left out because it {error.reason}" for error in unfit]
    return [layout_of(read, path, notes, remarks)] if read else []


def _file(path: Path) -> Files:
    """Return a file in the format; an empty dictionary if it has another one."""
    kind = coco_json.look(path) if path.suffix.lower() == ".json" else "other"
    if kind == "detections":
        raise UserError(
            f"{path} holds the result of a detector and no ground truth: give the file of images, annotations and "
            "categories that it belongs to."
        )
    return {path: _split(path, path.parent)} if kind == "coco" else {}


def _files_in(root: Path) -> tuple[Files, list[str]]:
    """Return the files in this format in a folder, in `annotations` and in the folders of splits; and remarks."""
    inner = [path for path in children(root) if path.is_dir()]
    folders = [path for path in inner if path.name.lower() in ANNOTATIONS or split_of(path.name) in PARTS]
    files: Files = {}
    damaged: dict[Path, UserError] = {}
    for folder in (root, *folders):
        for path in _json_files(folder):
            try:
                if coco_json.look(path) == "coco":
                    files[path] = _split(path, folder if folder != root else None)
            except UserError as error:
                damaged[path] = error
    if not files:
        return {}, []
    for path, fault in damaged.items():
        if _split(path, None):
            raise fault  # the splits depend on it
    return files, [f"{path.name} is left out: {str(fault).rstrip('.')}" for path, fault in damaged.items()]


def _json_files(folder: Path) -> list[Path]:
    """Return the JSON files in a folder that may list many pictures."""
    try:
        names = [os.path.splitext(name) for name in sorted(os.listdir(folder)) if name[0] != "."]
    except PermissionError:
        return []
    found = [(stem, ending) for stem, ending in names if ending.lower() == ".json"]
    if len(found) > MOST:
        pictures = {stem for stem, ending in names if ending.lower() in SUFFIXES}
        found = [(stem, ending) for stem, ending in found if stem not in pictures]
    return [folder / f"{stem}{ending}" for stem, ending in found] if len(found) <= MOST else []


def _split(path: Path, folder: Path | None) -> str | None:
    """Return the split that a file is for, by a word of its name, else by its folder."""
    words = {canonical(word) for word in re.findall("[A-Z]?[a-z]+|[A-Z]+", path.stem)}.intersection(PARTS)
    if words == {"train", "val"}:
        return "trainval"
    if len(words) == 1:
        return words.pop()
    named = split_of(os.path.basename(os.path.abspath(folder))) if folder else None
    return named if named in PARTS else None


def _without_companions(files: Files) -> Files:
    """Return the files without those that repeat the pictures of others.

    These are COCO's own files for other purposes, a file of `trainval` beside those of `train` and `val`, and one
    without a split beside one for training; beside one for testing alone, it is that for training.
    """
    instances = {split for path, split in files.items() if path.name.startswith(INSTANCES)}
    kept = {
        path: split
        for path, split in files.items()
        if path.name.startswith(INSTANCES)
        or not (split in instances or (instances and path.name.startswith(COMPANIONS)))
    }
    splits = set(kept.values())
    if {"train", "val"} <= splits:
        splits -= {"trainval"}
    if splits & {"train", "trainval"}:
        splits -= {None}
    return {path: split for path, split in kept.items() if split in splits}
