"""Which epochs are at a smaller size and which with a frozen backbone, worked out by hand."""

import pytest

from yolo.training.phases import Phase, count_small, describe_start, epoch_costs, plan_phases, size_changes

SMALL, FULL = (320, 448), (416, 608)  # 312 and 456 are nearest to 10 and 14 times 32


def phases(epochs=10, frozen=0, share=0.6, input_size=FULL):
    return plan_phases(epochs, frozen, count_small(epochs, share, input_size), input_size)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [Phase(0, 6, False, SMALL), Phase(6, 10, False, FULL)]),
        ({"share": 0.0}, [Phase(0, 10, False, FULL)]),
        ({"share": 1.0}, [Phase(0, 10, False, SMALL)]),
        ({"share": 0.99}, [Phase(0, 9, False, SMALL), Phase(9, 10, False, FULL)]),
        ({"epochs": 1}, [Phase(0, 1, False, FULL)]),
        ({"input_size": (64, 64)}, [Phase(0, 10, False, (64, 64))]),  # 48 is as near to 64 as to 32
        (
            {"frozen": 2},
            [Phase(0, 2, True, SMALL), Phase(2, 6, False, SMALL), Phase(6, 10, False, FULL)],
        ),
        ({"frozen": 6}, [Phase(0, 6, True, SMALL), Phase(6, 10, False, FULL)]),
        (
            {"frozen": 8},
            [Phase(0, 6, True, SMALL), Phase(6, 8, True, FULL), Phase(8, 10, False, FULL)],
        ),
    ],
)
def test_the_phases_of_a_run(settings, expected):
    assert list(phases(**settings)) == expected


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, ", pictures of 448 x 320 in the first 6"),
        ({"frozen": 3}, ", pictures of 448 x 320 in the first 6, backbone frozen in the first 3"),
        ({"share": 0.0}, ""),
    ],
)
def test_what_a_run_says_of_its_first_epochs(settings, text):
    assert describe_start(phases(**settings), FULL) == text


def test_an_epoch_costs_as_much_as_its_pictures_have_pixels():
    assert epoch_costs(phases(epochs=3, share=0.4, frozen=2)) == [320 * 448, 416 * 608, 416 * 608]


def test_the_epoch_of_another_picture_size_is_told_counted_from_one_and_width_first():
    assert size_changes(phases(frozen=2)) == {7: "608 x 416"}
    assert size_changes(phases(share=0.0, frozen=2)) == {}
