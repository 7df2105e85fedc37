"""From a picture or a frame to everything that is shown of it."""

import functools
from dataclasses import dataclass

import numpy as np

from yolo.errors import UserError
from yolo.explain.align import heat, onto_picture, spread
from yolo.explain.class_activation import ActivationMap, candidate_of
from yolo.explain.gates import AttentionGates, by_cell
from yolo.inference.detector import Detector
from yolo.inference.draw import draw
from yolo.inference.runtimes import KerasRuntime
from yolo.inference.sources import Frame
from yolo.letterbox import fit

ACTIVATION = "activation"


class Explainer:
    """Explains frames one by one: `explainer(frame)` gives an Explanation.

    Args:
        model: a `YoloV4Tiny`.
        method: how activation maps are made, a key of `yolo.explain.class_activation.METHODS`.
        index: which detection of each frame is explained, the best being 0.
        heat: what colours a video, ACTIVATION or a place whose spatial gates are shown; UserError if it has none.
        thresholds: of the `Detector`.
    """

    def __init__(self, model, method="layercam", index=0, heat=ACTIVATION, **thresholds):
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

    def __call__(self, frame):
        return Explanation(frame, self)


@dataclass(frozen=True)
class Explanation:
    """What the network did with one frame; each part is computed when it is first asked for."""

    frame: Frame
    explainer: Explainer

    @functools.cached_property
    def _fitted(self):
        runtime = self.explainer.detector.runtime
        return fit(self.frame.image, runtime.input_size, runtime.resize_mode)

    @property
    def pictures(self):
        """The network's input, (1, h, w, 3) uint8."""
        return self._fitted[0][None]

    @property
    def placement(self):
        """How the picture lies in the input."""
        return self._fitted[1]

    @functools.cached_property
    def gates(self):
        """As from `AttentionGates`, for this one picture."""
        return self.explainer.gates(self.pictures)

    @functools.cached_property
    def detections(self):
        """What was found."""
        return self.explainer.detector(self.frame.image)

    @property
    def explained(self):
        """The one of the detections that is explained, or none of them."""
        return self.detections[self.explainer.index : self.explainer.index + 1]

    @functools.cached_property
    def activation(self):
        """The places that speak for the explained detection, (H, W) float32 from 0 to 1; zeros without one."""
        if not len(self.explained):
            return np.zeros(self.frame.image.shape[:2], np.float32)
        boxes, scores = self.explainer.detector.runtime(self.pictures)
        candidate = candidate_of(self.explained, boxes[0], scores[0], self.placement)
        cells = self.explainer.activation(self.pictures, candidate, self.explained.labels[0])
        values = onto_picture(cells, self.placement)
        return values / max(values.max(), 1e-9)

    @functools.cached_property
    def drawn(self):
        """The picture under the heat chosen for videos, with the detections painted on it, (H, W, 3) uint8 RGB."""
        if self.explainer.heat == ACTIVATION:
            return draw(heat(self.frame.image, self.activation, 0, 1), self.explained)
        values = onto_picture(by_cell(self.gates[self.explainer.heat]), self.placement)
        return draw(heat(self.frame.image, values, *spread(values)), self.detections)
