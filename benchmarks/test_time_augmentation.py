"""Compare ways to detect in several views of a picture, and to fuse what is found in them.

    python benchmarks/test_time_augmentation.py yolov4-tiny-voc.weights --classes voc_classes.txt \
        --data ../shared/data/voc2012_100 --split all

The script prints a Markdown table. The views are those of `--tta`: the picture as it is, mirrored, and smaller. They
are fused by NMS of all candidates; by voting after that, where a kept box becomes the mean of the candidates that
overlap it, weighted by their scores (https://arxiv.org/abs/1505.01749); or by weighted box fusion (WBF). Every second
picture, beginning with the first, is there to choose by, and the others to report on: AP50, AP75, AP. The last columns
are of all pictures: the difference to the first row, which is detection without `--tta`, with its 95 % interval over
the same resampled pictures, and precision and recall at the score thresholds of the model. The time is that of whole
detections, one picture at a time.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo import boxes as box_ops
from yolo import picture_files
from yolo.array_types import Float
from yolo.data import data_folder
from yolo.evaluation import voc_metrics
from yolo.evaluation.bootstrap import average_precision, coco_101, interval, resamples, voc_area
from yolo.evaluation.matches import Matches, coco_matches, voc_matches
from yolo.evaluation.score import scaled_curve
from yolo.inference.box_fusion import Found, fuse
from yolo.inference.detector import Detector
from yolo.inference.nms import nms
from yolo.inference.picture_views import VIEWS, by_picture
from yolo.inference.runtimes import load_runtime
from yolo.letterbox import Placement
from yolo.structures import Annotation, Detections
from yolo.tables import markdown, markdown_row

LOWEST, MOST, IOU, VOTING = 0.001, 300, 0.5, 0.01
PLAIN, MIRRORED, SMALLER = range(VIEWS)
RESAMPLES = 1000
HEADINGS = ("views", "fused by", "first half", "second half", "AP50", "AP75", "AP", "precision, recall")


class Views(NamedTuple):
    """The candidates in some views of one picture.

    Attributes:
        boxes: (views, N, 4).
        scores: (views, N, C).
        placement: of the picture.
    """

    boxes: NDArray[Float]
    scores: NDArray[Float]
    placement: Placement


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", metavar="FILE")
    parser.add_argument("--classes", metavar="FILE")
    parser.add_argument("--data", required=True, metavar="DATA")
    parser.add_argument("--split", required=True)
    arguments = parser.parse_args()
    runtime = load_runtime(arguments.weights, arguments.classes)
    data = data_folder.load(arguments.data, arguments.split, runtime.class_names)
    pictures, ratio = candidates(Detector(runtime), Detector(runtime, tta=True), data.annotations)
    which = f"{Path(arguments.data).name}, split {arguments.split}, {len(pictures)} pictures"
    print(f"{which}; --tta takes {ratio:.2f} times as long\n")
    print(markdown([HEADINGS]))
    counts = np.concatenate([halves(len(pictures)), resamples(len(pictures), RESAMPLES)])
    plain: NDArray[np.float64] | None = None
    for words, views, name, fused in METHODS:
        found = [detections(Views(boxes[views], scores[views], at), fused) for boxes, scores, at in pictures]
        values = precisions(found, data.annotations, counts)
        plain = values if plain is None else plain
        cells = [", ".join(f"{value:.3f}" for value in values[:, half]) for half in (1, 2)]
        cells += [difference(row) for row in values - plain]
        cells.append(", ".join(f"{value:.3f}" for value in at_thresholds(found, data.annotations, Detector(runtime))))
        print(markdown_row([words, name, *cells]), flush=True)


def candidates(one: Detector, several: Detector, annotations: Sequence[Annotation]) -> tuple[list[Views], float]:
    """Return the candidates in all views of each picture, and how many times as long `several` takes as `one`."""
    pictures, seconds = [], np.zeros(2)
    for known in annotations:
        image = picture_files.read(known.path)
        for row, detector in enumerate((one, several)):
            start = time.perf_counter()
            detector(image)
            seconds[row] += time.perf_counter() - start
        batch, [placement] = several.prepare([image])
        boxes, scores = by_picture(*several.runtime(batch), [placement])
        pictures.append(Views(boxes[0], scores[0], placement))
    return pictures, seconds[1] / seconds[0]


def halves(count: int) -> Annotated[NDArray[np.int64], "3 pictures"]:
    """Return how often each picture counts: in all of them, in the half to choose by, and in the other half."""
    first = np.arange(count) % 2 == 0
    return np.stack([np.ones(count, int), first.astype(int), 1 - first])


def detections(picture: Views, fused: Callable[[Views], Found]) -> Detections:
    """Return the detections in the pixels of the picture."""
    boxes, scores, labels = fused(picture)
    inside = picture.placement.undo(boxes)
    names = tuple(map(str, range(picture.scores.shape[-1])))
    return Detections(inside, scores, labels, names)[box_ops.area(inside) > 0][:MOST]


def precisions(
    found: Sequence[Detections], annotations: Sequence[Annotation], counts: NDArray[np.int64]
) -> Annotated[NDArray[np.float64], "3 resamples"]:
    """Return VOC's AP50, and COCO's AP75 and AP, for each row of `counts`."""
    voc, coco = (matches(found, annotations, len(found[0].class_names)) for matches in (voc_matches, coco_matches))
    at_75 = Matches(coco.objects, coco.picture, coco.label, coco.verdicts[5:6])
    rules = ((voc, voc_area), (at_75, coco_101), (coco, coco_101))
    return np.stack([average_precision(matches, counts, rule) for matches, rule in rules])


def at_thresholds(
    found: Sequence[Detections], annotations: Sequence[Annotation], detector: Detector
) -> tuple[float, float]:
    """Return the means of precision and recall over the classes at the score thresholds of the model."""
    curves = voc_metrics.curves(found, annotations, len(detector.class_names))
    point = voc_metrics.mean_point(
        [scaled_curve(curve, detector.temperature) for curve in curves], detector.score_thresholds
    )
    return point.precision, point.recall


def by_nms(picture: Views) -> Found:
    """Return what NMS keeps of the candidates of all views."""
    return nms(picture.boxes.reshape(-1, 4), flat(picture.scores), LOWEST, IOU, MOST)


def by_voting(picture: Views, overlap: float) -> Found:
    """Return the same, with each box as the mean of the candidates that overlap it, weighted by their scores."""
    kept, best, labels = by_nms(picture)
    boxes, scores = picture.boxes.reshape(-1, 4), flat(picture.scores)
    voted = kept.copy()
    for label in np.unique(labels):
        mine, rows = labels == label, np.flatnonzero(scores[:, label] >= VOTING)
        weights = np.where(box_ops.iou_matrix(kept[mine], boxes[rows]) >= overlap, scores[rows, label], 0)
        total = weights.sum(axis=1, keepdims=True)
        voted[mine] = np.where(total > 0, weights @ boxes[rows] / np.maximum(total, VOTING), kept[mine])
    return voted, best, labels


def by_wbf(picture: Views, overlap: float) -> Found:
    """Return the WBF of what NMS keeps in each view."""
    return fuse([nms(*view, LOWEST, IOU, MOST) for view in zip(picture.boxes, picture.scores, strict=True)], overlap)


def by_wbf_of_candidates(picture: Views, overlap: float) -> Found:
    """Return the WBF of all candidates, without NMS."""
    lists = []
    for boxes, scores in zip(picture.boxes, picture.scores, strict=True):
        rows, labels = np.nonzero(scores >= VOTING)
        lists.append((boxes[rows], scores[rows, labels], labels.astype(np.int32)))
    return fuse(lists, overlap)


def flat(scores: NDArray[Float]) -> NDArray[Float]:
    return scores.reshape(-1, scores.shape[-1])


def difference(values: Annotated[NDArray[np.float64], "resamples"]) -> str:
    """Return a difference on all pictures, with its interval."""
    low, high = interval(values[3:])
    return f"{values[0]:+.3f} [{low:+.3f}, {high:+.3f}]"


METHODS: list[tuple[str, list[int], str, Callable[[Views], Found]]] = [
    ("one", [PLAIN], "NMS", by_nms),
    ("one", [PLAIN], "NMS, voting from 0.6", partial(by_voting, overlap=0.6)),
    ("and mirrored", [PLAIN, MIRRORED], "NMS", by_nms),
    ("and mirrored", [PLAIN, MIRRORED], "NMS, voting from 0.6", partial(by_voting, overlap=0.6)),
    ("and mirrored", [PLAIN, MIRRORED], "WBF of all from 0.55", partial(by_wbf_of_candidates, overlap=0.55)),
    ("and mirrored", [PLAIN, MIRRORED], "NMS, WBF from 0.55", partial(by_wbf, overlap=0.55)),
    ("and mirrored", [PLAIN, MIRRORED], "NMS, WBF from 0.6", partial(by_wbf, overlap=0.6)),
    ("and smaller", [PLAIN, SMALLER], "NMS, WBF from 0.55", partial(by_wbf, overlap=0.55)),
    ("all three", [PLAIN, MIRRORED, SMALLER], "NMS", by_nms),
    ("all three", [PLAIN, MIRRORED, SMALLER], "NMS, voting from 0.6", partial(by_voting, overlap=0.6)),
    ("all three", [PLAIN, MIRRORED, SMALLER], "NMS, WBF from 0.5", partial(by_wbf, overlap=0.5)),
    ("**all three**", [PLAIN, MIRRORED, SMALLER], "**NMS, WBF from 0.55** (`--tta`)", partial(by_wbf, overlap=0.55)),
    ("all three", [PLAIN, MIRRORED, SMALLER], "NMS, WBF from 0.6", partial(by_wbf, overlap=0.6)),
]

if __name__ == "__main__":
    main()
