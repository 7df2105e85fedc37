"""A transform that fails on some pictures only: a sentence names it; a fault of this project keeps its traceback."""

import numpy as np
import pytest
import tensorflow as tf

from tests.yolo.data.painted import painted
from yolo import images
from yolo.data import augment_check
from yolo.data.albumentations import A
from yolo.data.augment import Augmentation
from yolo.data.failing import TransformError
from yolo.data.paste import BoxPaste
from yolo.data.pipeline import TrainingData
from yolo.data.transforms import ColorGains, Warp
from yolo.errors import UserError
from yolo.samples import Annotation, Sample

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
        (BRIGHT[..., 0], r"makes uint8 of shape \(64, 96\) of a picture of 96 x 64; pictures must stay uint8"),
        (BRIGHT.astype(np.float32), "makes float32 of shape"),
        (BRIGHT[:0], r"makes uint8 of shape \(0, 96, 3\)"),
        (None, "makes a NoneType of"),
    ],
)
def test_what_is_no_picture_is_told_of_the_transform_that_made_it_not_of_the_next_one(made, words):
    with pytest.raises(TransformError, match=f"^Picky {words}"):
        changed([A.Sequential([Picky(made), ColorGains()], p=1.0)], BRIGHT)


def broken(*arguments, **named):
    raise ValueError("a fault of ours")


@pytest.mark.parametrize("place", ["yolo.data.transforms.warp_image", "yolo.data.visible.large_enough"])
def test_a_fault_in_this_project_keeps_its_traceback_beside_transforms_of_a_user(place, monkeypatch):
    augmentation = Augmentation([A.Blur(p=1.0), A.Sequential([Warp()], p=1.0)])
    monkeypatch.setattr(place, broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        augmentation(painted((20, 20, 60, 60)), np.random.default_rng(0))


def test_a_fault_in_this_project_keeps_its_traceback_when_a_pipeline_is_tried(monkeypatch):
    monkeypatch.setattr("yolo.data.transforms.warp_image", broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        augment_check.check(Augmentation(), [SIZE], "default")


def test_a_fault_in_this_project_that_a_transform_of_a_user_calls_keeps_its_traceback(monkeypatch):
    augmentation = Augmentation([A.CoarseDropout(p=1.0)])  # whose boxes are judged by this project
    monkeypatch.setattr("yolo.data.visible.in_pixels", broken)
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
        images.write(tmp_path / f"{i}.png", BRIGHT if i == 5 else DARK)
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


def test_batches_that_can_be_made_refuse_nothing(annotations):
    data = TrainingData(annotations[:5], SIZE, batch_size=2, augmentation=Augmentation([Picky(OSError())]))
    assert len(list(data.batches(0, 2, 2))) == 2 * data.steps
    assert data.refused == {}


def test_a_fault_in_this_project_is_no_refusal_of_a_batch(annotations, monkeypatch):
    monkeypatch.setattr("yolo.data.transforms.warp_boxes", broken)
    data = TrainingData(annotations, SIZE, batch_size=2)
    with pytest.raises(tf.errors.OpError, match="a fault of ours"):
        list(data.batches(0, 1, 2))
    assert data.refused == {}
