"""Detect the objects in pictures of any size."""

import numbers
import os

import numpy as np

from yolo import boxes as box_ops
from yolo.class_lists import Classes
from yolo.config import DetectConfig
from yolo.inference.inputs import as_image
from yolo.inference.nms import nms
from yolo.inference.runtimes import load_runtime
from yolo.letterbox import fit
from yolo.structures import Detections
from yolo.wording import short_repr


class Detector:
    """Finds objects in pictures: `detector(picture)`.

    One detector may be used by any number of threads, with every runtime.

    Example:
        >>> detector = Detector.load("best.keras")
        >>> for detection in detector("dog.jpg", score_threshold=0.3):
        ...     print(detection.name, detection.score, detection.box)
        >>> detector(cv2.imread("dog.jpg"), channels="bgr")  # OpenCV's order of the channels
        >>> first, second = detector(["dog.jpg", PIL.Image.open("cat.png")])  # in one batch

    Args:
        runtime: what computes the network, see `yolo.inference.runtimes`.
        score_threshold: the lowest score of a detection.
        iou_threshold: boxes of one class that overlap more are taken for one object.
        max_detections: the most objects in one picture, those of the highest scores.

    Raises:
        ValueError: a threshold is no number from 0 to 1, or max_detections none from 1, here or in a call.
    """

    def __init__(
        self,
        runtime,
        score_threshold=DetectConfig.score_threshold,
        iou_threshold=DetectConfig.iou_threshold,
        max_detections=DetectConfig.max_detections,
    ):
        _check(score_threshold, iou_threshold, max_detections)
        self.runtime = runtime
        self.score_threshold = score_threshold
        self.iou_threshold = iou_threshold
        self.max_detections = max_detections

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        classes: Classes | None = None,
        allow_imports: bool | str = False,
        cfg: str | os.PathLike[str] | None = None,
        anchors: str | os.PathLike[str] | None = None,
        **thresholds: float,
    ) -> "Detector":
        """The detector in a model file.

        Args:
            path: a model file, a run's folder, or the name of a published one, such as `"coco"`.
            classes: the name of every class, or a file with one on each line, for a model file that carries none.
            allow_imports: whether the file may name a module to import for its attention, which runs that module.
            cfg: Darknet's file of settings for its weights; by default the one that fits is looked for.
            anchors: a file of anchors, for weights that carry none.
            thresholds: `score_threshold`, `iou_threshold`, `max_detections`.
        """
        return cls(load_runtime(path, classes, allow_imports, cfg, anchors), **thresholds)

    @property
    def class_names(self):
        """The name of every class it knows, in order."""
        return self.runtime.class_names

    def __call__(self, picture, **settings):
        """The objects in a picture, as Detections in its pixels; of a list of pictures, a list.

        Args:
            picture: a path, a PIL picture or an array, see `yolo.inference.inputs.as_image`, or a list of these.
            settings: as of `detect`.
        """
        if isinstance(picture, (list, tuple)):
            return self.detect(picture, **settings)
        return self.detect([picture], **settings)[0]

    def detect(self, images, score_threshold=None, iou_threshold=None, max_detections=None, channels="rgb"):
        """The objects in several pictures, which the network sees in one batch.

        Args:
            images: paths, PIL pictures or arrays, each of its own size.
            score_threshold, iou_threshold, max_detections: in place of the detector's own.
            channels: of arrays, "rgb" or, as OpenCV has them, "bgr".

        Returns:
            A list of Detections, one per picture, best score first, clipped to the picture.
        """
        if (
            isinstance(images, (str, bytes, os.PathLike))
            or hasattr(images, "convert")
            or getattr(images, "ndim", 4) < 4
        ):
            raise ValueError("detect takes a list of pictures: give [picture], or call the detector itself.")
        if not (images := list(images)):
            return []
        batch, placements = self.prepare(images, channels)
        return self.find(*self.runtime(batch), placements, score_threshold, iou_threshold, max_detections)

    def prepare(self, images, channels="rgb"):
        """Pictures as in `detect` -> the runtime's input (B, h, w, 3) uint8, and where each picture lies in it."""
        size, mode = self.runtime.input_size, self.runtime.resize_mode
        batch = np.empty((len(images), *size, 3), np.uint8)
        placements = [
            fit(as_image(image, channels), size, mode, out=row)[1] for image, row in zip(images, batch, strict=True)
        ]
        return batch, placements

    def find(
        self, boxes, scores, placements, score_threshold=None, iou_threshold=None, max_detections=None, labels=None
    ):
        """The runtime's output, boxes (B, N, 4) and scores (B, N, C), -> what `detect` returns.

        Args:
            labels: indices, ascending, of the classes that are looked for; by default all.
        """
        if labels is None:
            labels = range(len(self.class_names))
        else:
            scores = scores[..., labels]
        labels = np.array(labels, np.int32)
        score_threshold = self.score_threshold if score_threshold is None else score_threshold
        iou_threshold = self.iou_threshold if iou_threshold is None else iou_threshold
        max_detections = self.max_detections if max_detections is None else max_detections
        _check(score_threshold, iou_threshold, max_detections)
        found = []
        for candidates, confidences, placement in zip(boxes, scores, placements, strict=True):
            kept, confidence, columns = nms(candidates, confidences, score_threshold, iou_threshold, max_detections)
            kept = placement.undo(kept)
            visible = box_ops.area(kept) > 0  # the rest lies wholly in the grey bars
            found.append(Detections(kept[visible], confidence[visible], labels[columns[visible]], self.class_names))
        return found


def _check(score_threshold, iou_threshold, max_detections):
    for name, value in (("score_threshold", score_threshold), ("iou_threshold", iou_threshold)):
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= 1:
            raise ValueError(f"{name} is a number from 0 to 1; got {short_repr(value)}.")
    is_whole = isinstance(max_detections, numbers.Integral) and not isinstance(max_detections, bool)
    if not is_whole or max_detections < 1:
        raise ValueError(f"max_detections is a whole number from 1; got {short_repr(max_detections)}.")
