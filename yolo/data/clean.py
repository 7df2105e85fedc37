"""A data set with only what can be used: every picture decodes, and every box lies in its picture."""

import dataclasses
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from yolo import images
from yolo.data.index import recall
from yolo.data.tally import SHOWN, shorten
from yolo.errors import UserError
from yolo.machine import threads
from yolo.progress import bar
from yolo.wording import counted

log = logging.getLogger("yolo")


def clean(dataset, what):
    """Return `cleaned` data, and log what was left out.

    Args:
        what: what the pictures are for, as it stands in messages: "training".
    """
    left, problems = cleaned(dataset, what)
    for sentence in problems:
        log.warning(sentence)
    return left


def cleaned(dataset, what, shown=SHOWN):
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
    sizes = recall("pictures", [known.path for known in dataset.annotations], partial(_decode, what=what))
    broken = {path: size for path, size in sizes.items() if isinstance(size, UserError)}
    usable = [known for known in dataset.annotations if known.path not in broken]
    if not usable:
        raise UserError(
            f"none of the {counted(len(dataset), f'{what} picture')} can be read, the first because of this: "
            f"{next(iter(broken.values()))}"
        )
    problems = []
    if broken:
        names = shorten([path.name for path in broken], shown)
        first = str(next(iter(broken.values()))).rstrip(".")
        problems.append(
            f"{len(broken)} of {counted(len(dataset), f'{what} picture')} left out because not readable: {names} "
            f"(the first: {first})"
        )
    cut = _cut(usable, [sizes[known.path] for known in usable])
    outside = {
        whole.path.name: len(whole.boxes) - len(inside.boxes)
        for whole, inside in zip(usable, cut, strict=True)
        if len(whole.boxes) > len(inside.boxes)
    }
    if outside:
        boxes = counted(sum(outside.values()), "box")
        problems.append(f"{boxes} outside the picture left out: {shorten(list(outside), shown)}")
    return dataclasses.replace(dataset, annotations=tuple(cut)), tuple(problems)


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
