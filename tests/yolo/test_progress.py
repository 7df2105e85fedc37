"""What is shown while work goes on."""

import logging
import subprocess
import sys
import time

import pytest

from yolo import progress
from yolo.progress import duration, late_bar, waiting


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


@pytest.mark.parametrize(("patience", "bars"), [(60, []), (0.05, [(9, 4)])])
def test_a_late_bar_takes_over_where_the_others_have_come_to(monkeypatch, patience, bars):
    shown = []

    def bar(items, total, initial, **settings):
        shown.append((total, initial))
        return items

    def slow(items):
        for item in items:
            if item == 3:
                time.sleep(0.1)
            yield item

    monkeypatch.setattr(progress, "PATIENCE", patience)
    monkeypatch.setattr(progress, "bar", bar)
    assert list(late_bar(slow(range(9)), 9)) == list(range(9))
    assert shown == bars


@pytest.mark.parametrize(("stop", "number"), [(0, 0), (1, 1), (4, 4)])
def test_a_late_bar_ends_with_what_it_shows(monkeypatch, stop, number):
    monkeypatch.setattr(progress, "PATIENCE", -1)
    assert len(list(late_bar(range(stop), stop))) == number


def test_data_is_checked_without_tqdm_where_it_takes_no_time():
    code = "import sys; from yolo.progress import late_bar; list(late_bar([1, 2], 2)); sys.exit('tqdm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_bar_takes_no_semaphore_that_a_killed_process_would_leave_behind():
    code = (
        "import sys; from yolo.progress import bar; list(bar(range(3), disable=False, delay=0)); "
        "from tqdm.std import TqdmDefaultWriteLock as lock; sys.exit(getattr(lock, 'mp_lock', None) is not None)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
