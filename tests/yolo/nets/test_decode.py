"""Decoding against the formula worked out cell by cell."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from tests.backends import array, gradients_of_inputs
from tests.reference import decode_numpy as twin
from yolo.anchors import DEFAULT, DEFAULTS
from yolo.nets.decode import Decode, decode

MASKS = ((3, 4, 5), (0, 1, 2))
CLASSES = 2


def random_maps(height=64, width=96, batch=2, seed=0, classes=CLASSES, levels=2):
    rng = np.random.default_rng(seed)
    shapes = [(batch, height // stride, width // stride, 3 * (5 + classes)) for stride in twin.STRIDES[:levels]]
    return [rng.normal(0, 1.5, shape).astype(np.float32) for shape in shapes]


@pytest.mark.parametrize("scale_xy", [1.0, 1.05, 2.0])
@pytest.mark.parametrize("masks", [MASKS, ((3, 4, 5), (1, 2, 3))])
def test_every_candidate_is_that_of_the_formula(masks, scale_xy):
    maps = random_maps()
    found = decode(maps, DEFAULT, masks, scale_xy)
    for values, expected in zip(found, twin.decode(maps, DEFAULT, masks, scale_xy), strict=True):
        assert values.shape == expected.shape
        np.testing.assert_allclose(array(values), expected, rtol=1e-4, atol=1e-3)


def test_every_candidate_of_three_levels_is_that_of_the_formula():
    maps, anchors, masks = random_maps(levels=3), DEFAULTS[3], ((6, 7, 8), (3, 4, 5), (0, 1, 2))
    found = decode(maps, anchors, masks, 1.05)
    assert found.boxes.shape == (2, 3 * (2 * 3 + 4 * 6 + 8 * 12), 4)
    for values, expected in zip(found, twin.decode(maps, anchors, masks, 1.05), strict=True):
        np.testing.assert_allclose(array(values), expected, rtol=1e-4, atol=1e-3)


def test_one_candidate_of_the_third_level_by_hand():
    """Cell (5, 2) of stride 8, second anchor, 19 x 36: tx = 0 is the middle of it, th = ln 2 doubles the height."""
    maps = random_maps(levels=3)
    maps[2][0, 5, 2, 7:11] = 0, 0, 0, np.log(2)
    boxes = array(decode(maps, DEFAULTS[3], ((6, 7, 8), (3, 4, 5), (0, 1, 2)), 1.05).boxes)
    candidate = (2 * 3 + 4 * 6) * 3 + (5 * 12 + 2) * 3 + 1
    np.testing.assert_allclose(boxes[0, candidate], [20 - 9.5, 44 - 36, 20 + 9.5, 44 + 36], rtol=1e-5)


def test_one_candidate_by_hand():
    """Cell (1, 2) of stride 16, second anchor: tx = 0 puts x in the middle of the cell, tw = ln 2 doubles the width."""
    maps = random_maps()
    maps[1][0, 1, 2, 7:11] = 0, 0, np.log(2), 0
    boxes = array(decode(maps, DEFAULT, MASKS, 1.05).boxes)
    candidate = 2 * 3 * 3 + (1 * 6 + 2) * 3 + 1
    np.testing.assert_allclose(boxes[0, candidate], [40 - 23, 24 - 13.5, 40 + 23, 24 + 13.5], rtol=1e-5)


def test_a_center_can_reach_beyond_its_cell_by_half_of_what_the_scale_adds():
    maps = [np.full_like(raw, 50) for raw in random_maps(64, 64, 1)]
    boxes = array(decode(maps, DEFAULT, MASKS, 1.05).boxes)
    np.testing.assert_allclose((boxes[0, 0, :2] + boxes[0, 0, 2:]) / 2, 32 * 1.025, rtol=1e-5)


@pytest.mark.parametrize("value", [1e4, -1e4])
@pytest.mark.parametrize("size", [(64, 96), (64, 1024)])
def test_wild_maps_give_finite_boxes_with_an_area_and_finite_gradients(value, size):
    def corners_and_sizes(*maps):
        boxes = decode(maps, DEFAULT, MASKS, 1.05).boxes
        return ops.sum(boxes) + ops.sum(boxes[..., 2:] - boxes[..., :2])

    maps = [np.full_like(raw, value) for raw in random_maps(*size)]
    boxes = array(decode(maps, DEFAULT, MASKS, 1.05).boxes)
    assert np.isfinite(boxes).all()
    assert (boxes[..., 2:] > boxes[..., :2]).all()
    assert all(np.isfinite(gradient).all() for gradient in gradients_of_inputs(corners_and_sizes, maps))


def test_the_layer_gives_boxes_and_the_product_of_both_probabilities():
    maps = random_maps()
    boxes, scores = map(array, Decode(DEFAULT, MASKS)(maps))
    expected, objectness, classes = twin.decode(maps, DEFAULT, MASKS, 1.05)
    np.testing.assert_allclose(boxes, expected, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-objectness[..., None])) / (1 + np.exp(-classes)), rtol=1e-4)


def test_the_layer_is_the_same_after_its_configuration_went_through_json():
    layer = Decode(DEFAULT, MASKS, 1.2, name="boxes")
    again = Decode.from_config(json.loads(json.dumps(layer.get_config())))
    assert again.name == "boxes"
    for a, b in zip(layer(random_maps()), again(random_maps()), strict=True):
        np.testing.assert_array_equal(array(a), array(b))


def test_the_layer_stays_in_float32_whatever_the_policy():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        boxes, scores = Decode(DEFAULT, MASKS)(random_maps())
    finally:
        keras.config.set_dtype_policy("float32")
    assert {keras.backend.standardize_dtype(values.dtype) for values in (boxes, scores)} == {"float32"}


@pytest.mark.parametrize("sizes", [(None, None), (2, 3)], ids=["any size", "a fixed size"])
def test_the_layer_joins_a_functional_model(sizes):
    height, width = sizes
    maps = [
        keras.Input((height, width, 21)),
        keras.Input((height and height * 2, width and width * 2, 21)),
    ]
    model = keras.Model(maps, Decode(DEFAULT, MASKS)(maps))
    boxes, scores = model(random_maps())
    assert boxes.shape == (2, 90, 4)
    assert scores.shape == (2, 90, CLASSES)
    for a, b in zip((boxes, scores), Decode(DEFAULT, MASKS)(random_maps()), strict=True):
        np.testing.assert_allclose(array(a), array(b), rtol=1e-6)
