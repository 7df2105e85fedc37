"""Record a video into a file that can be played at any moment."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from yolo.errors import UserError, os_errors_as_user_errors

CHUNK = 1 << 16  # bytes
PATIENCE = 10.0  # seconds that FFmpeg has for connecting

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class Recording:
    """A recording: it receives a video from FFmpeg over a local connection and writes it to a file without delay.

    When FFmpeg writes a file itself, it keeps up to 256 kB in memory: many seconds of a quiet camera, which are lost if
    the process is killed. For a connection it keeps nothing. A full disk is noticed too, which OpenCV does not report.

    Args:
        path: the file; its suffix chooses the container format.

    Attributes:
        address: FFmpeg must connect to this address before `start`.

    Raises:
        UserError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._error: OSError | None = None
        self._thread: threading.Thread | None = None
        with os_errors_as_user_errors(f"cannot write the video {path}"):
            self._file = open(path, "wb", buffering=0)  # noqa: SIM115, see close()
            try:
                self._server = socket.create_server(("127.0.0.1", 0))
            except OSError:
                self._file.close()
                raise
        self._server.settimeout(PATIENCE)
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}/recording{path.suffix}"

    def start(self) -> None:
        """Begin to receive the video from FFmpeg, which has connected.

        Raises:
            UserError: there is no connection.
        """
        try:
            with os_errors_as_user_errors(f"cannot write the video {self._path}"):
                connection, _ = self._server.accept()
        except UserError:
            self.close()
            raise
        self._thread = threading.Thread(target=self._receive, args=(connection,), daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise UserError if the file could not be written."""
        with os_errors_as_user_errors(f"cannot write the video {self._path}"):
            if self._error:
                raise self._error

    def close(self) -> None:
        """Write the rest. FFmpeg must have finished.

        Raises:
            UserError: the file could not be written.
        """
        self._server.close()
        if self._thread:
            self._thread.join()
        self._file.close()
        self.check()

    def _receive(self, connection: socket.socket) -> None:
        with connection:
            while content := self._kept_error(connection.recv, CHUNK):
                if not self._error:  # else only receive the rest, so that FFmpeg does not wait forever
                    self._kept_error(self._write, content)

    def _kept_error(self, function: Callable[[Argument], Result], argument: Argument) -> Result | None:
        """Call a function; keep the first OSError for `check`."""
        try:
            return function(argument)
        except OSError as error:
            self._error = self._error or error
            return None

    def _write(self, content: bytes) -> None:
        while content:
            content = content[self._file.write(content) :]  # on a nearly full disk, only a part is written
