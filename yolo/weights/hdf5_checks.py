"""Read HDF5 files that others have made, and no more of them than is expected."""

import re
import struct

import h5py
import numpy as np

from yolo.errors import UserError

DAMAGE = (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)  # what h5py answers to it
LARGEST = 2**31  # bytes; a checkpoint of 100,000 classes takes 1.8 gigabytes


def items(group):
    """Yield (path, group or dataset) of all that is within a group of an HDF5 file; raises one of DAMAGE."""
    names = []
    group.visit(names.append)
    for name in names:
        yield name, group[name]


def datasets(group):
    """Return {path: dataset} of all that is within a group of an HDF5 file; raises one of DAMAGE."""
    return {name: item for name, item in items(group) if isinstance(item, h5py.Dataset)}


def count_numbers(group):
    """Return how many numbers are in a group of an HDF5 file, those of the groups within included."""
    return sum(dataset.size or 0 for dataset in datasets(group).values())


def check_content(file, most=None):
    """Raise OSError when a file points elsewhere, holds other things than numbers, or far more than it has bytes for.

    Asked before anything of it is read, so that no memory is taken for what it only says it holds.

    Args:
        most: how many numbers it may hold; by default twice as many as it has bytes for.
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
    held = count_numbers(file)
    most = len(content) // 2 + 2**19 if most is None else most
    if held > most:
        raise OSError(f"it would hold {held} numbers")


def check_weights(path, network):
    """Raise UserError when a network read from `path` has weights that are no finite numbers, or no variances."""
    values = {variable.path: np.asarray(variable) for variable in network.weights}
    if not all(np.isfinite(array).all() for array in values.values()):
        raise UserError(f"{path} is damaged, it holds weights that are no finite numbers: copy it again.")
    negative = [name for name, array in values.items() if "variance" in name and (array < -network.epsilon).any()]
    if negative:
        raise UserError(f"{path} is damaged, {negative[0]} holds variances below 0: copy it again.")


def _heaps_end(content):
    """Return whether the objects of each global heap in an HDF5 file's bytes fill the heap.

    Texts of any length lie in such heaps, as (number, references, 0, size, padded text); number 0 is the free space at
    the end, its header included. HDF5 1.14.6 walks over them without end where such a size is damaged. A heap is told
    by its first five bytes, which no array of weights is likely to hold: by chance one file of 24 MB in 45,000 does.
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


def _check_links(file):
    """Raise OSError for a link to elsewhere; what is raised within `visititems_links` would become a SystemError."""
    names = []
    file.visit_links(names.append)
    for name in names:
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            raise OSError(f"{name} is a link to elsewhere")


def _check_attributes(item):
    """Raise OSError for one that holds neither texts nor numbers; some other types h5py reads without end."""
    for name in item.attrs:
        dtype = item.attrs.get_id(name).dtype
        if dtype.kind not in "biufS" and h5py.check_string_dtype(dtype) is None:
            raise OSError(f"the attribute {name} of {item.name} holds neither texts nor numbers")
