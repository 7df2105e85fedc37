"""Whole ablations on a small detector and painted pictures."""

import json
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tests.yolo.ablation.conftest import here
from tests.yolo.training.runs import assert_same_run, config
from yolo.ablation import experiment, speed
from yolo.ablation.preparation import prepare_ablation
from yolo.ablation.report import report
from yolo.config import AblateConfig
from yolo.errors import UserError
from yolo.training import callbacks, engine
from yolo.training.run_state import finished, read_state

FILES = ["ablation.csv", "ablation.md", "ablation.png", "ablation.tex", "plan.json", "speed.json"]


class Killed(BaseException):
    """Stands in for the end of the process."""


@pytest.fixture(autouse=True)
def _short(thin, monkeypatch):
    monkeypatch.setattr(speed, "ROUNDS", 3)


def ablate(config):
    plan, data, folder = prepare_ablation(config, here)
    return folder, report(plan, data, folder, experiment.run_all(plan, data, folder, here))


def times(folder):
    """When each file of the runs was written."""
    return {path: path.stat().st_mtime_ns for path in folder.glob("*-seed-*/**/*") if path.is_file()}


def test_an_ablation_writes_its_table_and_says_what_was_trained_on_and_scored_on(asked, tmp_path, monkeypatch):
    folder, text = ablate(asked(attention="se; eca@p4, se@p5"))
    assert folder == tmp_path / "été"
    runs = [f"{name}-seed-{seed}" for name in ("0-none", "1-se", "2-eca-p4-se-p5") for seed in (0, 1)]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*FILES, *runs, "initial-0.keras", "initial-1.keras"]
    )
    assert "Trained on 'train' (6 pictures) for 1 epoch with 2 seeds, from random weights, " in text
    assert "the last averaged weights kept.\n" in text
    assert "Scored on 'test' (3 pictures), which took no part in training.\n" in text
    assert text == (folder / "ablation.md").read_text(encoding="utf-8")
    first = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert first == ["attention", "none", "se", "eca@p4, se@p5"] * 2

    # the table alone, from what is kept: nothing is trained or detected
    before = times(folder)
    monkeypatch.setattr(experiment, "run", None)
    assert ablate(asked(attention="se; eca@p4, se@p5")) == (folder, text)
    assert times(folder) == before


def test_the_table_has_the_scores_of_the_runs_with_a_block_of_ones_own(asked):
    folder, text = ablate(asked(attention="keras.layers:Identity", seeds=1))
    for block, run in (("none", "0-none-seed-0"), ("keras.layers:Identity", "1-keras-layers-Identity-seed-0")):
        saved = json.loads((folder / run / "eval" / "test.json").read_text(encoding="utf-8"))
        line = next(line for line in text.splitlines() if line.startswith(f"| {block} "))
        cells = [cell.strip() for cell in line.split("|")]
        assert [cell.partition(" ")[0] for cell in cells[2:4]] == [f"{saved['ap50']:.3f}", f"{saved['coco']['AP']:.3f}"]
        low, high = saved["ap50_interval"]  # of the same resamples
        assert cells[2].endswith(f" [{low:.3f}, {high:.3f}]")
    assert "of training anew, one seed says nothing" in text


def test_the_runs_of_a_seed_start_from_the_same_weights_but_for_the_attention_and_seeds_differ(asked, monkeypatch):
    starts = []
    run = engine._run

    def noting(plan, data, augmentation, network, *arguments):
        starts.append({weight.path: weight.numpy() for weight in network.weights})
        return run(plan, data, augmentation, network, *arguments)

    monkeypatch.setattr(engine, "_run", noting)
    ablate(asked(attention="se"))
    first, with_se, other_seed, _ = starts
    assert set(with_se) - set(first) == {path for path in with_se if path.startswith("attention_")} != set()
    assert all((with_se[path] == first[path]).all() for path in first)
    assert any((other_seed[path] != first[path]).any() for path in first)


@pytest.mark.slow
def test_an_ablation_killed_within_its_second_run_ends_as_if_it_had_not_been(asked, tmp_path, monkeypatch):
    settings = {"attention": "se", "seeds": 1, "epochs": 2}
    whole, _ = ablate(asked(**settings, output=str(tmp_path / "whole")))
    on_epoch_begin = callbacks.StopWhenNotFinite.on_epoch_begin

    def dying(callback, epoch, logs=None):
        if epoch == 1 and "attention_p5" in {layer.name for layer in callback.model.network.layers if layer.weights}:
            raise Killed
        on_epoch_begin(callback, epoch, logs)

    with monkeypatch.context() as patched:
        patched.setattr(callbacks.StopWhenNotFinite, "on_epoch_begin", dying)
        with pytest.raises(Killed):
            ablate(asked(**settings))
    folder = tmp_path / "été"
    assert not (folder / "ablation.md").exists()
    before = times(folder / "0-none-seed-0")
    ablate(asked(**settings))
    assert times(folder / "0-none-seed-0") == before
    for name in ("0-none-seed-0", "1-se-seed-0"):
        assert_same_run(whole / name, folder / name)
    for name in ("ablation.png", "ablation.tex"):
        assert (folder / name).exists()


def test_a_run_killed_before_its_first_step_or_while_it_was_scored_is_taken_up(asked, monkeypatch):
    settings = asked(attention="se", seeds=1)

    def kill(place, name):
        def dying(*arguments, **keywords):
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(place, name, dying)
            with pytest.raises(Killed):
                ablate(settings)

    kill(engine, "_run")  # the folder is there, its weights are not
    kill(engine, "finish")  # trained, without its folder eval/
    kill(np, "savez")  # trained, not scored
    folder, _ = ablate(settings)
    for run in ("0-none-seed-0", "1-se-seed-0"):
        assert json.loads((folder / run / "state.json").read_text(encoding="utf-8"))["epoch"] == 1
        assert finished(folder / run), "scores are fitted after the last epoch"
        assert (folder / run / "eval" / "thresholds.json").exists()


def test_a_test_picture_that_cannot_be_read_is_told_before_anything_is_kept(asked, monkeypatch):
    settings = asked(attention="se", seeds=1)
    detect_all = experiment.detect_all

    def losing(detector, known, *arguments, **keywords):
        return detect_all(detector, known[1:], *arguments, **keywords)

    with monkeypatch.context() as patched:
        patched.setattr(experiment, "detect_all", losing)
        with pytest.raises(UserError, match=r"^1 of the 3 pictures of 'test' could not be read: "):
            ablate(settings)
    ablate(settings)


OWN = """
import albumentations as A


def blurred():
    return [A.Blur()]
"""


def test_an_ablation_with_an_augmentation_of_ones_own_goes_on_after_it_was_stopped(painted_root, tmp_path, monkeypatch):
    (tmp_path / "my_pictures.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    config(painted_root, tmp_path, augment="my_pictures:blurred").save(tmp_path / "settings.json")
    given = {"attention": "se", "seeds": 1, "epochs": 2, "output": str(tmp_path / "out"), "allow_imports": True}
    plan, data, folder = prepare_ablation(AblateConfig(config=str(tmp_path / "settings.json"), **given), here)
    on_epoch_end = callbacks.EpochProgress.on_epoch_end
    monkeypatch.setattr(callbacks.EpochProgress, "on_epoch_end", stopped)
    with pytest.raises(KeyboardInterrupt):
        experiment.run_all(plan, data, folder, here)
    monkeypatch.setattr(callbacks.EpochProgress, "on_epoch_end", on_epoch_end)
    (_, _, first), *_ = plan.runs(folder)
    experiment._train(first, folder / first.name)
    assert read_state(folder / first.name)["epoch"] == 2


def stopped(callback, epoch, logs=None):
    raise KeyboardInterrupt


def test_another_model_can_be_started_from(asked, tmp_path):
    folder, _ = ablate(asked(attention="se", seeds=1))
    start = folder / "1-se-seed-0" / "best.keras"
    folder, _ = ablate(asked(attention="eca", seeds=1, weights=str(start), output=str(tmp_path / "second")))
    theirs, mine = (keras.models.load_model(path, compile=False) for path in (start, folder / "initial-0.keras"))
    np.testing.assert_array_equal(mine.get_layer("p5_conv").kernel, theirs.get_layer("p5_conv").kernel)
    assert mine.attention == "none"


@pytest.mark.parametrize(("minutes", "first"), [(5, ", 15 min left in all"), (None, "")])
def test_the_time_that_is_left_is_told(tmp_path, monkeypatch, caplog, minutes, first):
    configs = [SimpleNamespace(runs=tmp_path, name=str(number), attention="se") for number in range(3)]
    runs = [(number, 0, config) for number, config in enumerate(configs)]
    plan = SimpleNamespace(minutes=minutes, training=None, runs=lambda folder: runs)
    clock = iter([0, 600, 1000, 1300, 2000, 2300])  # ten minutes, then five
    monkeypatch.setattr(experiment, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    monkeypatch.setattr(experiment, "_read", lambda kept: kept)
    with caplog.at_level("INFO", "yolo"):
        experiment.run_all(plan, None, tmp_path, lambda *arguments: None)
    assert caplog.messages == [
        f"run 1 of 3: se, seed 0{first}",
        "run 2 of 3: se, seed 0, 20 min left in all",
        "run 3 of 3: se, seed 0, 8 min left in all",
    ]
