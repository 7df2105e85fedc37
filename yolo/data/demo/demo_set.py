"""Write the demo set: drawn pictures in PASCAL VOC's layout, to try training without any data."""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeAlias
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from yolo import picture_files
from yolo.atomic_write import put_in_place
from yolo.data.demo import drawing
from yolo.errors import UserError, os_errors_as_user_errors

PICTURES = 400
MARKER = "demo-set.json"
SPLITS = {"train": (0.0, 0.7), "val": (0.7, 0.8), "trainval": (0.0, 0.8), "test": (0.8, 1.0)}

Progress: TypeAlias = Callable[[Iterable[int]], Iterable[int]]
"""Wraps the numbers of the pictures to show the progress, such as `tqdm`."""


def ensure(folder: str | Path, pictures: int = PICTURES, seed: int = 0, progress: Progress = iter) -> Path:
    """Write the demo set unless it is there already; see `write`."""
    folder = Path(folder)
    return folder if (folder / MARKER).is_file() else write(folder, pictures, seed, progress)


def write(folder: str | Path, pictures: int = PICTURES, seed: int = 0, progress: Progress = iter) -> Path:
    """Write the demo set as a VOC root with the lists train (70 %), val (10 %), trainval and test (20 %).

    The same seed draws the same pictures, whatever their number. The folder appears only when it is complete, and
    replaces a demo set that is already there.

    Returns:
        The folder.

    Raises:
        UserError: the folder holds anything but a demo set, or cannot be written.
    """
    folder = Path(folder)
    _check_free(folder)
    with os_errors_as_user_errors(f"cannot write the demo set to {folder}", "; choose another folder"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            draft = Path(temporary) / "demo"
            _write_set(draft, pictures, seed, progress)
            put_in_place(draft, folder)
    return folder


def _check_free(folder: Path) -> None:
    """Raise UserError unless the folder is absent, empty, or a demo set without other files."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MARKER).is_file():
        raise UserError(f"{folder} exists and is not the demo set; choose another folder or move it away.")
    try:
        expected = _files(json.loads((folder / MARKER).read_text(encoding="utf-8"))["pictures"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{folder / MARKER} is not as it was written; move {folder} away.") from error
    foreign = sorted(path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder) not in expected)
    if foreign:
        raise UserError(f"{folder} holds files that are not the demo set's, such as {foreign[0]}; move them away.")


def _stems(pictures: int) -> list[str]:
    return [f"shapes_{number:05d}" for number in range(pictures)]


def _files(pictures: int) -> set[Path]:
    """Return the paths of all files of a demo set, relative to its folder."""
    drawn = {Path("JPEGImages", f"{stem}.jpg") for stem in _stems(pictures)}
    annotated = {Path("Annotations", f"{stem}.xml") for stem in _stems(pictures)}
    lists = {Path("ImageSets", "Main", f"{split}.txt") for split in SPLITS}
    return drawn | annotated | lists | {Path(MARKER)}


def _write_set(folder: Path, pictures: int, seed: int, progress: Progress) -> None:
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / part).mkdir(parents=True)
    stems = _stems(pictures)
    for number in progress(range(pictures)):
        image, names, boxes, visible = drawing.draw(np.random.default_rng((seed, number)))
        picture = folder / "JPEGImages" / f"{stems[number]}.jpg"
        picture_files.write(picture, image)
        annotation = _annotation(picture.name, image.shape, names, boxes, visible)
        annotation.write(folder / "Annotations" / f"{stems[number]}.xml", encoding="utf-8")
    for split, (start, end) in SPLITS.items():
        chosen = stems[round(start * pictures) : round(end * pictures)]
        (folder / "ImageSets" / "Main" / f"{split}.txt").write_text("\n".join([*chosen, ""]), encoding="utf-8")
    settings = {"pictures": pictures, "seed": seed, "classes": drawing.NAMES}
    (folder / MARKER).write_text(json.dumps(settings) + "\n", encoding="utf-8")


def _annotation(
    filename: str,
    shape: Sequence[int],
    names: Sequence[str],
    boxes: Annotated[NDArray[np.int32], "n 4"],
    visible: Annotated[NDArray[np.float64], "n"],
) -> ElementTree.ElementTree:
    """Return a VOC annotation, whose corners count from 1 and are inclusive."""
    root = ElementTree.Element("annotation")
    _add(root, {"folder": "JPEGImages", "filename": filename})
    _add(ElementTree.SubElement(root, "size"), dict(zip(("height", "width", "depth"), shape, strict=True)))
    for name, (left, top, right, bottom), share in zip(names, boxes.tolist(), visible, strict=True):
        element = ElementTree.SubElement(root, "object")
        _add(element, {"name": name, "pose": "Unspecified", "truncated": int(share < 0.95), "difficult": 0})
        corners = {"xmin": left + 1, "ymin": top + 1, "xmax": right, "ymax": bottom}
        _add(ElementTree.SubElement(element, "bndbox"), corners)
    ElementTree.indent(root)
    return ElementTree.ElementTree(root)


def _add(element: ElementTree.Element, texts: Mapping[str, object]) -> None:
    """Add a child element for each entry of a dictionary."""
    for tag, text in texts.items():
        ElementTree.SubElement(element, tag).text = str(text)
