"""The labels of objects have letters, which can be read and grow with the picture."""

import cv2
import numpy as np
import pytest

from yolo.inference.draw import color, draw
from yolo.structures import Detections

PAPER = (3, 2, 1)  # of the pictures: no colour of a class, nor of letters


def detection(name="thing", label=0, box=(10, 60, 110, 100)):
    """One object of a score of 0.9; the classes before its own have other names."""
    names = ("another",) * label + (name,)
    return Detections(np.float32([box]), np.float32([0.9]), np.int32([label]), names)


def label_of(found, shape=(120, 400), scores=True):
    """The pixels of the label above the one object, (h, w, 3)."""
    painted = draw(np.full((*shape, 3), PAPER, np.uint8), found, scores)
    above = painted[: int(found.boxes[0, 1])]
    rows, columns = np.nonzero((above != PAPER).any(axis=2))
    return above[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def tones(label):
    """The most common colour of a label, and the one that differs most from it."""
    colors, counts = np.unique(label.reshape(-1, 3), axis=0, return_counts=True)
    ground = colors[counts.argmax()]
    return ground, colors[np.abs(colors.astype(int) - ground).sum(axis=1).argmax()]


def ink(label):
    """How much of each pixel of a label letters cover, (h, w) from 0 to 1."""
    ground, letters = (tone.astype(float) for tone in tones(label))
    return (label - ground) @ (letters - ground) / ((letters - ground) @ (letters - ground))


def contrast(one, other):
    """The contrast ratio of two sRGB colours, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    luminances = []
    for rgb in (one, other):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.asarray(rgb) / 255]
        luminances.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def test_the_contrast_of_black_and_white_is_21_and_of_this_grey_4_54():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((255, 255, 255), (118, 118, 118)) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("shape", [(120, 400), (1600, 1600)])
def test_letters_of_every_class_can_be_read_on_their_colour(shape):
    for label in range(100):
        ground, letters = tones(label_of(detection(label=label), shape))
        assert tuple(ground) == color(label)
        assert contrast(ground, letters) >= 4.5, f"class {label}"


def test_a_label_has_two_tones_and_what_is_mixed_of_them():
    for label in range(20):
        pixels = label_of(detection(label=label)).astype(float)
        ground, letters = tones(pixels)
        share = ink(pixels)
        np.testing.assert_allclose(pixels, ground + share[..., None] * (letters - ground), atol=1)
        assert 0.05 < np.mean(share > 0.5) < 0.4
        assert np.mean(share < 0.05) > 0.4


@pytest.mark.parametrize(
    ("name", "scores", "parts"),
    [("hut", False, 3), ("hut", True, 7), ("ij", False, 4), ("Äh", False, 4), ("мост", False, 4), ("", True, 4)],
)
def test_each_letter_and_digit_is_there(name, scores, parts):
    """As many parts as are seen apart: i, j and : have two, Ä has three, 0.90 has four."""
    label = label_of(detection(name, box=(10, 200, 1500, 1500)), (1600, 1600), scores)
    assert cv2.connectedComponents((ink(label) > 0.5).astype(np.uint8))[0] - 1 == parts


def test_letters_keep_off_the_edges_of_their_label():
    covered = ink(label_of(detection("Hg", box=(10, 200, 1500, 1500)), (1600, 1600), scores=False)) > 0.2
    rows, columns = (np.nonzero(covered.any(axis=axis))[0] for axis in (1, 0))
    height, width = covered.shape
    assert min(rows[0], height - 1 - rows[-1]) >= 1
    assert min(columns[0], width - 1 - columns[-1]) >= 0.15 * height


def height_of_capital(shape, share=0.6):
    """Pixels from the foot to the top of an H, on an object of a share of the sides of the picture."""
    height, width = (round(side * share) for side in shape)
    label = label_of(detection("H", box=(10, 60, 10 + width, 60 + height)), shape, scores=False)
    return np.ptp(np.nonzero((ink(label) > 0.5).any(axis=1))[0]) + 1


def test_letters_grow_with_the_picture():
    heights = [height_of_capital(shape) for shape in ((300, 400), (1200, 1600), (2400, 3200))]
    assert heights[1] >= 1.5 * heights[0]
    assert heights[2] >= 1.3 * heights[1]
    assert np.all(np.array(heights) / (300, 1200, 2400) < 0.06)


def test_letters_are_finer_on_a_small_object_but_never_too_small_to_read():
    assert height_of_capital((1200, 1600), 0.05) <= 0.8 * height_of_capital((1200, 1600))
    for shape in ((120, 160), (300, 400), (1200, 1600)):
        assert height_of_capital(shape, 0.03) >= 7
