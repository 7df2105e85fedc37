import contextlib
import io
import math

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from tests.yolo.evaluation.scenes import found, known, perfect, scatter
from yolo.evaluation import coco_metrics, voc_metrics

A, B, C = [(x, 10, x + 20, 50) for x in (0, 100, 200)]  # 20 x 40 = 800 pixels: small


def driven_directly(detections, annotations, classes):
    """pycocotools by its own entry points: a data set with ids from 1, and `loadRes`."""
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": 100 + i} for i in range(len(annotations))],
        "categories": [{"id": 1 + label, "name": str(label)} for label in range(classes)],
        "annotations": [],
    }
    results = []
    for i, (detected, annotation) in enumerate(zip(detections, annotations, strict=True)):
        objects = (annotation.boxes.tolist(), annotation.labels.tolist(), annotation.difficult.tolist())
        for (x1, y1, x2, y2), label, difficult in zip(*objects, strict=True):
            row = {"id": len(truth.dataset["annotations"]) + 1, "image_id": 100 + i, "category_id": 1 + label}
            row |= {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1), "iscrowd": int(difficult)}
            truth.dataset["annotations"].append(row)
        rows = zip(detected.boxes.tolist(), detected.labels.tolist(), detected.scores.tolist(), strict=True)
        for (x1, y1, x2, y2), label, score in rows:
            box = [x1, y1, x2 - x1, y2 - y1]
            results.append({"image_id": 100 + i, "category_id": 1 + label, "bbox": box, "score": score})
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


@pytest.mark.parametrize("difficult", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_the_twelve_numbers_agree_with_pycocotools_told_that_difficult_objects_are_crowds(seed, difficult):
    detections, annotations = scatter(np.random.default_rng(seed), pictures=30, difficult=difficult)
    direct = driven_directly(detections, annotations, 3)
    summary = coco_metrics.summarize(detections, annotations, 3)
    expected = dict(zip(coco_metrics.NAMES, [math.nan if value < 0 else value for value in direct.stats], strict=True))
    assert summary.numbers == pytest.approx(expected, nan_ok=True, abs=1e-12)
    assert 0 < summary.numbers["AP"] < summary.numbers["AP50"] < 1
    per_class = [direct.eval["precision"][:, :, k, 0, 2].mean() for k in range(3)]
    np.testing.assert_allclose(summary.per_class, per_class, atol=1e-12)
    assert voc_metrics.mean(summary.per_class) == pytest.approx(summary.numbers["AP"])


def test_names_are_in_the_order_of_pycocotools():
    names = "AP AP50 AP75 AP_small AP_medium AP_large AR_1 AR_10 AR_100 AR_small AR_medium AR_large"
    assert " ".join(coco_metrics.NAMES) == names


def test_one_loose_box_by_hand():
    # 20 x 28 of 20 x 40: IoU 0.7, a hit at 0.5, 0.55, 0.6, 0.65 and 0.7: five of the ten thresholds
    numbers = coco_metrics.summarize([found((0, 0.9, (0, 10, 20, 38)))], [known((0, A))], 3).numbers
    assert numbers["AP"] == pytest.approx(0.5)
    assert numbers["AP50"] == pytest.approx(1)
    assert numbers["AP75"] == 0
    assert numbers["AP_small"] == pytest.approx(0.5)
    assert math.isnan(numbers["AP_medium"])
    assert math.isnan(numbers["AP_large"])


def test_sizes_are_areas_of_boxes_in_pixels():
    medium, large = (0, 0, 20, 100), (0, 0, 300, 60)  # 2000 and 18000, between and over 32 * 32 and 96 * 96
    annotations = [known((0, medium)), known((0, large))]
    numbers = coco_metrics.summarize([perfect(annotations[0]), found()], annotations, 3).numbers
    assert math.isnan(numbers["AP_small"])
    assert numbers["AR_medium"] == 1
    assert numbers["AR_large"] == 0


@pytest.mark.parametrize("label", [0, 2])
def test_the_first_object_of_the_first_picture_is_found(label):
    """pycocotools takes an annotation with id 0 for one that nothing matched."""
    summary = coco_metrics.summarize([found((label, 0.9, A))], [known((label, A))], 3)
    assert summary.numbers["AP"] == pytest.approx(1)
    assert np.isnan(np.delete(summary.per_class, label)).all()


def test_any_number_of_detections_of_a_difficult_object_counts_neither_way():
    annotations = [known((0, A, True), (0, B))]
    spoiled = [found((0, 0.9, A), (0, 0.8, A), (0, 0.7, B))]
    assert coco_metrics.summarize(spoiled, annotations, 3).numbers["AP"] == pytest.approx(1)


def test_a_difficult_object_is_a_crowd_which_excuses_what_lies_in_it_and_nothing_else():
    annotations = [known((0, A, True), (0, B))]
    inside, half, outside = (5, 20, 15, 30), (15, 20, 25, 30), (50, 20, 60, 30)
    aps = {
        box: coco_metrics.summarize([found((0, 0.9, box), (0, 0.7, B))], annotations, 3).numbers["AP"]
        for box in (inside, half, outside)
    }
    # false, it comes before the true one, so precision is 1/2 at every recall; the half one is excused at 0.5 alone
    assert aps == pytest.approx({inside: 1, half: (1 + 9 * 1 / 2) / 10, outside: 1 / 2})


def test_only_difficult_objects_are_no_objects():
    assert math.isnan(coco_metrics.summarize([found((0, 0.9, A))], [known((0, A, True))], 3).numbers["AP"])


def test_without_detections_the_numbers_are_zero():
    numbers = coco_metrics.summarize([found(), found()], [known((0, A)), known((1, B))], 3).numbers
    assert numbers["AP"] == numbers["AR_100"] == 0


def test_without_objects_or_pictures_the_numbers_are_nan():
    for detections, annotations in (([found((0, 0.9, A))], [known()]), ([found()], [known()]), ([], [])):
        summary = coco_metrics.summarize(detections, annotations, 3)
        assert np.isnan([*summary.numbers.values(), *summary.per_class]).all()


def test_nothing_is_printed(capsys):
    coco_metrics.summarize([found((0, 0.9, A))], [known((0, A))], 3)
    assert capsys.readouterr().out == ""
