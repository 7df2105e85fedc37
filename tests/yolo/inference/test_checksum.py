"""Damage is seen before a library reads the file."""

import zlib

import pytest

from yolo.errors import UserError
from yolo.inference.checksum import PLACEHOLDER, check, seal


@pytest.fixture
def sealed(tmp_path):
    """A file with a checksum near its end, and one that belongs to it."""
    path, other = tmp_path / "größe 1.xml", tmp_path / "größe 1.bin"
    path.write_bytes(b"<model/><!-- " + PLACEHOLDER.encode() + b" -->\n")
    other.write_bytes(bytes(range(100)))
    seal(path, [other])
    return path, other


def test_the_checksum_is_that_of_what_comes_before_it_and_of_the_other_file(sealed):
    path, other = sealed
    expected = zlib.crc32(b"<model/><!-- " + bytes(range(100)))
    assert path.read_bytes() == f"<model/><!-- crc32:{expected:08x} -->\n".encode()
    check(path, [other])


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("at", [0, 5, -25])
def test_one_changed_byte_in_either_file_is_seen(sealed, which, at):
    content = bytearray(sealed[which].read_bytes())
    content[at] ^= 1
    sealed[which].write_bytes(content)
    with pytest.raises(UserError, match=r"größe 1\.xml is damaged, or was changed since it was exported"):
        check(sealed[0], [sealed[1]])


def test_a_file_of_former_days_has_no_checksum_and_passes(tmp_path):
    (tmp_path / "old.onnx").write_bytes(b"crc32:00000000" + bytes(100))
    check(tmp_path / "old.onnx")
