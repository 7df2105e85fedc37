"""Read label files of YOLO for poses: four numbers of a box, and those of its keypoints, which are not used."""

from pathlib import Path

from yolo.data.formats import yolo_txt
from yolo.data.formats.written_annotation import WrittenAnnotation


def read(path: Path) -> WrittenAnnotation:
    """Return `yolo_txt.read` of a file in which every line has keypoints, as `kpt_shape` in data.yaml tells."""
    return yolo_txt.parse(yolo_txt.content(path), keypoints=True)
