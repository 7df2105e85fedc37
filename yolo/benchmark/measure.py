"""Make the models of a benchmark, measure them in turns, and start them as processes."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from yolo.array_types import Image
from yolo.benchmark import startup
from yolo.benchmark.choose_models import NETWORK, Model
from yolo.benchmark.stages import START, StageTime, measure, measure_batches
from yolo.errors import UserError
from yolo.export.formats import export
from yolo.inference.detector import Detector
from yolo.nets.model import YoloV4Tiny
from yolo.progress import bar

STARTS = 3  # of each model; their median counts

Facts: TypeAlias = dict[str, float | None]
"""Other numbers of a model by name, such as "megabytes" or "memory_mb"; None for one that cannot be measured."""

log = logging.getLogger("yolo")


def make_all(
    network: YoloV4Tiny,
    chosen: Sequence[Model],
    folder: Path,
    temporary: Path,
    compared: Sequence[Image],
    calibration: Sequence[Image],
) -> tuple[dict[Model, Path], dict[Model, Facts]]:
    """Return the file of every model, and its "megabytes"; log the models that cannot be made.

    Args:
        folder: the folder of the exports.
        temporary: the folder of the network itself.
        compared: pictures of the input size, on which each export is compared with the network.
        calibration: such pictures for int8.

    Raises:
        UserError: no model can be made.
    """
    paths: dict[Model, Path] = {}
    facts: dict[Model, Facts] = {}
    refused = None
    for model in bar(chosen, desc="exporting", unit="model", delay=0):
        try:
            if model == NETWORK:
                path = temporary / "model.keras"
                network.save(path)
                size = path.stat().st_size
            else:
                runtime, precision = model
                done = export(network, runtime, precision, folder, "benchmark", compared, calibration)
                path, size = done.path, done.size
        except UserError as error:
            log.warning("%s in %s left out: %s", *model, error)
            refused = error
            continue
        paths[model], facts[model] = path, {"megabytes": size / 1e6}
    if refused and not paths:
        raise refused
    return paths, facts


def times(
    paths: Mapping[Model, Path],
    pictures: Sequence[Path],
    rounds: int,
    batches: Sequence[int],
    allow_imports: bool = False,
) -> list[StageTime]:
    """Return the times of every stage, and of the network at each batch size.

    Raises:
        UserError: a model or a picture cannot be read.
    """
    detectors = {
        model: Detector.load(path, allow_imports=allow_imports)
        for model, path in bar(paths.items(), desc="loading", unit="model", delay=0)
    }
    rows = measure(detectors, pictures, rounds)
    for batch in sorted(set(batches) - {1}):
        rows += measure_batches(detectors, pictures, rounds, batch)
    return rows


def starts(
    paths: Mapping[Model, Path], picture: Path, size: tuple[int, int], flags: Sequence[str]
) -> tuple[list[StageTime], dict[Model, Facts]]:
    """Return the time of the start-up of every model, and its "memory_mb"."""
    rows: list[StageTime] = []
    facts: dict[Model, Facts] = {}
    for model, path in bar(paths.items(), desc="starting", unit="model", delay=0):
        answers = [startup.start(path, picture, flags) for _ in range(STARTS)]
        rows.append(StageTime.of(model, START, 1, size, [milliseconds for milliseconds, _ in answers]))
        facts[model] = {"memory_mb": answers[-1][1]}
    return rows, facts
