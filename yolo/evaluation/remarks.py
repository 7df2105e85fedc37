"""Say in sentences what a reader has to know beside the numbers of an evaluation."""

import numpy as np

from yolo.evaluation import coco_metrics
from yolo.wording import counted, shorten


def remarks(detections, annotations, class_names):
    """Return the sentences that these detections and annotations call for, none where there is nothing to say.

    Args:
        detections: list of Detections, one for each picture.
        annotations: list of Annotation of the same length, with the same class indices.
        class_names: the name of each label.
    """
    said = (_absent_classes(annotations, class_names), _difficult(annotations), _nothing_found(detections))
    return (*cautions(annotations, class_names), *(sentence for sentence in said if sentence))


def cautions(annotations, class_names):
    """Return those of the remarks that are known before anything is detected and spoil the numbers."""
    said = (_no_objects(annotations), _crowded(annotations, class_names))
    return tuple(sentence for sentence in said if sentence)


def _no_objects(annotations):
    there = any((~known.difficult).any() for known in annotations)
    return "" if there else "there are no objects to find in these pictures, so there is no AP."


def _crowded(annotations, class_names):
    full = []
    for known in annotations:
        counts = np.bincount(known.labels[~known.difficult], minlength=1)
        if counts.max() > coco_metrics.MOST:
            full.append((int(counts.max()), class_names[counts.argmax()], known.path.name))
    if not full:
        return ""
    objects, name, file = max(full)
    return (
        f"COCO's AP and AR count the {coco_metrics.MOST} best detections of a class in a picture; "
        f"{counted(len(full), 'picture')} {'holds' if len(full) == 1 else 'hold'} more objects of one ({objects} of "
        f"{name} in {file}), so these numbers stay low however good the boxes are. VOC's AP50, precision and recall "
        "count all."
    )


def _absent_classes(annotations, class_names):
    seen = {label for known in annotations for label in known.labels[~known.difficult].tolist()}
    absent = [name for label, name in enumerate(class_names) if label not in seen]
    if not seen or not absent:
        return ""
    return f"there are no objects of {shorten(absent)} to find in these pictures; the means are over the other classes."


def _difficult(annotations):
    number = int(sum(known.difficult.sum() for known in annotations))
    if not number:
        return ""
    return (
        f"{counted(number, 'difficult object')} need not be found: VOC's rules ignore them by IoU, COCO's numbers as "
        'crowds ("iscrowd": 1).'
    )


def _nothing_found(detections):
    return "" if any(map(len, detections)) else "the detector found nothing at all."
