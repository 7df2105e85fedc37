"""What is shown while work goes on."""

import logging
import time

import pytest

from yolo import progress
from yolo.progress import duration, waiting


def test_a_long_wait_says_what_it_is_for_and_a_short_one_nothing(caplog, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    with caplog.at_level(logging.INFO, "yolo"):
        with waiting("loading nothing"):
            pass
        time.sleep(0.1)
        assert caplog.messages == []
        with waiting("loading much"):
            time.sleep(0.3)
    assert caplog.messages == ["loading much"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (700, "12 min"), (5399, "1 h 30 min"), (12000, "3 h 20 min")],
)
def test_a_time_is_said_as_exactly_as_an_estimate_is(seconds, text):
    assert duration(seconds) == text
