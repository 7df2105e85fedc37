"""A file that holds at every moment what has been recorded so far."""

import socket
import threading

from yolo.errors import UserError, os_errors_as_user_errors

CHUNK = 1 << 16  # bytes
PATIENCE = 10.0  # seconds that FFmpeg has for connecting


class Recording:
    """Takes a video from FFmpeg over a connection within this machine, and writes all that comes to a file at once.

    Of a file that FFmpeg writes itself it keeps up to 256 kB in memory, many seconds of a quiet camera, which are lost
    when the process is killed; of a connection it keeps nothing. A full disk is noticed, too, of which OpenCV says
    nothing.

    Args:
        path: the file; its suffix chooses the container.

    Attributes:
        address: what FFmpeg is to write to, before `start`.
    """

    def __init__(self, path):
        self._path = path
        self._error = None
        self._thread = None
        with os_errors_as_user_errors(f"cannot write the video {path}"):
            self._file = open(path, "wb", buffering=0)  # noqa: SIM115, see close()
            try:
                self._server = socket.create_server(("127.0.0.1", 0))
            except OSError:
                self._file.close()
                raise
        self._server.settimeout(PATIENCE)
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}/recording{path.suffix}"

    def start(self):
        """Take what FFmpeg sends, now that it has connected; raises UserError."""
        try:
            with os_errors_as_user_errors(f"cannot write the video {self._path}"):
                connection, _ = self._server.accept()
        except UserError:
            self.close()
            raise
        self._thread = threading.Thread(target=self._receive, args=(connection,), daemon=True)
        self._thread.start()

    def check(self):
        """Raise UserError when the file could not be written."""
        with os_errors_as_user_errors(f"cannot write the video {self._path}"):
            if self._error:
                raise self._error

    def close(self):
        """Write the rest; FFmpeg must have finished. Raises UserError."""
        self._server.close()
        if self._thread:
            self._thread.join()
        self._file.close()
        self.check()

    def _receive(self, connection):
        with connection:
            while content := self._kept_error(connection.recv, CHUNK):
                if not self._error:  # else the rest is only taken, so that FFmpeg does not wait for ever
                    self._kept_error(self._write, content)

    def _kept_error(self, function, argument):
        """Call a function; what the system refuses is kept for `check`."""
        try:
            return function(argument)
        except OSError as error:
            self._error = self._error or error

    def _write(self, content):
        while content:
            content = content[self._file.write(content) :]  # where little room is left, it writes a part
