"""A transform that fails on some pictures only: a sentence names it; a fault of this project keeps its traceback."""

import numpy as np
import pytest
import tensorflow as tf

from tests.yolo.data.painted import painted
from yolo import picture_files
from yolo.data import augment_check
from yolo.data.augmentation import Augmentation
from yolo.data.box_paste import BoxPaste
from yolo.data.import_albumentations import A, Targets
from yolo.data.project_transforms import ColorGains, Warp
from yolo.data.training_batches import TrainingData
from yolo.data.transform_errors import TransformError
from yolo.errors import UserError
from yolo.structures import Annotation, Sample

SIZE = (64, 96)


class Picky(A.ImageOnlyTransform):
    """Changes nothing, and fails on bright pictures."""

    def __init__(self, failure, p=1.0):
        super().__init__(p=p)
        self.failure = failure

    def apply(self, img, **_):
        if img.min() < 200:
            return img
        if isinstance(self.failure, Exception):
            raise self.failure
        return self.failure


def changed(transforms, image, paths=()):
    sample = Sample(image, np.zeros((0, 4), np.float32), np.zeros(0, np.int32), paths)
    return Augmentation(transforms)(sample, np.random.default_rng(0))


DARK, BRIGHT = (np.full((*SIZE, 3), value, np.uint8) for value in (20, 250))


@pytest.mark.parametrize(
    "group",
    [
        lambda inner: inner,
        lambda inner: A.OneOf([inner], p=1.0),
        lambda inner: A.Sequential([A.Blur(p=0.0), inner], p=1.0),
        lambda inner: A.SomeOf([A.RandomOrder([inner], n=1), inner], n=2),
    ],
)
def test_the_transform_the_picture_and_what_was_said_are_named_however_deep_it_is(group, tmp_path):
    transforms = [Warp(), group(Picky(ValueError("no\nroom."))), ColorGains()]
    changed(transforms, DARK)
    expected = f"Picky fails on the picture {tmp_path}: no room (ValueError); change its arguments, or leave it out."
    with pytest.raises(TransformError) as trouble:
        changed([A.Blur(p=0), *transforms[1:]], BRIGHT, (tmp_path,))
    assert str(trouble.value) == expected


def test_a_failure_without_words_and_a_picture_without_a_file_are_named_too():
    with pytest.raises(TransformError, match=r"^Picky fails on a picture of 96 x 64: AssertionError; "):
        changed([Picky(AssertionError())], BRIGHT)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (BRIGHT[..., 0], r"makes uint8 of shape \(64, 96\) on a picture of 96 x 64; pictures must stay uint8"),
        (BRIGHT.astype(np.float32), "makes float32 of shape"),
        (BRIGHT[:0], r"makes uint8 of shape \(0, 96, 3\)"),
        (None, "makes a NoneType on a picture of"),
    ],
)
def test_what_is_no_picture_is_told_of_the_transform_that_made_it_not_of_the_next_one(made, words):
    with pytest.raises(TransformError, match=f"^Picky {words}"):
        changed([A.Sequential([Picky(made), ColorGains()], p=1.0)], BRIGHT)


class Careless(A.DualTransform):
    """Leaves the picture as it is, and on bright ones makes of the boxes, or of the labels, what it is told to.

    Args:
        make: function (boxes or labels) -> what to return.
        target: which of the two it changes.
    """

    _targets = (Targets.IMAGE, Targets.BBOXES)

    def __init__(self, make, target="bboxes", p=1.0):
        super().__init__(p=p)
        self.make = make
        self._key2func |= {"bboxes": lambda rows, **_: rows, target: self.apply_to_either}

    def apply(self, img, **_):
        return img

    def get_params_dependent_on_data(self, params, data):
        return {"bright": data["image"].min() > 200}

    def apply_to_either(self, given, bright, **_):
        return self.make(given.copy()) if bright else given


def with_object(image, path):
    return Sample(image, np.float32([[10, 10, 50, 50], [5, 5, 20, 20]]), np.int32([7, 3]), (path,))


def with_value(column, value):
    """A function that puts a value into a column of the first row."""

    def make(rows):
        rows[0, column] = value
        return rows

    return make


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda rows: rows[:, :4], r"makes boxes that are float64 of shape \(2, 4\)"),
        (lambda rows: rows[:, :0], r"makes boxes that are float64 of shape \(2, 0\)"),
        (lambda rows: rows[0], r"makes boxes that are float64 of shape \(6,\)"),
        (lambda rows: rows[None], r"makes boxes that are float64 of shape \(1, 2, 6\)"),
        (lambda rows: np.array(1.0), r"makes boxes that are float64 of shape \(1,\)"),
        (lambda rows: np.column_stack([rows, rows]), r"makes boxes that are float64 of shape \(2, 12\)"),
        (lambda rows: rows.astype(int), r"makes boxes that are int64 of shape \(2, 6\)"),
        (lambda rows: rows.astype(object), r"makes boxes that are object of shape \(2, 6\)"),
        (lambda rows: rows.tolist(), "makes a list of the boxes"),
        (lambda rows: None, "makes a NoneType of the boxes"),
        (with_value(0, np.nan), "makes boxes that are not finite"),
        (with_value(5, -np.inf), "makes boxes that are not finite"),
        (with_value(4, 2), "makes boxes of objects that do not exist"),
        (with_value(4, -1), "makes boxes of objects that do not exist"),
        (with_value(4, 0.5), "makes boxes of objects that do not exist"),
        (lambda rows: rows[5, 0], r"fails on the picture {}: index 5 is out of bounds"),
    ],
)
@pytest.mark.parametrize("group", [lambda inner: inner, lambda inner: A.OneOf([A.Sequential([inner], p=1.0)], p=1.0)])
def test_wrong_boxes_of_some_pictures_are_told_with_the_transform_and_the_picture(make, words, group, tmp_path):
    augmentation = Augmentation([Warp(scale=(1, 1), aspect=1, shift=0), group(Careless(make)), ColorGains()])
    assert len(augmentation(with_object(DARK, tmp_path), np.random.default_rng(0)).labels) == 2
    augmentation = Augmentation([group(Careless(make)), ColorGains()])
    with pytest.raises(TransformError, match=f"^Careless {words.format(tmp_path)}") as trouble:
        augmentation(with_object(BRIGHT, tmp_path), np.random.default_rng(0))
    assert f"on the picture {tmp_path}" in str(trouble.value)
    assert "boxes must stay an array of finite floats" in str(trouble.value) or "fails on" in words


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda labels: labels.tolist(), "makes a list of the labels on the picture"),
        (lambda labels: labels[:1], r"makes labels that are int32 of shape \(1,\) on the picture"),
        (lambda labels: labels / 2, r"makes labels that are float64 of shape \(2,\) on the picture"),
        (lambda labels: labels[:, None], r"makes labels that are int32 of shape \(2, 1\) on the picture"),
    ],
)
def test_wrong_labels_of_some_pictures_are_told_too(make, words, tmp_path):
    augmentation = Augmentation([Careless(make, "labels")])
    with pytest.raises(TransformError, match=f"^Careless {words} {tmp_path}; labels must stay"):
        augmentation(with_object(BRIGHT, tmp_path), np.random.default_rng(0))


@pytest.mark.parametrize("none", [lambda rows: [], lambda rows: np.array([]), lambda rows: rows[:0, :4]])
def test_no_boxes_are_none_whatever_their_shape_is(none, tmp_path):
    changed = Augmentation([Careless(none), A.HorizontalFlip(p=1.0)])
    assert changed(with_object(BRIGHT, tmp_path), np.random.default_rng(0)).boxes.shape == (0, 4)


def test_boxes_and_labels_that_are_right_are_taken(tmp_path):
    reverse = Augmentation([Careless(lambda rows: rows[::-1].astype(np.float32)), Careless(np.negative, "labels")])
    sample = reverse(with_object(BRIGHT, tmp_path), np.random.default_rng(0))
    np.testing.assert_allclose(sample.boxes, [[5, 5, 20, 20], [10, 10, 50, 50]], atol=1e-4)
    assert sample.labels.tolist() == [-3, -7]


@pytest.mark.parametrize("channels", [[0], [0, 2]])
def test_transforms_of_single_channels_need_not_make_three(channels, tmp_path):
    sample = painted((20, 20, 60, 60))
    changed = Augmentation([A.SelectiveChannelTransform([A.InvertImg(p=1.0)], channels)])
    inverted = [channel in channels for channel in range(3)]
    expected = np.where(inverted, 255 - sample.image, sample.image)
    np.testing.assert_array_equal(changed(sample, np.random.default_rng(0)).image, expected)


def test_too_little_memory_names_the_transform_where_it_is_tried_alone_and_stays_what_it_is_later():
    with pytest.raises(MemoryError, match="for the mask"):
        changed([Picky(MemoryError("for the mask"))], BRIGHT)
    with pytest.raises(UserError, match=r"mine\.yaml: Lambda asks for more memory than there is \(for the mask\)"):
        augment_check.check(Augmentation([A.Lambda(image=exhausted)]), [SIZE], "mine.yaml")


def exhausted(image, **_):
    raise MemoryError("for the mask")


def broken(*arguments, **named):
    raise ValueError("a fault of ours")


@pytest.mark.parametrize("place", ["yolo.data.project_transforms.warp_image", "yolo.data.visible_share.large_enough"])
def test_a_fault_in_this_project_keeps_its_traceback_beside_transforms_of_a_user(place, monkeypatch):
    augmentation = Augmentation([A.Blur(p=1.0), A.Sequential([Warp()], p=1.0)])
    monkeypatch.setattr(place, broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        augmentation(painted((20, 20, 60, 60)), np.random.default_rng(0))


def test_a_fault_in_this_project_keeps_its_traceback_when_a_pipeline_is_tried(monkeypatch):
    monkeypatch.setattr("yolo.data.project_transforms.warp_image", broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        augment_check.check(Augmentation(), [SIZE], "default")


def test_a_fault_in_this_project_that_a_transform_of_a_user_calls_keeps_its_traceback(monkeypatch):
    augmentation = Augmentation([A.CoarseDropout(p=1.0)])  # whose boxes are judged by this project
    monkeypatch.setattr("yolo.data.visible_share.in_pixels", broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        augmentation(painted((20, 20, 60, 60)), np.random.default_rng(0))


def test_a_picture_that_is_lost_while_others_are_pasted_is_told_as_such():
    def lost(number, rng):
        raise UserError("cannot read the picture")

    with pytest.raises(UserError, match=r"^cannot read the picture$"):
        Augmentation([A.Sequential([BoxPaste(p=1.0)], p=1.0)])(painted(), np.random.default_rng(0), lost)


@pytest.fixture
def annotations(tmp_path):
    """Eight pictures, of which 5.png is bright."""
    found = []
    for i in range(8):
        picture_files.write(tmp_path / f"{i}.png", BRIGHT if i == 5 else DARK)
        boxes, labels = np.array([[10, 10, 50, 50]], np.float32), np.zeros(1, np.int32)
        found.append(Annotation(tmp_path / f"{i}.png", boxes, labels, np.array([False])))
    return tuple(found)


@pytest.mark.parametrize(("mosaic", "words"), [(0.0, "the picture {}5.png"), (1.0, "the mosaic of {}")])
@pytest.mark.parametrize("workers", [1, 4])
def test_it_gets_through_the_batches_of_tensorflow(annotations, mosaic, words, workers):
    chosen = annotations if not mosaic else annotations[5:6]
    data = TrainingData(chosen, SIZE, batch_size=2, augmentation=Augmentation([Picky(OSError())]), mosaic=mosaic)
    with pytest.raises(tf.errors.OpError):
        list(data.batches(0, 2, workers))
    first = data.refused[min(data.refused)]
    assert isinstance(first, TransformError)
    assert f"Picky fails on {words.format(f'{annotations[0].path.parent}/')}" in str(first)


def test_too_little_memory_gets_through_the_batches_as_it_is(annotations):
    data = TrainingData(annotations, SIZE, batch_size=2, augmentation=Augmentation([Picky(MemoryError("room"))]))
    with pytest.raises(tf.errors.OpError):
        list(data.batches(0, 2, 2))
    assert {type(refusal) for refusal in data.refused.values()} == {MemoryError}


def test_wrong_boxes_get_through_the_batches_with_their_picture(annotations):
    data = TrainingData(
        annotations, SIZE, batch_size=2, augmentation=Augmentation([Careless(lambda rows: rows[:, :3])])
    )
    with pytest.raises(tf.errors.OpError):
        list(data.batches(0, 2, 2))
    assert f"Careless makes boxes that are float64 of shape (1, 3) on the picture {annotations[5].path}" in str(
        data.refused[min(data.refused)]
    )


def test_batches_that_can_be_made_refuse_nothing(annotations):
    data = TrainingData(annotations[:5], SIZE, batch_size=2, augmentation=Augmentation([Picky(OSError())]))
    assert len(list(data.batches(0, 2, 2))) == 2 * data.steps
    assert data.refused == {}


def test_a_fault_in_this_project_is_no_refusal_of_a_batch(annotations, monkeypatch):
    monkeypatch.setattr("yolo.data.project_transforms.warp_boxes", broken)
    data = TrainingData(annotations, SIZE, batch_size=2)
    with pytest.raises(tf.errors.OpError, match="a fault of ours"):
        list(data.batches(0, 1, 2))
    assert data.refused == {}
