"""Make the network that a run starts with, with random weights or with initial weights from a file."""

import logging
from typing import Any

import keras

from yolo.nets.model import YoloV4Tiny
from yolo.weights.initial_weights import InitialWeights
from yolo.weights.transfer import transfer_weights

log = logging.getLogger("yolo")


def initial_network(
    arguments: dict[str, Any], initial: InitialWeights | None, seed: int, strict: bool = False
) -> YoloV4Tiny:
    """Return the network of a run before its first step; it depends on these arguments alone.

    Args:
        arguments: of the `YoloV4Tiny`.
        initial: the initial weights, or None for random ones.
        strict: whether initial weights are refused that do not fit as a whole.

    Raises:
        UserError: the weights do not fit.
    """
    keras.utils.set_random_seed(seed)  # stays: layers that are made later draw their seeds from it
    network = YoloV4Tiny(**arguments)
    if initial:
        for line in str(transfer_weights(network, initial, strict)).splitlines():
            log.info(line)
    return network
