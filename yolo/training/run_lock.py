"""One process at a time in the folder of a run."""

import errno
import logging
import os
from contextlib import contextmanager, suppress

from yolo.errors import UserError, os_errors_as_user_errors

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    import msvcrt

LOCK = "run.lock"
TAKEN = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)

log = logging.getLogger("yolo")
_mine = set()  # folders that this process holds


@contextmanager
def locked(folder):
    """Keep the folder of a run for this process; the system lets it go when the process ends, however it ends.

    Raises:
        UserError: another process has it.
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


def _open(folder):
    return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT)


def _take(descriptor, folder):
    taken = f"{folder} is in use by another process that trains it: wait for that one, or stop it first."
    try:
        if os.name == "nt":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in TAKEN:
            raise UserError(taken) from error
        log.warning(f"{folder} cannot be locked here ({error.strerror}): see to it that nothing else trains it")
    if not _same(descriptor, folder):  # removed meanwhile by the process that has just ended
        raise UserError(taken)


def _same(descriptor, folder):
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(folder / LOCK))
    except FileNotFoundError:
        return False


def _remove(folder):
    """Remove the file while it is still locked, so that nobody can hold one that others do not see."""
    with suppress(OSError):  # Windows removes no open file; there it stays, unlocked
        os.unlink(folder / LOCK)
