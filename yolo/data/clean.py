"""A data set with only what can be used: every picture decodes, and every box lies in its picture."""

import dataclasses
import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from yolo import picture_files
from yolo.data.data_remarks import SHOWN, names_within
from yolo.data.dataset import Dataset
from yolo.data.disk_cache import cached
from yolo.data.picture_sizes import picture_heads
from yolo.errors import UserError
from yolo.machine import threads
from yolo.progress import late_bar
from yolo.wording import counted, shorten

SLACK = 2  # pixels; tools round corners, and some count them from 1

log = logging.getLogger("yolo")


def clean(dataset: Dataset, what: str) -> Dataset:
    """Return `cleaned` data, and log what was left out.

    Args:
        what: what the pictures are for, as it stands in messages: "training".
    """
    left, problems = cleaned(dataset, what)
    for sentence in problems:
        log.warning(sentence)
    return left


def cleaned(dataset: Dataset, what: str, shown: int = SHOWN) -> tuple[Dataset, tuple[str, ...]]:
    """Leave out the pictures that cannot be decoded, cut boxes to their picture and leave out those outside of it.

    A picture is decoded for it once; later starts remember what came of it until the file changes.

    Args:
        dataset: a `Dataset`.
        what: what its pictures are for.
        shown: how many names a sentence gives.

    Returns:
        The `Dataset`, and a sentence for each kind of what was left out.

    Raises:
        UserError: no picture can be read.
    """
    paths = [known.path for known in dataset.annotations]
    found = cached("pictures", paths, partial(_check, what=what))
    heads = picture_heads([path for path, answer in found.items() if not isinstance(answer, UserError)])
    broken = {path: error for path, error in (found | heads).items() if isinstance(error, UserError)}
    usable = [known for known in dataset.annotations if known.path not in broken]
    if not usable:
        raise UserError(
            f"none of the {counted(len(dataset), f'{what} picture')} can be read, the first because of this: "
            f"{next(iter(broken.values()))}"
        )
    problems = []
    if broken:
        names = shorten(names_within(broken, paths), shown)
        first = str(next(iter(broken.values()))).rstrip(".")
        problems.append(
            f"{len(broken)} of {counted(len(dataset), f'{what} picture')} left out because not readable: {names} "
            f"(the first: {first})"
        )
    sizes = [heads[known.path][:2] for known in usable]
    beyond = _beyond(usable, sizes)
    if beyond:
        number = sum(beyond.values())
        problems.append(
            f"{counted(number, 'box')} {'reaches' if number == 1 else 'reach'} more than {SLACK} pixels beyond the "
            f"picture, cut to it: {shorten(names_within(beyond, paths), shown)}; look whether the annotations are of "
            "pictures of another size"
        )
    cut = _cut(usable, sizes)
    outside = {
        whole.path: len(whole.boxes) - len(inside.boxes)
        for whole, inside in zip(usable, cut, strict=True)
        if len(whole.boxes) > len(inside.boxes)
    }
    if outside:
        boxes = counted(sum(outside.values()), "box")
        problems.append(f"{boxes} outside the picture left out: {shorten(names_within(outside, paths), shown)}")
    return dataclasses.replace(dataset, annotations=tuple(cut)), tuple(problems)


def _beyond(annotations, sizes):
    """{picture: number of its boxes that are partly in it and reach more than SLACK pixels beyond it}."""
    owners, starts, ends = _edges(annotations)
    limits = np.array(sizes)[owners]
    far = (ends > limits + SLACK).any(axis=1) & (starts < limits).all(axis=1)
    return Counter(annotations[i].path for i in owners[far].tolist())


def _cut(annotations, sizes):
    """Annotations with their boxes cut to (height, width) of the pictures; few need it, so all are tested in one."""
    owners, _, ends = _edges(annotations)
    over = set(owners[(ends > np.array(sizes)[owners]).any(axis=1)].tolist())
    return [known.within(*sizes[i]) if i in over else known for i, known in enumerate(annotations)]


def _edges(annotations):
    """Of all boxes: the index of the picture (n,), (top, left) (n, 2) and (bottom, right) (n, 2)."""
    owners = np.repeat(np.arange(len(annotations)), [len(known.boxes) for known in annotations])
    boxes = np.concatenate([known.boxes for known in annotations])
    return owners, boxes[:, 1::-1], boxes[:, :1:-1]


def _check(paths: Sequence[Path], what: str) -> dict[Path, Literal[True] | UserError]:
    """Return True for each picture, or the reason why it cannot be decoded."""
    with ThreadPoolExecutor(threads()) as pool:
        found = pool.map(_decodes, paths)
        progress = late_bar(found, len(paths), desc=f"checking {what} pictures")
        return dict(zip(paths, progress, strict=True))


def _decodes(path: Path) -> Literal[True] | UserError:
    try:
        picture_files.check(path)
    except UserError as error:
        return error
    return True
