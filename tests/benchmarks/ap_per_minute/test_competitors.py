import re
from pathlib import Path

import pytest

from benchmarks.ap_per_minute.compared_data import ROOT, ComparedData
from benchmarks.ap_per_minute.ours import Ours, read_ours
from benchmarks.ap_per_minute.rival import Rival, read_rival
from yolo.cli.train import COMMAND
from yolo.errors import UserError

DATA = ComparedData("cells", Path("/d/cells"), "trainval", 9, Path("/w/cells.yaml"), None)


def test_the_flags_of_our_training_are_those_of_train(tmp_path):
    ours = Ours("this", tmp_path, Path("/w/voc.weights"))
    assert ours.starts == ("random", "voc")
    config = COMMAND.arguments(ours.settings(DATA, "voc", 7, 2, quick=None))
    assert (config.data, config.train_split, config.epochs, config.seed) == ("/d/cells", "trainval", 7, 2)
    assert (config.val_split, config.test_split, config.weights) == ("none", "none", "/w/voc.weights")
    trial = COMMAND.arguments(ours.settings(DATA, "random", 3, 0, quick=True))
    assert (trial.weights, trial.epochs, trial.small_epochs) == ("none", 3, 1.0)
    assert COMMAND.arguments(ours.settings(DATA, "random", 3, 0, quick=False)).small_epochs == 0.0


def test_quick_epochs_are_small_ones_of_ours_and_those_without_mosaic_of_a_rival(tmp_path):
    assert [Ours("a", tmp_path).count_quick(epochs) for epochs in (1, 5, 10)] == [0, 3, 6]
    rival = Rival("b", "b.yaml", tmp_path)
    assert [rival.count_quick(epochs) for epochs in (1, 10, 25)] == [1, 10, 10]
    assert [Rival("b", "b.yaml", tmp_path, {"close_mosaic": 4}).count_quick(epochs) for epochs in (3, 25)] == [3, 4]


def test_a_rival_has_mosaic_in_all_epochs_or_in_none_of_a_trial_and_else_as_it_does_by_default(tmp_path):
    rival = read_rival("small batches=yolo11n.yaml batch=8 mosaic=0.5 cos_lr=true", tmp_path)
    settings = rival.settings(DATA, "random", 3, 1, quick=None)
    assert "close_mosaic" not in settings
    expected = {"model": "yolo11n.yaml", "data": "/w/cells.yaml", "epochs": 3, "seed": 1, "imgsz": 416}
    assert settings.items() >= (expected | {"batch": 8, "mosaic": 0.5, "cos_lr": True}).items()
    assert rival.settings(DATA, "random", 3, 0, quick=False)["close_mosaic"] == 0
    assert rival.settings(DATA, "random", 3, 0, quick=True)["close_mosaic"] == 3


@pytest.mark.parametrize(
    "text", ["", "name", "=yolo11n.yaml", "name=yolo11n.pt", "name=a.yaml batch", "name=a.yaml =8"]
)
def test_a_text_that_names_no_rival_is_refused(text, tmp_path):
    with pytest.raises(UserError, match=re.escape(f"got '{text}'")):
        read_rival(text, tmp_path)


def test_a_text_that_names_no_checkout_is_refused(tmp_path):
    assert read_ours(f"this={ROOT}", None).checkout == ROOT
    for text in ("this", f"={ROOT}", f"this={tmp_path}"):
        with pytest.raises(UserError, match="--ours wants NAME=PATH"):
            read_ours(text, None)
