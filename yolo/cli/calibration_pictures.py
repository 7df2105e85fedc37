"""Choose the pictures on which models are compared, calibrated and measured, and resize a network."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from yolo.errors import UserError

if TYPE_CHECKING:
    from yolo.array_types import Image
    from yolo.data.data_folder import DataFolder
    from yolo.nets.model import YoloV4Tiny
    from yolo.structures import Annotation

Item = TypeVar("Item")
CALIBRATION = 200  # pictures to calibrate int8 on, at most
COMPARED = 8  # pictures on which an export is compared with its network
UNKNOWN = "that the model does not know"  # describes, in messages, the classes that are not scored

log = logging.getLogger("yolo")


def thinned(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most `most` of the items, evenly spread from the first to the last.

    Example:
        >>> thinned("abcdef", 3)
        ['a', 'c', 'e']
    """
    number = min(len(items), most)
    return [items[i * len(items) // number] for i in range(number)]


def sized(network: "YoloV4Tiny", input_size: tuple[int, int] | None) -> "YoloV4Tiny":
    """Return a network with the same weights for this input size; without a size, the network itself."""
    return network if input_size in (None, network.input_size) else network.copy(input_size=input_size)


def fitted(images: "Iterable[Image]", network: "YoloV4Tiny") -> "Iterator[Image]":
    """Yield the images, resized to the input of the network."""
    from yolo.letterbox import fit

    for image in images:
        yield fit(image, network.input_size, network.resize_mode)[0]


def drawings(number: int) -> "list[Image]":
    """Return a number of drawings from the demo set, to use when there are no real pictures."""
    import numpy as np

    from yolo.data.demo.drawing import draw

    return [draw(np.random.default_rng((0, i)))[0] for i in range(number)]


def readable(files: Iterable[Path]) -> "Iterator[Image]":
    """Yield the images in picture files; a file that cannot be read is named in a warning and left out."""
    from yolo.picture_files import read

    for file in files:
        try:
            image = read(file)
        except UserError as error:
            log.warning("left out: %s", error)
            continue
        yield image


def readable_files(files: Iterable[Path]) -> list[Path]:
    """Return the files that can be read as pictures; each other file is named in a warning."""
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


def calibration_files(
    folder: str | Path | None, data: "DataFolder | None", scored: "Iterable[Annotation]" = ()
) -> list[Path]:
    """Return the pictures to calibrate int8 on: at most CALIBRATION, and none that is scored.

    Args:
        folder: the folder of --calibrate; without it, the pictures come from the train list of the data.
        data: the data of --data.
        scored: the pictures that are scored.

    Raises:
        UserError: there are no such pictures, or neither `folder` nor `data` is given.
    """
    if folder:
        found, where = _pictures_under(folder), folder
    elif data:
        from yolo.data.data_folder import log_remarks

        if "train" not in data.splits:
            raise UserError(f"{data.root} has no train list to calibrate int8 on: give a folder with --calibrate.")
        dataset = data.load("train")
        log_remarks(dataset)
        found = [annotation.path for annotation in dataset.annotations]
        where = f"the train list of {data.root}"
    else:
        raise UserError("int8 measures on pictures: give a folder of them with --calibrate, or --data.")
    taken = {annotation.path.resolve() for annotation in scored}
    chosen = thinned([file for file in found if file.resolve() not in taken], CALIBRATION)
    if not chosen:
        raise UserError(f"{where} holds no picture to calibrate on beside those that are scored: give others.")
    return chosen


def to_calibrate_on(files: Sequence[Path], network: "YoloV4Tiny") -> "list[Image]":
    """Return the images in picture files, resized to the input of the network.

    Raises:
        UserError: none of the files can be read.
    """
    from yolo.progress import bar

    images = list(bar(fitted(readable(files), network), total=len(files), desc="reading"))
    if files and not images:
        raise UserError("none of the pictures to calibrate on can be read: give others with --calibrate.")
    return images


def _pictures_under(folder: str | Path) -> list[Path]:
    """Return the picture files in a folder and its subfolders, without hidden ones."""
    from yolo.data.file_listing import list_files

    if not Path(folder).is_dir():
        raise UserError(f"there is no folder {folder}: give --calibrate one that holds pictures.")
    found = [path for _, path in list_files(Path(folder)).pictures]
    if not found:
        raise UserError(f"{folder} holds no pictures: give --calibrate a folder that does.")
    return found
