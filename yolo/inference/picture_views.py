"""Test-time augmentation: give the network several views of each picture, and fuse what is found in all of them."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import CandidateBoxes, CandidateScores, Float, Images
from yolo.inference.box_fusion import Found, fuse
from yolo.inference.nms import nms
from yolo.letterbox import FILL, Canvas, Placement
from yolo.opencv import cv2

VIEWS = 3  # as it is, mirrored, and smaller
FUSED_FROM = 0.55  # IoU of boxes that are fused, as in the paper; 0.6 is hardly different, see benchmarks/recipe.md
MOST = 300  # detections in a view, of which fewer may be wanted in the end
SHARE = 0.05  # of the score threshold; what scores lower would raise a fused score by less than this share of it
MARGIN = 8  # the gray margin around the smaller view is an eighth of each side, so three quarters are left


def all_views(batch: Images, placements: Sequence[Placement]) -> Annotated[NDArray[np.uint8], "views height width 3"]:
    """Return the input of the network: all pictures as they are, then all mirrored, then all smaller."""
    mirrored = [placement.mirror(canvas) for canvas, placement in zip(batch, placements, strict=True)]
    return np.concatenate([batch, mirrored, [_smaller(canvas) for canvas in batch]])


def by_picture(
    boxes: CandidateBoxes, scores: CandidateScores, placements: Sequence[Placement]
) -> tuple[Annotated[NDArray[Float], "pictures views n 4"], Annotated[NDArray[Float], "pictures views n classes"]]:
    """Return the candidates in the views of each picture, all in pixels of its canvas as it is.

    Args:
        boxes, scores: the answer of the network to `all_views`.
    """
    plain, mirrored, smaller = np.split(boxes, VIEWS)
    height, width = placements[0].size
    corner = np.array([width, height, width, height], np.float32) / MARGIN
    back = [placement.mirror_boxes(one) for one, placement in zip(mirrored, placements, strict=True)]
    grown = (smaller - corner) / (1 - 2 / MARGIN)
    return np.stack([plain, np.stack(back), grown], axis=1), np.stack(np.split(scores, VIEWS), axis=1)


def nms_of_views(
    boxes: Annotated[NDArray[Float], "views candidates 4"],
    scores: Annotated[NDArray[Float], "views candidates classes"],
    score_threshold: float | Annotated[NDArray[Float], "classes"],
    iou_threshold: float,
    max_detections: int,
) -> Found:
    """Return the boxes of one picture, their scores and labels, best score first: NMS in each view, then fusion.

    The arguments are those of `nms`, for all views. What a view finds with a low score can pass with a higher one of
    another view, so NMS goes down to a small SHARE of the score threshold.
    """
    lowest = np.asarray(score_threshold, scores.dtype)
    most = max(max_detections, MOST)
    found = [nms(*view, lowest * SHARE, iou_threshold, most) for view in zip(boxes, scores, strict=True)]
    fused, score, labels = fuse(found, max(iou_threshold, FUSED_FROM))
    shown = np.flatnonzero(score >= np.broadcast_to(lowest, scores.shape[-1])[labels])[:max_detections]
    return fused[shown], score[shown], labels[shown]


def _smaller(canvas: Canvas) -> Canvas:
    """Return a canvas with all of another one in its middle, at three quarters of the size."""
    height, width = canvas.shape[:2]
    top, left = height // MARGIN, width // MARGIN  # whole numbers, as sides are multiples of 32
    small = np.full_like(canvas, FILL)
    size = (width - 2 * left, height - 2 * top)
    small[top : height - top, left : width - left] = cv2.resize(canvas, size, interpolation=cv2.INTER_LINEAR)
    return small
