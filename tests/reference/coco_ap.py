"""COCO's average precision with plain loops, without crowds, as its evaluation is described on its page."""

THRESHOLDS = [0.5 + 0.05 * step for step in range(10)]


def iou(a, b):
    """IoU of two half-open boxes (x1, y1, x2, y2)."""
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(w, 0) * max(h, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def average_precision(detections, objects):
    """Mean over ten thresholds of the AP of one class; nan without objects.

    detections: (picture, score, box) rows; objects: (picture, box) rows.
    """
    if not objects:
        return float("nan")
    return sum(_at(threshold, detections, objects) for threshold in THRESHOLDS) / len(THRESHOLDS)


def _at(threshold, detections, objects):
    taken, true, points = set(), 0, []
    for number, (picture, _, box) in enumerate(sorted(detections, key=lambda row: -row[1]), start=1):
        free = [i for i, (where, _) in enumerate(objects) if where == picture and i not in taken]
        best = max(free, key=lambda i: iou(box, objects[i][1]), default=None)
        if best is not None and iou(box, objects[best][1]) >= threshold:
            taken.add(best)
            true += 1
        points.append((true / len(objects), true / number))
    levels = [step * 0.01 for step in range(101)]  # as pycocotools computes them: 7 * 0.01 is above 7 / 100
    return sum(max((p for r, p in points if r >= level), default=0.0) for level in levels) / 101
