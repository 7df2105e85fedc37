"""Pictures and boxes move by the same numbers, there and back."""

import numpy as np
import pytest

from yolo.letterbox import fit, place

SHAPES = [(576, 768), (375, 500), (333, 517), (1, 1000), (1000, 3), (416, 416), (37, 41)]


def test_a_wide_picture_in_a_square_by_hand():
    # 768 x 576 into 416: ratio 416/768, 312 rows, 52 rows of grey above and below.
    placement = place(576, 768, (416, 416))
    assert (placement.left, placement.top, placement.resized) == (0, 52, (312, 416))
    np.testing.assert_allclose(placement.apply([[0, 0, 768, 576], [384, 288, 768, 576]]),
                               [[0, 52, 416, 364], [208, 208, 416, 364]])  # fmt: skip


def test_stretching_fills_the_canvas_by_hand():
    placement = place(100, 400, (320, 512), "stretch")
    assert (placement.scale_x, placement.scale_y, placement.left, placement.top) == (1.28, 3.2, 0, 0)
    np.testing.assert_allclose(placement.apply([[100, 10, 200, 50]]), [[128, 32, 256, 160]], rtol=1e-6)


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
@pytest.mark.parametrize("size", [(416, 416), (320, 512), (512, 288)])
@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_boxes_come_back_where_they_were(height, width, size, mode):
    placement = place(height, width, size, mode)
    corners = np.random.default_rng(0).uniform(0, 1, (20, 2, 2)).astype(np.float32)
    boxes = np.concatenate([corners.min(1), corners.max(1)], 1) * [width, height, width, height]
    moved = placement.apply(boxes)
    assert moved.dtype == np.float32
    np.testing.assert_allclose(placement.undo(moved), boxes, rtol=1e-5, atol=1e-3 * max(1, 1 / placement.scale_x))
    whole = placement.apply([[0, 0, width, height]])[0]
    assert (whole[:2] >= 0).all()
    assert (whole[2:] <= [size[1], size[0]]).all()


def test_boxes_that_reach_into_the_bars_are_clipped_to_the_picture():
    placement = place(576, 768, (416, 416))
    np.testing.assert_allclose(placement.undo([[-30, 0, 500, 416]]), [[0, 0, 768, 576]], atol=1e-3)


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_a_mirrored_canvas_is_that_of_the_mirrored_picture(height, width, mode):
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    canvas, placement = fit(image, (320, 416), mode)
    expected, _ = fit(np.ascontiguousarray(image[:, ::-1]), (320, 416), mode)
    np.testing.assert_allclose(placement.mirror(canvas).astype(int), expected, atol=1)  # resizing rounds
    np.testing.assert_array_equal(placement.mirror(placement.mirror(canvas)), canvas)


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_mirrored_boxes_are_those_of_the_mirrored_picture(height, width):
    placement = place(height, width, (320, 416))
    left, right = width * 0.25, width * 0.375
    boxes, mirrored = placement.apply([[left, 0, right, height], [width - right, 0, width - left, height]])[:, None]
    np.testing.assert_allclose(placement.mirror_boxes(boxes), mirrored, atol=1e-3)
    np.testing.assert_allclose(placement.mirror_boxes(mirrored), boxes, atol=1e-3)


def test_no_boxes_stay_no_boxes():
    placement = place(576, 768, (416, 416))
    assert placement.mirror_boxes(np.zeros((0, 4), np.float32)).shape == (0, 4)
    assert placement.apply(np.zeros((0, 4))).shape == (0, 4)
    assert placement.undo(np.zeros((0, 4))).shape == (0, 4)


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
@pytest.mark.parametrize(("height", "width"), [(333, 517), (900, 601), (100, 61)])
def test_pixels_move_with_their_boxes(height, width, mode):
    """The centre of mass of a painted rectangle lies in the centre of its moved box, to a tenth of a pixel."""
    image = np.zeros((height, width, 3), np.uint8)
    box = np.array([width * 0.55, height * 0.3, width * 0.8, height * 0.7]).round()
    left, top, right, bottom = box.astype(int)
    image[top:bottom, left:right] = 255
    canvas, placement = fit(image, (320, 416), mode, fill=0)
    mass = canvas[..., 0].astype(float)
    x = (mass.sum(0) * (np.arange(416) + 0.5)).sum() / mass.sum()
    y = (mass.sum(1) * (np.arange(320) + 0.5)).sum() / mass.sum()
    moved = placement.apply(box[None])[0]
    np.testing.assert_allclose([x, y], [(moved[0] + moved[2]) / 2, (moved[1] + moved[3]) / 2], atol=0.1)


def test_the_bars_are_grey_and_the_picture_fills_the_rest():
    canvas, placement = fit(np.full((100, 200, 3), 7, np.uint8), (416, 320))
    assert canvas.shape == (416, 320, 3)
    assert canvas.dtype == np.uint8
    top, rows = placement.top, placement.resized[0]
    assert (canvas[:top] == 128).all()
    assert (canvas[top + rows :] == 128).all()
    assert (canvas[top : top + rows] == 7).all()


def test_a_picture_of_the_right_size_is_untouched():
    image = np.random.default_rng(0).integers(0, 256, (320, 416, 3), np.uint8)
    canvas, _ = fit(image, (320, 416))
    np.testing.assert_array_equal(canvas, image)


def test_a_used_canvas_is_overwritten_and_the_picture_is_not_changed():
    image = np.full((50, 100, 3), 9, np.uint8)
    batch = np.full((2, 64, 64, 3), 200, np.uint8)
    canvas, _ = fit(image, (64, 64), out=batch[1])
    assert np.shares_memory(canvas, batch)
    assert set(np.unique(batch[1])) == {9, 128}
    assert (batch[0] == 200).all()
    assert (image == 9).all()


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="letterbox, stretch"):
        place(10, 10, (32, 32), "crop")
