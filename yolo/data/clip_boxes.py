"""Clip annotated boxes to their pictures, once, where annotations come in: all other code trusts them to be inside."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from yolo.array_types import Array, Boxes, Flags
from yolo.boxes import area
from yolo.data.data_remarks import SHOWN, names_within
from yolo.errors import UserError
from yolo.structures import Annotation
from yolo.wording import counted, resolution, shorten

SLACK = 2  # pixels; tools round corners, and some count them from 1


def clip_to_pictures(
    annotations: Sequence[Annotation], heads: Mapping[Path, list[int] | UserError], shown: int = SHOWN
) -> tuple[tuple[Annotation, ...], tuple[str, ...]]:
    """Return the annotations with their boxes clipped to the pictures, and a sentence for each kind of what was wrong.

    Boxes that lie outside are left out. `data_folder.load` has done this; annotations made by other means need it
    before they are trained on or scored.

    Example:
        >>> known, problems = clip_to_pictures(known, picture_heads([each.path for each in known]))

    Args:
        annotations: as they were written.
        heads: `picture_sizes.picture_heads` of the pictures that hold boxes. A picture that cannot be read keeps its
            boxes as they are: it is left out where it would be decoded.
        shown: how many names a sentence gives.
    """
    sizes = [_size(heads[known.path]) if len(known.boxes) else (0, 0) for known in annotations]
    owners = np.repeat(np.arange(len(annotations)), np.array([len(known.boxes) for known in annotations], int))
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(known.boxes for known in annotations)])
    limits = np.array(sizes).reshape(-1, 2)[owners]
    wrong = ~_inside(boxes, limits)
    clipped = list(annotations)
    for i in set(owners[wrong].tolist()):  # few need it, so all are tested in one
        clipped[i] = annotations[i].within(*sizes[i])
    far = _reach_beyond(boxes, limits)
    beyond = Counter(annotations[i].path for i in owners[far].tolist())
    lost = {
        whole.path: len(whole.boxes) - len(inside.boxes)
        for whole, inside in zip(annotations, clipped, strict=True)
        if len(whole.boxes) > len(inside.boxes)
    }
    return tuple(clipped), tuple(_sentences(beyond, lost, [known.path for known in annotations], shown))


def refuse_outside(known: Annotation, height: int, width: int) -> None:
    """Raise UserError where a box is not inside its picture of that size, or has no area."""
    wrong = ~_inside(known.boxes, np.array([height, width]))
    if wrong.any():
        box = ", ".join(f"{side:g}" for side in known.boxes[wrong][0])
        raise UserError(
            f"the box ({box}) of {known.path} does not lie in the {resolution((height, width))} pixels of the picture: "
            "it has changed since its annotation was read, or that is one of your own, which has to go through "
            "yolo.data.clip_boxes.clip_to_pictures first."
        )


def _size(head: list[int] | UserError) -> tuple[float, float]:
    """Return (height, width) of a picture, without bounds where it cannot be read."""
    return (np.inf, np.inf) if isinstance(head, UserError) else (head[0], head[1])


def _inside(boxes: Boxes, limits: Array) -> Flags:
    """Return which boxes (n, 4) have an area and lie in pictures of (height, width) `limits`, (n, 2) or (2,): (n,)."""
    starts, ends = boxes[:, 1::-1], boxes[:, :1:-1]  # (top, left) and (bottom, right)
    inside: Flags = (starts >= 0).all(axis=1) & (ends <= limits).all(axis=1) & (area(boxes) > 0)
    return inside


def _reach_beyond(boxes: Boxes, limits: Array) -> Flags:
    """Return which boxes (n, 4) lie in their pictures in part and reach more than SLACK pixels out of them: (n,)."""
    starts, ends = boxes[:, 1::-1], boxes[:, :1:-1]
    partly = (starts < limits).all(axis=1) & (ends > 0).all(axis=1)
    beyond: Flags = np.any((starts < -SLACK) | (ends > limits + SLACK), axis=1)
    return partly & beyond


def _sentences(
    beyond: Mapping[Path, int], lost: Mapping[Path, int], paths: Sequence[Path], shown: int
) -> Iterator[str]:
    """Yield what there is to say of boxes that reach beyond their picture and of lost ones, {picture: number} each."""
    if number := sum(beyond.values()):
        yield (
            f"{counted(number, 'box')} {'reaches' if number == 1 else 'reach'} more than {SLACK} pixels beyond the "
            f"picture, cut to it: {shorten(names_within(beyond, paths), shown)}; look whether the annotations are of "
            "pictures of another size"
        )
    if number := sum(lost.values()):
        yield f"{counted(number, 'box')} outside the picture left out: {shorten(names_within(lost, paths), shown)}"
