"""From an annotation to a sample: the picture read, the boxes made to fit it."""

import numpy as np

from yolo import picture_files
from yolo.structures import DIFFICULT, Sample


def load_sample(annotation):
    """Read the picture of an annotation.

    Boxes are clipped to the picture and those that lie outside of it are dropped; difficult objects get the label
    DIFFICULT. Raises UserError for a picture that cannot be read.
    """
    image = picture_files.read(annotation.path)
    known = annotation.within(*image.shape[:2])
    labels = np.where(known.difficult, DIFFICULT, known.labels).astype(np.int32)
    return Sample(image, known.boxes, labels, (known.path,))
