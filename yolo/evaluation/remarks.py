"""Write the remarks of an evaluation: sentences that a reader needs to understand its numbers."""

from collections.abc import Sequence

import numpy as np

from yolo.evaluation import coco_metrics
from yolo.structures import Annotation, Detections
from yolo.wording import counted, shorten


def remarks(
    detections: Sequence[Detections], annotations: Sequence[Annotation], class_names: Sequence[str]
) -> tuple[str, ...]:
    """Return the remarks on these detections and annotations; none if nothing is special.

    Args:
        detections, annotations: one of each for each picture, with the same class indices.
        class_names: the name of each label.
    """
    sentences = (_absent_classes(annotations, class_names), _difficult(annotations), _nothing_found(detections))
    return (*cautions(annotations, class_names), *filter(None, sentences))


def cautions(annotations: Sequence[Annotation], class_names: Sequence[str]) -> tuple[str, ...]:
    """Return the remarks on annotations that make the numbers useless; no detections are needed for them."""
    return tuple(filter(None, (_no_objects(annotations), _crowded(annotations, class_names))))


def _no_objects(annotations: Sequence[Annotation]) -> str:
    has_objects = any((~known.difficult).any() for known in annotations)
    return "" if has_objects else "there are no objects to find in these pictures, so there is no AP."


def _crowded(annotations: Sequence[Annotation], class_names: Sequence[str]) -> str:
    full = []
    for known in annotations:
        counts = np.bincount(known.labels[~known.difficult], minlength=1)
        if counts.max() > coco_metrics.MOST:
            full.append((int(counts.max()), class_names[int(counts.argmax())], known.path.name))
    if not full:
        return ""
    objects, name, file = max(full)
    return (
        f"COCO's AP and AR count the {coco_metrics.MOST} best detections of a class in a picture; "
        f"{counted(len(full), 'picture')} {'holds' if len(full) == 1 else 'hold'} more objects of one ({objects} of "
        f"{name} in {file}), so these numbers stay low however good the boxes are. VOC's AP50, precision and recall "
        "count all."
    )


def _absent_classes(annotations: Sequence[Annotation], class_names: Sequence[str]) -> str:
    seen = {label for known in annotations for label in known.labels[~known.difficult].tolist()}
    absent = [name for label, name in enumerate(class_names) if label not in seen]
    if not seen or not absent:
        return ""
    return f"there are no objects of {shorten(absent)} to find in these pictures; the means are over the other classes."


def _difficult(annotations: Sequence[Annotation]) -> str:
    number = int(sum(known.difficult.sum() for known in annotations))
    if not number:
        return ""
    return (
        f"{counted(number, 'difficult object')} need not be found: VOC's rules ignore them by IoU, COCO's numbers as "
        'crowds ("iscrowd": 1).'
    )


def _nothing_found(detections: Sequence[Detections]) -> str:
    return "" if any(map(len, detections)) else "the detector found nothing at all."
