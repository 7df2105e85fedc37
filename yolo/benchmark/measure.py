"""A benchmark from the network to its rows: models made, measured in turns, started as processes, scored."""

import logging

from yolo.benchmark import startup
from yolo.benchmark.choose_models import NETWORK
from yolo.benchmark.stages import START, StageTime, measure, measure_batches
from yolo.errors import UserError
from yolo.export.formats import export
from yolo.inference.detector import Detector
from yolo.progress import bar

STARTS = 3

log = logging.getLogger("yolo")


def make_all(network, chosen, folder, temporary, compared, calibration):
    """The file of every model, and {"megabytes"} of each, by (runtime, precision); one that is refused is named.

    Args:
        folder: that of the exports.
        temporary: that of the network itself.
        compared: (h, w, 3) uint8 of the input size, on which each export is compared with the network.
        calibration: such pictures for int8.
    """
    paths, facts, refused = {}, {}, None
    for model in bar(chosen, desc="exporting", unit="model", delay=0):
        try:
            if model == NETWORK:
                path = temporary / "model.keras"
                network.save(path)
                size = path.stat().st_size
            else:
                done = export(network, *model, folder, "benchmark", compared, calibration)
                path, size = done.path, done.size
        except UserError as error:
            log.warning("%s in %s left out: %s", *model, error)
            refused = error
            continue
        paths[model], facts[model] = path, {"megabytes": size / 1e6}
    if refused and not paths:
        raise refused
    return paths, facts


def times(paths, pictures, rounds, batches, allow_imports=False):
    """`StageTime`s of every stage, and of the network at each batch size."""
    detectors = {
        model: Detector.load(path, allow_imports=allow_imports)
        for model, path in bar(paths.items(), desc="loading", unit="model", delay=0)
    }
    rows = measure(detectors, pictures, rounds)
    for batch in sorted(set(batches) - {1}):
        rows += measure_batches(detectors, pictures, rounds, batch)
    return rows


def starts(paths, picture, size, flags):
    """A `StageTime` for the start-up of every model, and {"memory_mb"} of each."""
    rows, facts = [], {}
    for model, path in bar(paths.items(), desc="starting", unit="model", delay=0):
        answers = [startup.start(path, picture, flags) for _ in range(STARTS)]
        rows.append(StageTime.of(model, START, 1, size, [milliseconds for milliseconds, _ in answers]))
        facts[model] = {"memory_mb": answers[-1][1]}
    return rows, facts
