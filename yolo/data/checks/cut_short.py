"""Tell pictures that were cut short, as by a broken download, from those that are damaged otherwise."""

from pathlib import Path

from yolo import picture_files
from yolo.errors import UserError

JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"


def is_cut_short(path: Path) -> bool:
    """Return whether a JPEG, PNG, WebP or BMP lacks its end, or a file is empty."""
    try:
        content = picture_files.read_content(path).tobytes()
    except UserError:
        return False
    if content.startswith(picture_files.JPEG):
        scan = content.rfind(JPEG_SCAN)  # a thumbnail in the head has an end of its own
        return scan < 0 or JPEG_END not in content[scan:]
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"IEND" not in content[-16:]
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return len(content) < int.from_bytes(content[4:8], "little") + 8
    if content.startswith(b"BM"):
        return len(content) < int.from_bytes(content[2:6], "little")
    return not content
