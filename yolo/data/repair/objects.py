"""Remove objects that are drawn a second time."""

import numpy as np

from yolo.data.checks.boxes import repeated
from yolo.data.checks.objects import Objects
from yolo.data.repair.change import Change, Repair, box_text
from yolo.data.writing.whole_dataset import WholeDataset


def drawn_once(data: WholeDataset) -> Repair:
    """Return the data without objects that an earlier one of their class covers nearly exactly."""
    names, annotations, changes = data.dataset.class_names, list(data.dataset.annotations), []
    objects = Objects.of(annotations)
    for i, mask in enumerate(objects.of_pictures(repeated(objects))):
        whole = annotations[i]
        for row in np.flatnonzero(mask).tolist():
            equal = (whole.boxes[:row] == whole.boxes[row]).all(axis=1) & (whole.labels[:row] == whole.labels[row])
            check = "duplicate-box" if equal.any() else "box-drawn-twice"
            changes.append(
                Change(check, data.names[i], box_text(whole.boxes[row]), "left out", names[whole.labels[row]])
            )
        if mask.any():
            annotations[i] = whole.only(~mask)
    return Repair(data.with_annotations(annotations), tuple(changes))
