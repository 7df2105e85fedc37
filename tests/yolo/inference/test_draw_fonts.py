"""Names are written in the first font at hand that can; without one in whatever font there is, with a warning."""

import logging
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from yolo.inference import draw as module
from yolo.structures import Detections

FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"
LATIN, WIDE = str(FONTS / "cmr10.ttf"), str(FONTS / "DejaVuSans.ttf")  # only the second has Cyrillic letters
CACHED = (module._face, module._faces, module._font, module._ink)


@pytest.fixture(autouse=True)
def _forget():
    """Look for fonts anew before and after each test."""
    _clear()
    yield
    _clear()


def _clear():
    for function in CACHED:
        function.cache_clear()


@pytest.fixture
def only(monkeypatch):
    """Leave no fonts on this machine but those of Pillow and the given ones."""

    def leave(*faces):
        monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)  # as if without Matplotlib
        monkeypatch.setattr(module, "SYSTEM_FONTS", faces)
        _clear()

    return leave


def written(name, side=400):
    """How much of each pixel letters cover in the label of an object in a square picture, (h, w) from 0 to 1."""
    found = Detections(np.float32([[10, 100, side - 10, side - 10]]), np.float32([0.5]), np.int32([0]), (name,))
    painted = module.draw(np.full((side, side, 3), 1, np.uint8), found, scores=False)[:100]
    rows, columns = np.nonzero((painted != 1).any(axis=2))
    label = painted[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return 1 - label[..., 0] / label[..., 0].max()


def shapes(text):
    """The ink of each letter of a text, written by itself."""
    return {written(letter).round(2).tobytes() for letter in text}


@pytest.mark.parametrize("name", ["собака", "σκύλος", "Äpfel", "dog"])
def test_letters_of_other_scripts_are_letters_and_not_all_the_same_box(name, caplog):
    assert len(shapes(name)) == len(set(name))
    assert not caplog.records


def test_the_first_font_that_has_all_the_letters_is_taken(only):
    only(LATIN, WIDE)
    latin, cyrillic = written("dog"), written("кот")
    only(LATIN)
    np.testing.assert_array_equal(written("dog"), latin)
    only(WIDE)
    np.testing.assert_array_equal(written("кот"), cyrillic)
    assert not np.array_equal(written("dog"), latin)


def test_a_font_whose_file_is_missing_or_is_no_font_is_passed_over(only, tmp_path, caplog):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    only(str(tmp_path / "missing.ttf"), str(tmp_path / "broken.ttf"), WIDE)
    assert len(shapes("кот")) == 3
    assert not caplog.records


def test_without_any_font_file_pillow_s_own_letters_are_drawn_and_grow_with_the_picture(only):
    only()
    assert len(shapes("Hug")) == 3
    small, large = written("Hug"), written("Hug", side=2400)
    assert 1.5 * len(small) < len(large)
    assert np.mean(small > 0.5) == pytest.approx(np.mean(large > 0.5), rel=0.5)


def test_what_no_font_can_write_is_said_once_and_drawn_as_boxes(only, caplog):
    only(LATIN)
    with caplog.at_level(logging.WARNING, "yolo"):
        first, second = written("ж\U0010fffe"), written("\U0010fffeж")
    assert first.any()
    assert second.any()
    assert len(caplog.records) == 1
    assert "no font on this machine can write" in caplog.text
    assert "ж" in caplog.text
