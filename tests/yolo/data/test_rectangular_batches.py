"""Rectangular batches: as high and wide as their pictures need, with the pictures where a letterbox places them."""

from collections import Counter

import numpy as np
import pytest

from tests.yolo.data.pipelines import changing
from yolo import picture_files
from yolo.data.augmentation import Augmentation
from yolo.data.box_paste import BoxPaste
from yolo.data.rectangular_batches import WINDOW, canvas, enlarge, group
from yolo.data.training_batches import TrainingData
from yolo.letterbox import FILL, fit
from yolo.structures import Annotation, Sample

STILL = changing(scale=(1, 1), aspect=1, shift=0, horizontal_flip=0, hue=0, saturation=0, value=0)
SHAPES = [(60, 120), (120, 60), (90, 90), (60, 110)]  # lying, upright, square, lying


@pytest.mark.parametrize(
    ("height", "width", "input_size", "expected"),
    [
        (480, 640, (416, 416), (320, 416)),  # 312 rows
        (640, 480, (416, 416), (416, 320)),
        (1080, 1920, (416, 416), (256, 416)),  # 234 rows
        (416, 416, (416, 416), (416, 416)),
        (2, 900, (416, 416), (32, 416)),
        (480, 640, (320, 512), (320, 448)),  # 427 columns
        (320, 416, (416, 416), (320, 416)),
    ],
)
def test_a_canvas_is_the_letterboxed_picture_rounded_up_to_32(height, width, input_size, expected):
    assert canvas(height, width, input_size, "letterbox") == expected
    assert canvas(height, width, input_size, "stretch") == input_size


def test_the_pictures_of_a_batch_have_similar_shapes():
    rng = np.random.default_rng(0)
    shapes = [(416, 320), (320, 416), (416, 416)]
    canvases = [shapes[i] for i in rng.integers(3, size=1000)]
    order = group(rng.permutation(1000), canvases, 4, rng)
    assert sorted(order) == list(range(1000))
    batches = [{canvases[i] for i in order[first : first + 4]} for first in range(0, 1000, 4)]
    assert Counter(map(len, batches))[1] > 0.85 * len(batches)  # in 16 batches two may be mixed
    assert len({min(batch) for batch in batches[:WINDOW]}) == 3, "the batches of a window are not all of one shape"


def test_the_last_batch_stays_the_last_if_it_is_not_full():
    order = group(np.arange(7), [(32, 32)] * 7, 3, np.random.default_rng(0))
    assert order[6:].tolist() == [6]
    assert sorted(order) == list(range(7))


@pytest.mark.parametrize(("height", "width"), [(31, 50), (50, 31), (33, 33), (29, 64), (64, 64)])
def test_an_enlarged_sample_is_what_a_letterbox_of_that_size_makes(height, width):
    picture = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    boxes = np.array([[3, 4, 20, 25]], np.float32)
    small, placement = fit(picture, canvas(height, width, (128, 96), "letterbox"))
    found = enlarge(Sample(small, placement.apply(boxes), np.array([0], np.int32)), (128, 96))
    whole, expected = fit(picture, (128, 96))
    np.testing.assert_array_equal(found.image, whole)
    np.testing.assert_allclose(found.boxes, expected.apply(boxes), rtol=1e-6)


def test_a_sample_that_is_too_large_is_letterboxed():
    sample = Sample(np.full((96, 32, 3), 7, np.uint8), np.array([[0, 0, 32, 96]], np.float32), np.array([0], np.int32))
    found = enlarge(sample, (32, 64))
    assert found.image.shape == (32, 64, 3)
    np.testing.assert_allclose(found.boxes, [[26, 0, 37, 32]], atol=1)
    assert (found.image[:, 30:34] == 7).all()
    assert (found.image[:, [0, 63]] == FILL).all()


@pytest.fixture(scope="module")
def annotations(tmp_path_factory):
    """Sixteen pictures of four shapes; picture i is of brightness 10 i and has one object in its upper left quarter."""
    folder = tmp_path_factory.mktemp("pictures")
    found = []
    for i in range(16):
        height, width = SHAPES[i % 4]
        path = folder / f"{i}.png"
        picture_files.write(path, np.full((height, width, 3), 10 * i, np.uint8))
        boxes = np.array([[0, 0, width / 2, height / 2]], np.float32)
        found.append(Annotation(path, boxes, np.array([i % 3], np.int32), np.array([False])))
    return found


def test_a_batch_is_as_high_and_wide_as_its_pictures_need(annotations):
    data = TrainingData(annotations, (128, 128), batch_size=4, augmentation=STILL, rectangular=True)
    seen, sizes = [], Counter()
    for step in range(data.steps):
        images, boxes, labels, *_ = data.batch(0, step)
        heads = [SHAPES[int(path.stem) % 4] for path in data.pictures(0, step)]
        needed = [canvas(*head, (128, 128), "letterbox") for head in heads]
        assert images.shape[1:3] == tuple(np.max(needed, axis=0))
        sizes[images.shape[1:3]] += 1
        for row, path in enumerate(data.pictures(0, step)):
            number = int(path.stem)
            left, top, right, bottom = boxes[row, 0].round().astype(int)
            assert (images[row, top:bottom, left:right] == 10 * number).all()
            height, width = SHAPES[number % 4]
            assert (right - left) / (bottom - top) == pytest.approx(width / height, rel=0.05)
            assert labels[row, 0] == number % 3
            seen.append(number)
    assert sorted(seen) == list(range(16))
    assert len(sizes) > 1


def test_pictures_of_one_shape_give_batches_of_one_known_size(annotations):
    data = TrainingData(annotations[::4], (128, 128), batch_size=4, rectangular=True)
    images, _ = next(iter(data.batches(0, 1)))
    assert images.shape == (4, 64, 128, 3)
    assert data.batches(0, 1).element_spec[0].shape == (4, 64, 128, 3)
    mixed = TrainingData(annotations, (128, 128), batch_size=4, rectangular=True)
    assert mixed.batches(0, 1).element_spec[0].shape == (4, None, None, 3)


def test_batches_of_stretched_pictures_and_those_that_are_not_rectangular_have_the_whole_size(annotations):
    for settings in ({"resize_mode": "stretch", "rectangular": True}, {"rectangular": False}):
        data = TrainingData(annotations, (96, 128), batch_size=4, **settings)
        assert {data.batch(0, step)[0].shape for step in range(data.steps)} == {(4, 96, 128, 3)}


def test_samples_of_several_pictures_take_the_others_in_the_size_of_the_batch(annotations):
    augmentation = Augmentation([BoxPaste(p=1.0)])
    data = TrainingData(
        annotations, (128, 128), batch_size=4, augmentation=augmentation, mosaic=0.5, mixup=0.5, rectangular=True
    )
    for step in range(data.steps):
        images, boxes, *_ = data.batch(0, step)
        assert (boxes[..., 2] <= images.shape[2]).all()
        assert (boxes[..., 3] <= images.shape[1]).all()


def test_the_batches_are_the_same_for_any_number_of_workers_and_from_any_epoch_on(annotations):
    def contents(first, workers):
        data = TrainingData(annotations, (128, 128), batch_size=4, rectangular=True, cache=workers > 1)
        return [images.numpy().tobytes() for images, _ in data.batches(first, 2, workers)]

    assert contents(0, 1) == contents(0, 4)
    assert contents(0, 1)[4:] == contents(1, 2)
