"""Sound in a video file is noticed, whatever the container, and nothing else is taken for it."""

import cv2
import numpy as np
import pytest

from yolo.inference.sources.has_sound import has_sound


def box(kind, content=b"", large=False):
    if large:
        return (1).to_bytes(4, "big") + kind + (16 + len(content)).to_bytes(8, "big") + content
    return (8 + len(content)).to_bytes(4, "big") + kind + content


SOUND, PICTURE = (box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + kind + bytes(12)))) for kind in (b"soun", b"vide"))
START = box(b"ftyp", b"isom") + box(b"mdat", bytes(100_000))


@pytest.mark.parametrize(
    ("content", "sound"),
    [
        (START + box(b"moov", PICTURE + SOUND), True),
        (box(b"ftyp") + box(b"mdat", b"soun" * 9, large=True) + box(b"moov", SOUND), True),
        (box(b"ftyp") + box(b"mdat", b"soun" * 9) + box(b"moov", PICTURE), False),
        (box(b"ftyp") + bytes(8) + box(b"moov", SOUND), False),  # a box of no length: the rest of the file
        (START[:50], False),
        (
            b"\x1aE\xdf\xa3" + bytes(50) + b"\x83\x81\x01" + b"\x83\x81\x02",
            True,
        ),  # Matroska: a picture and a sound track
        (b"\x1aE\xdf\xa3" + bytes(50) + b"\x83\x81\x01", False),
        (b"RIFF" + bytes(4) + b"AVI LIST" + b"strh8\0\0\0vids" + b"strh8\0\0\0auds", True),
        (b"RIFF" + bytes(4) + b"AVI LIST" + b"strh8\0\0\0vids", False),
        (b"", False),
    ],
)
def test_a_sound_track_is_found_where_the_container_lists_it(tmp_path, content, sound):
    (tmp_path / "v").write_bytes(content)
    assert has_sound(tmp_path / "v") is sound


@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "mp4v"), ("mkv", "mp4v"), ("avi", "MJPG")])
def test_videos_without_sound_have_none(tmp_path, suffix, codec):
    writer = cv2.VideoWriter(str(tmp_path / f"v.{suffix}"), cv2.VideoWriter_fourcc(*codec), 25, (64, 48))
    for _ in range(9):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    assert not has_sound(tmp_path / f"v.{suffix}")


def test_what_is_no_file_has_none():
    assert not has_sound("http://camera/1")
