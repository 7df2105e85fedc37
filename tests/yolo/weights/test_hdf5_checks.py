"""HDF5 files whose texts are damaged."""

import struct

import h5py
import pytest

from yolo.weights.hdf5_checks import check_content


@pytest.fixture
def texts(tmp_path):
    """A file with texts of many lengths, some taken away again, in several heaps."""
    path = tmp_path / "texts.h5"
    with h5py.File(path, "w") as file:
        file.attrs["names"] = ["x" * length for length in range(300)]
        file.attrs["long"] = "y" * 50_000
        file.attrs["names"] = ["x" * length for length in (0, 1, 7, 8, 9)]
        del file.attrs["long"]
        file.attrs["last"] = "z"
    return path


def check(path):
    with h5py.File(path) as file:
        check_content(file)


def test_whole_heaps_of_texts_are_read(texts):
    check(texts)
    assert texts.read_bytes().count(b"GCOL") == 2
    with h5py.File(texts) as file:
        assert list(file.attrs["names"]) == ["", "x", "xxxxxxx", "xxxxxxxx", "xxxxxxxxx"]


@pytest.mark.parametrize("size", [0, 8, 15, 1 << 62, 2**64 - 1, 2**64 - 16])
def test_texts_that_do_not_fill_their_heap_are_refused(tmp_path, size):
    """Where the size of the space after them is wrong, HDF5 1.14.6 reads without end."""
    path = tmp_path / "texts.h5"
    with h5py.File(path, "w") as file:
        file.attrs["name"] = "x" * 100
    content = bytearray(path.read_bytes())
    free = content.index(b"GCOL") + 16 + 16 + 104  # the heap's header, the text's, and the text up to eights
    assert struct.unpack_from("<HHIQ", content, free) == (0, 0, 0, 4096 - 16 - 120)
    check(path)
    for place in free, free - 120:
        damaged = content.copy()
        struct.pack_into("<Q", damaged, place + 8, size)
        path.write_bytes(damaged)
        with pytest.raises(OSError, match="its texts have lost their bounds"):
            check(path)


@pytest.mark.parametrize("width", [2, 4])
def test_addresses_of_another_length_than_is_ever_written_are_refused(tmp_path, width):
    path = tmp_path / "narrow.h5"
    settings = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    settings.set_sizes(width, width)
    h5py.File(h5py.h5f.create(bytes(path), fcpl=settings)).close()
    with pytest.raises(OSError, match="its addresses are not 8 bytes long"):
        check(path)
