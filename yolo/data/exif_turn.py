"""Find out how OpenCV turns a picture with a given block of EXIF data, by letting it decode a small picture with it.

OpenCV reads the orientation by rules of its own: it ignores the type of the number, and gives up at some damage. Other
readers of EXIF find another turn in such blocks, and then boxes would be laid over the wrong picture.
"""

import numpy as np

from yolo.array_types import Flags
from yolo.opencv import cv2

LONGEST = 65527  # bytes of a block in a JPEG
PREFIX = b"Exif\0\0"  # comes before the block in a JPEG
START, APP1 = b"\xff\xd8", b"\xff\xe1"  # markers of a JPEG

_SMALL = np.zeros((8, 16), bool)  # white in one corner, so that each turn of it is another image
_SMALL[:4, :8] = True
_TURNED = {
    1: _SMALL,
    2: _SMALL[:, ::-1],
    3: _SMALL[::-1, ::-1],
    4: _SMALL[::-1],
    5: _SMALL.T,
    6: np.rot90(_SMALL, -1),
    7: _SMALL[::-1, ::-1].T,
    8: np.rot90(_SMALL),
}
_JPEG = cv2.imencode(".jpg", _SMALL * np.uint8(255))[1].tobytes()


def exif_turn(block: bytes) -> int:
    """Return the EXIF orientation, 1 to 8, by which OpenCV turns a picture with this block; 1 means that it does not.

    Args:
        block: EXIF data as they are in a TIFF: they begin with `II` or `MM`.
    """
    if not block:
        return 1
    data = PREFIX + block[:LONGEST]
    content = START + APP1 + (2 + len(data)).to_bytes(2, "big") + data + _JPEG[len(START) :]
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    found: Flags = decoded > 127
    return next(orientation for orientation, image in _TURNED.items() if np.array_equal(image, found))
