"""Clip annotated boxes to their pictures, once, after they are read. All other code expects them to be inside."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from yolo.array_types import Array, Boxes, Flags
from yolo.boxes import area
from yolo.data.findings import KINDS, Finding, names_within
from yolo.errors import UserError
from yolo.structures import Annotation
from yolo.wording import counted, resolution

SLACK = 2  # pixels; annotation tools round corners, and some count them from 1


def clip_to_pictures(
    annotations: Sequence[Annotation], heads: Mapping[Path, list[int] | UserError]
) -> tuple[tuple[Annotation, ...], tuple[Finding, ...]]:
    """Return the annotations with their boxes clipped to the pictures, and a finding for each kind of problem.

    Boxes outside their picture are left out, and so is a picture of which no box is left: training would take its
    objects for background. `data_folder.load` does all this already. Annotations that are made by other code need it
    before training or evaluation.

    Example:
        >>> annotations, findings = clip_to_pictures(annotations, picture_heads([each.path for each in annotations]))

    Args:
        heads: `picture_sizes.picture_heads` of the pictures with boxes. A picture that cannot be read keeps its boxes;
            it is left out later, when it cannot be decoded.
    """
    sizes = [_size(heads[each.path]) if len(each.boxes) else (0, 0) for each in annotations]
    owners = np.repeat(np.arange(len(annotations)), np.array([len(each.boxes) for each in annotations], int))
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(each.boxes for each in annotations)])
    limits = np.array(sizes).reshape(-1, 2)[owners]
    wrong = sorted(set(owners[~_inside(boxes, limits)].tolist()))  # few need it, so the test is one for all
    clipped = {i: annotations[i].within(*sizes[i]) for i in wrong}
    far = _reach_beyond(boxes, limits)
    beyond = Counter(annotations[i].path for i in owners[far].tolist())
    numbers = {i: len(annotations[i].boxes) - len(inside.boxes) for i, inside in clipped.items()}
    lost = {annotations[i].path: number for i, number in numbers.items() if number}
    emptied = {i for i, inside in clipped.items() if not len(inside.boxes)}
    kept = tuple(clipped.get(i, each) for i, each in enumerate(annotations) if i not in emptied)
    left_out = [annotations[i].path for i in sorted(emptied)]
    return kept, tuple(_findings(beyond, lost, left_out, [each.path for each in annotations]))


def refuse_outside(annotation: Annotation, height: int, width: int) -> None:
    """Raise UserError if a box is not inside its picture, which has this size in pixels, or has no area."""
    wrong = ~_inside(annotation.boxes, np.array([height, width]))
    if wrong.any():
        box = ", ".join(f"{side:g}" for side in annotation.boxes[wrong][0])
        raise UserError(
            f"the box ({box}) of {annotation.path} does not lie in the {resolution((height, width))} pixels of the "
            "picture: the picture has changed since its annotation was read, or the annotation comes from code of "
            "yours, which must call yolo.data.clip_boxes.clip_to_pictures first."
        )


def _size(head: list[int] | UserError) -> tuple[float, float]:
    """Return (height, width) of a picture, without bounds where it cannot be read."""
    return (np.inf, np.inf) if isinstance(head, UserError) else (head[0], head[1])


def _inside(boxes: Boxes, limits: Array) -> Flags:
    """Return for each box, (n, 4), whether it has an area and lies in its picture: (n,).

    Args:
        limits: the height and width of each picture, (n, 2), or of all, (2,).
    """
    starts, ends = boxes[:, 1::-1], boxes[:, :1:-1]  # (top, left) and (bottom, right)
    inside: Flags = (starts >= 0).all(axis=1) & (ends <= limits).all(axis=1) & (area(boxes) > 0)
    return inside


def _reach_beyond(boxes: Boxes, limits: Array) -> Flags:
    """Return for each box, (n, 4), whether it lies partly in its picture and more than SLACK pixels outside: (n,)."""
    starts, ends = boxes[:, 1::-1], boxes[:, :1:-1]
    partly = (starts < limits).all(axis=1) & (ends > 0).all(axis=1)
    beyond: Flags = np.any((starts < -SLACK) | (ends > limits + SLACK), axis=1)
    return partly & beyond


def _findings(
    beyond: Mapping[Path, int], lost: Mapping[Path, int], emptied: Collection[Path], paths: Sequence[Path]
) -> Iterator[Finding]:
    """Yield a finding on boxes that reach beyond their picture, one on lost boxes, and one on pictures left out.

    Args:
        beyond, lost: the number of such boxes in each picture.
        emptied: the pictures of which every box is lost.
    """
    if number := sum(beyond.values()):
        yield Finding(
            "box-beyond-picture",
            f"{counted(number, 'box')} {'reaches' if number == 1 else 'reach'} more than {SLACK} pixels beyond the "
            "picture, cut to it",
            number,
            tuple(names_within(beyond, paths)),
            "check whether the annotations were made for pictures of another size",
        )
    if number := sum(lost.values()):
        text = f"{counted(number, 'box')} outside the picture left out"
        yield Finding("box-outside-picture", text, number, tuple(names_within(lost, paths)), "correct or remove these")
    if emptied:
        yield KINDS["all lost"].finding(len(emptied), names_within(emptied, paths))
