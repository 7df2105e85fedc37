"""Describe a folder in which no dataset was found."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from yolo.data.file_listing import children, leads_nowhere
from yolo.data.formats.unread_formats import advice
from yolo.picture_files import is_picture
from yolo.wording import counted

ACCEPTED = (
    "accepted are VOC XML (JPEGImages/ and Annotations/), YOLO txt (data.yaml, Darknet's .data, images/ and labels/, "
    "or both side by side), COCO JSON, LabelMe JSON, CVAT XML for images and CreateML JSON, also in train/, valid/, "
    "test/"
)
KINDS = {".xml": "XML file", ".txt": "text file", ".json": "JSON file"}


def contents(path: Path) -> str:
    """Describe a path where no dataset was found: `Annotations/ holds 12 XML files, the pictures are missing`."""
    way = advice(path) or ACCEPTED
    if path.is_file():
        return f"it is a file; {way}"
    said: list[str] = []
    kinds: Counter[str] = Counter()
    for child in children(path):
        if leads_nowhere(child):
            said.append(f"{child.name} is a link that leads nowhere")
        elif child.is_dir():
            held = _kinds(each for each in child.rglob("*") if each.is_file())
            said += [f"{child.name}/ holds {_listed(held)}"] * bool(held)
            kinds += held
    beside = _kinds(each for each in children(path) if each.is_file())
    said += [f"it holds {_listed(beside)} itself"] * bool(beside)
    kinds += beside
    if kinds and "picture" not in kinds:
        said.append("the pictures are missing")
    elif set(kinds) == {"picture"}:
        said.append("the annotations are missing")
    return f"{', '.join(said) or 'neither pictures nor annotations are there'}; {way}"


def _kinds(files: Iterable[Path]) -> Counter[str]:
    """Return the number of files of each kind that may belong to a dataset."""
    kinds = ("picture" if is_picture(file) else KINDS.get(file.suffix.lower()) for file in files)
    return Counter(kind for kind in kinds if kind)


def _listed(held: Counter[str]) -> str:
    return " and ".join(counted(number, kind) for kind, number in held.items())
