import pytest

from yolo.training.time_budget import TrainingTimes


def test_the_parts_of_a_training_follow_from_three_short_ones():
    # 4 s to begin, 2 s an epoch, 1.5 s a quick one
    assert TrainingTimes.of(6.0, 10.0, 8.5) == TrainingTimes(4.0, 2.0, 1.5)


@pytest.mark.parametrize(
    ("seconds", "epochs"),
    [
        (5.9, 0),
        (6.0, 1),
        (7.4, 1),
        (7.6, 2),  # 4 + 2 + 1.5
        (9.6, 3),  # 4 + 2 * 2 + 1.5
        (16.6, 7),  # 4 + 4 * 2 + 3 * 1.5
    ],
)
def test_the_most_epochs_that_fit_are_chosen_with_the_quick_ones_among_them(seconds, epochs):
    assert TrainingTimes(4.0, 2.0, 1.5).epochs_in(seconds / 60, lambda all_of_them: all_of_them // 2) == epochs


def test_noise_in_the_times_makes_no_epoch_free_and_no_quick_one_slower():
    shorter_than_one = TrainingTimes.of(10.0, 9.0, 9.5)
    assert shorter_than_one.epoch == shorter_than_one.quick_epoch == pytest.approx(0.045)
    nearly_free = TrainingTimes.of(6.0, 10.0, 0.0)
    assert nearly_free.quick_epoch == pytest.approx(0.2)
