"""The loss of the trials: with all switches off that of the project, and what each switch changes."""

import numpy as np
import pytest

from benchmarks.recipe_trials.arms import ARMS
from benchmarks.recipe_trials.trial_loss import TrialLoss
from tests.backends import array, gradients_of_inputs
from tests.reference import loss_numpy as twin
from tests.yolo.loss.test_label_assignment import MASKS, random_objects
from tests.yolo.loss.test_loss import CLASSES, SIZE, random_maps
from yolo.anchors import DEFAULT
from yolo.loss.loss import DetectionLoss

WEIGHTS = {"scale_xy": 1.05, "shape_threshold": 0.3, "ignore": 0.6, "box": 2.0, "objectness": 1.0, "classes": 0.5}


def parts(loss, targets, maps):
    return {name: float(array(part)) for name, part in loss(targets, maps).items()}


def targets(pictures, rows):
    return dict(zip(("boxes", "labels"), twin.padded(pictures, rows), strict=True))


@pytest.mark.parametrize("most", [12, 0], ids=["objects", "none"])
def test_with_all_switches_off_the_loss_and_its_gradient_are_those_of_the_project(most):
    known, maps = targets(random_objects(2, most, SIZE), most), random_maps()
    losses = TrialLoss(DEFAULT, MASKS), DetectionLoss(DEFAULT, MASKS, **WEIGHTS)
    own, expected = (parts(loss, known, maps) for loss in losses)
    assert own == pytest.approx(expected, rel=1e-6)
    gradients = [gradients_of_inputs(lambda *m, loss=loss: sum(loss(known, m).values()), maps) for loss in losses]
    for mine, theirs in zip(*gradients, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("name", [name for name, arm in ARMS.items() if arm.loss])
def test_every_loss_of_an_arm_is_another_one_and_has_gradients(name):
    known, maps = targets(random_objects(2, 12, SIZE), 12), random_maps()
    plain, loss = TrialLoss(DEFAULT, MASKS), TrialLoss(DEFAULT, MASKS, ARMS[name].scale_xy, **ARMS[name].loss)
    assert parts(loss, known, maps) != pytest.approx(parts(plain, known, maps), rel=1e-3)
    for gradient in gradients_of_inputs(lambda *maps: sum(loss(known, maps).values()), maps):
        assert np.isfinite(gradient).all()
        assert gradient.any()


def test_smoothing_moves_the_targets_of_classes_from_0_and_1():
    """Cross-entropy is linear in the target: moving it by t adds -t * logit for a 1, and t * logit for a 0."""
    known, (maps) = (
        targets([[((8, 8, 24, 40), 1)]], 1),
        [np.zeros(raw.shape, np.float32) for raw in random_maps(batch=1)],
    )
    for raw in maps:
        raw.reshape(*raw.shape[:3], 3, 5 + CLASSES)[..., 5:] = 0.5, 2.0, -1.0
    plain, smooth = (parts(TrialLoss(DEFAULT, MASKS, smoothing=s), known, maps)["class"] for s in (0.0, 0.1))
    assert smooth - plain == pytest.approx(0.5 * 0.05 * (-0.5 + 2.0 + 1.0), rel=1e-4)


def test_the_focal_exponent_weighs_objectness_by_its_distance_from_the_target():
    """Without objects all targets are 0, so each cross-entropy is weighed by the square of the probability."""
    known, maps = targets([[], []], 0), random_maps()
    logits = np.concatenate([raw.reshape(2, -1, 5 + CLASSES)[..., 4] for raw in maps], axis=1).astype(float)
    expected = np.sum((1 / (1 + np.exp(-logits))) ** 2 * np.log1p(np.exp(logits))) / 2
    assert parts(TrialLoss(DEFAULT, MASKS, focal=2.0), known, maps)["objectness"] == pytest.approx(expected, rel=1e-4)


def test_quality_lowers_the_target_of_objectness_to_the_iou():
    """Of one positive: an object of the size of an anchor at the middle of a cell, and a box half as wide."""
    width, height = DEFAULT[0]
    known = targets([[((24 - width / 2, 24 - height / 2, 24 + width / 2, 24 + height / 2), 0)]], 1)
    maps = [np.zeros(raw.shape, np.float32) for raw in random_maps(batch=1)]
    for raw in maps:
        raw.reshape(*raw.shape[:3], 3, 5 + CLASSES)[..., 2] = np.log(0.5)
        raw.reshape(*raw.shape[:3], 3, 5 + CLASSES)[..., 4] = 3.0
    settings = {"shape_threshold": 1.0, "ignore": 2.0}
    plain, quality = (
        parts(TrialLoss(DEFAULT, MASKS, **settings, quality=q), known, maps)["objectness"] for q in (0.0, 0.5)
    )
    assert quality - plain == pytest.approx(0.25 * 3.0, rel=1e-3)  # the target falls from 1 to 1 - 0.5 * (1 - 0.5)
