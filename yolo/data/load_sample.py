"""Load a sample: read the picture of an annotation."""

import numpy as np

from yolo import picture_files
from yolo.data.clip_boxes import refuse_outside
from yolo.structures import DIFFICULT, Annotation, Sample


def load_sample(annotation: Annotation) -> Sample:
    """Read the picture of an annotation; difficult objects get the label DIFFICULT.

    Raises:
        UserError: the picture cannot be read, or has become too small for its boxes.
    """
    image = picture_files.read(annotation.path)
    refuse_outside(annotation, *image.shape[:2])
    labels = np.where(annotation.difficult, DIFFICULT, annotation.labels).astype(np.int32)
    return Sample(image, annotation.boxes, labels, (annotation.path,), annotation.scores, annotation.is_complete)
