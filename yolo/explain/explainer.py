"""Explain a picture or a frame: its detections, its gates and the activation map of one detection."""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yolo.array_types import Image, Images
from yolo.errors import UserError
from yolo.explain.align import Pixels, heat, onto_picture, spread
from yolo.explain.class_activation import ActivationMap, candidate_of
from yolo.explain.gates import AttentionGates, Gates, by_cell
from yolo.inference.detector import Detector
from yolo.inference.detector_settings import Thresholds
from yolo.inference.draw import draw
from yolo.inference.runtimes import KerasRuntime
from yolo.inference.sources import Frame
from yolo.letterbox import Placement, fit
from yolo.nets.model import YoloV4Tiny
from yolo.structures import Detections
from yolo.temperature import scaled

if TYPE_CHECKING:
    from typing_extensions import Unpack

ACTIVATION = "activation"


class Explainer:
    """A function from a frame to its explanation: `explainer(frame)`.

    Args:
        method: how activation maps are made, a key of `yolo.explain.class_activation.METHODS`.
        index: number of the detection that is explained in each frame; the best one is 0.
        heat: the map that colors a video: ACTIVATION, or a place whose spatial gates are shown.
        thresholds: those of the `Detector`.

    Raises:
        UserError: the network has no such map for `heat`.
    """

    def __init__(
        self,
        model: YoloV4Tiny,
        method: str = "layercam",
        index: int = 0,
        heat: str = ACTIVATION,
        **thresholds: "Unpack[Thresholds]",
    ) -> None:
        self.detector = Detector(KerasRuntime(model), **thresholds)
        self.gates = AttentionGates(model)
        self.activation = ActivationMap(model, method)
        self.method = method
        self.index = index
        self.heat = heat
        trial = self.gates(np.zeros((1, *model.input_size, 3), np.uint8))
        choices = [ACTIVATION, *(place for place, gates in trial.items() if by_cell(gates) is not None)]
        if heat not in choices:
            raise UserError(f"--heat: this model has no map '{heat}'; choose from {', '.join(choices)}.")

    def __call__(self, frame: Frame) -> "Explanation":
        return Explanation(frame, self)


@dataclass(frozen=True)
class Explanation:
    """An explanation of one frame; each part is computed when it is used for the first time."""

    frame: Frame
    explainer: Explainer

    @functools.cached_property
    def _fitted(self) -> tuple[Image, Placement]:
        runtime = self.explainer.detector.runtime
        return fit(self.frame.image, runtime.input_size, runtime.resize_mode)

    @property
    def pictures(self) -> Images:
        """The network's input, a batch of one picture."""
        return self._fitted[0][None]

    @property
    def placement(self) -> Placement:
        """The place of the picture in the input."""
        return self._fitted[1]

    @functools.cached_property
    def gates(self) -> dict[str, Gates]:
        """The gates of each place, as from `AttentionGates`."""
        return self.explainer.gates(self.pictures)

    @functools.cached_property
    def detections(self) -> Detections:
        """The detections of the frame."""
        return self.explainer.detector(self.frame.image)

    @property
    def explained(self) -> Detections:
        """The one detection that is explained; empty if there is none with this number."""
        return self.detections[self.explainer.index : self.explainer.index + 1]

    @functools.cached_property
    def activation(self) -> Pixels:
        """The support of each pixel for the explained detection, float32 from 0 to 1; zeros if there is none."""
        if not len(self.explained):
            return np.zeros(self.frame.image.shape[:2], np.float32)
        boxes, scores = self.explainer.detector.runtime(self.pictures)
        shown = scaled(scores[0], self.explainer.detector.temperature)
        candidate = candidate_of(self.explained, boxes[0], shown, self.placement)
        cells = self.explainer.activation(self.pictures, candidate, int(self.explained.labels[0]))
        values = onto_picture(cells, self.placement)
        return values / max(values.max(), 1e-9)

    @functools.cached_property
    def drawn(self) -> Image:
        """The picture colored by the map that is chosen for videos, with the detections drawn on it."""
        cells = None if self.explainer.heat == ACTIVATION else by_cell(self.gates[self.explainer.heat])
        if cells is None:
            return draw(heat(self.frame.image, self.activation, 0, 1), self.explained)
        values = onto_picture(cells, self.placement)
        return draw(heat(self.frame.image, values, *spread(values)), self.detections)
