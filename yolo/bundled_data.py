"""Find the files that come with the program: class lists, anchors and augmentations, `model_data/` in a checkout."""

from pathlib import Path

from yolo.installation import checkout


def bundled(name: str) -> Path:
    """Return the path of a file or folder that comes with the program: `voc_classes.txt`, `augment`."""
    top = checkout()
    if top is not None:
        return top / "model_data" / name
    from importlib.resources import files  # takes 10 ms, and a checkout does not need it

    return Path(str(files("yolo") / "model_data" / name))
