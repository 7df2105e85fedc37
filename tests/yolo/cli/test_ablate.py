"""From the flags of `ablate` to its table; most tests put a stand-in in the place of the ablation."""

import sys
from types import SimpleNamespace

import pytest

from tests.yolo.training.thin import painted_set
from yolo.config import AblateConfig


@pytest.fixture
def ablation(monkeypatch, tmp_path):
    """Stands in for the ablation and records what it was asked."""
    plan = SimpleNamespace(blocks=("none", "se"), seeds=3, epochs=7)
    asked = SimpleNamespace(config=None, found={}, error=None)

    def prepare_ablation(config, apart):
        asked.config = config
        return plan, "pictures", tmp_path / "été"

    def run_all(*arguments):
        if asked.error:
            raise asked.error
        return asked.found

    def report(*arguments):
        assert arguments == (plan, "pictures", tmp_path / "été", asked.found)
        return "the table"

    for module, function in (("preparation", prepare_ablation), ("experiment", run_all), ("report", report)):
        stand_in = SimpleNamespace(**{function.__name__: function})
        monkeypatch.setitem(sys.modules, f"yolo.ablation.{module}", stand_in)
    return asked


def test_flags_become_settings(yolo, ablation):
    words = "--data d --attention se;eca@p4 --seeds 5 --minutes 2.5 --input-size 320 512 --output o --test-split val"
    assert yolo("ablate", *words.split()).code == 0
    assert ablation.config == AblateConfig(
        data="d", attention="se;eca@p4", seeds=5, minutes=2.5, input_size=(320, 512), output="o", test_split="val"
    )


def test_without_flags_all_five_are_compared_with_three_seeds_and_the_last_average_is_scored_on_the_test_list(
    yolo, ablation
):
    yolo("ablate", "--data", "d")
    config = ablation.config
    assert (config.attention, config.seeds) == ("none,se,cbam,eca,ca", 3)
    assert (config.train_split, config.val_split, config.test_split) == ("train", "none", "test")


def test_what_is_trained_the_table_and_the_files_are_printed(yolo, ablation, tmp_path):
    answer = yolo("ablate", "--data", "d")
    assert answer.out.startswith(f"2 x 3 trainings of 7 epochs, in {tmp_path / 'été'}\n\nthe table\n")
    assert "ablation.md, ablation.csv, ablation.tex, ablation.png" in answer.out


def test_ctrl_c_says_how_to_go_on(yolo, ablation):
    ablation.error = KeyboardInterrupt()
    answer = yolo("ablate", "--data", "d")
    assert (answer.code, answer.err) == (130, "stopped by Ctrl-C\n")
    assert "the same command goes on from here" in answer.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "--data"),
        ("--data d --seeds 0", "--seeds must be at least 1; got 0."),
        ("--data d --minutes -1", "--minutes must be at least 0.01; got -1.0."),
        ("--data no-such-folder", "there are no data at no-such-folder"),
    ],
)
def test_a_mistake_is_one_line(yolo, words, message):
    answer = yolo("ablate", *words.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")
    assert message in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.slow
def test_the_real_network_is_trained_and_compared_in_processes_of_its_own(yolo, tmp_path):
    root = painted_set(tmp_path / "gemalt")
    words = ("--attention", "eca", "--seeds", "1", "--epochs", "1", "--input-size", "64", "96")
    answer = yolo("ablate", "--data", str(root), *words, "--output", str(tmp_path / "été"))
    assert answer.code == 0, answer.err
    assert "\n| eca       | 0." in answer.out
    assert "5,882,649" in answer.out
    assert (tmp_path / "été" / "1-eca-seed-0" / "best.keras").exists()
    assert (tmp_path / "été" / "ablation.png").stat().st_size > 0
