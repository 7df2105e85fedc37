"""Turn a model into a file for another runtime, and compare what the two find.

onnx, litert and openvino detect without TensorFlow and start in a second; openvino is the fastest on processors in
bfloat16 and int8. predict and evaluate accept the result as --weights.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from yolo import tables
from yolo.cli import model_line
from yolo.cli.calibration_pictures import (
    COMPARED,
    UNKNOWN,
    calibration_files,
    drawings,
    fitted,
    readable,
    sized,
    thinned,
    to_calibrate_on,
)
from yolo.cli.command import Command
from yolo.config import ExportConfig
from yolo.errors import UserError
from yolo.shell import command, quoted
from yolo.wording import counted, resolution, with_interval

if TYPE_CHECKING:  # NumPy and Keras are not imported for --help
    from yolo.data.data_folder import DataFolder
    from yolo.data.dataset import Dataset
    from yolo.export.formats import FormatWriter
    from yolo.nets.model import YoloV4Tiny

EXAMPLES = (
    ("python -m yolo export", "the newest run's best model as ONNX, beside it"),
    (
        "python -m yolo export --format openvino --precision bfloat16 --data my-pictures",
        "and its AP before and after",
    ),
    ("python -m yolo export --format openvino --precision int8 --calibrate photos/", "the fastest on most processors"),
)
COMMAND = Command("export", ExportConfig, __doc__, EXAMPLES)

log = logging.getLogger("yolo")


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo import run_folders
    from yolo.data import data_folder  # checks that come before the seconds in which TensorFlow is imported
    from yolo.export import formats
    from yolo.weights.resolve_model import Purpose, resolve_model

    check_format(config)
    source = data_folder.DataFolder.of(config) if config.data else None
    scored = source.load(config.split) if source else None
    calibration = files_for_int8(config, source, scored)
    weights = config.weights or run_folders.newest_best(config.runs)
    formats.check_installed(config.format)
    model = resolve_model(weights, config.classes, config.cfg, config.anchors_file, Purpose.NETWORK)
    print(f"weights: {model.name}{'' if config.weights else run_folders.describe_newest(weights)}")
    print(f"converting to {config.format} in {config.precision}, which may take a minute or two", flush=True)

    from yolo.evaluation.evaluate import check_classes
    from yolo.progress import bar
    from yolo.weights.load_network import open_network

    network = open_network(model, config.allow_imports)
    model_line.print_model(model, network)
    network = sized(network, config.input_size)
    if scored:
        scored = scored.only(network.class_names, UNKNOWN)
        data_folder.log_remarks(scored)
        check_classes(scored.annotations, scored.class_names, network.class_names)
    real = [annotation.path for annotation in scored.annotations] if scored else calibration
    measured = to_calibrate_on(calibration, network)
    done = formats.export(
        network,
        config.format,
        config.precision,
        config.output or model.path.parent,
        model.stem,
        list(fitted(readable(thinned(real, COMPARED)), network)) or list(fitted(drawings(COMPARED), network)),
        bar(measured, desc="calibrating"),
        config.dynamic,
    )
    size = resolution(network.input_size)
    print(f"written: {', '.join(map(str, done.files))}, for {size} pixels, {done.size / 1e6:.1f} MB")
    print(f"compared on {counted(done.difference.pictures, 'picture')}, the largest differences are {done.difference}")
    if done.elsewhere:
        print(done.elsewhere)
    if scored:
        print_scores(network, done.path, scored)
    print(f"{command('predict')} PICTURE --weights {quoted(done.path)}")


def check_format(config: ExportConfig) -> None:
    """Raise UserError if the format cannot be written like this; warn if it will not be fast on this machine."""
    from yolo.export import formats
    from yolo.machine import bfloat16_instructions

    formats.check(config.format, config.precision, config.dynamic)
    if config.output and names_a_file(Path(config.output), formats.FORMATS):
        raise UserError(
            f"--output is a folder, in which the file is named as the model: give one in the place of {config.output}."
        )
    if config.precision == "bfloat16" and bfloat16_instructions() == ():
        log.warning("this processor has no bfloat16 instructions: detecting here will be no faster than in float32")


def files_for_int8(config: ExportConfig, source: "DataFolder | None", scored: "Dataset | None") -> list[Path]:
    """Return the pictures to calibrate int8 on, none of which is scored; for other precisions an empty list.

    Args:
        source: the data of --data.
        scored: its pictures that are scored.

    Raises:
        UserError: there are no such pictures, or --calibrate is given for another precision.
    """
    if config.precision == "int8":
        return calibration_files(config.calibrate, source, scored.annotations if scored else ())
    if config.calibrate:
        raise UserError("--calibrate is for --precision int8: leave it out, or add that.")
    return []


def names_a_file(output: Path, kinds: "Mapping[str, FormatWriter]") -> bool:
    """Return whether a path that should be a folder is a file, or does not exist and has the ending of a model file."""
    endings = (".keras", *(kind.ENDING for kind in kinds.values()))
    return output.is_file() or (not output.exists() and output.suffix.lower() in endings)


def print_scores(network: "YoloV4Tiny", path: Path, dataset: "Dataset") -> None:
    """Score the network and its export, and print a line for each."""
    from yolo.evaluation.evaluate import evaluate
    from yolo.inference.detector import Detector
    from yolo.inference.runtimes import FrozenRuntime
    from yolo.progress import bar

    pictures = f"on {counted(len(dataset), 'picture')}:"
    widths = (max(17, len(pictures)), 21, 21)  # aligns lines that are printed minutes apart
    print(tables.aligned([(pictures, "AP50", "AP")], "lrr", widths, gap=1))
    after = Detector.load(path, allow_imports=True)  # the network itself was allowed to import
    for name, detector in (("before", Detector(FrozenRuntime(network))), ("after", after)):
        progress = partial(bar, desc=f"scoring {name}")
        report = evaluate(detector, dataset.annotations, dataset.class_names, progress=progress)
        scores = (
            with_interval(report.ap50, report.ap50_interval),
            with_interval(report.coco["AP"], report.ap_interval),
        )
        print(tables.aligned([(name, *scores)], "lrr", widths, gap=1))
