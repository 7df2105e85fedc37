"""Pictures on which models are compared, calibrated and measured, and a network of the size that is asked for."""

import logging
from pathlib import Path

from yolo.errors import UserError

CALIBRATION = 200  # pictures that int8 is calibrated on
COMPARED = 8  # pictures on which an export is compared with its network
UNKNOWN = "that the model does not know"  # classes whose objects are not scored

log = logging.getLogger("yolo")


def thinned(items, most):
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

    from yolo.data.demo.drawing import draw

    return [draw(np.random.default_rng((0, i)))[0] for i in range(number)]


def readable(files):
    """The pictures of the files, (H, W, 3) uint8 RGB, one after the other; those that cannot be read are named."""
    from yolo.picture_files import read

    for file in files:
        try:
            picture = read(file)
        except UserError as error:
            log.warning("left out: %s", error)
            continue
        yield picture


def readable_files(files):
    """Return the files that can be read as pictures; those that cannot are named."""
    from yolo.picture_files import check

    kept = []
    for file in files:
        try:
            check(file)
        except UserError as error:
            log.warning("left out: %s", error)
            continue
        kept.append(file)
    return kept


def calibration_files(folder, source, scored):
    """Pictures to calibrate int8 on, CALIBRATION at most and none of them scored.

    Args:
        folder: the one that --calibrate names; without it the pictures of the train list are taken.
        source: `DataFolder` of --data.
        scored: annotations of the pictures that are scored.

    Raises:
        UserError: there are none, or neither folder nor source is given.
    """
    if folder:
        found, where = _pictures_under(folder), folder
    elif source:
        from yolo.data import data_folder

        if "train" not in source.splits:
            raise UserError(f"{source.root} has no train list to calibrate int8 on: give a folder with --calibrate.")
        dataset = source.load("train")
        data_folder.log_remarks(dataset)
        found = [known.path for known in dataset.annotations]
        where = f"the train list of {source.root}"
    else:
        raise UserError("int8 measures on pictures: give a folder of them with --calibrate, or --data.")
    apart = {known.path.resolve() for known in scored}
    chosen = thinned([file for file in found if file.resolve() not in apart], CALIBRATION)
    if not chosen:
        raise UserError(f"{where} holds no picture to calibrate on beside those that are scored: give others.")
    return chosen


def to_calibrate_on(files, network):
    """The pictures of the files as the network is shown them; raises UserError where none of the files can be read."""
    from yolo.progress import bar

    pictures = list(bar(fitted(readable(files), network), total=len(files), desc="reading"))
    if files and not pictures:
        raise UserError("none of the pictures to calibrate on can be read: give others with --calibrate.")
    return pictures


def _pictures_under(folder):
    """Return the picture files in a folder, subfolders included, hidden ones left out."""
    from yolo.data.layout import list_files

    if not Path(folder).is_dir():
        raise UserError(f"there is no folder {folder}: give --calibrate one that holds pictures.")
    found = [path for _, path in list_files(folder).pictures]
    if not found:
        raise UserError(f"{folder} holds no pictures: give --calibrate a folder that does.")
    return found
