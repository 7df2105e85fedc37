"""Open and read videos, webcams and streams with OpenCV."""

from collections.abc import Sequence

from yolo.array_types import BgrImage
from yolo.errors import UserError
from yolo.inference.sources.address import is_ambiguous, is_pipeline, is_stream, public
from yolo.inference.sources.frame_source import UnreadableSourceError
from yolo.opencv import cv2
from yolo.undecodable_names import refuse_undecodable_name

TIMEOUT = 10_000  # milliseconds that a stream may send nothing

__all__ = ["is_stream", "open_capture", "public", "read"]


def open_capture(address: int | str) -> cv2.VideoCapture:
    """Open a webcam, a file or a stream.

    Args:
        address: the number of a webcam (int), a file, the address of a stream, or a pipeline of GStreamer.

    Raises:
        UnreadableSourceError: it cannot be opened.
    """
    if is_pipeline(address):
        return _open_pipeline(address)
    if isinstance(address, str):
        try:
            refuse_undecodable_name(address)
        except UserError as error:
            raise UnreadableSourceError(str(error)) from error
    stream = is_stream(address)
    timeouts: Sequence[int] = (
        [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT] if stream else []
    )
    capture = cv2.VideoCapture(address, cv2.CAP_ANY, timeouts)
    if capture.isOpened():
        return capture
    if isinstance(address, int):
        raise UnreadableSourceError(f"there is no webcam number {address}, or another program is using it.")
    if stream:
        hint = " A #, ?, / or @ in user or password is written %23, %3F, %2F or %40." if is_ambiguous(address) else ""
        raise UnreadableSourceError(
            f"the stream {public(address)} cannot be opened: check address, password and network.{hint}"
        )
    raise UnreadableSourceError(f"{address} is neither a picture nor a video that can be decoded.")


def read(capture: cv2.VideoCapture) -> BgrImage | None:
    """Return the next frame; None if there is none, or if it cannot be decoded."""
    try:
        done, image = capture.read()
    except cv2.error:
        return None
    return image if done else None  # type: ignore[return-value]  # always uint8


def _open_pipeline(text: str) -> cv2.VideoCapture:
    if not any("GStreamer" in line and "YES" in line for line in cv2.getBuildInformation().splitlines()):
        raise UnreadableSourceError(
            f"{public(text)} is a pipeline of GStreamer, which this OpenCV is built without: give a webcam's number, "
            "a file or an address, or install an OpenCV with GStreamer."
        )
    capture = cv2.VideoCapture(text, cv2.CAP_GSTREAMER)
    if not capture.isOpened():
        raise UnreadableSourceError(f"the pipeline {public(text)} cannot be opened; does it end in appsink?")
    return capture
