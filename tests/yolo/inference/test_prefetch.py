"""Threads work ahead in order, hand on what went wrong, and end when they are told to."""

import threading
import time

import pytest

from yolo.inference.prefetch import Prefetcher, parallel_map


def counting(seen, end=100):
    for number in range(end):
        seen.append(number)
        yield number


def test_items_come_in_order_to_the_last():
    ahead = Prefetcher(counting([]))
    assert list(ahead) == list(range(100))
    assert list(ahead) == []
    ahead.close()


def test_a_slow_taker_lets_nothing_pile_up():
    seen = []
    ahead = Prefetcher(counting(seen))
    for number in ahead:
        time.sleep(0.01)
        assert len(seen) <= number + 3  # two wait, and one is being made
        if number == 5:
            break
    ahead.close()
    assert len(seen) <= 8


def test_two_stages_work_at_the_same_time():
    meeting = threading.Barrier(2, timeout=5)

    def numbers():
        for number in range(5):
            if number > 0:
                meeting.wait()  # passed only while the taker waits too, with the number before this one in its hands
            yield number

    ahead = Prefetcher(numbers())
    for number in ahead:
        if number < 4:
            meeting.wait()
    ahead.close()
    assert number == 4


def test_an_error_comes_after_what_was_made_before_it_and_once():
    def failing():
        yield from range(3)
        raise RuntimeError("the fourth")

    outer = Prefetcher(item for item in Prefetcher(failing()))
    assert [next(outer) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(RuntimeError, match="the fourth"):
        next(outer)
    assert list(outer) == []


def test_closing_waits_for_the_thread_and_leaves_none():
    before = set(threading.enumerate())
    working = threading.Event()

    def slow():
        while True:
            working.set()
            time.sleep(0.02)
            working.clear()
            yield

    ahead = Prefetcher(slow())
    next(ahead)
    ahead.close()
    assert not working.is_set()
    assert set(threading.enumerate()) <= before


def test_spread_keeps_the_order_of_what_takes_longer_than_the_next():
    def late_if_even(number):
        time.sleep(0.01 if number % 2 == 0 else 0)
        return number * 10

    assert list(parallel_map(late_if_even, range(20), 4)) == [number * 10 for number in range(20)]


@pytest.mark.parametrize("workers", [1, 3])
def test_spread_takes_no_more_than_it_has_workers(workers):
    seen = []
    items = parallel_map(lambda number: number, counting(seen), workers)
    for taken, _ in enumerate(items, 1):
        assert len(seen) <= taken + workers - 1
    assert len(seen) == 100


def test_spread_works_in_several_threads_and_leaves_none():
    before = set(threading.enumerate())
    meeting = threading.Barrier(3, timeout=5)
    items = parallel_map(lambda number: meeting.wait() * 0 + number, range(9), 3)
    assert next(items) == 0
    items.close()
    meeting.abort()
    assert set(threading.enumerate()) <= before


def test_spread_hands_on_an_error():
    items = parallel_map(lambda number: 1 / number, [2, 1, 0, 1], 2)
    assert [next(items), next(items)] == [0.5, 1]
    with pytest.raises(ZeroDivisionError):
        next(items)


def test_spread_hands_on_an_error_of_the_items_after_the_results_before_it():
    def failing():
        yield from range(5)
        raise RuntimeError("the sixth")

    items = parallel_map(str, failing(), 3)
    assert [next(items) for _ in range(5)] == list("01234")
    with pytest.raises(RuntimeError, match="the sixth"):
        next(items)


def test_a_signal_while_the_thread_is_started_leaves_none_behind(monkeypatch):
    """Else the process would wait for it at its end."""
    before, start = set(threading.enumerate()), threading.Thread.start

    def interrupted(thread):
        start(thread)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt) as stop:
            Prefetcher(iter(range(3)))
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)
    assert stop  # whose traceback keeps what was begun
