"""Load a sample: read the picture of an annotation, and clip the boxes to it."""

import numpy as np

from yolo import picture_files
from yolo.structures import DIFFICULT, Annotation, Sample


def load_sample(annotation: Annotation) -> Sample:
    """Read the picture of an annotation; difficult objects get the label DIFFICULT.

    Boxes are clipped to the picture, and boxes outside of it are dropped.

    Raises:
        UserError: the picture cannot be read.
    """
    image = picture_files.read(annotation.path)
    known = annotation.within(*image.shape[:2])
    labels = np.where(known.difficult, DIFFICULT, known.labels).astype(np.int32)
    return Sample(image, known.boxes, labels, (known.path,))
