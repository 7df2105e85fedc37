"""Score the detections of any detector by the one evaluation of this project, whose AP is that of pycocotools."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.rows import Row
from yolo.data.dataset import Dataset
from yolo.evaluation.score import score
from yolo.structures import Detections


def score_found(found: Sequence[Mapping[str, Any]], test: Dataset) -> Row:
    """Return the scores of what a `training_process` has found in the test pictures.

    Args:
        found: of each picture in order, `names`, `scores` and `boxes` in pixels of the original picture.

    Returns:
        VOC's `AP50`, COCO's `AP` and `AP75`, and the 95 % interval `AP_interval` of AP over resampled pictures.
    """
    detections = [read_detections(each, test.class_names) for each in found]
    report = score(detections, test.annotations, test.class_names)
    numbers = {"AP50": report.ap50, "AP": report.coco["AP"], "AP75": report.coco["AP75"]}
    interval = [round(end, 4) for end in report.ap_interval]
    return {name: round(float(value), 4) for name, value in numbers.items()} | {"AP_interval": interval}


def read_detections(found: Mapping[str, Any], class_names: tuple[str, ...]) -> Detections:
    """Return the detections in one picture, best score first.

    Raises:
        ValueError: a name is not one of the classes.
    """
    order = np.argsort(-np.array(found["scores"], np.float32), kind="stable")
    boxes = np.array(found["boxes"], np.float32).reshape(-1, 4)
    labels = np.array([class_names.index(name) for name in found["names"]], np.int32)
    return Detections(boxes[order], np.array(found["scores"], np.float32)[order], labels[order], class_names)
