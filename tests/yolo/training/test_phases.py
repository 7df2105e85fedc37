"""Which epochs are at a smaller size and which with a frozen backbone, worked out by hand."""

import pytest

from yolo.config import TrainConfig
from yolo.training.phases import Phase, epoch_costs, phases, remarks


def config(**settings):
    return TrainConfig(**{"epochs": 10, "input_size": (416, 608)} | settings)


SMALL, FULL = (320, 448), (416, 608)  # 312 and 456 are nearest to 10 and 14 times 32


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [Phase(0, 6, False, SMALL), Phase(6, 10, False, FULL)]),
        ({"small_epochs": 0.0}, [Phase(0, 10, False, FULL)]),
        ({"small_epochs": 1.0}, [Phase(0, 10, False, SMALL)]),
        ({"small_epochs": 0.99}, [Phase(0, 9, False, SMALL), Phase(9, 10, False, FULL)]),
        ({"epochs": 1}, [Phase(0, 1, False, FULL)]),
        ({"input_size": (64, 64)}, [Phase(0, 10, False, (64, 64))]),  # 48 is as near to 64 as to 32
        (
            {"freeze_epochs": 2},
            [Phase(0, 2, True, SMALL), Phase(2, 6, False, SMALL), Phase(6, 10, False, FULL)],
        ),
        ({"freeze_epochs": 6}, [Phase(0, 6, True, SMALL), Phase(6, 10, False, FULL)]),
        (
            {"freeze_epochs": 8},
            [Phase(0, 6, True, SMALL), Phase(6, 8, True, FULL), Phase(8, 10, False, FULL)],
        ),
    ],
)
def test_the_phases_of_a_run(settings, expected):
    assert phases(config(**settings)) == expected


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, ", pictures of 448 x 320 in the first 6"),
        ({"freeze_epochs": 3}, ", pictures of 448 x 320 in the first 6, backbone frozen in the first 3"),
        ({"small_epochs": 0.0}, ""),
    ],
)
def test_what_a_run_says_of_its_first_epochs(settings, text):
    assert remarks(config(**settings)) == text


def test_an_epoch_costs_as_much_as_its_pictures_have_pixels():
    assert epoch_costs(config(epochs=3, small_epochs=0.4, freeze_epochs=2)) == [320 * 448, 416 * 608, 416 * 608]
