"""End a command: with its exit code, and one line on standard error when it could not do what was asked."""

import contextlib
import errno
import math
import signal
import sys
import time

from yolo.cli import console
from yolo.errors import FULL, UserError
from yolo.wording import printable

SYSTEM = FULL | {errno.ENAMETOOLONG, errno.EROFS, errno.EACCES, errno.EMFILE}  # no fault of ours
UNREAD = (errno.EPIPE, errno.EIO)  # a reader that is gone, a terminal that is closed
UNDISTURBED = 5  # seconds in which what is open is closed before another signal counts


class TerminatedError(SystemExit):
    """SIGTERM has come (docker stop, systemd), or SIGHUP (a terminal that closes)."""

    def __init__(self, number):
        super().__init__(128 + number)  # as a shell tells of it
        self.by = signal.Signals(number).name


def leave(command):
    """Call a command and exit with its code, or with the one that its mistake has earned.

    0 is done, 1 as the command says, 2 a user's mistake, 129 the terminal was closed, 130 stopped by Ctrl-C, 141 nobody
    reads the output, 143 stopped by SIGTERM. A fault in the program keeps its traceback.
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
        code = _complain(f"error: the package {package} is not installed: pip install -r requirements.txt", 2)
    except MemoryError as error:
        reason = f" ({error})" if str(error) else ""
        code = _complain(
            f"error: the memory of this machine does not suffice{reason}: ask for fewer or smaller pictures at once "
            "(--batch-size, --input-size), or close other programs.",
            2,
        )
    except KeyboardInterrupt:
        code = _complain("stopped by Ctrl-C", 130)
    except TerminatedError as stop:
        code = _complain(f"stopped by {stop.by}", stop.code)
    except BrokenPipeError:
        console.drop_output()
        code = 141
    except OSError as error:
        if error.errno not in SYSTEM:
            raise
        console.drop_output()
        code = _complain(f"error: {_what_failed(error)}.", 2)
    sys.exit(code)


def _called(command):
    """Return the code of a command, what it printed written out; a stop counts more than words nobody can read then."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except BaseException as error:
        try:
            sys.stdout.flush()
        except OSError:
            console.drop_output()
        stop = _stop_before(error)
        if stop and isinstance(error, OSError) and error.errno in UNREAD:
            raise stop from None
        raise


def _stop_before(error):
    """Return the stop in whose wake an error came, or None."""
    while error and not isinstance(error, (KeyboardInterrupt, TerminatedError)):
        error = error.__context__
    return error


def _complain(line, code):
    try:
        print(printable(line), file=sys.stderr, flush=True)
    except OSError:  # nobody is there to read it, or the terminal is gone
        console.drop_output(2)
    return code


def _what_failed(error):
    """Return what the system refuses, in a sentence: `cannot use the file 'a': no space left on device`."""
    reason = (error.strerror or str(error)).lower()
    return f"cannot use the file '{error.filename}': {reason}" if error.filename else f"the system says: {reason}"


@contextlib.contextmanager
def _stopped_once():
    """Ctrl-C raises KeyboardInterrupt, SIGTERM and SIGHUP Terminated, so that what is open is closed undisturbed.

    What comes in the seconds after it is ignored, and so is what was ignored before, as by nohup.
    """
    stopped = -math.inf

    def stop(number, _):
        nonlocal stopped
        if time.monotonic() - stopped > UNDISTURBED:
            stopped = time.monotonic()
            raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError(number)

    known = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = [each for each in known if signal.getsignal(each) not in (signal.SIG_IGN, None)]  # None: not of Python
    former = {each: signal.signal(each, stop) for each in ours}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
