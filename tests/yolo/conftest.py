"""What tests of detection and of the command line share."""

import pytest

from tests.yolo.inference.motion_jpeg import MotionJpeg


@pytest.fixture
def server():
    """A stream over HTTP; `stop()` drops the connection, after `start()` it is back."""
    server = MotionJpeg()
    server.start()
    yield server
    server.stop()
