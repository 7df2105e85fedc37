"""Keep what a teacher found in the pictures of a run, and make of it the objects that are learned."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from yolo import boxes as box_ops
from yolo.atomic_write import atomic_write
from yolo.errors import UserError
from yolo.json_files import read_json
from yolo.structures import DetectionRecord, Detections
from yolo.training.run_datasets import Datasets
from yolo.training.soft_labels import label, soften
from yolo.training.unlabelled import readable
from yolo.wording import counted

TEACHER = "teacher.json"


@dataclass(frozen=True)
class Lessons:
    """The findings of a teacher; there are none without a teacher.

    Attributes:
        teacher: its file, as the user named it; empty if there is none.
        classes: class of the run -> the teacher's name of it.
        labelled: number of a training picture in its list -> what was found there.
        unlabelled: picture without labels -> what was found there.
    """

    teacher: str = ""
    classes: dict[str, str] = field(default_factory=dict)
    labelled: dict[str, list[DetectionRecord]] = field(default_factory=dict)
    unlabelled: dict[str, list[DetectionRecord]] = field(default_factory=dict)

    def keep(self, folder: Path) -> None:
        """Write them into the folder of a run, so that it can be resumed without its teacher."""
        if self.teacher:
            atomic_write(folder / TEACHER, json.dumps(asdict(self)) + "\n")

    def applied(self, data: Datasets) -> Datasets:
        """Return the data of a run as they are learned: with softened labels, and with pictures without labels."""
        if not self.teacher:
            return data
        names = data.class_names
        known = [number for number, name in enumerate(names) if name in self.classes]
        train = tuple(
            soften(annotation, _detections(self.labelled.get(str(number), []), names), known)
            for number, annotation in enumerate(data.train.annotations)
        )
        unlabelled = tuple(
            label(Path(path), _detections(found, names), is_complete=len(known) == len(names))
            for path, found in self.unlabelled.items()
        )
        return replace(data, train=replace(data.train, annotations=train), unlabelled=unlabelled)


def taught_before(folder: Path, data: Datasets) -> Datasets:
    """Return the data of a run that is resumed, as they were learned from its beginning; its teacher is not needed.

    Raises:
        UserError: the file of the lessons is gone or was changed, or a picture without labels cannot be read any more.
    """
    path = folder / TEACHER
    content = read_json(path, "what the teacher found,")
    try:
        taught = Lessons(**content).applied(data)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path} does not hold what a teacher found ({error}): put back what was there.") from error
    gone = len(taught.unlabelled) - len(readable(annotation.path for annotation in taught.unlabelled))
    if gone:
        raise UserError(
            f"{counted(gone, 'picture')} of --unlabelled cannot be read any more, so {folder} cannot go on as if it "
            "had never stopped: put back what was there."
        )
    return taught


def _detections(records: Sequence[DetectionRecord], class_names: Sequence[str]) -> Detections:
    """Return recorded detections as arrays, without those that rounding has left no area."""
    boxes = np.array([record["box"] for record in records], np.float32).reshape(-1, 4)
    scores = np.array([record["score"] for record in records], np.float32)
    labels = np.array([class_names.index(record["label"]) for record in records], np.int32)
    return Detections(boxes, scores, labels, tuple(class_names))[box_ops.area(boxes) > 0]
