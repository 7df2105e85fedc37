"""An exported `.onnx` file in OpenCV's dnn module, by which many programs detect: tried whenever one is written."""

import numpy as np

from yolo.errors import UserError
from yolo.export.compare import compare
from yolo.inference.runtimes.exported import ExportedRuntime
from yolo.opencv import cv2


class OpenCVRuntime(ExportedRuntime):
    """A `.onnx` file as OpenCV reads it; raises UserError, with OpenCV's reason, where it cannot."""

    def __init__(self, path, metadata):
        super().__init__(metadata)
        try:
            self._network = cv2.dnn.readNetFromONNX(np.fromfile(path, np.uint8))  # by content: names may be any
            self.warm_up()
        except cv2.error as error:
            raise UserError(
                f"OpenCV {cv2.__version__} cannot read it ({' '.join(error.err.split())[-200:]})"
            ) from error

    def _compute(self, pictures):
        self._network.setInput(pictures)
        return self._network.forward(["boxes", "scores"])


def verdict(path, metadata, reference, pictures):
    """One sentence on a `.onnx` file in OpenCV's dnn.

    Args:
        metadata: the file's `Metadata`.
        reference: the runtime it is compared with.
        pictures: (h, w, 3) uint8 of the input size.
    """
    try:
        difference = compare(reference, OpenCVRuntime(path, metadata), pictures)
    except UserError as error:
        return f"not for OpenCV's dnn: {error}"
    if not difference.is_allowed(metadata.precision):
        return (
            f"not for OpenCV's dnn, which computes it otherwise: {difference}; in float32 and float16 it is right there"
        )
    return f"in OpenCV's dnn the largest differences are {difference}"
