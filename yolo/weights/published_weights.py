"""Download published weights by name, once, to `model_data/` of a checkout or to the user's cache."""

import logging
import os
import shutil
import socket
import tempfile
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from yolo.atomic_write import put_in_place
from yolo.bundled_data import bundled
from yolo.cache_folder import cache_folder
from yolo.class_lists import read_names
from yolo.errors import UserError
from yolo.installation import checkout

TIMEOUT = 30  # seconds without a byte
PARTIAL = "download-"  # how the names of folders of downloads begin
LEFT = 24 * 3600  # seconds after which such a folder is taken for that of a killed process
DARKNET = "https://github.com/AlexeyAB/darknet/releases/download/darknet_yolo_v4_pre"
KERAS2 = "https://github.com/bubbliiiing/yolov4-tiny-tf2/releases/download/v1.0"

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class PublishedWeights:
    """A published file of weights.

    Attributes:
        url: its address.
        parameters: how many numbers it has, batch norm statistics included.
        classes: the bundled list of its classes, or None for a backbone, which has no classes.
    """

    url: str
    parameters: int
    classes: str | None = None

    @property
    def path(self) -> Path:
        """Return the path of the file, or the path that it will have after the download."""
        paths = [folder / self.url.rpartition("/")[2] for folder in folders()]
        return next(filter(Path.is_file, paths), paths[0])

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """Return the names of its classes, in order, or None."""
        return read_names(bundled(self.classes)) if self.classes else None


PUBLISHED = {
    "coco": PublishedWeights(f"{DARKNET}/yolov4-tiny.weights", 6_062_814, "coco_classes.txt"),
    "coco-backbone": PublishedWeights(f"{DARKNET}/yolov4-tiny.conv.29", 4_947_424),
    "voc": PublishedWeights(f"{KERAS2}/yolov4_tiny_weights_voc.h5", 5_924_214, "voc_classes.txt"),
    "voc-se": PublishedWeights(f"{KERAS2}/yolov4_tiny_weights_voc_SE.h5", 5_967_222, "voc_classes.txt"),
    "voc-cbam": PublishedWeights(f"{KERAS2}/yolov4_tiny_weights_voc_CBAM.h5", 6_010_524, "voc_classes.txt"),
    "voc-eca": PublishedWeights(f"{KERAS2}/yolov4_tiny_weights_voc_ECA.h5", 5_924_229, "voc_classes.txt"),
}


def folders() -> list[Path]:
    """Return the folders of downloads, first that of the next one: `model_data/` of a checkout if it can be written."""
    top, cache = checkout(), cache_folder()
    if top is None:
        return [cache]
    here = top / "model_data"
    return [here, cache] if os.access(here, os.W_OK) else [cache, here]


def find(name: str) -> Path | None:
    """Return the path of a published file that was downloaded before, or None; nothing is downloaded.

    Raises:
        UserError: another file has its path.
    """
    file = PUBLISHED[name]
    if not file.path.is_file():
        return None
    if not _is_whole(str(file.path), file.parameters):
        raise UserError(
            f"{file.path} is another file or not whole: its {file.path.stat().st_size} bytes are not the "
            f"{file.parameters:,} weights of {name}; take it away, and --weights {name} downloads it again."
        )
    return file.path


def fetch(name: str) -> Path:
    """Return the path of a published file, and download it first, with a progress bar, if it is not there.

    Raises:
        UserError: the download fails, or another file has its path.
    """
    file = PUBLISHED[name]
    if find(name) is None:
        log.info("%s is downloaded to %s", file.path.name, file.path.parent)
        _download(file, f"try again, or download {file.url} by other means and put it into {file.path.parent}")
    return file.path


def _download(file: PublishedWeights, remedy: str) -> None:
    """Download a file to a temporary folder, then move it to its path, so that a file there is always whole."""
    import keras

    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(file.path.parent)
        with tempfile.TemporaryDirectory(dir=file.path.parent, prefix=PARTIAL) as folder:
            got = keras.utils.get_file(file.path.name, file.url, cache_dir=folder, cache_subdir="")
            if not _is_whole(got, file.parameters):
                raise UserError(
                    f"the {os.path.getsize(got)} bytes that came for {file.path.name} are not the "
                    f"{file.parameters:,} weights that it should hold: {remedy}."
                )
            put_in_place(Path(got), file.path)
    except Exception as error:
        if type(error) is not Exception and not isinstance(error, (OSError, HTTPException)):
            raise
        reason = error.__context__ if type(error) is Exception else error  # Keras raises a plain one from the cause
        raise UserError(f"{file.path.name} cannot be downloaded ({reason}): {remedy}.") from error
    finally:
        socket.setdefaulttimeout(patience)


def _remove_leftovers(folder: Path) -> None:
    """Remove the folders of killed downloads."""
    for partial in folder.glob(f"{PARTIAL}*"):
        if time.time() - partial.stat().st_mtime > LEFT:
            shutil.rmtree(partial, ignore_errors=True)


def _is_whole(path: str, parameters: int) -> bool:
    """Return whether a Keras or Darknet file has so many numbers; Darknet's have a header of 20 bytes."""
    import h5py

    from yolo.weights.hdf5_checks import DAMAGE, count_numbers

    if not path.endswith(".h5"):
        return os.path.getsize(path) == 20 + 4 * parameters
    if not h5py.is_hdf5(path):
        return False
    try:
        with h5py.File(path) as file:
            return count_numbers(file) == parameters
    except DAMAGE:
        return False
