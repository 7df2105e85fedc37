"""Box paste: objects of other pictures with their boxes, where they hide little of what is there."""

from dataclasses import replace

import numpy as np
import pytest

from tests.yolo.data.painted import COLOURS, painted, rectangle
from yolo.boxes import area, iou_matrix
from yolo.data.augmentation import Augmentation
from yolo.data.box_paste import BoxPaste
from yolo.structures import DIFFICULT


def pasting(**settings):
    return Augmentation([BoxPaste(**{"p": 1.0, "soft": 0.0, "number": (1, 1)} | settings)])


def giving(*samples):
    """What gives those other samples, one after the other."""
    return lambda number, rng: [samples[i % len(samples)] for i in range(number)]


def test_a_pasted_object_is_where_its_box_is_and_both_keep_their_labels():
    sample = painted((20, 20, 60, 60), labels=[2**24 + 1])
    other = painted((100, 50, 160, 90), colours=COLOURS[1:], labels=[2**24 + 3])
    for seed in range(30):
        changed = pasting(overlap=0.0)(sample, np.random.default_rng(seed), giving(other))
        assert changed.labels.tolist() == [2**24 + 1, 2**24 + 3]
        for box, color in zip(changed.boxes, COLOURS, strict=False):
            np.testing.assert_allclose(box, rectangle(changed.image, color), atol=0.1)
        width, height = changed.boxes[1, 2:] - changed.boxes[1, :2]
        assert 0.68 * 60 < width < 1.32 * 60
        assert width / height == pytest.approx(1.5, abs=0.05)


def test_a_pasted_object_shares_no_more_than_it_may_with_any_other():
    sample = painted((60, 30, 190, 130), labels=[0])
    other = painted((100, 50, 150, 90), colours=COLOURS[1:], labels=[1])
    pasted = shared = 0
    for seed in range(80):
        changed = pasting(number=(3, 3), overlap=0.2)(sample, np.random.default_rng(seed), giving(other))
        boxes = changed.boxes.astype(np.float64)
        both = area(boxes)[:, None] + area(boxes)
        overlap = iou_matrix(boxes, boxes)
        common = overlap * both / (1 + overlap) / np.minimum(area(boxes)[:, None], area(boxes)) - np.eye(len(boxes))
        assert common.max() <= 0.2 + 1e-3
        pasted += len(boxes) - 1
        shared += common.max() > 0.02
    assert pasted > 120
    assert shared > 10, "a little of it may be shared"


def test_where_there_is_no_room_nothing_is_pasted():
    sample = painted((0, 0, 256, 160), labels=[0])
    other = painted((100, 50, 150, 90), colours=COLOURS[1:], labels=[1])
    changed = pasting()(sample, np.random.default_rng(0), giving(other))
    assert changed.labels.tolist() == [0]
    np.testing.assert_array_equal(changed.image, sample.image)


def test_what_lies_in_the_pasted_rectangle_is_labelled_as_well():
    """A rider on a horse comes along with the horse; what only reaches into the rectangle does not."""
    other = painted((40, 40, 120, 120), (60, 50, 80, 80), (110, 100, 200, 150), labels=[5, 6, 7])
    for seed in range(40):
        labels = pasting(scale=(1, 1))(painted(), np.random.default_rng(seed), giving(other)).labels.tolist()
        assert sorted(labels) in ([5, 6], [6], [7])


def test_a_pasted_object_brings_its_score_and_none_comes_from_a_picture_that_is_not_complete():
    """What surrounds an object there may be an object that nobody has marked."""
    sample = replace(painted((20, 20, 60, 60), labels=[3]), scores=np.float32([0.5]))
    other = replace(painted((100, 50, 160, 90), labels=[4]), scores=np.float32([0.25]))
    changed = pasting(overlap=0.0)(sample, np.random.default_rng(0), giving(other))
    assert (changed.labels.tolist(), changed.scores.tolist(), changed.is_complete) == ([3, 4], [0.5, 0.25], True)
    unsure = pasting(overlap=0.0)(sample, np.random.default_rng(0), giving(replace(other, is_complete=False)))
    assert (unsure.labels.tolist(), unsure.scores.tolist(), unsure.is_complete) == ([3], [0.5], True)
    onto = pasting(overlap=0.0)(replace(sample, is_complete=False), np.random.default_rng(0), giving(other))
    assert (onto.labels.tolist(), onto.is_complete) == ([3, 4], False)


@pytest.mark.parametrize("labels", [[], [DIFFICULT]])
def test_pictures_without_a_known_object_give_none(labels):
    other = painted((100, 50, 150, 90), labels=labels) if labels else painted()
    changed = pasting()(painted(), np.random.default_rng(0), giving(other))
    assert (changed.boxes.shape, changed.labels.shape, changed.labels.dtype) == ((0, 4), (0,), np.int32)


def test_edges_fade_in_and_the_middle_is_the_object():
    other = painted((100, 40, 180, 120), labels=[0])
    changed = pasting(soft=0.25, scale=(1, 1))(painted(), np.random.default_rng(3), giving(other))
    left, top, right, _ = changed.boxes[0].astype(int)
    red = changed.image[top + 40, left:right, 0].astype(int)
    assert (red[20:60] == 255).all()
    assert (np.diff(red[:21]) >= 0).all()
    assert red[0] == pytest.approx(128 + 127 / 40, abs=1)


def test_the_same_generator_pastes_the_same_and_nothing_is_pasted_in_the_last_epochs():
    sample, other = painted((20, 20, 60, 60)), painted((100, 50, 150, 90), labels=[1])
    first, again = (pasting()(sample, np.random.default_rng(4), giving(other)) for _ in range(2))
    assert first.image.tobytes() == again.image.tobytes()
    assert first.boxes.tobytes() == again.boxes.tobytes()
    gentle = pasting().gentle()(sample, np.random.default_rng(4), giving(other))
    np.testing.assert_array_equal(gentle.image, sample.image)


@pytest.mark.parametrize("setting", [{"tries": 10**20}, {"tries": 1001}, {"number": (1, 10**6)}, {"scale": (1, 1e9)}])
def test_what_would_never_end_is_refused(setting):
    with pytest.raises(ValueError, match="1000"):
        BoxPaste(**setting)
