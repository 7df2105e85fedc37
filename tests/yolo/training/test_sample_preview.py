"""The picture of training samples."""

import numpy as np
import pytest

from tests.yolo.training.thin import NAMES, SIZE
from yolo import picture_files
from yolo.data import data_folder
from yolo.data.training_batches import TrainingData
from yolo.data.transform_errors import TransformError
from yolo.inference.draw import color
from yolo.structures import DIFFICULT, Sample
from yolo.training.sample_preview import draw_samples


@pytest.mark.parametrize("batch_size", [1, 4, 40])
@pytest.mark.parametrize("rectangular", [True, False])
def test_eight_samples_are_drawn_four_in_a_row_whatever_the_size_of_batches(
    tmp_path, painted_root, batch_size, rectangular
):
    annotations = data_folder.load(painted_root, "train").annotations
    draw_samples(
        TrainingData(annotations, SIZE, batch_size=batch_size, rectangular=rectangular), NAMES, tmp_path / "samples"
    )
    assert picture_files.read(tmp_path / "samples" / "train.jpg").shape == (2 * 72 - 8, 4 * 104 - 8, 3)


def test_pictures_are_told_apart_by_a_white_gap(tmp_path):
    draw_samples(Data(), NAMES, tmp_path / "samples")
    shown = picture_files.read(tmp_path / "samples" / "train.jpg").astype(int)
    height, width = SIZE
    assert shown.shape == (2 * height + 8, 4 * width + 3 * 8, 3)
    assert (shown[height + 2 : height + 6] > 240).all()
    assert (shown[:, width + 2 : width + 6] > 240).all()


class Data:
    """A grey sample with one object of class 1 and a difficult one."""

    input_size = SIZE

    def sample(self, epoch, position):
        boxes = np.array([[8, 8, 40, 40], [50, 8, 90, 40]], np.float32)
        return Sample(np.full((*SIZE, 3), 128, np.uint8), boxes, np.array([1, DIFFICULT], np.int32))


def test_objects_are_drawn_difficult_ones_not_and_the_rest_of_the_row_is_white(tmp_path):
    draw_samples(picky(range(1, 8)), NAMES, tmp_path / "samples")
    shown = picture_files.read(tmp_path / "samples" / "train.jpg").astype(int)
    assert np.abs(shown[:48, :48] - 128).max() > 60
    assert np.abs(shown[:, 56:90] - 128).max() < 20
    assert (shown[:, 110:] > 245).all()


def test_each_object_is_framed_and_labelled_in_the_colour_of_its_class(tmp_path):
    class Large(Data):
        input_size = 200, 320

        def sample(self, epoch, position):
            boxes = np.array([[20, 60, 140, 180], [180, 60, 300, 180]], np.float32)
            return Sample(np.full((200, 320, 3), 128, np.uint8), boxes, np.array([2, 0], np.int32))

    draw_samples(Large(), ("cat", "dog", "hen"), tmp_path / "samples")
    shown = picture_files.read(tmp_path / "samples" / "train.jpg").astype(int)
    for left, label in ((20, 2), (180, 0)):
        label_area = shown[47:57, left + 1 : left + 22].reshape(-1, 3)
        expected = np.array(color(label))
        assert np.abs(np.median(label_area, axis=0) - expected).max() < 30  # JPEG
        assert np.abs(label_area - expected).max() > 60  # letters
        away, own = shown[120, left] - 128, expected - 128  # from the grey of the picture
        assert 0.3 < away @ own / (own @ own) < 1.2  # JPEG blurs a line of one pixel


@pytest.mark.parametrize(("failing", "rows"), [(range(1, 5), 1), (set(), 2)])
def test_a_sample_on_which_a_transform_fails_is_left_out(tmp_path, failing, rows):
    draw_samples(picky(failing), NAMES, tmp_path)
    assert len(picture_files.read(tmp_path / "train.jpg")) == rows * 72 - 8


def test_where_a_transform_fails_on_all_samples_nothing_is_drawn(tmp_path):
    draw_samples(picky(range(8)), NAMES, tmp_path)
    assert list(tmp_path.iterdir()) == []


def picky(failing):
    """Samples, of which those at some positions fail."""

    class Picky(Data):
        def sample(self, epoch, position):
            if position in failing:
                raise TransformError("Picky fails")
            return super().sample(epoch, position)

    return Picky()
