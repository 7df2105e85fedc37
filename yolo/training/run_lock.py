"""Lock the folder of a run, so that only one process at a time trains in it."""

import errno
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from yolo.errors import UserError, os_errors_as_user_errors

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "run.lock"
TAKEN = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)

log = logging.getLogger("yolo")
_mine: set[str] = set()  # folders that this process has locked


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder of a run for this process; the system removes the lock however the process ends.

    Raises:
        UserError: another process has locked it, or it cannot be written into.
    """
    place = os.path.realpath(folder)
    if place in _mine:
        yield
        return
    with os_errors_as_user_errors(f"cannot write into the run folder {folder}"):
        descriptor = _open(folder)
    try:
        _take(descriptor, folder)
        _mine.add(place)
        yield
    finally:
        if place in _mine:
            _mine.discard(place)
            _remove(folder)
        os.close(descriptor)


def _open(folder: Path) -> int:
    return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT)


def _take(descriptor: int, folder: Path) -> None:
    """Lock the file; raises UserError if another process has done so."""
    taken = f"{folder} is in use by another process that trains it: wait for that one, or stop it first."
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in TAKEN:
            raise UserError(taken) from error
        log.warning(f"{folder} cannot be locked here ({error.strerror}): see to it that nothing else trains it")
    if not _same(descriptor, folder):  # another process has just ended and removed it
        raise UserError(taken)


def _same(descriptor: int, folder: Path) -> bool:
    """Return whether the open file is still the one in the folder."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(folder / LOCK))
    except FileNotFoundError:
        return False


def _remove(folder: Path) -> None:
    """Remove the file while it is still locked, so that no process can lock one that others do not see."""
    with suppress(OSError):  # Windows removes no open file; there it stays, unlocked
        os.unlink(folder / LOCK)
