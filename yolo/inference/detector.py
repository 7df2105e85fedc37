"""Detect the objects in pictures of any size."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from yolo import boxes as box_ops
from yolo.array_types import CandidateBoxes, CandidateScores, Images
from yolo.class_lists import Classes
from yolo.config import DetectConfig
from yolo.config.shared_options import SCORE_THRESHOLD
from yolo.inference.detector_settings import CallSettings, DetectorOptions, check
from yolo.inference.inputs import Channels, PictureLike, as_image
from yolo.inference.nms import nms
from yolo.inference.picture_views import all_views, by_picture, nms_of_views
from yolo.inference.runtimes import Runtime, load_runtime
from yolo.letterbox import Placement, fit
from yolo.structures import Detections
from yolo.temperature import scaled

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Detector:
    """A detector of objects in pictures, called as `detector(picture)`.

    Any number of threads may use one detector at the same time, with every runtime.

    Example:
        >>> detector = Detector.load("best.keras")
        >>> for detection in detector("dog.png", score_threshold=0.3):
        ...     print(detection.name, round(detection.score, 2), detection.box)
        dog 0.9 (96.0, 112.0, 208.0, 304.0)
        >>> found = detector(cv2.imread("dog.png"), channels="bgr")  # the order of OpenCV
        >>> first, second = detector(["dog.png", PIL.Image.open("cat.png")])  # in one batch
        >>> first.names, second.names
        (['dog'], ['cat'])

    Args:
        runtime: computes the network, see `yolo.inference.runtimes`.
        score_threshold: the lowest score of a detection; by default that of its class in the model file, or 0.25 if the
            file has none.
        iou_threshold: boxes of one class with a higher IoU count as one object.
        max_detections: the most objects in one picture; those with the highest scores are kept.
        temperature: by which the scores of the network are scaled, see `yolo.temperature`; by default that of the model
            file, and 1 leaves them as they are. Thresholds are compared with the scaled scores.
        tta: test-time augmentation, detect in the mirrored and in the smaller picture too, and fuse what is found in
            all three, see `yolo.inference.picture_views`. It takes about three times as long.

    Raises:
        ValueError: a threshold is not a number from 0 to 1, max_detections is not a whole number from 1, or the
            temperature is not one, see `yolo.temperature`.
    """

    def __init__(
        self,
        runtime: Runtime,
        score_threshold: float | None = None,
        iou_threshold: float = DetectConfig.iou_threshold,
        max_detections: int = DetectConfig.max_detections,
        temperature: float | None = None,
        tta: bool = False,
    ) -> None:
        temperature = runtime.temperature if temperature is None else temperature
        check(score_threshold, iou_threshold, max_detections, temperature)
        self.runtime = runtime
        self.score_threshold = score_threshold
        self.iou_threshold = iou_threshold
        self.max_detections = max_detections
        self.temperature = temperature
        self.tta = tta

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        classes: Classes | None = None,
        allow_imports: bool | str = False,
        cfg: str | os.PathLike[str] | None = None,
        anchors: str | os.PathLike[str] | None = None,
        **settings: "Unpack[DetectorOptions]",
    ) -> "Detector":
        """Return a detector with the model of a file.

        Args:
            path: a model file, the folder of a run, or the name of published weights, such as `"coco"`.
            classes: the class names, or a file with one on each line, for a model file without class names.
            allow_imports: whether the file may name a module to import for its attention, which runs that module.
            cfg: Darknet's file of settings for its weights; by default, the program searches for one that fits.
            anchors: a file of anchors, for weights without anchors.
            settings: `score_threshold`, `iou_threshold`, `max_detections`, `temperature`, `tta`.

        Raises:
            UserError: the model cannot be loaded, see `yolo.inference.runtimes.load_runtime`.
            ValueError: a threshold is out of range.
        """
        return cls(load_runtime(path, classes, allow_imports, cfg, anchors), **settings)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The name of every class, in the order of the labels."""
        return self.runtime.class_names

    @property
    def score_thresholds(self) -> tuple[float, ...]:
        """The lowest score of a detection of each class."""
        if self.score_threshold is None and self.runtime.score_thresholds:
            return self.runtime.score_thresholds
        return (SCORE_THRESHOLD if self.score_threshold is None else self.score_threshold,) * len(self.class_names)

    @overload
    def __call__(  # type: ignore[overload-overlap]  # a text is a path, no sequence
        self, picture: PictureLike, **settings: "Unpack[CallSettings]"
    ) -> Detections: ...

    @overload
    def __call__(self, picture: Sequence[PictureLike], **settings: "Unpack[CallSettings]") -> list[Detections]: ...

    def __call__(
        self, picture: "PictureLike | Sequence[PictureLike]", **settings: "Unpack[CallSettings]"
    ) -> Detections | list[Detections]:
        """Return the objects in a picture, in its pixels; for a list of pictures, a list.

        Args:
            picture: as `yolo.inference.inputs.as_image` accepts it, or a list or tuple of such pictures.
            settings: the same as for `detect`.

        Raises:
            UserError: a file cannot be read.
            ValueError: it is not a picture, or a setting is out of range.
        """
        if isinstance(picture, (list, tuple)):
            return self.detect(picture, **settings)
        return self.detect([picture], **settings)[0]  # type: ignore[list-item]  # no sequence

    def detect(
        self,
        images: Iterable[PictureLike],
        score_threshold: float | None = None,
        iou_threshold: float | None = None,
        max_detections: int | None = None,
        channels: Channels = "rgb",
        temperature: float | None = None,
    ) -> list[Detections]:
        """Return the objects in each of several pictures. The network processes all pictures in one batch.

        Args:
            images: paths, PIL pictures or arrays of any size.
            score_threshold, iou_threshold, max_detections, temperature: replace the detector's own.
            channels: the order of the channels of arrays.

        Returns:
            The detections of each picture, best score first, clipped to the picture.

        Raises:
            UserError: a file cannot be read.
            ValueError: it is not a list of pictures, or a setting is out of range.
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
        boxes, scores = self.runtime(batch)
        settings = (score_threshold, iou_threshold, max_detections)
        return self.find(boxes, scores, placements, *settings, temperature=temperature)

    def prepare(self, images: Sequence[PictureLike], channels: Channels = "rgb") -> tuple[Images, list[Placement]]:
        """Return the input of the runtime for some pictures, and the placement of each picture in it.

        With `tta`, the input holds three views of each picture, see `yolo.inference.picture_views`.

        Raises:
            UserError: a file cannot be read.
            ValueError: it is not a picture.
        """
        size, mode = self.runtime.input_size, self.runtime.resize_mode
        batch = np.empty((len(images), *size, 3), np.uint8)
        placements = [
            fit(as_image(image, channels), size, mode, out=row)[1] for image, row in zip(images, batch, strict=True)
        ]
        return all_views(batch, placements) if self.tta else batch, placements

    def find(
        self,
        boxes: CandidateBoxes,
        scores: CandidateScores,
        placements: Sequence[Placement],
        score_threshold: float | None = None,
        iou_threshold: float | None = None,
        max_detections: int | None = None,
        labels: Sequence[int] | None = None,
        temperature: float | None = None,
    ) -> list[Detections]:
        """Return the detections of each picture, like `detect`, from the output of the runtime.

        Args:
            placements: from `prepare`.
            labels: the indices of the classes to detect, ascending; by default all.

        Raises:
            ValueError: a threshold is out of range.
        """
        if self.tta:
            boxes, scores = by_picture(boxes, scores, placements)
        if labels is None:
            labels = range(len(self.class_names))
        else:
            scores = scores[..., labels]
        labels_of_columns = np.array(labels, np.int32)
        iou_threshold = self.iou_threshold if iou_threshold is None else iou_threshold
        max_detections = self.max_detections if max_detections is None else max_detections
        temperature = self.temperature if temperature is None else temperature
        check(score_threshold, iou_threshold, max_detections, temperature)
        thresholds = np.array(self.score_thresholds if score_threshold is None else score_threshold)
        lowest = scaled(np.broadcast_to(thresholds, len(self.class_names))[labels_of_columns], 1 / temperature)
        suppress = nms_of_views if self.tta else nms
        found = []
        for candidates, class_scores, placement in zip(boxes, scores, placements, strict=True):
            kept, score, columns = suppress(candidates, class_scores, lowest, iou_threshold, max_detections)
            score = scaled(score, temperature).astype(np.float32)
            kept = placement.undo(kept)
            visible = box_ops.area(kept) > 0  # the others lie entirely in the gray bars
            label = labels_of_columns[columns[visible]]
            found.append(Detections(kept[visible], score[visible], label, self.class_names))
        return found
