"""Find problems of readable pictures: the same picture in two splits, objects too small to be detected."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from yolo.data.dataset import Dataset
from yolo.data.findings import Finding, names_within
from yolo.data.metadata_cache import cached, file_stamp
from yolo.data.picture_sizes import picture_heads
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.letterbox import place
from yolo.progress import late_bar
from yolo.structures import Annotation
from yolo.wording import counted, resolution


def in_two_splits(splits: Mapping[str, Dataset]) -> tuple[Finding, ...]:
    """Return a finding on pictures that are in more than one split, with the same or another name, if there are any.

    Args:
        splits: name -> dataset; they should have no picture in common.
    """
    places: dict[Path, list[str]] = defaultdict(list)  # picture -> names of splits
    for name, dataset in splits.items():
        for annotation in dataset.annotations:
            places[annotation.path].append(name)
    found = []
    for same in _same_content(list(places)):
        first: dict[str, Path] = {}  # split -> the first of the equal pictures in it
        for path in same:
            for name in places[path]:
                first.setdefault(name, path)
        if len(first) > 1:
            names = names_within(first.values(), places)
            found.append(" = ".join(f"{picture} ({name})" for name, picture in zip(first, names, strict=True)))
    if not found:
        return ()
    what = f"{counted(len(found), 'picture')} {'is' if len(found) == 1 else 'are'} in two splits"
    advice = "keep each in one of them"
    return (Finding("same-picture-in-splits", f"{what}, so that scores flatter", len(found), tuple(found), advice),)


def under_a_pixel(
    annotations: Sequence[Annotation], input_size: tuple[int, int], mode: str = "letterbox"
) -> tuple[Finding, ...]:
    """Return a finding on objects less than a pixel wide or high in the network's input, if there are any.

    Args:
        annotations: annotations of readable pictures, with boxes inside their pictures.
        input_size: (height, width) of the network's input.
        mode: "letterbox" or "stretch".
    """
    if not annotations:
        return ()
    paths = [annotation.path for annotation in annotations]
    heads = picture_heads(paths)
    sizes = [(0, 0) if isinstance(head := heads[path], UserError) else (head[0], head[1]) for path in paths]
    scales = {size: place(*size, input_size, mode) for size in set(sizes) if all(size)}
    factors = np.array([(scales[size].scale_x, scales[size].scale_y) if all(size) else (1, 1) for size in sizes])
    owners = np.repeat(np.arange(len(annotations)), [len(annotation.boxes) for annotation in annotations])
    boxes = np.concatenate([annotation.boxes for annotation in annotations])
    small = ((boxes[:, 2:] - boxes[:, :2]) * factors[owners] < 1).any(axis=1)
    if not small.any():
        return ()
    chosen = [paths[i] for i in dict.fromkeys(owners[small].tolist())]
    names = names_within(chosen, paths)
    what = f"{counted(int(small.sum()), 'object')} {'is' if small.sum() == 1 else 'are'} less than a pixel wide or high"
    text = f"{what} at the input size {resolution(input_size)}, and not to be found"
    advice = "take a larger --input-size, or leave them out"
    return (Finding("object-under-a-pixel", text, int(small.sum()), tuple(names), advice),)


def _same_content(paths: Sequence[Path]) -> Collection[list[Path]]:
    """Return the paths in lists of files that are equal byte for byte; only files of equal size are read.

    A file that is missing or cannot be read is equal to no other one.
    """
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path in paths:
        if stamp := file_stamp(path):
            by_size[stamp[0]].append(path)
    digests = cached("contents", [path for same in by_size.values() if len(same) > 1 for path in same], _digests)
    by_content: dict[str | Path, list[Path]] = defaultdict(list)
    for path in paths:
        digest = digests.get(path)
        by_content[digest if isinstance(digest, str) else path].append(path)
    return by_content.values()


def _digests(paths: Sequence[Path]) -> dict[Path, str | UserError]:
    """Return the hash of each file, or the reason why it cannot be read."""
    return {path: _digest(path) for path in late_bar(paths, len(paths), desc="comparing pictures")}


def _digest(path: Path) -> str | UserError:
    try:
        with os_errors_as_user_errors(f"cannot read the picture {path}"):
            return hashlib.blake2s(path.read_bytes()).hexdigest()
    except UserError as error:
        return error
