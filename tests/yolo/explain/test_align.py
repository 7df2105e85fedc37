"""A hot cell lands on the pixels that it was computed from."""

import numpy as np
import pytest

from yolo.explain.align import heat, inside, onto_picture, spread
from yolo.letterbox import fit, place

SIZES = [(100, 400), (400, 100), (333, 517), (90, 61)]


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
@pytest.mark.parametrize("size", [(416, 416), (320, 512)])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_a_bright_patch_seen_by_the_network_comes_back_where_it_was(mode, size, height, width):
    rows, columns = slice(height // 8, height // 8 + height // 4), slice(width // 2, width // 2 + width // 3)
    image = np.zeros((height, width, 3), np.uint8)
    image[rows, columns] = 255
    canvas, placement = fit(image, size, mode, fill=0)
    cells = canvas[..., 0].reshape(size[0] // 16, 16, size[1] // 16, 16).mean(axis=(1, 3))  # the network: a mean
    back = onto_picture(cells, placement)
    assert back.shape == (height, width)
    want = np.zeros((height, width))
    want[rows, columns] = 1
    for axis in (0, 1):
        positions = np.arange(back.shape[axis])
        mass, wanted = back.sum(axis=1 - axis), want.sum(axis=1 - axis)
        assert abs(mass @ positions / mass.sum() - wanted @ positions / wanted.sum()) < 0.02 * back.shape[axis]
    assert back[rows, columns].mean() > 2 * back[want == 0].mean()


def test_a_letterboxed_map_worked_out_by_hand():
    placement = place(2, 4, (8, 8))  # twice as large, in the rows 2 to 5 of the canvas
    cells = np.array([[9, 9, 9, 9], [1, 2, 3, 4], [5, 6, 7, 8], [9, 9, 9, 9]])  # two canvas pixels each; bars 9
    np.testing.assert_array_equal(onto_picture(cells, placement), [[1, 2, 3, 4], [5, 6, 7, 8]])
    assert inside(4, 4, placement) == (slice(1, 3), slice(0, 4))
    assert inside(1, 4, placement) == (slice(0, 1), slice(0, 4))  # one gate for all rows stays


def test_between_the_centres_of_cells_the_map_is_linear():
    placement = place(4, 8, (4, 8), "stretch")
    np.testing.assert_allclose(onto_picture(np.array([[0.0, 8.0]]), placement)[3], [0, 0, 1, 3, 5, 7, 8, 8])


def test_a_picture_thinner_than_a_cell_still_has_one():
    placement = place(2, 416, (416, 416))
    rows, columns = inside(13, 13, placement)
    assert (rows, columns) == (slice(6, 7), slice(0, 13))
    assert onto_picture(np.eye(13), placement).shape == (2, 416)


def test_heat_goes_from_blue_to_red_over_the_grey_picture():
    image = np.full((1, 3, 3), 100, np.uint8)
    cold, middle, hot = heat(image, np.array([[-5.0, 2.0, 9.0]]), 1.0, 3.0)[0].astype(int)
    assert cold.argmax() == 2
    assert middle.argmax() == 1
    assert hot.argmax() == 0
    assert (image == 100).all()


def test_values_that_are_alike_are_not_blown_up():
    assert spread(np.array([0.2, 0.6])) == pytest.approx((0.2, 0.6))
    assert spread(np.array([0.5, 0.5001])) == pytest.approx((0.49005, 0.51005))
