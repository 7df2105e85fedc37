"""Plan the network of a run from the settings and the initial weights: classes, anchors, attention, precision."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from yolo import anchors
from yolo.array_types import Anchors
from yolo.config import TrainConfig
from yolo.data.dataset import Dataset
from yolo.data.picture_sizes import object_sizes
from yolo.nets import attention_blocks
from yolo.training import precision
from yolo.training.run_datasets import Datasets
from yolo.weights.initial_weights import InitialWeights

log = logging.getLogger("yolo")


def plan_network(config: TrainConfig, initial: InitialWeights | None, data: Datasets) -> dict[str, Any]:
    """Return the arguments of the `YoloV4Tiny` that is trained on the data from the `initial` weights."""
    resize_mode = config.resize
    if resize_mode == "auto":
        resize_mode = (initial and initial.resize_mode) or "letterbox"
    return {
        "class_names": data.class_names,
        "attention": _attention(config, initial),
        "input_size": config.input_size,
        "resize_mode": resize_mode,
        "dtype": precision.choose(config.precision),
        **_heads(config, initial, data.train, resize_mode),
    }


def choose_anchors(
    choice: str, train: Dataset, input_size: tuple[int, int], resize_mode: str, seed: int, levels: int = 2
) -> Anchors:
    """Return the anchors of `--anchors`: computed from the training boxes ("auto"), "default", or those in a file."""
    if choice == "default":
        return anchors.DEFAULTS[levels]
    if choice == "auto":
        sizes = object_sizes(train.annotations, input_size, resize_mode)
        return anchors.kmeans(sizes, levels * anchors.OF_A_LEVEL, seed)
    return anchors.read(choice, levels=levels)


def _attention(config: TrainConfig, initial: InitialWeights | None) -> str:
    """Return the attention of the network; it begins as the identity if the initial weights have no attention."""
    is_new = initial is not None and not any(name.startswith(attention_blocks.ATTENTION) for name in initial.held)
    if config.identity_start == "no" or (config.identity_start == "auto" and not is_new):
        return config.attention
    attention = attention_blocks.from_identity(config.attention, config.levels)
    if attention != config.attention:
        log.info(f"attention {attention}: it changes nothing until it has learned")
    return attention


def _heads(config: TrainConfig, initial: InitialWeights | None, train: Dataset, resize_mode: str) -> dict[str, Any]:
    """Return the arguments of the network that its weights depend on: anchors, masks, `scale_xy`, batch norm's epsilon.

    They are those of the initial weights if they fit.
    """
    choose = partial(choose_anchors, config.anchors, train, config.input_size, resize_mode, config.seed, config.levels)
    given = None if config.anchors == "auto" else choose()
    settings = initial.inherited(train.class_names, given, config.levels) if initial else {}
    kept = _in_words(settings, resize_mode if initial and resize_mode == initial.resize_mode else None)
    if initial and kept:
        log.info(f"kept from {initial.path}, because its weights were trained with them: {', '.join(kept)}")
    if "anchors" not in settings:
        settings["anchors"] = choose() if given is None else given
    settings.setdefault("masks", anchors.masks(config.levels))
    return settings | {"anchors": tuple((float(w), float(h)) for w, h in settings["anchors"])}


def _in_words(settings: dict[str, Any], resize_mode: str | None) -> list[str]:
    """Return the settings that come from the file of the initial weights, in words for a message."""
    words: dict[str, Callable[[Any], str]] = {
        "epsilon": lambda epsilon: f"batch norm's epsilon {epsilon:g}",
        "anchors": lambda values: f"anchors {anchors.text(values)}",
        "masks": lambda masks: f"masks {' and '.join(','.join(map(str, mask)) for mask in masks)}",
        "scale_xy": lambda scale: f"scale_x_y {scale:g}",
    }
    resized = {"letterbox": ["letterboxed pictures"], "stretch": ["stretched pictures"]}
    return [words[name](value) for name, value in settings.items()] + resized.get(resize_mode or "", [])
