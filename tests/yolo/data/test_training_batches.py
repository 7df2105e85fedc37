"""Batches: the same to the last byte whatever the workers, the cache and the epoch that training starts from."""

import dataclasses
import gc
import weakref
from collections import Counter

import numpy as np
import pytest

from tests.yolo.data.painted import COLOURS, painted
from tests.yolo.data.pipelines import changing
from yolo import picture_files
from yolo.data import training_batches
from yolo.data.augmentation import Augmentation
from yolo.data.box_paste import BoxPaste
from yolo.data.import_albumentations import A
from yolo.data.load_sample import load_sample
from yolo.data.project_transforms import ColorGains, Warp
from yolo.data.training_batches import TrainingData
from yolo.errors import UserError
from yolo.letterbox import FILL
from yolo.structures import DIFFICULT, NO_OBJECT, Annotation

SIZE = (64, 96)
UNCHANGED = {"scale": (1, 1), "aspect": 1, "shift": 0, "horizontal_flip": 0, "hue": 0, "saturation": 0, "value": 0}
STILL = changing(**UNCHANGED)


@pytest.fixture(scope="module")
def annotations(tmp_path_factory):
    """Seven pictures of several sizes: picture i is of brightness 10 i and holds i % 3 objects."""
    folder = tmp_path_factory.mktemp("Bilder für alle")
    rng = np.random.default_rng(0)
    found = []
    for i in range(7):
        height, width = (50 + 10 * i, 90) if i % 2 else (64, 96)
        path = folder / f"bild{i}.png"
        picture_files.write(path, np.full((height, width, 3), 10 * i, np.uint8))
        corners = rng.integers(0, 20, (i % 3, 2))
        boxes = np.concatenate([corners, corners + rng.integers(10, 30, (i % 3, 2))], axis=1).astype(np.float32)
        labels = np.arange(i % 3, dtype=np.int32)  # class 0 and class 1
        found.append(Annotation(path, boxes, labels, np.array([False, True][: i % 3], bool)))
    return tuple(found)


def made(annotations, **settings):
    return TrainingData(annotations, **{"input_size": SIZE, "batch_size": 3, "mosaic": 0.5, "mixup": 0.5} | settings)


def batches(data, first=0, epochs=1, workers=2):
    """[(images, boxes, labels), ...] as NumPy arrays."""
    return [(x.numpy(), y["boxes"].numpy(), y["labels"].numpy()) for x, y in data.batches(first, epochs, workers)]


def contents(found):
    return [array.tobytes() for batch in found for array in batch]


@pytest.fixture(scope="module")
def two_epochs(annotations):
    return batches(made(annotations), 0, 2, workers=2)


@pytest.mark.parametrize("workers", [1, 4])
def test_any_number_of_workers_makes_the_same_batches(annotations, two_epochs, workers):
    assert contents(batches(made(annotations), 0, 2, workers)) == contents(two_epochs)


RICH = [
    *(BoxPaste(p=0.8), Warp(), ColorGains(), A.GaussNoise(p=0.5), A.Rotate(p=0.5), A.CoarseDropout(p=0.5)),
    A.OneOf([A.MotionBlur(), A.ImageCompression(quality_range=(20, 60)), A.RandomResizedCrop((64, 96))]),
]


def test_any_number_of_workers_makes_the_same_batches_with_transforms_of_every_kind(annotations):
    one, four, again = (
        contents(batches(made(annotations, augmentation=Augmentation(RICH), gentle_from=2), 0, 3, workers))
        for workers in (1, 4, 4)
    )
    assert one == four == again


def test_starting_at_an_epoch_is_the_same_as_coming_to_it(annotations, two_epochs):
    assert contents(batches(made(annotations), 1, 2)) == contents(two_epochs[3:])


def test_keeping_pictures_in_memory_changes_nothing(annotations, two_epochs):
    data = made(annotations, cache=True)
    assert contents(batches(data, 0, 2)) == contents(two_epochs)
    assert contents(batches(data, 0, 2)) == contents(two_epochs), "nor do pictures that are there already"


def test_another_seed_and_another_epoch_make_other_batches(annotations, two_epochs):
    other = batches(made(annotations, seed=1))
    assert all(a[0].tobytes() != b[0].tobytes() for a, b in zip(other, two_epochs, strict=False))
    assert all(a[0].tobytes() != b[0].tobytes() for a, b in zip(two_epochs[:3], two_epochs[3:], strict=True))


def test_one_picture_is_changed_anew_at_every_position_in_every_epoch_and_by_every_seed(annotations):
    samples = [
        made(annotations[5:6], seed=seed, mosaic=0.0, mixup=0.0).sample(epoch, position)
        for seed in range(2)
        for epoch in range(2)
        for position in range(2)
    ]
    assert len({sample.image.tobytes() for sample in samples}) == 8


def test_a_batch_is_made_of_the_samples_at_its_positions(annotations, two_epochs):
    data = made(annotations)
    for step, (pictures, boxes, labels) in enumerate(two_epochs[3:]):
        for row in range(3):
            sample = data.sample(1, step * 3 + row)
            count = len(sample.labels)
            np.testing.assert_array_equal(pictures[row], sample.image.astype(np.float32) / np.float32(255))
            np.testing.assert_array_equal(boxes[row, :count], sample.boxes)
            np.testing.assert_array_equal(labels[row, :count], sample.labels)
            assert (labels[row, count:] == NO_OBJECT).all()
            assert (boxes[row, count:] == 0).all()


def test_shapes_and_types_are_those_the_network_takes(two_epochs):
    assert len(two_epochs) == 6
    for pictures, boxes, labels in two_epochs:
        assert pictures.shape == (3, 64, 96, 3)
        assert boxes.shape == (*labels.shape, 4)
        assert (pictures.dtype, boxes.dtype, labels.dtype) == (np.float32, np.float32, np.int32)
        assert 0 <= pictures.min() <= pictures.max() <= 1
        assert set(labels.flatten()) <= {NO_OBJECT, DIFFICULT, 0, 1}
        assert (boxes <= (96, 64, 96, 64)).all()
        assert (boxes >= 0).all()


def test_the_score_of_an_object_goes_with_it_through_every_transform(annotations):
    """Each picture has a class of its own, and each class a score of its own."""
    soft = [
        dataclasses.replace(
            known,
            labels=np.full(len(known.labels), number, np.int32),
            difficult=np.zeros(len(known.labels), bool),
            scores=np.full(len(known.labels), 1 / (number + 2), np.float32),
        )
        for number, known in enumerate(annotations)
    ]
    seen = Counter()
    for _, targets in made(soft, augmentation=Augmentation(RICH), gentle_from=4).batches(0, 6):
        labels, scores = targets["labels"].numpy(), targets["scores"].numpy()
        np.testing.assert_array_equal(scores, np.where(labels == NO_OBJECT, 1, 1 / (labels + 2.0)).astype(np.float32))
        seen.update(labels[labels >= 0].tolist())
    assert set(seen) == {1, 2, 4, 5}, "those with objects"
    assert min(seen.values()) > 5


@pytest.mark.parametrize(("mosaic", "mixup"), [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
def test_a_sample_is_complete_if_all_its_pictures_are(annotations, mosaic, mixup):
    """One of seven pictures is not: one of seven samples, but more of those that are made of several."""
    some = [dataclasses.replace(known, is_complete=number != 5) for number, known in enumerate(annotations)]
    data = made(some, mosaic=mosaic, mixup=mixup, augmentation=STILL, batch_size=7)
    complete = np.concatenate([targets["is_complete"].numpy() for _, targets in data.batches(0, 30)])
    alone = [5 not in brightness(data, epoch)[p : p + 1] for epoch in range(30) for p in range(7)]
    if mosaic or mixup:
        assert 1 / 7 + 0.05 < 1 - complete.mean() < 0.75
    else:
        assert complete.tolist() == alone
        assert complete.mean() == pytest.approx(6 / 7)


def brightness(data, epoch):
    """The number of the picture at each position of an epoch, told by its brightness."""
    return [round(float(data.sample(epoch, p).image[30, 48].mean()) / 10) for p in range(data.steps * data.batch_size)]


def test_every_picture_appears_in_every_epoch_in_another_order_and_the_first_fill_the_last_batch(annotations):
    data = made(annotations, mosaic=0.0, mixup=0.0, augmentation=STILL)
    orders = [brightness(data, epoch) for epoch in range(3)]
    for order in orders:
        assert sorted(order[:7]) == list(range(7))
        assert order[7:] == order[:2]
    assert len(set(map(tuple, orders))) == 3


def test_pictures_names_those_of_a_batch(annotations):
    data = made(annotations, mosaic=0.0, mixup=0.0, augmentation=STILL)
    for epoch in range(2):
        named = [int(path.stem[-1]) for step in range(data.steps) for path in data.pictures(epoch, step)]
        assert named == brightness(data, epoch)


def test_fewer_pictures_than_a_batch_fill_it_again_and_again_each_time_changed_anew(annotations):
    data = made(annotations[3:5], batch_size=5, mosaic=0.0, mixup=0.0)
    assert data.steps == 1
    ((pictures, _, _),) = batches(data)
    assert len({picture.tobytes() for picture in pictures}) == 5
    still = dataclasses.replace(data, augmentation=STILL)
    assert sorted(Counter(brightness(still, 0)).values()) == [2, 3]


def test_a_batch_without_any_object_has_no_rows(annotations):
    data = made(tuple(a for a in annotations if not len(a.labels)))
    for pictures, boxes, labels in batches(data):
        assert pictures.shape == (3, 64, 96, 3)
        assert (boxes.shape, labels.shape) == ((3, 0, 4), (3, 0))


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
def test_pictures_are_brought_to_the_input_size_as_the_model_will_see_them(tmp_path, mode):
    """40 x 120 into 64 x 96: 32 rows and 16 rows of grey above and below, or all 64 rows."""
    sample = painted((30, 10, 90, 30), height=40, width=120)
    picture_files.write(tmp_path / "a.png", sample.image // 2)
    known = Annotation(tmp_path / "a.png", sample.boxes, sample.labels, np.array([False]))
    found = made((known,), resize_mode=mode, mosaic=0.0, mixup=0.0, augmentation=STILL).sample(0, 0)
    expected = [[24, 24, 72, 40]] if mode == "letterbox" else [[24, 16, 72, 48]]
    np.testing.assert_allclose(found.boxes, expected, atol=1e-3)
    assert (found.image[0, 0] == (FILL if mode == "letterbox" else FILL // 2)).all()
    assert (found.image[32, 48] == COLOURS[0] // 2).all()


@pytest.fixture
def one_object(tmp_path):
    """A picture with a small object in its middle."""
    sample = painted((46, 30, 50, 34), height=64, width=96)
    picture_files.write(tmp_path / "a.png", sample.image)
    return Annotation(tmp_path / "a.png", sample.boxes, sample.labels, np.array([False]))


@pytest.mark.parametrize(("mosaic", "mixup", "most"), [(0, 0, 1), (1, 0, 4), (0, 1, 2), (1, 1, 8)])
def test_mosaic_and_mixup_bring_the_objects_of_all_their_pictures_until_the_gentle_epochs(
    one_object, mosaic, mixup, most
):
    data = made((one_object,), augmentation=STILL, gentle_from=2, mosaic=mosaic, mixup=mixup)
    objects = [len(data.sample(1, position).labels) for position in range(40)]
    assert max(objects) == most
    assert mosaic or set(objects) == {most}, "a quarter of a mosaic may show none of its picture's"
    assert {len(data.sample(2, position).labels) for position in range(10)} == {1}


def test_the_last_epochs_are_augmented_gently(one_object):
    wide = changing(**UNCHANGED | {"shift": 0.3})
    data = made((one_object,), augmentation=wide, gentle_from=2, mosaic=0.0, mixup=0.0)
    moves = [[abs(data.sample(epoch, n).boxes[0, 0] - 46) / 96 for n in range(60)] for epoch in (1, 2)]
    assert 0.2 < max(moves[0]) <= 0.31
    assert 0.07 < max(moves[1]) <= 0.11


def test_a_share_of_the_samples_is_put_together_from_several(one_object):
    data = made((one_object,), augmentation=STILL, mosaic=0.25, mixup=0.0)
    original = picture_files.read(one_object.path)
    whole = sum(np.array_equal(data.sample(0, position).image, original) for position in range(200))
    assert 130 <= whole <= 170  # 150 expected, of a binomial with a deviation of 6


def test_nobody_waits_for_a_tuner_of_the_batches(annotations):
    """Its thread sleeps longer and longer, up to a minute, and whoever is done with the batches waits for it."""
    assert made(annotations).batches(0, 1).options().autotune.enabled is False


def test_a_picture_that_has_gone_is_named(annotations, tmp_path):
    gone = dataclasses.replace(annotations[1], path=tmp_path / "weg.png")
    with pytest.raises(UserError, match=r"weg\.png"):
        made((gone,)).sample(0, 0)


def test_a_changed_copy_keeps_no_pictures_of_another_size(annotations):
    data = made(annotations, cache=True, mosaic=0.0)
    data.sample(0, 0)
    assert dataclasses.replace(data, input_size=(96, 64)).sample(0, 0).image.shape == (96, 64, 3)


def test_nothing_of_the_data_stays_in_memory_once_it_and_its_batches_are_gone(annotations):
    data = made(annotations, cache=True)
    held = iter(data.batches(0, 2).take(3))
    picture = weakref.ref(data._resized(0).image)
    whole = weakref.ref(data)
    next(held)
    del data
    gc.collect()
    assert whole() is not None, "an iterator alone keeps what it needs"
    next(held)
    del held
    gc.collect()
    assert (whole(), picture()) == (None, None)


def test_without_a_cache_a_mosaic_needs_each_picture_once_while_it_is_among_the_recent_ones(annotations, monkeypatch):
    read = Counter()
    monkeypatch.setattr(
        training_batches, "load_sample", lambda known: read.update([known.path.stem]) or load_sample(known)
    )
    data = made(annotations, mosaic=1.0, mixup=1.0)
    for position in range(70):
        data.sample(0, position)
    assert read == Counter({f"bild{i}": 1 for i in range(7)})


@pytest.mark.parametrize("recent", [4, 100])
def test_the_other_pictures_of_a_mosaic_are_any_but_its_own_and_each_as_likely(annotations, monkeypatch, recent):
    """A picture stands anywhere in the order of an epoch, so those before it are a fair draw."""
    monkeypatch.setattr(training_batches, "RECENT", recent)
    monkeypatch.setattr(training_batches, "mosaic", lambda samples, rng: shown.append(samples) or samples[0])
    data, shown = made(annotations, mosaic=1.0, mixup=0.0, cache=True), []
    for epoch in range(150):
        for position in range(7):
            data.sample(epoch, position)
    numbers = [[round(sample.image[30, 48].mean() / 10) for sample in samples] for samples in shown]
    assert all(first not in others for first, *others in numbers)
    pairs = Counter((first, other) for first, *others in numbers for other in others)
    assert len(pairs) == 42
    assert 40 < min(pairs.values()) < max(pairs.values()) < 115  # 75 expected, with a deviation of 9
