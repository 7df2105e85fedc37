"""End a command with its exit code, and with one line on standard error if it failed."""

import contextlib
import errno
import math
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from yolo.cli import standard_streams
from yolo.errors import FULL, UserError
from yolo.installation import install_command
from yolo.wording import printable

SYSTEM = FULL | {errno.ENAMETOOLONG, errno.EROFS, errno.EACCES, errno.EMFILE}  # not faults of the program
UNREAD = (errno.EPIPE, errno.EIO)  # the reader is gone, the terminal is closed
UNDISTURBED = 5.0  # seconds after a signal in which files are closed and further signals ignored


class TerminatedError(SystemExit):
    """A stop by SIGTERM (docker stop, systemd), or by SIGHUP (the terminal was closed)."""

    code: int

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)  # the code that shells use
        self.by = signal.Signals(number).name


def leave(command: Callable[[], int | None]) -> NoReturn:
    """Call a command and exit with the code that it returns, or with the code for its error.

    0: done; 1: decided by the command; 2: a user's mistake; 129: the terminal was closed; 130: stopped by Ctrl-C; 141:
    nobody reads the output; 143: stopped by SIGTERM. A fault in the program keeps its traceback.
    """
    try:
        with _stopped_once():
            code = _called(command)
    except UserError as error:
        code = _complain(f"error: {error}", 2)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "yolo", "attention"):
            raise
        code = _complain(f"error: the package {package} is not installed: {install_command()}", 2)
    except MemoryError as error:
        reason = f" ({error})" if str(error) else ""
        code = _complain(
            f"error: the memory of this machine does not suffice{reason}: process fewer or smaller pictures at a time "
            "(--batch-size, --input-size), or close other programs.",
            2,
        )
    except KeyboardInterrupt:
        code = _complain("stopped by Ctrl-C", 130)
    except TerminatedError as stop:
        code = _complain(f"stopped by {stop.by}", stop.code)
    except BrokenPipeError:
        standard_streams.drop_output()
        code = 141
    except OSError as error:
        if error.errno not in SYSTEM:
            raise
        standard_streams.drop_output()
        code = _complain(f"error: {_what_failed(error)}.", 2)
    sys.exit(code)


def _called(command: Callable[[], int | None]) -> int | None:
    """Return the code of a command, after its output is flushed.

    If it was stopped and then failed because nobody reads its output, the error of the stop is raised.
    """
    try:
        code = command()
        sys.stdout.flush()
        return code
    except BaseException as error:
        try:
            sys.stdout.flush()
        except OSError:
            standard_streams.drop_output()
        stop = _stop_before(error)
        if stop and isinstance(error, OSError) and error.errno in UNREAD:
            raise stop from None
        raise


def _stop_before(error: BaseException | None) -> KeyboardInterrupt | TerminatedError | None:
    """Return the stop that was being handled when an error occurred, or None."""
    while error is not None and not isinstance(error, (KeyboardInterrupt, TerminatedError)):
        error = error.__context__
    return error


def _complain(line: str, code: int) -> int:
    try:
        print(printable(line), file=sys.stderr, flush=True)
    except OSError:  # nobody reads it, or the terminal is gone
        standard_streams.drop_output(2)
    return code


def _what_failed(error: OSError) -> str:
    """Return the refusal of the system in words: `cannot use the file 'a': no space left on device`."""
    reason = (error.strerror or str(error)).lower()
    return f"cannot use the file '{error.filename}': {reason}" if error.filename else f"the system says: {reason}"


@contextlib.contextmanager
def _stopped_once() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt, and SIGTERM and SIGHUP TerminatedError, once in the block.

    Further signals in the next seconds are ignored, so that files are closed undisturbed. A signal that was ignored
    before, as by nohup, stays ignored.
    """
    stopped = -math.inf

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal stopped
        if time.monotonic() - stopped > UNDISTURBED:
            stopped = time.monotonic()
            raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError(number)

    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = [each for each in signals if signal.getsignal(each) not in (signal.SIG_IGN, None)]  # None: not from Python
    former = {each: signal.signal(each, stop) for each in ours}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
