"""A few hundred damaged files of each kind; the scripts beside this one take more."""

import pytest

from tests.fuzz import (
    annotations,
    checkpoints,
    coco_json,
    lists,
    pictures,
    settings,
    small_formats,
    weights,
    yolo_labels,
)
from tests.fuzz.report import run
from tests.yolo.training.thin import thin_networks

KINDS = [annotations, coco_json, small_formats, yolo_labels, pictures, lists, settings]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__[11:])
def test_damaged_files_are_refused_in_a_sentence_or_read_as_others_read_them(kind):
    outcomes = run(kind.case, 300, seed=1)
    assert not outcomes["wrong"]
    assert outcomes["read"] > 20
    assert outcomes["refused"] > 20


def test_damaged_checkpoints_are_refused_in_a_sentence_or_taken_with_what_is_in_them(monkeypatch):
    thin_networks(monkeypatch)
    assert_sound(run(checkpoints.case, 15, seed=1))


def test_damaged_weights_are_refused_in_a_sentence_or_read_as_others_read_them():
    with weights.shallow_networks():
        assert_sound(run(weights.case, 60, seed=1))


def assert_sound(outcomes):
    """Some were refused, some were read, and nothing else came of any."""
    assert not outcomes["wrong"]
    for word in ("refused", "read"):
        assert sum(count for outcome, count in outcomes.items() if outcome.endswith(word)) >= 4
