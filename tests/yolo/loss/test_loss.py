"""The loss against plain loops, on paper, and where others fall over: no objects, difficult ones, half precision."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.backends import array, gradients_of_inputs, tensorflow_only
from tests.reference import loss_numpy as twin
from tests.reference.decode_numpy import sigmoid
from tests.yolo.loss.test_label_assignment import MASKS, PUBLISHED, THREE, box, random_objects
from yolo.anchors import DEFAULT, DEFAULTS
from yolo.loss.loss import DetectionLoss

CLASSES = 3
SIZE = (64, 96)
NAMES = ["box", "objectness", "class"]


def random_maps(size=SIZE, batch=2, seed=0, spread=1.0, levels=2):
    rng = np.random.default_rng(seed)
    shapes = [(batch, size[0] // stride, size[1] // stride, 3 * (5 + CLASSES)) for stride in (32, 16, 8)[:levels]]
    return [rng.normal(0, spread, shape).astype(np.float32) for shape in shapes]


def compute(pictures, maps, masks=MASKS, rows=None):
    """The three parts for lists of (box, label), and the gradient of their sum for each map."""
    rows = max(map(len, pictures)) if rows is None else rows
    boxes, labels = twin.padded(pictures, rows)
    return compute_padded(boxes, labels, maps, masks)


def compute_padded(boxes, labels, maps, masks=MASKS):
    def parts(*maps):
        return DetectionLoss(DEFAULT, masks)({"boxes": boxes, "labels": labels}, maps)

    found = {name: array(part) for name, part in parts(*maps).items()}
    return found, gradients_of_inputs(lambda *maps: sum(parts(*maps).values()), maps)


def assert_same(found, expected, rtol=1e-5):
    assert list(found) == NAMES
    for name in NAMES:
        np.testing.assert_allclose(found[name], expected[name], rtol=rtol, atol=1e-6)


@pytest.mark.parametrize("masks", [MASKS, PUBLISHED], ids=["masks 0,1,2", "masks 1,2,3"])
@pytest.mark.parametrize("seed", range(5))
def test_the_loss_is_that_of_plain_loops(masks, seed):
    pictures = random_objects(2, 12, SIZE, seed)
    maps = random_maps(seed=seed)
    boxes, labels = twin.padded(pictures, 12)
    found, _ = compute_padded(boxes, labels, maps, masks)
    assert_same(found, twin.loss(boxes, labels, maps, DEFAULT, masks), rtol=1e-4)
    assert found["box"] > 0


@pytest.mark.parametrize("seed", range(2))
def test_the_loss_of_three_levels_is_that_of_plain_loops(seed):
    boxes, labels = twin.padded(random_objects(2, 12, SIZE, seed), 12)
    maps = random_maps(seed=seed, levels=3)
    found = DetectionLoss(DEFAULTS[3], THREE)({"boxes": boxes, "labels": labels}, maps)
    expected = twin.loss(boxes, labels, maps, DEFAULTS[3], THREE)
    assert_same({name: array(part) for name, part in found.items()}, expected, rtol=1e-4)


def test_no_object_by_hand():
    """64 x 64 pixels have 12 + 48 candidates; a logit of 0 costs ln 2 each."""
    maps = [np.zeros_like(raw) for raw in random_maps((64, 64), 1)]
    found, gradients = compute([[]], maps, rows=1)
    assert_same(found, {"box": 0, "objectness": 60 * np.log(2), "class": 0})
    np.testing.assert_allclose(gradients[0].reshape(-1, 5 + CLASSES)[:, 4], 0.5)


@pytest.mark.parametrize("logit", [-200.0, -3.0, 0.0, 5.0, 200.0])
def test_the_gradient_of_objectness_and_class_is_probability_minus_truth(logit):
    """Also at 0, where the derivative of max(x, 0) is a matter of taste."""
    maps = [np.full_like(raw, logit) for raw in random_maps()]
    for raw in maps:
        raw.reshape(*raw.shape[:3], 3, -1)[..., :4] = 0
    _, gradients = compute([[(box(40, 30, 23, 27), 0)], []], maps)
    positive = gradients[1][0, 1, 2].reshape(3, -1)[1]
    share = 1 / max(2, len(twin.assign([box(40, 30, 23, 27)], [0], SIZE, DEFAULT, MASKS)))
    np.testing.assert_allclose(positive[4], (sigmoid(logit) - 1) * share, atol=1e-6)
    np.testing.assert_allclose(positive[5:], (sigmoid(logit) - np.array([1, 0, 0])) * share / 2, atol=1e-6)
    np.testing.assert_allclose(gradients[1][1, 1, 2].reshape(3, -1)[1, 4], sigmoid(logit) * share, atol=1e-6)


@pytest.mark.parametrize("rows", [0, 1, 5])
@pytest.mark.parametrize("objects", [[], [(box(40, 30, 23, 27), 0)]], ids=["whole batch", "one picture"])
def test_pictures_without_objects_give_a_finite_loss_and_gradients(objects, rows):
    found, gradients = compute([[], objects], random_maps(), rows=max(rows, len(objects)))
    assert all(np.isfinite(value) for value in found.values())
    assert all(np.isfinite(gradient).all() for gradient in gradients)
    assert all(np.abs(gradient[0]).max() > 0 for gradient in gradients)


def test_wild_maps_give_a_finite_loss_and_gradients():
    for sign in (1, -1):
        maps = [np.full_like(raw, sign * 1e4) for raw in random_maps()]
        found, gradients = compute(random_objects(2, 6, SIZE), maps)
        assert all(np.isfinite(value) for value in found.values())
        assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_class_0_is_taught():
    target = [[(box(40, 30, 23, 27), 0)], []]
    _, gradients = compute(target, random_maps())
    candidate = gradients[1][0, 1, 2].reshape(3, -1)[1]  # cell (1, 2) of stride 16, anchor 1
    assert candidate[4] < 0
    assert candidate[5] < 0
    assert (candidate[6:] > 0).all()


def test_the_order_of_objects_does_not_matter():
    pictures = random_objects(2, 12, SIZE, seed=3)
    maps = random_maps()
    found, _ = compute(pictures, maps)
    again, _ = compute([objects[::-1] for objects in pictures], maps)
    assert_same(again, found)


def test_padding_does_not_matter_wherever_it_stands_and_whatever_box_it_has():
    pictures = random_objects(2, 6, SIZE, seed=4)
    maps = random_maps()
    found, _ = compute(pictures, maps, rows=6)
    padding = [(box(40, 30, 50, 50), twin.PADDING), (box(0, 0, 0, 0), twin.PADDING)]
    assert_same(compute([[*padding, *objects] for objects in pictures], maps, rows=20)[0], found)


def test_a_batch_of_two_costs_what_its_pictures_cost():
    """Every part is a sum over pictures, divided by the positives of the whole batch."""
    pictures = [[(box(40, 30, 23, 27), 0)], [(box(20, 40, 37, 58), 1), (box(70, 20, 10, 14), 2)]]
    maps = random_maps()
    positives = [len(twin.assign(*zip(*objects, strict=True), SIZE, DEFAULT, MASKS)) for objects in pictures]
    alone = [compute([objects], [raw[i : i + 1] for raw in maps])[0] for i, objects in enumerate(pictures)]
    expected = {name: np.dot([part[name] for part in alone], positives) / sum(positives) for name in NAMES}
    assert_same(compute(pictures, maps)[0], expected)


def test_a_difficult_object_is_neither_positive_nor_background():
    difficult = [[(box(40, 30, 23, 27), twin.DIFFICULT)], []]
    maps = [np.zeros_like(raw) for raw in random_maps()]
    found, gradients = compute(difficult, maps)
    _, without = compute([[], []], maps)
    assert found["box"] == found["class"] == 0
    spared = [np.argwhere(a != b) for a, b in zip(without, gradients, strict=True)]
    assert spared[0].tolist() == []
    assert [0, 1, 2, 1 * (5 + CLASSES) + 4] in spared[1].tolist()
    assert all(gradients[1][tuple(index)] == 0 for index in spared[1])


def test_a_taught_object_beside_a_difficult_one_is_still_a_positive():
    taught, difficult = (box(44, 26, 21, 25), 0), (box(40, 30, 23, 27), twin.DIFFICULT)
    assert compute([[difficult, taught], []], random_maps())[0]["class"] > 0


def test_a_candidate_that_overlaps_an_object_of_the_other_map_is_not_background():
    """135 x 169 is anchor 4 of stride 32; a candidate of stride 16 is stretched over it and left alone."""
    maps = [np.zeros_like(raw) for raw in random_maps()]
    maps[1][0, 1, 2, 2 * (5 + CLASSES) + 2 : 2 * (5 + CLASSES) + 4] = np.log([135 / 37, 169 / 58])
    target = [[(box(40, 24, 135, 169), 0)], []]
    _, gradients = compute(target, maps)
    owner = gradients[0][0, 0, 1].reshape(3, -1)[1]
    left_alone = gradients[1][0, 1, 2].reshape(3, -1)[2]
    assert owner[4] < 0
    np.testing.assert_array_equal(left_alone[4], 0)
    assert gradients[1][1, 1, 2].reshape(3, -1)[2, 4] > 0  # in the picture without the object it is background


@pytest.mark.parametrize("seed", range(3))
def test_the_loss_of_objects_with_scores_is_that_of_plain_loops(seed):
    boxes, labels = twin.padded(random_objects(2, 12, SIZE, seed), 12)
    scores = np.random.default_rng(seed).uniform(0.05, 1, labels.shape).astype(np.float32)
    is_complete = np.array([seed == 1, seed == 2])
    maps = random_maps(seed=seed)
    targets = {"boxes": boxes, "labels": labels, "scores": scores, "is_complete": is_complete}
    found = {name: array(part) for name, part in DetectionLoss(DEFAULT, MASKS)(targets, maps).items()}
    expected = twin.loss(boxes, labels, maps, DEFAULT, MASKS, scores=scores, is_complete=is_complete)
    assert_same(found, expected, rtol=1e-4)
    assert found["box"] > 0


def soft_gradients(maps, scores, **more):
    """The gradient for each map of the loss of one object of class 0 in the first of two pictures."""
    boxes, labels = twin.padded([[(box(40, 30, 23, 27), 0)], []], 1)
    targets = {"boxes": boxes, "labels": labels, "scores": np.array(scores, np.float32)} | more
    return gradients_of_inputs(lambda *maps: sum(DetectionLoss(DEFAULT, MASKS)(targets, maps).values()), maps)


def test_a_score_is_the_target_of_the_objectness_and_the_weight_of_box_and_class_by_hand():
    """All logits are 2, and the sums are divided by the two pictures, more than the positives.

    The candidate of anchor 1 in cell (1, 2) of stride 16 learns the objectness 1/4; its class logits are pulled with a
    quarter of the force, halved as always, and so is its box.
    """
    maps = [np.full_like(raw, 2.0) for raw in random_maps()]
    for raw in maps:
        raw.reshape(*raw.shape[:3], 3, -1)[..., :4] = 0.3
    soft, hard = (soft_gradients(maps, [[score], [1]])[1][0, 1, 2].reshape(3, -1)[1] for score in (0.25, 1))
    np.testing.assert_allclose(soft[4], (sigmoid(2.0) - 0.25) / 2, rtol=1e-5)
    np.testing.assert_allclose(soft[5:], (sigmoid(2.0) - np.array([1, 0, 0])) / 2 / 2 / 4, rtol=1e-5)
    np.testing.assert_allclose(soft[:4], hard[:4] / 4, rtol=1e-5)
    assert np.abs(hard[:4]).max() > 0


def test_a_candidate_of_the_score_of_its_object_is_left_where_it_is():
    maps = [np.zeros_like(raw) for raw in random_maps()]
    maps[1][0, 1, 2, 8 + 4] = np.log(0.2 / 0.8)  # the logit of 0.2
    gradient = soft_gradients(maps, [[0.2], [1]])[1][0, 1, 2].reshape(3, -1)[1]
    np.testing.assert_allclose(gradient[4], 0, atol=1e-6)


def test_in_a_picture_that_is_not_complete_nothing_is_background_but_the_object_is_taught():
    maps = [np.zeros_like(raw) for raw in random_maps()]
    for first, second in ([False, True], [True, False]):
        gradients = soft_gradients(maps, [[1], [1]], is_complete=np.array([first, second]))
        objectness = [raw.reshape(*raw.shape[:3], 3, -1)[..., 4] for raw in gradients]
        assert [(raw[0] > 0).any() for raw in objectness] == [first, first]
        assert [(raw[1] > 0).any() for raw in objectness] == [second, second]
        assert objectness[1][0, 1, 2, 1] < 0


def test_without_scores_every_object_counts_fully():
    boxes, labels = twin.padded(random_objects(2, 12, SIZE, seed=5), 12)
    targets, maps = {"boxes": boxes, "labels": labels}, random_maps()
    full = targets | {"scores": np.ones(labels.shape, np.float32), "is_complete": np.array([True, True])}
    found, same = (DetectionLoss(DEFAULT, MASKS)(each, maps) for each in (targets, full))
    assert {name: float(part) for name, part in found.items()} == {name: float(part) for name, part in same.items()}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_maps_of_half_precision_are_computed_with_in_float32(dtype):
    boxes, labels = twin.padded(random_objects(2, 6, SIZE), 6)
    maps = [ops.cast(raw, dtype) for raw in random_maps()]
    found = DetectionLoss(DEFAULT, MASKS)({"boxes": boxes, "labels": labels}, maps)
    expected, _ = compute_padded(boxes, labels, [ops.cast(raw, "float32") for raw in maps])
    assert all(keras.backend.standardize_dtype(part.dtype) == "float32" for part in found.values())
    assert_same({name: array(part) for name, part in found.items()}, expected)


@tensorflow_only
def test_the_loss_works_in_a_graph_that_knows_no_size():
    import tensorflow as tf

    boxes, labels = twin.padded(random_objects(2, 6, SIZE), 6)
    maps = random_maps()
    shapes = [tf.TensorSpec((None, None, None, raw.shape[-1])) for raw in maps]
    compiled = tf.function(
        lambda boxes, labels, maps: DetectionLoss(DEFAULT, MASKS)({"boxes": boxes, "labels": labels}, maps),
        input_signature=[tf.TensorSpec((None, None, 4)), tf.TensorSpec((None, None), tf.int32), shapes],
    )
    expected, _ = compute_padded(boxes, labels, maps)
    assert_same({name: array(part) for name, part in compiled(boxes, labels, maps).items()}, expected)


def test_what_the_loss_is_given_is_left_as_it_was():
    pictures = random_objects(2, 6, SIZE)
    boxes, labels = twin.padded(pictures, 6)
    before = boxes.copy(), labels.copy()
    DetectionLoss(DEFAULT, MASKS)({"boxes": boxes, "labels": labels}, [ops.array(raw) for raw in random_maps()])
    np.testing.assert_array_equal(boxes, before[0])
    np.testing.assert_array_equal(labels, before[1])
