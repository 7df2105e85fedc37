"""Measure how fast detection is on this machine: every runtime and precision, stage by stage.

The models take turns, in a new random order in each round, so that a machine busy with other work slows all of them
down alike. Trust the ratios more than the milliseconds. With --data, the table also shows the AP of each precision.
"""

import dataclasses
import json
import logging
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from yolo import run_folders
from yolo.cli import model_line
from yolo.cli.calibration_pictures import (
    COMPARED,
    UNKNOWN,
    calibration_files,
    drawings,
    fitted,
    readable_files,
    sized,
    thinned,
    to_calibrate_on,
)
from yolo.cli.command import Command
from yolo.cli.output_paths import make_room, write
from yolo.config import BenchmarkConfig
from yolo.errors import UserError
from yolo.json_files import without_nan
from yolo.malloc_tuning import keep_freed_memory
from yolo.overwriting import json_with, refuse_foreign
from yolo.wording import counted, resolution

if TYPE_CHECKING:
    from yolo.data.data_folder import DataFolder
    from yolo.data.dataset import Dataset
    from yolo.nets.model import YoloV4Tiny
    from yolo.weights.resolve_model import ModelFile

Measured: TypeAlias = tuple[str, str]
"""A runtime and a precision."""

PICTURES = 16  # used in turn, as pictures with more objects take more time
EXAMPLES = (
    ("python -m yolo benchmark", "the newest run's best model with every installed runtime"),
    ("python -m yolo benchmark --compare keras,openvino --batch 1 8", "these two only, also in batches of eight"),
    ("python -m yolo benchmark --data my-pictures --json speed.json", "also the AP of each precision"),
)
COMMAND = Command("benchmark", BenchmarkConfig, __doc__, EXAMPLES)

log = logging.getLogger("yolo")


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo.inference.output_files import make_folder

    model = chosen_model(config)
    if config.json:
        make_room(Path(config.json), (model.path if model else None, config.classes, config.cfg, config.anchors_file))
        refuse_foreign(config.json, "a benchmark", json_with("runtime", "precision", "median_ms"))
    if config.output:
        make_folder(config.output)

    from yolo import picture_files
    from yolo.benchmark import measure, report
    from yolo.data import data_folder
    from yolo.evaluation.evaluate import check_classes

    keep_freed_memory()  # as predict.py does
    source = data_folder.DataFolder.of(config) if config.data else None
    dataset = source.load(config.split) if source else None
    chosen, calibration = models_to_measure(config, source, dataset)
    with tempfile.TemporaryDirectory() as temporary_name:
        temporary = Path(temporary_name)
        pictures = measured_pictures(config, dataset, temporary)
        log.info("loading the network and exporting it, up to a minute for each runtime and precision")
        network, name = network_of(model, config)
        if dataset:
            dataset = dataset.only(network.class_names, UNKNOWN)
            data_folder.log_remarks(dataset)
            check_classes(dataset.annotations, dataset.class_names, network.class_names)
        folder = Path(config.output or temporary)
        compared = list(fitted(map(picture_files.read, thinned(pictures, COMPARED)), network))
        measured = to_calibrate_on(calibration, network)
        paths, facts = measure.make_all(network, chosen, folder, temporary, compared, measured)
        rows = measure.times(paths, pictures, config.rounds, config.batch, config.allow_imports)
        if not config.no_startup:
            flags = ["--allow-imports"] if config.allow_imports else []
            more, memory = measure.starts(paths, pictures[0], network.input_size, flags)
            rows += more
            facts = {each: values | memory[each] for each, values in facts.items()}
        if dataset:
            facts = {each: values | scores(paths[each], dataset, config) for each, values in facts.items()}
    scored = f"; AP on {counted(len(dataset.annotations), 'picture')} of the list '{config.split}'" if dataset else ""
    shown = f"{resolution(network.input_size)}, {counted(len(pictures), 'picture')}, {counted(config.rounds, 'round')}"
    print(f"\n{name}, {shown}; 95th percentile in brackets{scored}\n")
    print(report.markdown(rows, facts))
    if config.json:
        content = [dataclasses.asdict(row) | facts[row.runtime, row.precision] for row in rows]
        write(Path(config.json), json.dumps(content, indent=1) + "\n")
        print(f"\nwritten to {config.json}")


def models_to_measure(
    config: BenchmarkConfig, source: "DataFolder | None", dataset: "Dataset | None"
) -> tuple[list[Measured], list[Path]]:
    """Return the runtimes and precisions to measure, and the pictures to calibrate int8 on.

    Without such pictures int8 is left out, unless the user named it.

    Args:
        source: the data of --data.
        dataset: its pictures that are scored.

    Raises:
        UserError: a name is unknown, int8 is named but there are no pictures, or --calibrate is given without int8.
    """
    from yolo.benchmark.choose_models import choose

    chosen = choose(config.compare)
    if all(precision != "int8" for _, precision in chosen):
        if config.calibrate:
            raise UserError("--calibrate is for int8, which is not measured here: leave it out.")
        return chosen, []
    try:
        return chosen, calibration_files(config.calibrate, source, dataset.annotations if dataset else ())
    except UserError as error:
        if config.calibrate or ":int8" in (config.compare or ""):
            raise
        log.warning("int8 left out: %s", error)
        return [each for each in chosen if each[1] != "int8"], []


def chosen_model(config: BenchmarkConfig) -> "ModelFile | None":
    """Return the model of --weights or of the newest run, or None if there is neither."""
    from yolo.weights.resolve_model import Purpose, resolve_model

    if not config.weights and not run_folders.has_best(config.runs):
        return None
    weights = config.weights or run_folders.newest_best(config.runs)
    return resolve_model(weights, config.classes, config.cfg, config.anchors_file, Purpose.NETWORK)


def network_of(model: "ModelFile | None", config: BenchmarkConfig) -> "tuple[YoloV4Tiny, str]":
    """Return the network in the input size to measure, and its name; without a model, one with random weights."""
    from yolo.nets.model import YoloV4Tiny
    from yolo.weights.load_network import open_network

    if model is None:
        network, name = YoloV4Tiny(tuple(map(str, range(80)))), "random weights, 80 classes"
    else:
        network, name = open_network(model, config.allow_imports), model.name
        model_line.print_model(model, network)
    return sized(network, config.input_size), name


def measured_pictures(config: BenchmarkConfig, dataset: "Dataset | None", folder: Path) -> list[Path]:
    """Return the picture files to detect in: those of --pictures, those of the dataset, or drawings.

    Files that cannot be read are named and left out.

    Args:
        folder: the folder for the drawings.

    Raises:
        UserError: there are no pictures, or none can be read.
    """
    if config.pictures:
        from yolo.inference.sources import open_sources

        files = [path for source in open_sources([config.pictures]) for path in source.paths if not source.fps]
        if not files:
            raise UserError(f"--pictures {config.pictures} is no picture, but a video.")
    elif dataset:
        files = [annotation.path for annotation in dataset.annotations]
    else:
        from yolo import picture_files

        files = [folder / f"drawn-{number}.jpg" for number in range(PICTURES)]
        for path, picture in zip(files, drawings(PICTURES), strict=True):
            picture_files.write(path, picture)
    kept = readable_files(thinned(files, PICTURES))
    if not kept:
        raise UserError("none of the pictures to detect in can be read: give others with --pictures.")
    return kept


def scores(path: Path, dataset: "Dataset", config: BenchmarkConfig) -> dict[str, float | None]:
    """Return AP50 and AP of a model file on a dataset, with the ends of their intervals."""
    from yolo.evaluation.evaluate import evaluate
    from yolo.inference.detector import Detector
    from yolo.progress import bar

    detector = Detector.load(path, allow_imports=config.allow_imports)
    progress = partial(bar, desc=f"scoring {path.name}")
    report = evaluate(detector, dataset.annotations, dataset.class_names, progress=progress)
    found = {"ap50": report.ap50, "ap": report.coco["AP"]}
    for name, interval in (("ap50", report.ap50_interval), ("ap", report.ap_interval)):
        found |= {f"{name}_low": interval.low, f"{name}_high": interval.high}
    return {name: without_nan(value) for name, value in found.items()}
