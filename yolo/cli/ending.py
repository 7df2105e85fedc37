"""End a command: with its exit code, and one line on standard error when it could not do what was asked."""

import contextlib
import errno
import signal
import sys

from yolo.cli import console
from yolo.errors import FULL, UserError
from yolo.wording import printable

SYSTEM = FULL | {errno.ENAMETOOLONG, errno.EROFS, errno.EACCES, errno.EMFILE}  # no fault of ours


class Terminated(SystemExit):
    """SIGTERM has come (docker stop, systemd)."""


def leave(command):
    """Call a command and exit with its code, or with the one that its mistake has earned.

    0 is done, 1 as the command says, 2 a user's mistake, 130 stopped by Ctrl-C, 141 nobody reads the output, 143
    stopped by SIGTERM. A fault in the program keeps its traceback.
    """
    try:
        with _terminated():
            try:
                code = command()
            finally:
                sys.stdout.flush()
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
    except Terminated:
        code = _complain("stopped by SIGTERM", 128 + signal.SIGTERM)
    except BrokenPipeError:
        console.drop_output()
        code = 141
    except OSError as error:
        if error.errno not in SYSTEM:
            raise
        console.drop_output()
        code = _complain(f"error: {_what_failed(error)}.", 2)
    sys.exit(code)


def _complain(line, code):
    with contextlib.suppress(BrokenPipeError):  # nobody is there to read it
        print(printable(line), file=sys.stderr, flush=True)
    return code


def _what_failed(error):
    """Return what the system refuses, in a sentence: `cannot use the file 'a': no space left on device`."""
    reason = (error.strerror or str(error)).lower()
    return f"cannot use the file '{error.filename}': {reason}" if error.filename else f"the system says: {reason}"


@contextlib.contextmanager
def _terminated():
    """Raise Terminated on SIGTERM, so that what is open is closed and what is temporary is removed."""

    def stop(number, _):
        raise Terminated

    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
