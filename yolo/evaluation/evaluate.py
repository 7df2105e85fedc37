"""Run a detector over annotated pictures and score what it finds."""

import dataclasses
import logging
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np

from yolo import picture_files
from yolo.config import DetectConfig
from yolo.data.clip_boxes import refuse_outside
from yolo.errors import UserError
from yolo.evaluation import coco_metrics, voc_metrics
from yolo.evaluation.remarks import cautions, remarks
from yolo.evaluation.report import EvaluationReport
from yolo.structures import Detections
from yolo.wording import counted

logger = logging.getLogger("yolo")


def evaluate(
    detector,
    annotations,
    class_names,
    *,
    score_threshold=0.0,
    iou_threshold=DetectConfig.iou_threshold,
    max_detections=DetectConfig.max_detections,
    batch_size=8,
    warn=True,
    progress=None,
):
    """The `EvaluationReport` of a detector on annotated pictures.

    Classes are matched by name: detections of classes that the data do not have are left out. A picture that cannot be
    read is named in the log and left out.

    Args:
        detector: anything with `detect(images, *, score_threshold, iou_threshold, max_detections)`, from a list of
            (H, W, 3) uint8 RGB pictures to a list of Detections.
        annotations: sequence of Annotation, whose boxes lie in their pictures. Those that `data_folder.load` returns
            do; your own go through `yolo.data.clip_boxes.clip_to_pictures` first.
        class_names: the name of each label of the annotations.
        score_threshold: lowest score asked of the detector. A detection added at the low end never lowers AP, but
            recall loses what lies below the threshold: AR_100 on 100 pictures of VOC 2012 is 0.547 with 0.001 and 0.564
            with 0, for 24 ms of work more in each picture.
        iou_threshold: of non-maximum suppression; by default that of `predict.py`, to score the detector people run.
        max_detections: most detections of one picture; raised to twice the objects of the fullest picture where that
            is more.
        batch_size: pictures handed to the detector at a time.
        warn: whether to log the `cautions` about these annotations.
        progress: wraps the sequence of annotations to show how far the work is, such as `tqdm.tqdm`.

    Raises:
        UserError: a class that has objects is unknown to the detector, a box is not inside its picture, or no picture
            can be read.
    """
    start = time.perf_counter()
    for caution in cautions(annotations, class_names) if warn else ():
        logger.warning(caution)
    max_detections = max([max_detections, *(2 * len(known.boxes) for known in annotations)])
    shown = progress(annotations) if progress else annotations
    pictures = _readable(zip(shown, _read_ahead(annotations, 2 * batch_size), strict=True))
    detections, scored = [], []
    while batch := list(islice(pictures, batch_size)):
        answers = detector.detect(
            [image for _, image in batch],
            score_threshold=score_threshold,
            iou_threshold=iou_threshold,
            max_detections=max_detections,
        )
        if not scored:
            check_classes(annotations, class_names, answers[0].class_names)
        for (known, image), found in zip(batch, answers, strict=True):
            refuse_outside(known, *image.shape[:2])
            detections.append(_by_name(found, class_names))
            scored.append(known)
    unread = len(annotations) - len(scored)
    if not scored:
        raise UserError(f"expected at least one readable picture, got {unread} unreadable ones; check the data folder.")
    if unread:
        logger.warning("left out %d of %s, unreadable", unread, counted(len(annotations), "picture"))
    report = score(detections, scored, class_names)
    return dataclasses.replace(report, seconds=time.perf_counter() - start)


def check_classes(annotations, class_names, known_names):
    """Raise UserError when annotations hold objects of classes that a detector does not know."""
    needed = {class_names[label] for known in annotations for label in known.labels[~known.difficult]}
    if missing := sorted(needed.difference(known_names)):
        raise UserError(
            f"the data hold objects of {', '.join(missing)}, which the detector does not know; it knows "
            f"{', '.join(known_names)}: give data or weights of the same classes."
        )


def score(detections, annotations, class_names):
    """The `EvaluationReport` of detections that are already there, one Detections and one Annotation for each picture.

    Both must use the class indices of `class_names`; `seconds` is the time that scoring took.
    """
    start = time.perf_counter()
    curves = tuple(voc_metrics.curves(detections, annotations, len(class_names)))
    summary = coco_metrics.summarize(detections, annotations, len(class_names))
    point = voc_metrics.common_point(curves, DetectConfig.score_threshold)
    rows = [
        {
            "name": name,
            "objects": curve.objects,
            "ap50": curve.ap(),
            "ap": float(ap),
            **curve.at(point.score)._asdict(),
            "best_score": curve.best().score,
        }
        for name, curve, ap in zip(class_names, curves, summary.per_class, strict=True)
    ]
    return EvaluationReport(
        ap50=voc_metrics.mean([curve.ap() for curve in curves]),
        ap50_voc07=voc_metrics.mean([curve.ap_11_point() for curve in curves]),
        coco=summary.numbers,
        per_class=rows,
        images=len(annotations),
        seconds=time.perf_counter() - start,
        operating_point=point._asdict(),
        remarks=remarks(detections, annotations, class_names),
        curves=curves,
    )


def _read_ahead(annotations, count):
    """A future of each picture, in order, at most `count` of them ahead of the one being used."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting = deque()
        for known in annotations:
            waiting.append(pool.submit(picture_files.read, known.path))
            if len(waiting) > count:
                yield waiting.popleft()
        yield from waiting


def _readable(pictures):
    """(annotation, future) pairs -> (annotation, image) pairs of those that could be read."""
    for known, future in pictures:
        try:
            image = future.result()
        except UserError as error:
            logger.warning("left out %s: %s", known.path, error)
        else:
            yield known, image


def _by_name(found, class_names):
    """Detections with the class indices of `class_names`, those of other classes left out."""
    index = {name: label for label, name in enumerate(class_names)}
    labels = np.array([index.get(name, -1) for name in found.class_names], np.int32)[found.labels]
    return Detections(found.boxes, found.scores, labels, tuple(class_names))[labels >= 0]
