"""What the properties are tried on: boxes, samples with painted objects, and small evaluations."""

import numpy as np
from hypothesis import strategies as st

from tests.yolo.evaluation.scenes import found, known
from yolo.structures import Sample

GREY = 90  # of the ground, unlike every object's colour


@st.composite
def boxes_in(draw, height, width, most=6, smallest=1):
    """(n, 4) float32 boxes on whole pixels inside a picture of that size."""
    rows = []
    for _ in range(draw(st.integers(0, most))):
        w, h = draw(st.integers(smallest, width)), draw(st.integers(smallest, height))
        x, y = draw(st.integers(0, width - w)), draw(st.integers(0, height - h))
        rows.append((x, y, x + w, y + h))
    return np.array(rows, np.float32).reshape(-1, 4)


sides = st.integers(20, 90)


@st.composite
def samples(draw, most=4):
    """A grey picture with some labelled boxes."""
    height, width = draw(sides), draw(sides)
    boxes = draw(boxes_in(height, width, most))
    labels = np.array(draw(st.lists(st.integers(0, 3), min_size=len(boxes), max_size=len(boxes))), np.int32)
    return Sample(np.full((height, width, 3), GREY, np.uint8), boxes, labels)


@st.composite
def painted(draw):
    """A sample of one object, a white rectangle on grey."""
    height, width = draw(st.integers(40, 90)), draw(st.integers(40, 90))
    w, h = draw(st.integers(12, width)), draw(st.integers(12, height))
    x, y = draw(st.integers(0, width - w)), draw(st.integers(0, height - h))
    image = np.full((height, width, 3), GREY, np.uint8)
    image[y : y + h, x : x + w] = 255
    return Sample(image, np.array([[x, y, x + w, y + h]], np.float32), np.zeros(1, np.int32))


def extent(image):
    """The box around what is nearer to white than to grey: (4,)."""
    rows, columns = np.nonzero(image[..., 1] > (255 + GREY) / 2)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


@st.composite
def evaluations(draw, classes):
    """Detections and annotations of a few pictures; many scores are equal, many boxes near an object."""
    detections, annotations = [], []
    label = st.integers(0, classes - 1)
    for _ in range(draw(st.integers(0, 3))):
        boxes = draw(boxes_in(60, 60, most=4)).tolist()
        annotations.append(known(*((draw(label), box, draw(st.booleans())) for box in boxes)))
        answers = [draw(st.sampled_from(boxes)) for _ in range(draw(st.integers(0, 4)))] if boxes else []
        answers += draw(boxes_in(60, 60, most=2)).tolist()
        moves = st.tuples(*[st.integers(-3, 3)] * 2)
        rows = []
        for x1, y1, x2, y2 in answers:
            x, y = draw(moves)
            box = (x1 + x, y1 + y, x2 + x, y2 + y)
            rows.append((draw(label), draw(st.sampled_from([0.125, 0.25, 0.5, 0.75])), box))
        detections.append(found(*sorted(rows, key=lambda row: -row[1]), names=tuple("abc"[:classes])))
    return detections, annotations
