"""Compute items ahead in threads, in order and only a few at a time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _End:
    """The mark after the last item."""


class Prefetcher(Generic[Item]):
    """An iterator that computes the next items ahead in a thread of its own.

    Args:
        items: any exception that it raises is raised here, after the items before it.
        depth: the most items computed ahead.
    """

    def __init__(self, items: Iterator[Item], depth: int = 2) -> None:
        self._items = items
        self._pool = ThreadPoolExecutor(1)
        try:
            self._waiting = deque(self._submit() for _ in range(depth))
        except BaseException:  # such as from a signal while the thread starts: only here can it be ended
            self.close()
            raise

    def __iter__(self) -> "Prefetcher[Item]":
        return self

    def __next__(self) -> Item:
        item = self._waiting.popleft().result()
        self._waiting.append(self._submit())
        if isinstance(item, _End):
            raise StopIteration
        return item

    def close(self) -> None:
        """Wait for the item in progress, and compute no more."""
        self._pool.shutdown(cancel_futures=True)

    def _submit(self) -> "Future[Item | _End]":
        return self._pool.submit(lambda: next(self._items, _End()))


def parallel_map(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Generator[Result, None, None]:
    """Yield `function(item)` for each item, in order, computed by several threads, for at most `workers` items ahead.

    An exception from `items` is raised after the results of the items before it.
    """
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[Result]] = deque()

    def futures() -> Iterator["Future[Result]"]:
        try:
            for item in items:
                yield pool.submit(function, item)
        except Exception as error:  # of any type; it is raised when its turn comes
            failed: Future[Result] = Future()
            failed.set_exception(error)
            yield failed

    try:
        for future in futures():
            waiting.append(future)
            if len(waiting) == workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
