"""Find what is odd about readable pictures: the same one in two splits, objects too small to be seen."""

import hashlib
from collections import defaultdict
from pathlib import Path

import numpy as np

from yolo.data.data_remarks import SHOWN, names_within
from yolo.data.disk_cache import cached, file_stamp
from yolo.data.picture_sizes import picture_heads
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.letterbox import place
from yolo.progress import late_bar
from yolo.wording import counted, resolution, shorten


def in_two_splits(splits, shown=SHOWN):
    """Return sentences on pictures that are in more than one split, under the same or another name.

    Args:
        splits: name -> `Dataset`; they should have no picture in common.
        shown: how many names a sentence gives.
    """
    places = defaultdict(list)  # picture -> names of splits
    for name, dataset in splits.items():
        for known in dataset.annotations:
            places[known.path].append(name)
    found = []
    for same in _same_content(list(places)):
        first = {}  # in each split
        for path in same:
            for name in places[path]:
                first.setdefault(name, path)
        if len(first) > 1:
            names = names_within(first.values(), places)
            found.append(" = ".join(f"{picture} ({name})" for name, picture in zip(first, names, strict=True)))
    if not found:
        return ()
    what = f"{counted(len(found), 'picture')} {'is' if len(found) == 1 else 'are'} in two splits"
    return (f"{what}, so that scores flatter: {shorten(found, shown)}",)


def under_a_pixel(annotations, input_size, mode="letterbox", shown=SHOWN):
    """Return sentences on objects less than a pixel wide or high in the network's input.

    Args:
        annotations: boxes must lie in their pictures, which must be readable.
        input_size: (height, width) of the network's input.
        mode: "letterbox" or "stretch".
        shown: how many names a sentence gives.
    """
    if not annotations:
        return ()
    heads = picture_heads([known.path for known in annotations])
    shapes = [(0, 0) if isinstance(head := heads[known.path], UserError) else tuple(head[:2]) for known in annotations]
    scales = {shape: place(*shape, input_size, mode) for shape in set(shapes) if all(shape)}
    factors = np.array([(scales[shape].scale_x, scales[shape].scale_y) if all(shape) else (1, 1) for shape in shapes])
    owners = np.repeat(np.arange(len(annotations)), [len(known.boxes) for known in annotations])
    boxes = np.concatenate([known.boxes for known in annotations])
    small = ((boxes[:, 2:] - boxes[:, :2]) * factors[owners] < 1).any(axis=1)
    if not small.any():
        return ()
    chosen = [annotations[i].path for i in dict.fromkeys(owners[small].tolist())]
    names = names_within(chosen, [known.path for known in annotations])
    what = f"{counted(int(small.sum()), 'object')} {'is' if small.sum() == 1 else 'are'} less than a pixel wide or high"
    return (f"{what} at the input size {resolution(input_size)}, and not to be found: {shorten(names, shown)}",)


def _same_content(paths):
    """Lists of the files that are equal byte for byte, single ones too; only files of one size are read.

    A file that is gone or cannot be read is equal to none.
    """
    by_size = defaultdict(list)
    for path in paths:
        if known := file_stamp(path):
            by_size[known[0]].append(path)
    digests = cached("contents", [path for same in by_size.values() if len(same) > 1 for path in same], _digests)
    by_content = defaultdict(list)
    for path in paths:
        digest = digests.get(path)
        by_content[digest if isinstance(digest, str) else path].append(path)
    return by_content.values()


def _digests(paths):
    """path -> hash of its content, or why it cannot be read."""
    return {path: _digest(path) for path in late_bar(paths, len(paths), desc="comparing pictures")}


def _digest(path):
    try:
        with os_errors_as_user_errors(f"cannot read the picture {path}"):
            return hashlib.blake2s(Path(path).read_bytes()).hexdigest()
    except UserError as error:
        return error
