"""Small annotated scenes for the tests of scoring."""

from pathlib import Path

import numpy as np

from yolo.structures import Annotation, Detections

NAMES = ("cat", "dog", "hen")


class Answers:
    """A detector that has learnt the answers by heart, one for each picture in order, and notes what it was asked."""

    class_names = NAMES
    score_thresholds = (0.25, 0.25, 0.25)
    temperature = 1.0
    tta = False

    def __init__(self, answers):
        self.answers = iter(answers)
        self.batches = []
        self.settings = []

    def detect(self, images, *, score_threshold, iou_threshold, max_detections, temperature):
        assert temperature == 1  # the scores of the network itself
        self.batches.append(images)
        self.settings.append((score_threshold, iou_threshold, max_detections))
        return [next(self.answers) for _ in images]


def known(*rows, path="a.png"):
    """An Annotation of rows (label, box) or (label, box, difficult)."""
    return Annotation(
        Path(path),
        np.array([row[1] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[0] for row in rows], np.int32),
        np.array([len(row) > 2 and row[2] for row in rows], bool),
    )


def found(*rows, names=NAMES):
    """Detections of rows (label, score, box), in the order given."""
    return Detections(
        np.array([row[2] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[0] for row in rows], np.int32),
        tuple(names),
    )


def perfect(annotation, names=NAMES):
    """Detections that answer exactly the objects of an annotation."""
    order = range(len(annotation.labels))
    return found(*((annotation.labels[i], 0.9 - 0.001 * i, annotation.boxes[i]) for i in order), names=names)


def scatter(rng, pictures, classes=3, difficult=0.0):
    """Random annotations, and detections that hit, miss, duplicate and tie, on whole pixels of a 300 x 120 picture."""
    annotations, detections = [], []
    for _ in range(pictures):
        count = int(rng.integers(0, 6))
        boxes = _boxes(rng, count)
        labels = rng.integers(0, classes, count)
        annotations.append(known(*zip(labels, boxes, rng.random(count) < difficult, strict=True)))
        repeats = np.repeat(np.arange(count), rng.integers(0, 3, count))
        near = boxes[repeats] + rng.integers(-4, 5, (len(repeats), 4))
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 1)
        stray = _boxes(rng, int(rng.integers(0, 3)))
        answer = np.concatenate([near, stray])
        guesses = np.concatenate([labels[repeats], rng.integers(0, classes, len(stray))])
        scores = rng.integers(1, 20, len(answer)) / 20  # many equal ones
        order = np.argsort(-scores, kind="stable")
        detections.append(found(*((guesses[i], scores[i], answer[i]) for i in order)))
    return detections, annotations


def _boxes(rng, count):
    corner = rng.integers(0, (250, 80), (count, 2))
    return np.concatenate([corner, corner + rng.integers(5, 40, (count, 2))], axis=1)
