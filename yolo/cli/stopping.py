"""How a command that writes files is stopped: once, and then it closes them undisturbed."""

import contextlib
import signal
import sys


@contextlib.contextmanager
def stopped_once():
    """Ctrl-C raises KeyboardInterrupt, SIGTERM (docker stop, systemd) and SIGHUP (a terminal that closes) SystemExit.

    What comes after it is ignored, and so is SIGHUP where it was before, as by nohup.
    """

    def stop(number, _):
        for each in former:
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(128 + number)  # as a shell tells of it

    signals = [signal.SIGINT, signal.SIGTERM]
    hangup = getattr(signal, "SIGHUP", None)  # not on Windows
    if hangup and signal.getsignal(hangup) != signal.SIG_IGN:
        signals.append(hangup)
    former = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
