"""What OpenCV reads videos, webcams and streams by."""

import re
from urllib.parse import urlsplit, urlunsplit

from yolo.errors import UserError
from yolo.inference.sources.frame import UnreadableError
from yolo.opencv import cv2

TIMEOUT = 10_000  # milliseconds that a stream may keep silent


def open_capture(address):
    """A `cv2.VideoCapture` that is open; raises UnreadableError.

    Args:
        address: the number of a webcam (int), a file, or the address of a stream.
    """
    stream = is_stream(address)
    timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT] if stream else []
    capture = cv2.VideoCapture(address, cv2.CAP_ANY, timeouts)
    if capture.isOpened():
        return capture
    if isinstance(address, int):
        raise UnreadableError(f"there is no webcam number {address}, or another program is using it.")
    if stream:
        raise UnreadableError(f"the stream {public(address)} cannot be opened: check address, password and network.")
    raise UnreadableError(f"{address} is neither a picture nor a video that can be decoded.")


def is_stream(address):
    """Whether it is reached over a network: `rtsp://camera/1`."""
    return isinstance(address, str) and "://" in address


def public(address):
    """A source's name for files and screens: webcams by their number, addresses without user and password.

    Raises UserError for an address that is malformed.
    """
    if isinstance(address, int):
        return f"webcam-{address}"
    if not is_stream(address):
        return address
    try:
        parts = urlsplit(address)
    except ValueError as error:
        scheme = address.partition("://")[0]
        raise UserError(
            f"a stream's address is written like {scheme}://camera.local:554/path; this one cannot be read: {error}."
        ) from error
    return urlunsplit(parts._replace(netloc=re.sub(r"^.*@", "", parts.netloc)))
