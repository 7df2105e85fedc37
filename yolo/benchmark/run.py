"""A benchmark from the network to its rows: models made, measured in turns, started as processes, scored."""

from yolo.benchmark import startup
from yolo.benchmark.models import NETWORK, make
from yolo.benchmark.stages import START, Row, measure, measure_batches
from yolo.inference.detector import Detector

STARTS = 3


def make_all(network, chosen, folder, temporary, compared, calibration):
    """The file of every model, and {"megabytes"} of each, by (runtime, precision).

    Args:
        folder: that of the exports.
        temporary: that of the network itself.
        compared: (h, w, 3) uint8 of the input size, on which each export is compared with the network.
        calibration: such pictures for int8.
    """
    paths, facts = {}, {}
    for model in chosen:
        place = temporary if model == NETWORK else folder
        paths[model], size = make(network, model, place, compared, calibration)
        facts[model] = {"megabytes": size / 1e6}
    return paths, facts


def times(paths, pictures, rounds, batches):
    """`Row`s of every stage, and of the network at each batch size."""
    detectors = {model: Detector.load(path) for model, path in paths.items()}
    rows = measure(detectors, pictures, rounds)
    for batch in sorted(set(batches) - {1}):
        rows += measure_batches(detectors, pictures, rounds, batch)
    return rows


def starts(paths, picture, size, flags):
    """A `Row` for the start-up of every model, and {"memory_mb"} of each."""
    rows, facts = [], {}
    for model, path in paths.items():
        answers = [startup.start(path, picture, flags) for _ in range(STARTS)]
        rows.append(Row.of(model, START, 1, size, [milliseconds for milliseconds, _ in answers]))
        facts[model] = {"memory_mb": answers[-1][1]}
    return rows, facts
