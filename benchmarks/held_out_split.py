"""Hold out some of the training pictures, by a hash of their names, so that settings can be compared on them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def split(data: Path, folder: Path, lists: Iterable[str] = ("train",), folds: int = 5, held_fold: int = 0) -> Path:
    """Make a data folder with the same pictures in the lists `fit` and `held`; return it.

    Args:
        data: a folder in VOC's format.
        folder: the folder to make.
        lists: those of `data` that are joined and split.
        folds: the number of parts, about equally large, into which the names fall.
        held_fold: the one that is held out, counted from 0.
    """
    made = folder / "ImageSets/Main"
    made.mkdir(parents=True)
    for part in ("JPEGImages", "Annotations"):
        (folder / part).symlink_to(data / part, target_is_directory=True)
    texts = [(data / f"ImageSets/Main/{name}.txt").read_text(encoding="utf-8") for name in lists]
    parts: dict[str, list[str]] = {"fit": [], "held": []}
    for name in "\n".join(texts).split():
        fold = hashlib.sha256(name.encode()).digest()[0] % folds
        parts["held" if fold == held_fold else "fit"].append(name)
    for part, names in parts.items():
        (made / f"{part}.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    return folder
