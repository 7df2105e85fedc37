"""A data set with only what can be used: every picture decodes, and every box lies in its picture."""

import dataclasses
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from yolo import images
from yolo.data.index import recall
from yolo.data.voc import shorten
from yolo.errors import UserError
from yolo.machine import threads
from yolo.progress import bar

log = logging.getLogger("yolo")


def clean(dataset, what):
    """Leave out and name the pictures that cannot be decoded, and cut boxes to their picture.

    A picture is decoded for it once; later starts remember what came of it until the file changes.

    Args:
        dataset: a `Dataset`.
        what: what its pictures are for, as it stands in messages: "training".

    Raises:
        UserError: no picture can be read.
    """
    sizes = recall("pictures", [known.path for known in dataset.annotations], partial(_decode, what=what))
    broken = [str(size) for size in sizes.values() if isinstance(size, UserError)]
    usable = [known for known in dataset.annotations if not isinstance(sizes[known.path], UserError)]
    for sentence in broken:
        log.warning(sentence)
    if not usable:
        raise UserError(f"none of the {len(dataset)} {what} pictures can be read; check the data folder.")
    if broken:
        log.warning(f"{len(broken)} of {len(dataset)} {what} pictures left out because they cannot be read")
    cut = _cut(usable, [sizes[known.path] for known in usable])
    outside = {
        whole.path.name: len(whole.boxes) - len(inside.boxes)
        for whole, inside in zip(usable, cut, strict=True)
        if len(whole.boxes) > len(inside.boxes)
    }
    if outside:
        log.warning(f"{sum(outside.values())} box(es) outside their picture left out: {shorten(list(outside))}")
    return dataclasses.replace(dataset, annotations=tuple(cut))


def _cut(annotations, sizes):
    """Annotations with their boxes cut to (height, width) of the pictures; few need it, so all are tested in one."""
    owners = np.repeat(np.arange(len(annotations)), [len(known.boxes) for known in annotations])
    ends = np.concatenate([known.boxes[:, :1:-1] for known in annotations])  # (boxes of all, bottom and right)
    over = set(owners[(ends > np.array(sizes)[owners]).any(axis=1)].tolist())
    return [known.within(*sizes[i]) if i in over else known for i, known in enumerate(annotations)]


def _decode(paths, what):
    """path -> [height, width] of the decoded picture, or why it cannot be read."""
    with ThreadPoolExecutor(threads()) as pool:
        sizes = pool.map(_decoded_size, paths)
        progress = bar(sizes, total=len(paths), desc=f"checking {what} pictures", delay=2)
        return dict(zip(paths, progress, strict=True))


def _decoded_size(path):
    try:
        return list(images.read(path).shape[:2])
    except UserError as error:
        return error
