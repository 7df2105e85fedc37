"""Export a network in one of the formats: write a draft, compare it with the network, then put it in place."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from yolo.array_types import Image
from yolo.atomic_write import put_in_place
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.export import litert, onnx, opencv_dnn, openvino, saved_model
from yolo.export.compare import RuntimeDifference, compare
from yolo.inference.detection_function import detection_function
from yolo.inference.metadata import ModelMetadata
from yolo.inference.runtimes import KerasRuntime, load_runtime
from yolo.undecodable_names import refuse_undecodable_name

if TYPE_CHECKING:
    import tensorflow as tf

    from yolo.nets.model import YoloV4Tiny


class FormatWriter(Protocol):
    """A module that writes one format.

    Attributes:
        NEEDED: the packages that it needs beside TensorFlow, as Python and pip call them.
        ENDING: the ending of the file or folder.
        PRECISIONS: the precisions that it can write.
        TAKES_ANY_SIZE: whether the model can accept inputs of any size.
    """

    NEEDED: tuple[str, ...]
    ENDING: str
    PRECISIONS: tuple[str, ...]
    TAKES_ANY_SIZE: bool

    def write(
        self,
        function: "tf.types.experimental.PolymorphicFunction",
        metadata: ModelMetadata,
        path: Path,
        calibration: Iterable[Image] = (),
    ) -> None:
        """Write a `detection_function` and its metadata as the file or folder `path`."""


FORMATS: dict[str, FormatWriter] = {
    "saved_model": saved_model,
    "onnx": onnx,
    "litert": litert,
    "openvino": openvino,
}


@dataclass(frozen=True)
class Export:
    """The files of an export, and how much they differ from the network.

    Attributes:
        path: the file or folder that `Detector.load` takes.
        files: every file or folder written, including `path`.
        size: their total size in bytes.
        difference: the difference from the network.
        elsewhere: a sentence about the file in another program that reads it, or an empty text.
    """

    path: Path
    files: tuple[Path, ...]
    size: int
    difference: RuntimeDifference
    elsewhere: str


def check(name: str, precision: str, dynamic: bool) -> None:
    """Raise UserError when a format does not have a precision, or `dynamic` is set and it has only one input size."""
    writer = FORMATS[name]
    if precision not in writer.PRECISIONS:
        raise UserError(f"--format {name} has no {precision}: choose --precision from {', '.join(writer.PRECISIONS)}.")
    if dynamic and not writer.TAKES_ANY_SIZE:
        able = [other for other in FORMATS if FORMATS[other].TAKES_ANY_SIZE]
        raise UserError(f"--format {name} has one input size: leave out --dynamic, or choose from {', '.join(able)}.")


def missing(name: str) -> list[str]:
    """Return the packages that a format needs and that are not installed."""
    return [package for package in FORMATS[name].NEEDED if find_spec(package) is None]


def check_installed(name: str) -> None:
    """Raise UserError, with the pip command, when a package of a format is missing."""
    if missing(name):
        raise UserError(f"--format {name} needs packages that are not installed: pip install {' '.join(missing(name))}")


def export(
    network: "YoloV4Tiny",
    name: str,
    precision: str,
    folder: str | Path,
    stem: str,
    images: Sequence[Image],
    calibration: Iterable[Image] = (),
    dynamic: bool = False,
) -> Export:
    """Write a network for another runtime. An earlier export of that name is replaced, but only by a good one.

    Example:
        >>> import numpy as np
        >>> from yolo.weights.load_network import load_network
        >>> network = load_network("runs/shapes")
        >>> export(network, "saved_model", "float32", "exports", "shapes", [np.zeros((64, 64, 3), np.uint8)]).path.name
        'shapes_saved_model'

    Args:
        name, precision: a key of FORMATS and one of its PRECISIONS.
        folder: the folder for the file.
        stem: the name of the file without its ending; a precision other than float32 is appended.
        images: some images of the input size, on which the exported model is compared with the network.
        calibration: as many such images as possible, for int8.
        dynamic: whether the model accepts any height and width in multiples of 32.

    Raises:
        UserError: the folder cannot be written, something else has the name, a package is missing, or the
            result differs by more than is allowed.
    """
    check(name, precision, dynamic)
    check_installed(name)
    writer, folder = FORMATS[name], Path(folder)
    file = f"{stem}{'' if precision == 'float32' else f'-{precision}'}{writer.ENDING}"
    refuse_undecodable_name(folder / file)
    writing = partial(os_errors_as_user_errors, f"cannot write to {folder}", "; choose another --output")
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(folder / file)
        draft = tempfile.TemporaryDirectory(dir=folder, prefix=".export-")
    with draft:
        path = Path(draft.name) / file
        metadata, reference = ModelMetadata.of(network, precision), KerasRuntime(network.copy(dtype="float32"))
        writer.write(detection_function(network, dynamic), metadata, path, calibration)
        runtime = load_runtime(path, allow_imports=True)  # the network's imports were allowed when it was loaded
        difference = compare(reference, runtime, images)
        difference.check(precision, folder / file)
        elsewhere = opencv_dnn.verdict(path, precision, reference, images) if name == "onnx" else ""
        with writing():
            files = tuple(_put(written, folder) for written in sorted(Path(draft.name).iterdir()))
    return Export(folder / file, files, sum(map(_size, files)), difference, elsewhere)


def _refuse_foreign(target: Path) -> None:
    """Raise UserError when the path is taken by something other than an earlier export."""
    weights = target.with_suffix(".bin") if target.suffix == openvino.ENDING else target
    taken = next(filter(Path.exists, (target, weights)), None)
    if taken is None:
        return
    try:
        if target.is_dir():
            saved_model.check_folder(target)
        else:
            load_runtime(target)
    except UserError as error:
        raise UserError(
            f"{taken} is there already and no earlier export that can be used: move it away or choose another "
            f"--output ({error})"
        ) from error


def _put(written: Path, folder: Path) -> Path:
    """Move a file or folder into a folder and replace an earlier one; return its path."""
    target = folder / written.name
    if target.is_dir():
        _refuse_foreign(target)  # again, because minutes may have passed
    put_in_place(written, target)
    return target


def _size(path: Path) -> int:
    return sum(part.stat().st_size for part in (path, *path.rglob("*")) if part.is_file())
