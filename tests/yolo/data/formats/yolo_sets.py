"""YOLO data sets written by hand for the tests."""

from tests.yolo.data.folders import write_picture, write_text
from yolo.data.formats import yolo_folders

BOX = "0 0.5 0.5 0.25 0.5\n"  # in pictures of 32 x 24: 12, 6, 20, 18
YAML = "names: [cat, dog]\ntrain: {}\n"


def pictures(root, *names):
    """Write pictures of 32 x 24 pixels."""
    for name in names:
        write_picture(root / name)
    return root


def labels(root, *names, text=BOX):
    """Write label files with the same text."""
    for name in names:
        write_text(root / name, text)
    return root


def found(path):
    """The one layout at a path."""
    (layout,) = yolo_folders.find(path)
    return layout


def splits(layout):
    """{split: stems}, as lists."""
    return {name: list(stems) for name, stems in layout.splits.items()}


def placed(layout, root):
    """{stem: (picture, label file)}, relative to the root; None for what is missing."""

    def relative(path):
        return path.relative_to(root).as_posix() if path else None

    return {
        stem: (relative(layout.pictures.get(stem)), relative(layout.annotations.get(stem))) for stem in layout.stems
    }
