"""What is said of the epoch that was kept."""

import pytest

from yolo.training.verdict import verdict


def said(*scores, **start):
    history = [{"epoch": i + 1, "loss": 1.0, "val_ap50": 2 * s, "val_ap": s} for i, s in enumerate(scores)]
    return list(verdict(history, longer=120, **start))


def test_the_kept_epoch_is_named_with_its_scores_and_of_equals_it_is_the_last():
    assert said(0.1, 0.3, 0.2, 0.3) == ["kept: epoch 4 of 4, the one of the best AP: AP50 0.600, AP 0.300"]
    assert said(0.1, 0.1, 0.3, 0.2) == ["kept: epoch 3 of 4, the one of the best AP: AP50 0.600, AP 0.300"]


def test_if_nothing_was_found_it_is_the_last():
    first = "kept: epoch 2 of 2, the last one, as no epoch found anything in the validation pictures"
    assert said(0.0, 0.0)[0] == first


def test_a_run_from_weights_is_not_told_to_start_from_weights():
    assert said(0.0, from_weights=True)[1].endswith(" and train for more epochs (--epochs 120)")


def test_without_validation_it_is_the_last():
    history = [{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": 0.5}]
    assert list(verdict(history, 2)) == ["kept: epoch 2 of 2, the last one, as there is no validation"]


@pytest.mark.parametrize(
    ("scores", "warning"),
    [
        ((0.0, 0.0, 0.0), "hardly an object was found: look at samples/train.jpg in the run's folder, whether the "
                          "boxes fit the objects, and train for more epochs (--epochs 120) or from weights "
                          "(--weights coco)"),
        ((0.003, 0.001), "hardly an object was found: "),
        ((0.03, 0.02), None),
        ((0.4, 0.1, 0.1, 0.1), "the best epoch is among the first, the 3 after it made it no better: "),
        ((0.1, 0.4, 0.1, 0.1), None),
        ((0.4, 0.1, 0.1), None),  # of so few nothing can be said
    ],
)  # fmt: skip
def test_what_looks_wrong_is_said_with_what_to_look_at(scores, warning):
    first, *rest = said(*scores)
    assert first.startswith("kept: epoch ")
    assert [line.startswith(warning) for line in rest] == ([True] if warning else [])
