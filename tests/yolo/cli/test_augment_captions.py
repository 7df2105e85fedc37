"""The captions of an augmentation's sheet are written out, in the order of the rows, however narrow these are."""

import cv2
import numpy as np
import pytest

from tests.yolo.data.painted import painted
from yolo.cli import augment

CAPTION = 30  # pixels


def keep(sample, rng, others):
    """An augmentation that changes nothing."""
    return sample


def captions(names, times, side=160):
    """The ink of each row's caption, from 0 to 1; of rows that are all together only the first is returned."""
    samples = [painted((4, 4, 20, 20), height=side, width=side, labels=[0])] * augment.SHOWN
    sheet = augment.sheet([(name, keep) for name in names], times, samples, ("thing",), 0)
    rows = sheet.reshape(-1, side + CAPTION, augment.SHOWN * side, 3)
    assert (np.ptp(rows[:, :CAPTION].astype(int), axis=3) == 0).all()  # black on white
    return 1 - rows[: 1 + len(names), :CAPTION, :, 0] / 255


def parts(ink):
    """How many pieces the letters of a caption are made of."""
    return cv2.connectedComponents((ink > 0.5).astype(np.uint8))[0] - 1


def test_each_row_is_captioned_by_its_name_and_milliseconds():
    shown = captions(["H", "HHH", "HHTHHTHH"], [1.04, 12.0, 7.0])
    # letters and the comma, digits and the point, m and s; "as they are" has nine letters
    assert [parts(ink) for ink in shown] == [9, 1 + 1 + 3 + 2, 3 + 1 + 4 + 2, 8 + 1 + 3 + 2]
    assert shown.max(axis=(1, 2)).min() == 1


@pytest.mark.parametrize("side", [32, 64, 160])
@pytest.mark.parametrize("name", ["all together", "RandomBrightnessContrast", "W" * 80])
def test_a_caption_ends_before_the_edge_with_its_milliseconds(name, side):
    (ink,) = captions([name], [123.4], side)[1:]
    rows, columns = np.nonzero(ink > 0.2)
    assert columns.min() >= 4
    assert columns.max() < ink.shape[1] - 4
    assert rows.min() >= 2
    assert rows.max() < CAPTION - 2
    assert np.ptp(rows) >= 7  # from the top of the highest to the foot of the lowest letter
    (other,) = captions([name], [123.7], side)[1:]
    assert not np.array_equal(ink, other)
