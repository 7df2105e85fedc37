"""Work done in threads ahead of need: its order is kept, its errors come to who asks, and little of it waits."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

END = object()


class Prefetcher:
    """Iterates in a thread of its own, some items ahead of whoever iterates over this.

    Args:
        items: an iterator; what it raises is raised here, after the items before it.
        depth: how many items ahead at most.
    """

    def __init__(self, items, depth=2):
        self._items = items
        self._pool = ThreadPoolExecutor(1)
        try:
            self._waiting = deque(self._ask() for _ in range(depth))
        except BaseException:  # a signal while the thread was started, of which nobody else knows then
            self.close()
            raise

    def __iter__(self):
        return self

    def __next__(self):
        item = self._waiting.popleft().result()
        self._waiting.append(self._ask())
        if item is END:
            raise StopIteration
        return item

    def close(self):
        """Wait for the item that is being made, and make no more."""
        self._pool.shutdown(cancel_futures=True)

    def _ask(self):
        return self._pool.submit(next, self._items, END)


def parallel_map(function, items, workers):
    """`map(function, items)` by several threads, in order; they work at `workers` items at most.

    What `items` raises is raised after the results of those before it.
    """
    pool, waiting = ThreadPoolExecutor(workers), deque()

    def futures():
        try:
            for item in items:
                yield pool.submit(function, item)
        except Exception as error:  # whatever it is, its turn comes after the others
            failed = Future()
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
