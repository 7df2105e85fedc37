"""The warp that mosaic and augmentation share, against Albumentations and by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.yolo.data.painted import COLOURS, GREY, painted
from yolo.data.import_albumentations import A
from yolo.data.warp import warp
from yolo.structures import Sample

HEIGHT, WIDTH = 160, 256


def albumentations_affine(sample, zoom, shift, visible):
    """What Albumentations makes of it: zoomed about the centre, moved by whole pixels."""
    transform = A.Compose(
        [
            A.Affine(
                scale=dict(zip("xy", [(z, z) for z in zoom], strict=True)),
                translate_px=dict(zip("xy", [(s, s) for s in shift], strict=True)),
                fill=GREY,
                p=1.0,
            )
        ],
        bbox_params=A.BboxParams("pascal_voc", min_visibility=visible, label_fields=["labels"]),
    )
    return transform(image=sample.image, bboxes=sample.boxes, labels=sample.labels)


@pytest.mark.parametrize(
    ("zoom", "shift"), [((1.0, 1.0), (-30, 17)), ((0.6, 0.7), (0, 0)), ((1.4, 1.3), (38, -24)), ((0.9, 1.2), (-60, 40))]
)
def test_pixels_boxes_and_which_objects_are_kept_agree_with_albumentations(zoom, shift):
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, (WIDTH - 60, HEIGHT - 60), (60, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(2, 60, (60, 2))], axis=1).astype(np.float32)
    noise = rng.integers(0, 256, (HEIGHT // 4, WIDTH // 4, 3), np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    sample = Sample(noise, boxes, np.arange(60, dtype=np.int32))
    expected = albumentations_affine(sample, zoom, shift, visible=0.3)
    offset = (1 - np.array(zoom)) * (WIDTH, HEIGHT) / 2 + shift
    found = warp(sample, zoom, offset, (HEIGHT, WIDTH), visible=0.3)
    assert found.labels.tolist() == list(expected["labels"])
    assert shift == (0, 0) or len(found.labels) < 60
    np.testing.assert_allclose(found.boxes, expected["bboxes"], atol=2e-4)
    np.testing.assert_array_equal(found.image, expected["image"])


def test_a_negative_zoom_mirrors_picture_and_boxes_exactly():
    sample = painted((20, 30, 60, 50), (0, 0, WIDTH, 1))
    found = warp(sample, (-1, -1), (WIDTH, HEIGHT), (HEIGHT, WIDTH), visible=0.3)
    np.testing.assert_array_equal(found.image, sample.image[::-1, ::-1])
    assert found.boxes.tolist() == [[196, 110, 236, 130], [0, 159, 256, 160]]


def test_the_new_picture_may_be_of_another_size():
    found = warp(painted((20, 30, 60, 50)), (0.5, 2.0), (10, -40), (90, 50), visible=0.3)
    assert found.image.shape == (90, 50, 3)
    assert found.boxes.tolist() == [[20, 20, 40, 60]]
    assert (found.image[30:50, 25:35] == COLOURS[0]).all()
    assert (found.image[:, :9] == GREY).all()


@pytest.mark.parametrize(("left", "kept"), [(-17.5, True), (-18.5, False)])
def test_what_is_narrower_than_a_pixel_is_not_kept_whatever_its_share(left, kept):
    """An object 19 wide and 4 high of which columns up to 1.5 and up to 0.5 are left."""
    sample = Sample(painted().image, np.array([[100, 30, 119, 34]], np.float32), np.zeros(1, np.int32))
    found = warp(sample, (1, 1), (left - 100, 0), (HEIGHT, WIDTH), visible=0.0)
    assert found.boxes.tolist() == ([[0, 30, left + 19, 34]] if kept else [])
    assert found.boxes.shape == (int(kept), 4)


def test_a_sample_without_objects_keeps_shapes_and_types():
    found = warp(painted(), (1.2, 0.8), (3, 4), (HEIGHT, WIDTH), visible=0.3)
    assert (found.boxes.shape, found.labels.shape) == ((0, 4), (0,))
    assert (found.boxes.dtype, found.labels.dtype) == (np.float32, np.int32)


def test_what_stays_in_the_image_keeps_its_own_score():
    sample = replace(painted((0, 0, 40, 40), (100, 50, 160, 90)), scores=np.float32([0.25, 0.75]), is_complete=False)
    moved = warp(sample, (1, 1), (-60, 0), (160, 256), visible=0.3)
    assert (moved.labels.tolist(), moved.scores.tolist(), moved.is_complete) == ([1], [0.75], False)
