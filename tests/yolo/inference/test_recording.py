"""A recording takes what comes over a connection, and says so when that ends in any other way than it should."""

import socket
import struct

import pytest

from yolo.errors import UserError
from yolo.inference import recording
from yolo.inference.recording import Recording


def connected(made):
    """A connection to a `Recording`, which is started."""
    port = int(made.address.rpartition(":")[2].partition("/")[0])
    connection = socket.create_connection(("127.0.0.1", port))
    made.start()
    return connection


def test_all_that_comes_is_in_the_file(tmp_path):
    made = Recording(tmp_path / "a.mkv")
    with connected(made) as connection:
        connection.sendall(b"abc" * 100_000)
    made.close()
    assert (tmp_path / "a.mkv").read_bytes() == b"abc" * 100_000


def test_a_connection_that_is_reset_is_no_success(tmp_path):
    made = Recording(tmp_path / "a.mkv")
    with connected(made) as connection:
        connection.sendall(b"abc")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset when closed
    with pytest.raises(UserError, match=r"cannot write the video .*a\.mkv: "):
        made.close()


def test_where_nobody_connects_nothing_stays_open(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "PATIENCE", 0.01)
    made = Recording(tmp_path / "a.mkv")
    with pytest.raises(UserError, match=r"cannot write the video .*a\.mkv: timed out"):
        made.start()
    assert made._file.closed
    assert made._server.fileno() == -1


def test_without_a_server_the_file_is_closed(tmp_path, monkeypatch, recwarn):
    def refused(_):
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(socket, "create_server", refused)
    with pytest.raises(UserError, match="Address already in use"):
        Recording(tmp_path / "a.mkv")
    assert not [warning for warning in recwarn if warning.category is ResourceWarning]
