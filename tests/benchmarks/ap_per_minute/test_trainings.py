from pathlib import Path

import pytest

from benchmarks import rows
from benchmarks.ap_per_minute.compared_data import ComparedData
from benchmarks.ap_per_minute.ours import Ours
from benchmarks.ap_per_minute.rival import Rival
from benchmarks.ap_per_minute.trainings import Training, plan, trials

OURS = Ours("ours", Path("/here"), Path("/w/voc.weights"))
RIVAL = Rival("rival", "yolo11n.yaml", Path("/env"))
CELLS = ComparedData("cells", Path("/d/cells"), "train", 9, Path("/w/cells.yaml"), None)


def test_every_detector_is_trained_with_every_start_budget_and_seed_after_three_trials():
    planned = list(plan([OURS, RIVAL], [CELLS], [5, 2], [0, 1], "laptop"))
    assert [training.trial for training in planned[:6]] == [(1, False), (3, False), (3, True)] * 2
    found = [(each.seed, each.minutes, each.competitor.name, each.start) for each in planned[6:]]
    starts = [("ours", "random"), ("ours", "voc"), ("rival", "random")]
    assert found == [(seed, minutes, *start) for seed in (0, 1) for minutes in (2, 5) for start in starts]
    keys = [tuple(map(str, training.key.items())) for training in planned]
    assert len(set(keys)) == len(planned)


def test_epochs_follow_from_the_trials_of_the_same_detector_on_the_same_machine(tmp_path):
    path = tmp_path / "rows.jsonl"
    training = Training(RIVAL, CELLS, "laptop", minutes=2)
    # 10 s to begin, 8 s an epoch with mosaic, 6 s one of the last ten without: 10 + 10 * 6 + 6 * 8 = 118
    for trial, seconds in zip(trials(RIVAL, CELLS, "laptop"), (18.0, 34.0, 28.0), strict=True):
        assert training.epochs(path) is None
        rows.add(path, trial.key | {"seconds": seconds})
    assert training.epochs(path) == 16
    assert Training(RIVAL, CELLS, "laptop", minutes=0.25).epochs(path) == 0
    assert Training(RIVAL, CELLS, "another laptop", minutes=2).epochs(path) is None
    assert Training(OURS, CELLS, "laptop", minutes=2).epochs(path) is None


@pytest.mark.parametrize("training", [trials(OURS, CELLS, "laptop")[2], Training(OURS, CELLS, "laptop", minutes=2)])
def test_the_rows_of_trials_and_trainings_are_told_apart(training, tmp_path):
    path = tmp_path / "rows.jsonl"
    for other in plan([OURS, RIVAL], [CELLS], [2], [0, 1], "laptop"):
        if other.key != training.key:
            rows.add(path, other.key)
    assert rows.find(path, training.key) is None
