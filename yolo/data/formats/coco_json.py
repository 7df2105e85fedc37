"""Read files in the format of COCO JSON: the pictures that they list, the categories, and the objects.

https://cocodataset.org/#format-data
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from yolo.data.formats.coco_objects import CocoObjects, Key, key_of
from yolo.data.formats.json_stream import members
from yolo.data.formats.listed_pictures import CONTROL
from yolo.data.formats.voc_xml import LARGEST
from yolo.errors import UserError
from yolo.progress import waiting
from yolo.wording import counted, shorten

Look: TypeAlias = Literal["coco", "detections", "other"]
"""The content of a JSON file: annotations in the format of COCO, the result of a detector in it, or something else."""

NAMES = ("file_name", "fileName", "coco_url")  # of a picture; the second is LabelU's
EVIDENCE = {"images": NAMES, "annotations": ("image_id",)}  # keys in the elements of these arrays
FEW = 10_000  # elements of another array; the arrays before these two are short


class CocoPicture(NamedTuple):
    """An element of `images`: the number of the picture in `CocoObjects`, its name, [width, height] and the line."""

    number: int
    name: str
    size: list[float]
    line: int


class NoObjectsError(UserError):
    """A file in the format of COCO for another purpose than to find objects; `reason` says why in a few words."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} {reason}: give a file with images, annotations and categories of objects.")
        self.path, self.reason = path, reason


@dataclass(frozen=True)
class CocoFile:
    """The content of a file.

    Attributes:
        path: the file.
        pictures: those that it lists, each id once.
        categories: id -> name, in the order of the ids.
        above: id of a category -> the name of its supercategory, or an empty text.
        objects: the objects, also those of pictures that are not listed.
        problems: one sentence on each kind of entry that cannot be used.
    """

    path: Path
    pictures: list[CocoPicture]
    categories: dict[Key, str]
    above: dict[Key, str]
    objects: CocoObjects
    problems: tuple[str, ...]


def look(path: Path) -> Look:
    """Return the content of a JSON file by its first elements.

    Raises:
        UserError: it is no JSON up to them.
    """
    for member in members(path):
        value, _ = next(member.elements, (None, 0)) if member.is_array else (None, 0)
        keys = value.keys() if isinstance(value, dict) else ()
        if not member.key:
            return "detections" if {"image_id", "category_id", "score"}.issubset(keys) else "other"
        if any(key in keys for key in EVIDENCE.get(member.key, ())):
            return "coco"
        if member.key not in EVIDENCE and len(list(islice(member.elements, FEW))) == FEW:
            return "other"
    return "other"


def read(path: Path) -> CocoFile:
    """Read a file for which `look` returns "coco".

    Raises:
        NoObjectsError: it has no lists of pictures, categories and objects.
        UserError: it cannot be read.
    """
    reader = _Reader(path)
    takers = {"images": reader.add_picture, "categories": reader.add_category, "annotations": reader.objects.add}
    seen: set[str] = set()
    with waiting(f"reading {path}"):
        for member in members(path):
            take = takers.get(member.key)
            if take is None:
                continue
            if member.key in seen or not member.is_array:
                fault = "stands there twice" if member.key in seen else "is no array"
                raise UserError(f"cannot read {path}: '{member.key}' in line {member.line} {fault}; export it again.")
            seen.add(member.key)
            for value, line in member.elements:
                take(value, line)
    missing = next((key for key in takers if key not in seen), None)
    if missing or not reader.pictures:
        raise NoObjectsError(path, f"holds no {missing or 'pictures'}")
    if reader.objects.categories.keys() == {None}:
        raise NoObjectsError(path, "names no category of its annotations")
    return reader.file()


class _Reader:
    """Takes the elements of a file one by one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.objects = CocoObjects()
        self.pictures: dict[Key, CocoPicture] = {}
        self._shared: dict[Key, None] = {}  # ids of several pictures, whose objects may be in any of them
        self._categories: dict[Key, str] = {}
        self._above: dict[Key, str] = {}
        self._left_out: dict[tuple[str, str], list[int]] = defaultdict(list)  # noun and reason -> lines

    def add_picture(self, value: Any, line: int) -> None:
        """Add an element of `images`."""
        entry = value if isinstance(value, dict) else {}
        key, names = key_of(entry.get("id")), map(entry.get, NAMES)
        name = next((name for name in names if isinstance(name, str) and name), None)
        if key is None or name is None:
            self._left_out["picture", "without an id or a file_name"].append(line)
        elif key in self.pictures:
            same = self.pictures[key].name == CONTROL.sub("?", name)
            self._left_out["picture", "listed again" if same else "with the id of an earlier one"].append(line)
            self._shared |= {} if same else {key: None}
        else:
            number = self.objects.number_of(key)
            self.pictures[key] = CocoPicture(number, CONTROL.sub("?", name), _size(entry), line)

    def add_category(self, value: Any, line: int) -> None:
        """Add an element of `categories`."""
        entry = value if isinstance(value, dict) else {}
        key, name = key_of(entry.get("id")), _class_name(entry.get("name"))
        if key is None or not name:
            self._left_out["category", "without an id or a name"].append(line)
        elif key in self._categories:
            self._left_out["category", "with the id of an earlier one"].append(line)
        else:
            self._categories[key], self._above[key] = name, _class_name(entry.get("supercategory"))

    def file(self) -> CocoFile:
        """Return what was added; of several pictures with one id, none, as each object may be in any of them."""
        for key in self._shared:
            self._left_out["picture", "with the id of a later one"].append(self.pictures.pop(key).line)
        if not self.pictures:
            raise NoObjectsError(self._path, "gives the same id to several pictures")
        strange = [number for key, number in self.objects.pictures.items() if key not in self.pictures]
        if strange:
            lines = self.objects.lines_of(strange)
            self._left_out["object", "whose image_id belongs to no picture or to several"] = lines
        problems = [
            f"{counted(len(lines), noun)} {reason} left out: {shorten([f'{self._path.name}:{line}' for line in lines])}"
            for (noun, reason), lines in self._left_out.items()
        ]
        ordered = sorted(self._categories.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        for name, number in Counter(self._categories.values()).items():
            if number > 1:
                problems.append(f"{number} categories in {self._path.name} are called '{name}' and taken as one class")
        pictures = list(self.pictures.values())
        return CocoFile(self._path, pictures, dict(ordered), self._above, self.objects, tuple(problems))


def _size(entry: Mapping[str, Any]) -> list[float]:
    """Return the [width, height] that an element of `images` states, or [0, 0]."""
    sides = [side for side in (entry.get("width"), entry.get("height")) if isinstance(side, (int, float))]
    return sides if len(sides) == 2 and all(0 < side < LARGEST for side in sides) else [0, 0]


def _class_name(value: Any) -> str:
    """Return a name in one line; an empty text for what is none."""
    return " ".join(CONTROL.sub(" ", str(value)).split()) if isinstance(value, (str, int, float)) else ""
