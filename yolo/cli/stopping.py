"""How a command that writes files is stopped: once, and then it closes them undisturbed."""

import contextlib
import signal
import sys


@contextlib.contextmanager
def stopped_once():
    """Ctrl-C raises KeyboardInterrupt, SIGTERM (docker stop, systemd) SystemExit; what comes after it is ignored."""

    def stop(number, _):
        for each in former:
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(128 + number)  # as a shell tells of it

    former = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
