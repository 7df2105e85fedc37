"""Find the list of class names of a YOLO dataset without data.yaml, as labeling tools write it."""

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from yolo import option_limits
from yolo.class_lists import read_names
from yolo.data.file_listing import children
from yolo.errors import UserError
from yolo.text_files import read_lines
from yolo.wording import counted, shorten

FILES = ("classes.txt", "obj.names", "labels.txt", "_darknet.labels")  # of labelImg, Darknet and CVAT, Roboflow
ENDING = ".names"


def find_names(folders: Iterable[Path], labels: Collection[Path] = ()) -> tuple[Path, tuple[str, ...]] | None:
    """Return the file with the class names that lies in one of these folders, and the names; None without a file.

    Of several files that agree the longest counts: labelImg writes one into each folder, with the classes seen so far.

    Args:
        labels: files that are no class lists, as `classes.txt` is the label file of a picture `classes.jpg`.

    Raises:
        UserError: a file is no class list, or two of them do not agree.
    """
    files = [file for folder in dict.fromkeys(folders) for file in _files(folder) if file not in labels]
    found = [(file, numbered_names(file)) for file in files]
    if not found:
        return None
    longest, names = max(found, key=lambda one: len(one[1]))
    for file, others in found:
        if names[: len(others)] != others:
            raise UserError(
                f"{longest} and {file} disagree on the class names, so the class numbers can mean either; keep the "
                "right file and remove the other."
            )
    return longest, names


def is_names_file(name: str) -> bool:
    """Return whether a file name is that of a list of class names."""
    return name.lower() in FILES or name.lower().endswith(ENDING)


def numbered_names(file: Path) -> tuple[str, ...]:
    """Return the class names in a file, in which the position of a line is the class number.

    Raises:
        UserError: the file is no class list, or a line between others is blank and would shift the numbers.
    """
    names = read_names(file)
    lines = [line.strip() for line in read_lines(file, "the class list")]
    if "" in lines[: len(names)]:
        raise UserError(
            f"line {lines.index('') + 1} of the class list {file} is blank, so the class numbers of the lines after it "
            "are not certain; remove the line or write a name there."
        )
    return names


def check_names(names: list[str], place: str) -> None:
    """Raise UserError for class names that are too many, empty or repeated; `place` is their file and line."""
    if not names or len(names) > option_limits.CLASSES:
        raise UserError(f"{place} has {counted(len(names), 'class name')}; 1 to {option_limits.CLASSES} are possible.")
    if "" in names:
        raise UserError(f"{place}: class {names.index('')} has no name; write one.")
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    if twice:
        raise UserError(f"{place} names {shorten(twice)} more than once; give each class a name of its own.")


def _files(folder: Path) -> list[Path]:
    return [path for path in children(folder) if is_names_file(path.name) and path.is_file()]
