"""Pictures on which models are compared, calibrated and measured, and a network of the size that is asked for."""

from pathlib import Path

from yolo.errors import UserError

CALIBRATION = 200  # pictures that int8 is calibrated on
COMPARED = 8  # pictures on which an export is compared with its network


def spread(items, most):
    """At most so many of the items, evenly from the first to the last."""
    number = min(len(items), most)
    return [items[i * len(items) // number] for i in range(number)]


def sized(network, input_size):
    """The network itself, or one with its weights for another input size."""
    return network if input_size in (None, network.input_size) else network.copy(input_size=input_size)


def fitted(pictures, network):
    """Pictures (H, W, 3) uint8 as the network is shown them, one (h, w, 3) after the other."""
    from yolo.letterbox import fit

    for picture in pictures:
        yield fit(picture, network.input_size, network.resize_mode)[0]


def drawings(number):
    """So many pictures of the demo set, for want of real ones."""
    import numpy as np

    from yolo.data.drawing import draw

    return [draw(np.random.default_rng((0, i)))[0] for i in range(number)]


def pictures_under(folder):
    """The picture files in the folder that --calibrate names, subfolders included; raises UserError without one."""
    from yolo.images import is_picture

    if not Path(folder).is_dir():
        raise UserError(f"there is no folder {folder}: give --calibrate one that holds pictures.")
    found = sorted(path for path in Path(folder).rglob("*") if is_picture(path))
    if not found:
        raise UserError(f"{folder} holds no pictures: give --calibrate a folder that does.")
    return found


def to_calibrate_on(files, scored):
    """At most CALIBRATION of the files, none of which is among the annotations that are scored."""
    apart = {known.path.resolve() for known in scored}
    return spread([file for file in files if file.resolve() not in apart], CALIBRATION)
