"""Measure the cost of a block: parameters, GFLOPs, and the time of a detection on this machine."""

import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypedDict

import numpy as np
from numpy.typing import NDArray

from yolo import picture_files
from yolo.array_types import Image
from yolo.atomic_write import atomic_write
from yolo.errors import UserError
from yolo.inference.detector import Detector
from yolo.inference.runtimes import FrozenRuntime
from yolo.json_files import read_json
from yolo.nets.cost import cost
from yolo.nets.model import YoloV4Tiny
from yolo.timing import interleave, milliseconds
from yolo.weights.load_network import load_network

ROUNDS = 100
PICTURES = 8  # used in turn, because more objects take more time

log = logging.getLogger("yolo")


class BlockCost(TypedDict):
    """The cost of a network.

    Attributes:
        parameters: their number.
        gflops: of one picture, NaN if they cannot be counted.
        median_ms, p95_ms: median and 95th percentile of the time of a detection.
    """

    parameters: int
    gflops: float
    median_ms: float
    p95_ms: float


def measure(models: Mapping[Path, str], pictures: Sequence[Path], kept: Path) -> list[BlockCost]:
    """Return the cost of each model.

    Times are of `Detector` on one picture in memory: letterbox, network, boxes. The models take turns in a new random
    order each round, so that other work on the machine disturbs all alike.

    Args:
        models: paths of `best.keras`, each with the attention of the model, whose module may be imported.
        kept: a JSON file for the result; if it contains the costs of as many models, they are read from it.

    Raises:
        UserError: `kept` contains something else, or a model or picture cannot be read.
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


def _read(kept: Path) -> list[BlockCost]:
    rows = read_json(kept, "the file of times")
    names = BlockCost.__annotations__.keys()
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.keys() == names for row in rows):
        raise UserError(f"{kept} does not contain the times of an ablation: delete it, and they are measured again.")
    return rows


def _times(
    networks: Sequence[YoloV4Tiny], pictures: Sequence[Image]
) -> Annotated[NDArray[np.float64], "networks rounds"]:
    """Return the milliseconds of each network's detection in each round."""
    return np.array(interleave([_timed(network, pictures) for network in networks], ROUNDS))


def _timed(network: YoloV4Tiny, pictures: Sequence[Image]) -> Callable[[int], float]:
    """Return a function that measures a detection in the i-th picture, after one detection in each to warm up."""
    detector = Detector(FrozenRuntime(network))
    for picture in pictures:
        detector(picture)
    return lambda i: milliseconds(detector, pictures[i % len(pictures)])


def _gflops(network: YoloV4Tiny) -> float:
    try:
        return cost(network).gflops
    except UserError as error:
        log.warning(error)
        return math.nan
