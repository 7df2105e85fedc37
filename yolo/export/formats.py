"""The formats there are, and the way into each: written aside, compared with the network, then put in place."""

import tempfile
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from yolo.atomic_write import put_in_place
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.export import litert, onnx, opencv_dnn, openvino, saved_model
from yolo.export.compare import RuntimeDifference, compare
from yolo.file_names import refuse_undecodable_name
from yolo.inference.detection_function import detection_function
from yolo.inference.metadata import ModelMetadata
from yolo.inference.runtimes import KerasRuntime, load_runtime

FORMATS = {"saved_model": saved_model, "onnx": onnx, "litert": litert, "openvino": openvino}


@dataclass(frozen=True)
class Export:
    """The files of an export, and how well they do.

    Attributes:
        path: what `Detector.load` takes.
        files: every file or folder written, `path` among them.
        size: of them together, in bytes.
        difference: from the network, a `RuntimeDifference`.
        elsewhere: a sentence on the file in another program that reads it, or nothing.
    """

    path: Path
    files: tuple[Path, ...]
    size: int
    difference: RuntimeDifference
    elsewhere: str


def check(name, precision, dynamic):
    """Raise UserError when a format has no such precision, or takes one input size only."""
    kind = FORMATS[name]
    if precision not in kind.PRECISIONS:
        raise UserError(f"--format {name} has no {precision}: choose --precision from {', '.join(kind.PRECISIONS)}.")
    if dynamic and not kind.TAKES_ANY_SIZE:
        able = [other for other in FORMATS if FORMATS[other].TAKES_ANY_SIZE]
        raise UserError(f"--format {name} has one input size: leave out --dynamic, or choose from {', '.join(able)}.")


def missing(name):
    """The packages that a format needs and this machine lacks."""
    return [package for package in FORMATS[name].NEEDED if find_spec(package) is None]


def check_installed(name):
    """Raise UserError, with the pip command, when a package is missing."""
    if missing(name):
        raise UserError(f"--format {name} needs packages that are not installed: pip install {' '.join(missing(name))}")


def export(network, name, precision, folder, stem, pictures, calibration=(), dynamic=False):
    """Write a network for another runtime; what is there under its name is replaced once the new one is proved good.

    Args:
        network: a `YoloV4Tiny`.
        name, precision: a key of FORMATS and one of its PRECISIONS.
        folder, stem: where to, and the file's name without its ending, which gets the precision if it is not float32.
        pictures: some (h, w, 3) uint8 of the input size, on which the two are compared.
        calibration: as many as possible of these for int8.
        dynamic: whether any height and width in multiples of 32 are taken.

    Returns:
        An `Export`.

    Raises:
        UserError: the folder cannot be written, something else has the name, a package is missing, or the
            result differs by more than is allowed.
    """
    check(name, precision, dynamic)
    check_installed(name)
    kind, folder = FORMATS[name], Path(folder)
    file = f"{stem}{'' if precision == 'float32' else f'-{precision}'}{kind.ENDING}"
    refuse_undecodable_name(folder / file)
    writing = partial(os_errors_as_user_errors, f"cannot write to {folder}", "; choose another --output")
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(folder / file)
        draft = tempfile.TemporaryDirectory(dir=folder, prefix=".export-")
    with draft:
        path = Path(draft.name) / file
        metadata, reference = ModelMetadata.of(network, precision), KerasRuntime(network.copy(dtype="float32"))
        kind.write(detection_function(network, dynamic), metadata, path, calibration)
        difference = compare(reference, load_runtime(path, allow_imports=True), pictures)  # whose network has leave
        difference.check(precision, folder / file)
        elsewhere = opencv_dnn.verdict(path, precision, reference, pictures) if kind is onnx else ""
        with writing():
            files = tuple(_put(written, folder) for written in sorted(Path(draft.name).iterdir()))
    return Export(folder / file, files, sum(map(_size, files)), difference, elsewhere)


def _refuse_foreign(target):
    """Raise UserError when what would be replaced is anything but an earlier export."""
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
    """Move a file or folder into a folder, in the place of an earlier one."""
    target = folder / written.name
    if target.is_dir():
        _refuse_foreign(target)  # once more, for minutes may have gone by
    put_in_place(written, target)
    return target


def _size(path):
    return sum(part.stat().st_size for part in (path, *path.rglob("*")) if part.is_file())
