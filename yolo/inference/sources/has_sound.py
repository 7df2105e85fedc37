"""Find out whether a video file has sound, which OpenCV neither reads nor writes."""

from pathlib import Path

HEAD = 1 << 13  # bytes at the beginning of a file, where Matroska, WebM and AVI list their tracks
MATROSKA_AUDIO, AVI_AUDIO, MP4_AUDIO = b"\x83\x81\x02", b"auds", b"soun"  # the type of a track


def has_sound(path: str | Path) -> bool:
    """Return whether an MP4, QuickTime, Matroska, WebM or AVI file lists an audio track; False for all other files."""
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD)
            if head[:4] in (b"\x1aE\xdf\xa3", b"RIFF"):
                return MATROSKA_AUDIO in head or AVI_AUDIO in head
            file.seek(0)
            while len(box := file.read(8)) == 8:  # https://developer.apple.com/documentation/quicktime-file-format
                size = int.from_bytes(box[:4], "big")
                if box[4:] == b"moov":
                    return MP4_AUDIO in file.read(max(size - 8, 0))
                size, header = (int.from_bytes(file.read(8), "big"), 16) if size == 1 else (size, 8)
                if size < header:
                    break
                file.seek(size - header, 1)
    except OSError:
        return False
    return False
