"""Make what a run starts with: a new network, and the weights of another one where some are given."""

import dataclasses
import logging

import keras

from yolo.anchors import text
from yolo.class_lists import read_names
from yolo.nets.attention_blocks import ATTENTION, from_identity
from yolo.nets.model import YoloV4Tiny
from yolo.training.preparation import choose_anchors
from yolo.weights.initial_weights import open_initial_weights
from yolo.weights.transfer import transfer_weights

log = logging.getLogger("yolo")


def open_start(config):
    """The `InitialWeights` that a run is to start from, or None, and the configuration with what follows from it."""
    source = None
    if config.weights != "none":
        names = read_names(config.classes) if config.classes else None
        source = open_initial_weights(
            config.weights, names, config.attention, config.allow_imports, config.cfg, config.anchors_file
        )
        if config.resize == "auto" and source.resize_mode:
            config = dataclasses.replace(config, resize=source.resize_mode)
    lacking = source is not None and not any(name.startswith(ATTENTION) for name in source.held)
    if config.identity_start == "yes" or (config.identity_start == "auto" and lacking):
        attention = from_identity(config.attention)
        if attention != config.attention:
            log.info(f"attention {attention}: it changes nothing until it has learned")
        config = dataclasses.replace(config, attention=attention)
    return source, config


def first_network(prepared, source):
    """The network of a run as its first step finds it; it follows from the seed and the source alone."""
    config = prepared.config
    keras.utils.set_random_seed(config.seed)
    given = None if config.anchors == "auto" else choose_anchors(config, prepared.train)
    settings = source.inherited(prepared.class_names, given) if source else {}
    kept = _in_words(settings, config.resize if source and config.resize == source.resize_mode else None)
    if kept:
        log.info(f"as in {source.path}, so that its weights mean what they were trained to: {', '.join(kept)}")
    if "anchors" not in settings:
        settings["anchors"] = choose_anchors(config, prepared.train) if given is None else given
    network = YoloV4Tiny(
        prepared.class_names,
        attention=config.attention,
        input_size=config.input_size,
        resize_mode=config.resize,
        dtype=config.precision,
        **settings,
    )
    if source:
        for line in str(transfer_weights(network, source, config.strict)).splitlines():
            log.info(line)
    return network


def _in_words(settings, resize_mode):
    """Settings that are taken over from a file, each as people call it."""
    words = {
        "epsilon": lambda epsilon: f"batch norm's epsilon {epsilon:g}",
        "anchors": lambda anchors: f"anchors {text(anchors)}",
        "masks": lambda masks: f"masks {' and '.join(','.join(map(str, mask)) for mask in masks)}",
        "scale_xy": lambda scale: f"scale_x_y {scale:g}",
    }
    resized = {"letterbox": ["letterboxed pictures"], "stretch": ["stretched pictures"]}
    return [words[name](value) for name, value in settings.items()] + resized.get(resize_mode, [])
