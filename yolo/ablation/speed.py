"""Measure what a block costs: parameters, GFLOPs, and the time of a detection on this machine."""

import json
import logging
import math

import numpy as np

from yolo import picture_files
from yolo.atomic_write import atomic_write
from yolo.errors import UserError
from yolo.inference.detector import Detector
from yolo.inference.runtimes import FrozenRuntime
from yolo.json_files import read_json
from yolo.nets.cost import cost
from yolo.timing import interleave, milliseconds
from yolo.weights.load_network import load_network

ROUNDS = 100
PICTURES = 8  # looked at in turn, as more objects take more time

NUMBERS = {"parameters", "gflops", "median_ms", "p95_ms"}

log = logging.getLogger("yolo")


def measure(models, pictures, kept):
    """One {"parameters", "gflops", "median_ms", "p95_ms"} for each model; GFLOPs that cannot be counted are NaN.

    Times are of `Detector` on one picture in memory: letterbox, network, boxes. The models take turns in an order drawn
    anew each round, so that a busy machine disturbs all alike.

    Args:
        models: paths of `best.keras`, and the attention that each was trained with, whose module may be imported.
        pictures: paths of pictures.
        kept: a JSON file for the numbers; where it holds those of as many models they are read from it.
    """
    rows = _read(kept) if kept.exists() else []
    if len(rows) != len(models):
        networks = [load_network(path, allow_imports=spec) for path, spec in models.items()]
        times = _times(networks, [picture_files.read(path) for path in pictures[:PICTURES]])
        rows = [
            {
                "parameters": network.count_params(),
                "gflops": _gflops(network),
                "median_ms": float(np.median(spent)),
                "p95_ms": float(np.percentile(spent, 95)),
            }
            for network, spent in zip(networks, times, strict=True)
        ]
        atomic_write(kept, json.dumps(rows, indent=2) + "\n")
    return rows


def _read(kept):
    rows = read_json(kept, "the file of times")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.keys() == NUMBERS for row in rows):
        raise UserError(f"{kept} holds other than the times of an ablation: delete it, and they are measured again.")
    return rows


def _times(networks, pictures):
    """Milliseconds of each network's detection in each round: (networks, ROUNDS)."""
    detectors = [_warm(network, pictures) for network in networks]
    calls = [lambda i, detector=d: milliseconds(detector, pictures[i % len(pictures)]) for d in detectors]
    return np.array(interleave(calls, ROUNDS))


def _warm(network, pictures):
    """A detector that has seen every picture once."""
    detector = Detector(FrozenRuntime(network))
    for picture in pictures:
        detector(picture)
    return detector


def _gflops(network):
    try:
        return cost(network).gflops
    except UserError as error:
        log.warning(error)
        return math.nan
