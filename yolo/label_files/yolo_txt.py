"""Write annotations in the format of YOLO: a text file for each picture, and data.yaml with the names of the classes.

https://docs.ultralytics.com/datasets/detect/
"""

from collections.abc import Mapping, Sequence

import numpy as np
import yaml

from yolo.array_types import Scores
from yolo.label_files.exact_numbers import SHARE_DECIMALS, decimal, exact
from yolo.structures import Annotation

FIELDS = ("path", "nc", "names", "download", "kpt_shape", "flip_idx")  # of data.yaml, so no split can be called so


def label_lines(annotation: Annotation, size: tuple[int, int], scores: Scores | None = None) -> str:
    """Return the text of a label file: a line `class center_x center_y width height` for each object.

    The numbers are shares of the width and height of the picture. The format has no mark for difficult objects.

    Args:
        size: (height, width) of the picture.
        scores: if given, each is added at the end of its line.
    """
    height, width = size
    starts, ends = np.split(exact(annotation.boxes), 2, axis=1)
    shares = np.hstack(((starts + ends) / 2, ends - starts)) / (width, height, width, height)
    lines = []
    for number, (label, box) in enumerate(zip(annotation.labels.tolist(), shares.tolist(), strict=True)):
        score = [] if scores is None else [f"{scores[number]:.5f}"]
        lines.append(" ".join([str(label), *(decimal(share, SHARE_DECIMALS) for share in box), *score]) + "\n")
    return "".join(lines)


def data_yaml(splits: Mapping[str, str], class_names: Sequence[str]) -> str:
    """Return the text of data.yaml.

    It has no `path`, so that Ultralytics looks in the folder of the file; a relative one would be sought in a folder
    of its own.

    Args:
        splits: name of a split -> its list or folder, relative to the folder of the file; those that are called like
            another field are left out.
    """
    listed = {name: place for name, place in splits.items() if name not in FIELDS}
    content = {**listed, "nc": len(class_names), "names": dict(enumerate(class_names))}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=float("inf"))
