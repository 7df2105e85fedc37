"""Run a detector over annotated pictures and score what it finds."""

import dataclasses
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Protocol

import numpy as np

from yolo import picture_files
from yolo.array_types import Image
from yolo.config import DetectConfig
from yolo.config.shared_options import SCORE_THRESHOLD
from yolo.data.clip_boxes import refuse_outside
from yolo.errors import UserError
from yolo.evaluation.bootstrap import RESAMPLES
from yolo.evaluation.remarks import cautions
from yolo.evaluation.report import EvaluationReport
from yolo.evaluation.score import score
from yolo.structures import Annotation, Detections
from yolo.wording import counted

LOWEST_SCORE, MOST_DETECTIONS = 0.001, 100  # of the validation of a run: faster than 0 and 300; AP changes by 0.0003

logger = logging.getLogger("yolo")


class SupportsDetect(Protocol):
    """Anything that detects objects as a `Detector` does, with the same attributes."""

    @property
    def class_names(self) -> tuple[str, ...]: ...

    @property
    def score_thresholds(self) -> tuple[float, ...]: ...

    @property
    def temperature(self) -> float: ...

    @property
    def tta(self) -> bool: ...

    def detect(
        self,
        images: list[Image],
        *,
        score_threshold: float,
        iou_threshold: float,
        max_detections: int,
        temperature: float,
    ) -> list[Detections]:
        """Return the detections of each image."""


def evaluate(
    detector: SupportsDetect,
    annotations: Sequence[Annotation],
    class_names: Sequence[str],
    *,
    score_threshold: float = 0.0,
    iou_threshold: float = DetectConfig.iou_threshold,
    max_detections: int = DetectConfig.max_detections,
    batch_size: int = 8,
    warn: bool = True,
    resamples: int = RESAMPLES,
    progress: Callable[[Sequence[Annotation]], Iterable[Annotation]] | None = None,
) -> EvaluationReport:
    """Return the scores of a detector on annotated pictures.

    The detector's own score thresholds have no part in it, nor has its temperature, which changes no order; the report
    says what precision and recall they give. See `detect_all` for the pictures and classes that are left out.

    Example:
        >>> from yolo import Detector
        >>> from yolo.data import data_folder
        >>> dataset = data_folder.load("shapes", "test")
        >>> report = evaluate(Detector.load("runs/shapes"), dataset.annotations, dataset.class_names)
        >>> report.images, 0 <= report.ap50 <= 1
        (2, True)

    Args:
        annotations: the ground truth, with boxes inside the pictures. Those from `data_folder.load` are; your own go
            through `yolo.data.clip_boxes.clip_to_pictures` first.
        class_names: the name of each label of the annotations.
        score_threshold: lowest score of a detection. Further detections with low scores never lower AP, and they raise
            recall: AR_100 on 100 pictures of VOC 2012 is 0.547 with 0.001 and 0.564 with 0, which takes 24 ms more for
            each picture.
        iou_threshold: of non-maximum suppression; by default that of `predict.py`, to score the detector as it is used.
        max_detections: most detections in one picture, or twice the objects of the fullest picture if that is more.
        batch_size: number of pictures in one call of the detector.
        warn: whether to log the `cautions` about these annotations.
        resamples: of the pictures, for the intervals of AP; 0 for no intervals.
        progress: wraps the annotations to show the progress, such as `tqdm.tqdm`.

    Raises:
        UserError: a class that has objects is unknown to the detector, or no picture can be scored.
    """
    start = time.perf_counter()
    for caution in cautions(annotations, class_names) if warn else ():
        logger.warning(caution)
    scored, detections = detect_all(
        detector,
        annotations,
        class_names,
        score_threshold=score_threshold,
        iou_threshold=iou_threshold,
        max_detections=max_detections,
        batch_size=batch_size,
        progress=progress,
    )
    own = dict(zip(detector.class_names, detector.score_thresholds, strict=True))
    thresholds = [own.get(name, SCORE_THRESHOLD) for name in class_names]
    report = score(detections, scored, class_names, thresholds, detector.temperature, resamples)
    return dataclasses.replace(report, seconds=time.perf_counter() - start, tta=detector.tta)


def detect_all(
    detector: SupportsDetect,
    annotations: Sequence[Annotation],
    class_names: Sequence[str],
    *,
    score_threshold: float = 0.0,
    iou_threshold: float = DetectConfig.iou_threshold,
    max_detections: int = DetectConfig.max_detections,
    batch_size: int = 8,
    progress: Callable[[Sequence[Annotation]], Iterable[Annotation]] | None = None,
) -> tuple[list[Annotation], list[Detections]]:
    """Return the annotations of the pictures that can be read, and the detections in each, with the network's scores.

    Classes are matched by name: detections of classes that the data do not have are left out. A picture that cannot be
    read, or whose boxes are not inside of it, is named in the log and left out.

    Args:
        detector, annotations, class_names: see `evaluate`, as for the settings.

    Raises:
        UserError: a class that has objects is unknown to the detector, or no picture can be read.
    """
    detect = partial(
        detector.detect,
        score_threshold=score_threshold,
        iou_threshold=iou_threshold,
        max_detections=max([max_detections, *(2 * len(known.boxes) for known in annotations)]),
        temperature=1.0,
    )
    shown = progress(annotations) if progress else annotations
    pictures = _readable(zip(shown, _read_ahead(annotations, 2 * batch_size), strict=True))
    scored, detections = _detect_batches(detect, pictures, annotations, class_names, batch_size)
    unread = len(annotations) - len(scored)
    if not scored:
        raise UserError(f"expected at least one readable picture, got {unread} unreadable ones; check the data.")
    if unread:
        logger.warning("left out %d of %s, unreadable", unread, counted(len(annotations), "picture"))
    return scored, detections


def _detect_batches(
    detect: Callable[[list[Image]], list[Detections]],
    pictures: Iterator[tuple[Annotation, Image]],
    annotations: Sequence[Annotation],
    class_names: Sequence[str],
    batch_size: int,
) -> tuple[list[Annotation], list[Detections]]:
    """Return the annotations of the pictures that can be read, and the detections in each."""
    scored: list[Annotation] = []
    detections: list[Detections] = []
    while batch := list(islice(pictures, batch_size)):
        answers = detect([image for _, image in batch])
        if not scored:
            check_classes(annotations, class_names, answers[0].class_names)
        for (known, image), found in zip(batch, answers, strict=True):
            try:
                refuse_outside(known, *image.shape[:2])
            except UserError as error:
                logger.warning(error)
                continue
            detections.append(_by_name(found, class_names))
            scored.append(known)
    return scored, detections


def check_classes(annotations: Sequence[Annotation], class_names: Sequence[str], known_names: Sequence[str]) -> None:
    """Raise UserError if annotations contain objects of classes that a detector does not know.

    Args:
        class_names: the name of each label of the annotations.
        known_names: the classes of the detector.
    """
    needed = {class_names[label] for known in annotations for label in known.labels[~known.difficult]}
    if missing := sorted(needed.difference(known_names)):
        raise UserError(
            f"the data hold objects of {', '.join(missing)}, which the detector does not know; it knows "
            f"{', '.join(known_names)}: give data or weights of the same classes."
        )


def _read_ahead(annotations: Sequence[Annotation], count: int) -> Iterator[Future[Image]]:
    """Yield a future of each picture, in order; at most `count` pictures are read before they are needed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting: deque[Future[Image]] = deque()
        for known in annotations:
            waiting.append(pool.submit(picture_files.read, known.path))
            if len(waiting) > count:
                yield waiting.popleft()
        yield from waiting


def _readable(pictures: Iterable[tuple[Annotation, Future[Image]]]) -> Iterator[tuple[Annotation, Image]]:
    """Yield the pictures that could be read, with their annotations; log the others."""
    for known, future in pictures:
        try:
            image = future.result()
        except UserError as error:
            logger.warning("left out %s: %s", known.path, error)
        else:
            yield known, image


def _by_name(found: Detections, class_names: Sequence[str]) -> Detections:
    """Return detections with the class indices of `class_names`, without those of other classes."""
    index = {name: label for label, name in enumerate(class_names)}
    labels = np.array([index.get(name, -1) for name in found.class_names], np.int32)[found.labels]
    return Detections(found.boxes, found.scores, labels, tuple(class_names))[labels >= 0]
