"""Read HDF5 files that others have made, and no more of them than is expected."""

import os

import h5py
import numpy as np

from yolo.errors import UserError

DAMAGE = (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)  # what h5py answers to it


def count_numbers(group):
    """Return how many numbers are in a group of an HDF5 file, those of the groups within included."""
    sizes = []
    group.visititems(lambda _, item: sizes.append(item.size or 0 if isinstance(item, h5py.Dataset) else 0))
    return sum(sizes)


def check_content(file, most=None):
    """Raise OSError when a file points elsewhere, holds other things than numbers, or far more than it has bytes for.

    Asked before anything of it is read, so that no memory is taken for what it only says it holds.

    Args:
        most: how many numbers it may hold; by default twice as many as it has bytes for.
    """
    wrong = file.visititems_links(_wrong_link) or _wrong_attribute(file) or file.visititems(_wrong_item)
    if wrong:
        raise OSError(wrong)
    held = count_numbers(file)
    most = os.path.getsize(file.filename) // 2 + 2**19 if most is None else most
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


def _wrong_link(name, link):
    """Return what is wrong with a link, or None; h5py makes a SystemError of what is raised here."""
    return None if isinstance(link, h5py.HardLink) else f"{name} is a link to elsewhere"


def _wrong_item(name, item):
    if isinstance(item, h5py.Datatype):
        return f"{name} is a type of data of its own"
    if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
        return f"the numbers of {name} are in another file"
    return _wrong_attribute(item)


def _wrong_attribute(item):
    """Return which attribute holds neither texts nor numbers, or None; some other types h5py reads without end."""
    for name in item.attrs:
        dtype = item.attrs.get_id(name).dtype
        if dtype.kind not in "biufS" and h5py.check_string_dtype(dtype) is None:
            return f"the attribute {name} of {item.name} holds neither texts nor numbers"
    return None
