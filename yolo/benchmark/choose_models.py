"""Choose the models of a benchmark: the network itself, and its exports for the runtimes of this machine."""

import logging
from typing import TypeAlias

from yolo.errors import UserError, did_you_mean
from yolo.export.formats import FORMATS, missing

Model: TypeAlias = tuple[str, str]
"""A runtime and a precision."""

NETWORK = ("keras", "float32")

log = logging.getLogger("yolo")


def choose(text: str | None) -> list[Model]:
    """Return the models in a text such as `"keras,openvino:int8"`; None stands for all that this machine can run.

    A runtime without a precision stands for all its precisions.

    Raises:
        UserError: a runtime or precision is unknown.
    """
    exported = ((name, precision) for name, kind in FORMATS.items() for precision in kind.PRECISIONS)
    every: list[Model] = [NETWORK, *exported]
    if text is None:
        for name in filter(missing, FORMATS):
            log.warning("%s left out: not installed is %s", name, ", ".join(missing(name)))
        return [model for model in every if model == NETWORK or not missing(model[0])]
    chosen = []
    for part in filter(None, map(str.strip, text.split(","))):
        runtime, _, precision = part.partition(":")
        found = [model for model in every if model[0] == runtime and precision in ("", model[1])]
        if not found:
            names = [":".join(model) for model in every]
            hint = did_you_mean(part, names) or f"; choose from {', '.join(names)}."
            raise UserError(f"--compare: there is no '{part}'{hint}")
        chosen += found
    if not chosen:
        raise UserError("--compare names nothing: give some, such as keras,onnx,openvino:int8.")
    return list(dict.fromkeys(chosen))
