"""Check HDF5 files from others before they are read: they contain numbers, and no more of them than expected."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import h5py
import numpy as np

from yolo.errors import UserError

if TYPE_CHECKING:
    from yolo.nets.model import YoloV4Tiny  # imports Keras

DAMAGE = (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)  # raised by h5py for damaged files
LARGEST = 2**31  # bytes; a checkpoint of 100,000 classes takes 1.8 gigabytes


def items(group: h5py.Group) -> Iterator[tuple[str, h5py.Group | h5py.Dataset | h5py.Datatype]]:
    """Yield the path and the item of everything inside a group, at any depth.

    Raises:
        One of DAMAGE: the file is damaged.
    """
    names: list[str] = []
    group.visit(names.append)
    for name in names:
        yield name, group[name]


def datasets(group: h5py.Group) -> dict[str, h5py.Dataset]:
    """Return the datasets inside a group, at any depth, by their paths.

    Raises:
        One of DAMAGE: the file is damaged.
    """
    return {name: item for name, item in items(group) if isinstance(item, h5py.Dataset)}


def count_numbers(group: h5py.Group) -> int:
    """Return how many numbers are inside a group, at any depth.

    Raises:
        One of DAMAGE: the file is damaged.
    """
    return sum(dataset.size or 0 for dataset in datasets(group).values())


def check_content(file: h5py.File, most: int | None = None) -> None:
    """Raise an error when a file is not to be read; call it before anything is read.

    A file may claim to have more numbers than it has bytes for. So no memory is taken before this check.

    Args:
        most: how many numbers it may have; by default twice as many as it has bytes for.

    Raises:
        OSError: it refers to other files, has other things than numbers and texts, or has too many numbers.
        One of DAMAGE: it is damaged.
    """
    if file.id.get_filesize() > LARGEST:
        raise OSError(f"its {file.id.get_filesize()} bytes are more than any detector takes")
    content = file.id.get_file_image()
    if file.id.get_create_plist().get_sizes() != (8, 8):
        raise OSError("its addresses are not 8 bytes long")
    if not _heaps_end(content):
        raise OSError("its texts have lost their bounds")
    _check_links(file)
    _check_attributes(file)
    for name, item in items(file):
        if isinstance(item, h5py.Datatype):
            raise OSError(f"{name} is a type of data of its own")
        if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
            raise OSError(f"the numbers of {name} are in another file")
        _check_attributes(item)
    count = count_numbers(file)
    most = len(content) // 2 + 2**19 if most is None else most
    if count > most:
        raise OSError(f"it would hold {count} numbers")


def check_weights(path: str | Path, network: "YoloV4Tiny") -> None:
    """Raise UserError when a network read from `path` has weights that are not finite, or negative variances."""
    values = {variable.path: np.asarray(variable) for variable in network.weights}
    if not all(np.isfinite(array).all() for array in values.values()):
        raise UserError(f"{path} is damaged, it holds weights that are no finite numbers: copy it again.")
    negative = [name for name, array in values.items() if "variance" in name and (array < -network.epsilon).any()]
    if negative:
        raise UserError(f"{path} is damaged, {negative[0]} holds variances below 0: copy it again.")


def _heaps_end(content: bytes) -> bool:
    """Return whether the objects of each global heap in an HDF5 file's bytes fill the heap exactly.

    Texts of any length lie in such heaps, as (number, references, 0, size, padded text). Number 0 is the free space at
    the end, its header included. When such a size is damaged, HDF5 1.14.6 loops for ever. A heap is found by its first
    five bytes. Weights contain these bytes by chance in one of 45,000 files of 24 MB.
    Source: HDF5 File Format Specification 3.0, section III.E.
    """
    for start in (match.start() for match in re.finditer(rb"GCOL\x01", content)):
        end = start + int.from_bytes(content[start + 8 : start + 16], "little")
        place = start + 16
        while place + 16 <= end <= len(content):
            number, size = struct.unpack_from("<H6xQ", content, place)
            step = 16 + -(-size // 8) * 8 if number else size
            if step < 16:
                return False
            place += step
        if not end - 16 < place <= end:
            return False
    return True


def _check_links(file: h5py.File) -> None:
    """Raise OSError for a link to another place.

    The names are collected first, because an error inside `visit_links` would become a SystemError.
    """
    names: list[str] = []
    file.visit_links(names.append)
    for name in names:
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            raise OSError(f"{name} is a link to elsewhere")


def _check_attributes(item: h5py.Group | h5py.Dataset) -> None:
    """Raise OSError for an attribute with neither texts nor numbers: h5py never returns from reading some types."""
    for name in item.attrs:
        dtype = item.attrs.get_id(name).dtype
        if dtype.kind not in "biufS" and h5py.check_string_dtype(dtype) is None:
            raise OSError(f"the attribute {name} of {item.name} holds neither texts nor numbers")
