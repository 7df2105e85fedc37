"""Let a teacher, another detector, look once at the pictures of a run."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from yolo.class_lists import read_names
from yolo.class_matching import match_classes
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.evaluation.evaluate import detect_all
from yolo.inference.detector import Detector
from yolo.inference.runtimes import open_runtime
from yolo.progress import bar
from yolo.structures import Annotation, DetectionRecord
from yolo.temperature import scaled
from yolo.training import soft_labels
from yolo.training.lessons import Lessons
from yolo.training.run_datasets import Datasets
from yolo.weights.resolve_model import ModelFile, resolve_model
from yolo.wording import counted, listed, shorten

log = logging.getLogger("yolo")


def resolve_teacher(config: TrainConfig) -> ModelFile | None:
    """Return the file of the teacher, or None if there is none. In a file without class names they are --classes.

    Raises:
        UserError: there is no such file, or there are pictures without labels and no teacher.
    """
    if config.teacher is None:
        if config.unlabelled is not None:
            raise UserError("--unlabelled needs --teacher FILE, the detector that says what is in these pictures.")
        return None
    model = resolve_model(config.teacher)
    if config.classes is None or model.carries_all:
        return model
    return replace(model, class_names=tuple(read_names(config.classes)))


def ask(model: ModelFile | None, data: Datasets, allow_imports: bool) -> Lessons:
    """Return what a teacher finds in the training pictures and in those without labels; log what this teaches.

    The pictures are as they are, without augmentation, in the teacher's own input size.

    Args:
        model: the file of the teacher; without one there are no lessons.
        allow_imports: as for `load_runtime`.

    Raises:
        UserError: the teacher cannot be loaded, or knows none of the classes.
    """
    if model is None:
        return Lessons()
    detector = Detector(open_runtime(model, allow_imports))
    classes = match_classes(data.class_names, detector.class_names)
    if not classes:
        raise UserError(
            f"the teacher {model.name} knows none of the classes {', '.join(data.class_names)}; it knows "
            f"{shorten(detector.class_names)}: give a teacher of these classes."
        )
    train = [annotation.path for annotation in data.train.annotations]
    unlabelled = [annotation.path for annotation in data.unlabelled]
    found = _detect(detector, [*train, *unlabelled], {name: own for own, name in classes.items()})
    lessons = Lessons(
        model.name,
        classes,
        {str(number): found[path] for number, path in enumerate(train) if found.get(path)},
        {str(path): found[path] for path in unlabelled if path in found},
    )
    taught = lessons.applied(data)
    for sentence in _summary(lessons, data, taught):
        log.info(sentence)
    if taught.unlabelled and all(each.difficult.all() for each in taught.unlabelled):
        log.warning("the teacher is sure of nothing in the pictures without labels: they teach no object")
    return lessons


def _detect(detector: Detector, paths: Sequence[Path], names: Mapping[str, str]) -> dict[Path, list[DetectionRecord]]:
    """Return what the detector finds in each picture that can be read.

    Args:
        names: the detector's name of a class -> the name in the run; other classes are left out.
    """
    lowest = float(scaled(np.array(soft_labels.DOUBTFUL), 1 / detector.temperature))
    seen, found = detect_all(
        detector,
        [Annotation.without_objects(path) for path in paths],
        detector.class_names,
        score_threshold=lowest,
        progress=partial(bar, desc="the teacher looks"),
    )
    records = (replace(each, scores=scaled(each.scores, detector.temperature)).records() for each in found)
    return {
        annotation.path: [{**one, "label": names[one["label"]]} for one in picture if one["label"] in names]
        for annotation, picture in zip(seen, records, strict=True)
    }


def _summary(lessons: Lessons, labels: Datasets, taught: Datasets) -> Iterator[str]:
    """Yield sentences on what a teacher contributes to a run.

    Args:
        labels, taught: the data before and after its lessons.
    """
    number, with_others = (sum(len(each.labels) for each in data.train.annotations) for data in (labels, taught))
    unsure = soft_labels.softened(soft_labels.SURE)
    doubted = sum(int(np.sum(each.scores < unsure)) for each in taught.train.annotations)
    sentences = [
        f"teacher {lessons.teacher}: it doubts {doubted} of {counted(number, 'labelled object')}, and leaves "
        f"{with_others - number} open that no label says"
    ]
    if pictures := taught.unlabelled:
        left_open = sum(int(each.difficult.sum()) for each in pictures)
        sure = sum(len(each.labels) for each in pictures) - left_open
        empty = sum(not len(each.labels) for each in pictures)
        sentences.append(
            f"in {counted(len(pictures), 'picture')} without labels it teaches {counted(sure, 'object')}, leaves "
            f"{left_open} open, and sees nothing in {empty}"
        )
    yield "; ".join(sentences)
    if unknown := [name for name in labels.class_names if name not in lessons.classes]:
        yield (
            f"the teacher does not know {listed(unknown)}: in pictures without labels nothing is taken for background, "
            "as such objects may be there"
        )
