"""What `doctor --data` says of a data folder; no TensorFlow is imported."""

from yolo.cli.findings import Finding
from yolo.errors import UserError
from yolo.wording import counted

SHOWN = 50  # names in a line, so that whoever repairs the files sees nearly all at once
FEW = 50  # objects of a class
INPUT_SIZE = (416, 416)  # at which objects may be too small; what training takes by default


def data(root, corners="auto", negatives=False):
    """Yield what the reader finds: splits, objects of each class, what is left out, and what is odd."""
    from yolo.data import checks, voc
    from yolo.data.clean import cleaned

    try:
        source = voc.Source(root, anew=True, corners=corners, negatives=negatives, shown=SHOWN)
        dataset = source.load("all")
        splits = {name: _split(source, name, dataset.class_names) for name in source.splits}
        usable, broken = cleaned(dataset, "annotated", SHOWN)
    except UserError as error:
        yield Finding("broken", "data", str(error))
        return
    yield from _counts(usable, splits)
    for note in dataset.notes:
        yield Finding("ok", "data", note)
    apart = {name: splits[name] for name in ("train", "val", "test") if splits.get(name)}
    doubts = *checks.in_two_splits(apart, SHOWN), *checks.under_a_pixel(usable.annotations, INPUT_SIZE, shown=SHOWN)
    for problem in (*dataset.problems, *broken, *doubts):
        yield Finding("warning", "data", problem)


def _split(source, name, class_names):
    """A split, or None where it holds no usable picture."""
    try:
        return source.load(name, class_names)
    except UserError:
        return None


def _counts(dataset, splits):
    """The numbers of pictures and objects."""
    import numpy as np

    labels = np.concatenate([annotation.labels for annotation in dataset.annotations])
    difficult = sum(int(annotation.difficult.sum()) for annotation in dataset.annotations)
    empty = sum(not len(annotation.labels) for annotation in dataset.annotations)
    pictures, objects = counted(len(dataset), "picture"), counted(len(labels), "object")
    yield Finding("ok", "data", f"{pictures} ({empty} without objects), {objects}")
    marked = "1 object is" if difficult == 1 else f"{difficult} objects are"
    yield Finding("ok", "data", f"{marked} marked difficult: neither taught nor counted as background")
    sizes = ", ".join(f"{name} {len(split) if split else 0}" for name, split in splits.items())
    yield Finding("ok", "data", f"splits: {sizes}")
    for name, split in splits.items():
        if not split:
            yield Finding(
                "warning", "data", f"the list '{name}' names no picture that can be used: repair or remove it"
            )
    for name, count in zip(dataset.class_names, np.bincount(labels, minlength=len(dataset.class_names)), strict=True):
        state, advice = (
            ("warning", ", so few that its score will be uncertain: annotate more") if count < FEW else ("ok", "")
        )
        yield Finding(state, "class", f"{name}: {counted(int(count), 'object')}{advice}")
