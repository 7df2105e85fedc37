"""VOC average precision with plain loops on inclusive pixel corners, as its development kit is written down."""


def inclusive_iou(a, b):
    """IoU of two 1-based inclusive boxes (xmin, ymin, xmax, ymax); -1 when they share no pixel."""
    w = min(a[2], b[2]) - max(a[0], b[0]) + 1
    h = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if w <= 0 or h <= 0:
        return -1.0
    size_a = (a[2] - a[0] + 1) * (a[3] - a[1] + 1)
    size_b = (b[2] - b[0] + 1) * (b[3] - b[1] + 1)
    return w * h / (size_a + size_b - w * h)


def eleven_points(points):
    """Mean of the best precision at recalls from the kit's `t = 0:0.1:1` on; points are (recall, precision) pairs."""
    total = 0.0
    for step in range(11):
        level = 0.0 + step * 0.1  # Octave multiplies, so that this is 0.30000000000000004 and not the literal 0.3
        total += max((precision for recall, precision in points if recall >= level), default=0.0)
    return total / 11


def area_rule(points):
    """Area under the envelope of (recall, precision) pairs."""
    area, reached = 0.0, 0.0
    for recall in sorted({recall for recall, _ in points}):
        area += (recall - reached) * max(precision for r, precision in points if r >= recall)
        reached = recall
    return area


def average_precision(detections, objects, threshold=0.5, rule=area_rule):
    """AP of one class.

    detections: (picture, score, box) rows; objects: (picture, box, difficult) rows; boxes inclusive.
    """
    to_find = sum(1 for _, _, difficult in objects if not difficult)
    if to_find == 0:
        return float("nan")
    taken = set()
    true_so_far, false_so_far = 0, 0
    points = []
    for picture, _, box in sorted(detections, key=lambda row: row[1], reverse=True):
        best, best_overlap = None, -1.0
        for i, (where, known, _) in enumerate(objects):
            if where == picture and inclusive_iou(box, known) > best_overlap:
                best, best_overlap = i, inclusive_iou(box, known)
        if best is not None and best_overlap >= threshold:
            if objects[best][2]:
                continue
            if best in taken:
                false_so_far += 1
            else:
                taken.add(best)
                true_so_far += 1
        else:
            false_so_far += 1
        points.append((true_so_far / to_find, true_so_far / (true_so_far + false_so_far)))
    return rule(points)
