"""Turn a model file into another format, and read the new file to make sure that nothing was lost.

IN is a .keras file, Darknet's .weights (with the .cfg and .names of the same name beside it, if they exist), the .h5 of
an earlier Keras project, or the name of published weights, such as coco. OUT ends in .keras, in .weights for Darknet
and OpenCV (a .cfg and a .names are written beside it), or in .weights.h5 for load_weights of Keras.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.atomic_write import put_in_place
from yolo.cli.command import Command
from yolo.config import ConvertConfig
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.wording import counted, resolution

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from yolo.nets.model import YoloV4Tiny

BESIDE: dict[str, tuple[str, ...]] = {".weights.h5": (), ".keras": (), ".weights": (".cfg", ".names")}
"""The endings of OUT, each with those of the files that are written beside it."""

MEANING = ("class_names", "anchors", "masks", "scale_xy", "input_size", "resize_mode")  # not visible in the raw maps
TOLERANCE = 1e-3  # of the largest value in the raw maps, which differ only if the epsilon of batch norm changes
EXAMPLES = (
    ("python -m yolo convert yolov4-tiny.weights coco.keras --classes coco.names", "from Darknet's format"),
    (
        "python -m yolo convert runs/first/best.keras first.weights",
        "to Darknet's format, also for OpenCV; the model must have no attention",
    ),
)
COMMAND = Command("convert", ConvertConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)
    target = Path(config.target)
    ending = _make_room(target, config.force)

    from yolo.weights.resolve_model import Purpose, resolve_model

    model = resolve_model(config.source, config.classes, config.cfg, config.anchors_file, Purpose.NETWORK)

    from yolo.weights.load_network import open_network  # TensorFlow takes seconds to import; wrong flags should not

    network = open_network(model, config.allow_imports)
    print(f"read: {model.name}, {describe(network)}")
    with os_errors_as_user_errors(f"cannot write to {target.parent}", "; choose another OUT"):
        draft_folder = tempfile.TemporaryDirectory(dir=target.parent)
    with draft_folder as folder:  # existing files are replaced only after the check
        draft = Path(folder) / target.name
        written = _write(network, draft, ending)
        difference, largest = _prove(network, draft, target)
        files = [target.parent / path.name for path in written]
        _refuse_folders(files)  # once more, as a minute may have passed
        for path, file in zip(written, files, strict=True):
            with os_errors_as_user_errors(f"cannot write {file}", "; choose another OUT"):
                put_in_place(path, file)
    print(f"written: {', '.join(map(str, files))}{_remark(network, ending)}")
    print(f"read again: raw maps of a fixed picture, of up to {largest:.3g}, differ by at most {difference:.2g}")


def describe(network: "YoloV4Tiny") -> str:
    """Return a description of a network in one line: classes, attention, masks, resize mode and width x height."""
    masks = " and ".join(",".join(map(str, mask)) for mask in network.masks)
    return (
        f"{counted(len(network.class_names), 'class')}, attention {network.attention or 'none'}, masks {masks}, "
        f"resize mode {network.resize_mode}, {resolution(network.input_size)}"
    )


def compare(network: "YoloV4Tiny", other: "YoloV4Tiny") -> tuple[float, float]:
    """Return the largest difference between the raw maps of two networks for one picture, and the largest value."""
    import numpy as np

    picture = np.random.default_rng(0).random((1, *network.input_size, 3), np.float32)
    mine, theirs = _raw_maps(network, picture), _raw_maps(other, picture)
    return np.abs(mine - theirs).max(), np.abs(mine).max()


def _prove(network: "YoloV4Tiny", draft: Path, target: Path) -> tuple[float, float]:
    """Read the written file and `compare` it with the network; raise UserError if it is another network."""
    from yolo.export.converter_warnings import without_warnings
    from yolo.weights.load_network import load_network

    with without_warnings():  # on the origin of settings, which have just been written
        again = load_network(draft, allow_imports=True)  # its attention is imported in this process already
    lost = [name for name in MEANING if getattr(again, name) != getattr(network, name)]
    if lost:
        raise UserError(f"{target} would not keep the {', '.join(lost)} of this network, so it is not written.")
    difference, largest = compare(network, again)
    if not difference <= TOLERANCE * max(1, largest):  # true for NaN too
        raise UserError(f"{target} would give other raw maps (by {difference:.2g}), so it is not written.")
    return difference, largest


def _raw_maps(network: "YoloV4Tiny", picture: "NDArray[Any]") -> "NDArray[Any]":
    """Return the numbers of all raw maps as one array, computed in float32 whatever the network's precision is."""
    import numpy as np

    twin = network.copy(dtype="float32")
    return np.concatenate([np.ravel(raw) for raw in twin(picture, training=False)])


def _make_room(target: Path, force: bool) -> str:
    """Make the folder of OUT and return the ending; raise UserError if OUT is wrong or would overwrite a file."""
    ending = next((ending for ending in BESIDE if target.name.endswith(ending)), None)
    if ending is None:
        raise UserError(f"the format of {target} is not known: its name must end in {', '.join(BESIDE)}.")
    files = (target, *map(target.with_suffix, BESIDE[ending]))
    _refuse_folders(files)
    taken = [path for path in files if path.exists()]
    if taken and not force:
        raise UserError(f"{', '.join(map(str, taken))} would be overwritten: choose another name, or give --force.")
    with os_errors_as_user_errors(f"cannot make the folder {target.parent}"):
        target.parent.mkdir(parents=True, exist_ok=True)
    return ending


def _refuse_folders(files: Iterable[Path]) -> None:
    """Raise UserError if a file to be written has the name of a folder, a pipe or a device."""
    for file in files:
        if file.exists() and not file.is_file():
            raise UserError(f"{file} is a folder, a pipe or a device, and stays: choose another OUT, or move it away.")


def _write(network: "YoloV4Tiny", target: Path, ending: str) -> tuple[Path, ...]:
    """Write the network and return the paths of the files."""
    if ending == ".weights":
        from yolo.weights import darknet_writer

        return darknet_writer.write(network, target)
    from yolo.weights import keras3_weights

    with os_errors_as_user_errors(f"cannot write {target}"):
        if ending == ".keras":
            network.save(target)
        else:
            keras3_weights.save(network, target)
    return (target,)


def _remark(network: "YoloV4Tiny", ending: str) -> str:
    """Return a remark on what Darknet's format changes: the epsilon of batch norm, and the scores that are shown."""
    from yolo.weights.darknet_writer import EPSILON

    if ending != ".weights":
        return ""
    remark = ""
    if network.epsilon != EPSILON:
        remark = f"; batch norm epsilon {network.epsilon:g} as Darknet's {EPSILON:g}, variances to match"
    settings = {"score thresholds": bool(network.score_thresholds), "temperature": network.temperature != 1}
    if lost := [f"the {name}" for name, is_set in settings.items() if is_set]:
        remark += f"; without {' and '.join(lost)}, for which Darknet has no place"
    return remark
