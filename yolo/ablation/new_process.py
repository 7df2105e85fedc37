"""A call in a process of its own, whose end gives all memory back: TensorFlow keeps some of every training."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from yolo.errors import UserError


def in_new_process(function, *arguments, before):
    """Return or raise what `function(*arguments)` does, called in a new process after `before()`.

    All three travel by pickle. The process ends with this one, whatever ends it. Raises UserError when it is killed.
    """
    others = multiprocessing.active_children()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, (before,)) as pool:
        try:
            return pool.submit(function, *arguments).result()
        except (KeyboardInterrupt, SystemExit):
            for process in set(multiprocessing.active_children()).difference(others):
                process.terminate()  # else the training would be waited for
            raise
        except BrokenProcessPool as error:
            raise UserError(
                "the process of a training was ended from outside, perhaps for want of memory; the same command "
                "goes on from there."
            ) from error


def _begin(before):
    threading.Thread(target=_end_with_parent, daemon=True).start()
    before()


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)  # two processes would else write the same run when the ablation is taken up again
