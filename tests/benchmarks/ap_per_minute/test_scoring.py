from pathlib import Path

import numpy as np
import pytest

from benchmarks.ap_per_minute.scoring import read_detections, score_found
from yolo.data.dataset import Dataset
from yolo.structures import Annotation

NAMES = ("cat", "dog")


def known(*boxes):
    """The ground truth of a picture with dogs in these boxes."""
    return Annotation(
        Path("a.jpg"), np.array(boxes, np.float32), np.ones(len(boxes), np.int32), np.zeros(len(boxes), bool)
    )


def test_the_scores_of_listed_detections_are_those_worked_out_by_hand():
    # The sure dog is right at every IoU, the next one is wrong, and the last has an IoU of 72 / 100.
    test = Dataset([known((0, 0, 100, 100)), known((0, 0, 10, 10))], NAMES, ())
    found = [
        {"names": ["dog", "dog"], "scores": [0.8, 0.9], "boxes": [[200, 200, 300, 300], [0, 0, 100, 100]]},
        {"names": ["dog"], "scores": [0.7], "boxes": [[0, 0, 10, 7.2]]},
    ]
    scores = score_found(found, test)
    assert scores["AP50"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3, abs=1e-4)
    loose, strict = (51 + 50 * 2 / 3) / 101, 51 / 101  # COCO's at 101 recalls, with the last dog and without
    assert scores["AP75"] == pytest.approx(strict, abs=1e-4)
    assert scores["AP"] == pytest.approx((5 * loose + 5 * strict) / 10, abs=1e-4)
    low, high = scores["AP_interval"]
    assert low <= scores["AP"] <= high


def test_detections_are_read_by_class_name_best_score_first():
    found = {"names": ["dog", "cat"], "scores": [0.2, 0.6], "boxes": [[1, 2, 3, 4], [5, 6, 7, 8]]}
    detections = read_detections(found, NAMES)
    assert detections.names == ["cat", "dog"]
    np.testing.assert_array_equal(detections.boxes, [[5, 6, 7, 8], [1, 2, 3, 4]])
    assert len(read_detections({"names": [], "scores": [], "boxes": []}, NAMES)) == 0
    with pytest.raises(ValueError, match="not in tuple"):
        read_detections({"names": ["cow"], "scores": [0.2], "boxes": [[1, 2, 3, 4]]}, NAMES)
