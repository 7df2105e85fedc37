"""Read the .data file of Darknet, which names the lists of pictures and the file of class names.

CVAT and X-AnyLabeling write it as obj.data beside obj_train_data/, https://docs.cvat.ai/docs/dataset_management/formats/
"""

import re
from pathlib import Path

from yolo.data.formats.class_name_files import find_names, numbered_names
from yolo.data.formats.set_description import SetDescription, SplitSource
from yolo.data.formats.written_paths import WrittenPaths, readable
from yolo.data.split_folders import PARTS
from yolo.data.split_lists import canonical
from yolo.errors import UserError
from yolo.text_files import read_lines
from yolo.wording import counted

SUFFIX = ".data"
FIRST = ("obj.data",)
LARGEST = 2**20  # bytes; some lines are usual
FIELD = re.compile(rb"(?m)^[\xef\xbb\xbf\xff\xfe \t]*(?:train|valid|test|names)[ \t]*=")


def describes(file: Path) -> bool:
    """Return whether a file has the fields of a .data file, as far as its bytes tell."""
    try:
        return file.stat().st_size <= LARGEST and bool(FIELD.search(file.read_bytes().replace(b"\0", b"")))  # of UTF-16
    except OSError:
        return False


def read(file: Path) -> SetDescription:
    """Read a .data file and the class names that it points to.

    Raises:
        UserError: it cannot be read, or names no pictures or no file of class names that is there.
    """
    fields: dict[str, SplitSource] = {}
    for number, line in enumerate(read_lines(file, "the file"), 1):
        key, found, value = line.partition("=")
        if found and value.strip() and key.strip()[:1] not in ("#", ";"):
            fields[key.strip()] = SplitSource(value.strip(), number)
    by_part = {canonical(key): (source,) for key, source in fields.items()}
    sources = {part: by_part[part] for part in PARTS if part in by_part}
    if not sources:
        raise UserError(f"{file} has no 'train', 'valid' or 'test': give each a list of pictures.")
    here = file.resolve().parent
    folders = (here, here.parent)
    names = _class_names(fields.get("names"), file, folders)
    stated = fields["classes"].text if "classes" in fields else str(len(names))
    remark = f"{file.name} has classes = {stated}, but there are {counted(len(names), 'class name')}: the names count"
    remarks = (remark,) if names and stated != str(len(names)) else ()
    return SetDescription(file, names, sources, folders, remarks=remarks)


def _class_names(source: SplitSource | None, file: Path, folders: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the class names in the file that `names` points to, else in a list beside the .data file, if any."""
    if source is None:
        found = find_names(folders[:1])
        return found[1] if found else ()
    paths = WrittenPaths(folders)
    path = paths.find(source.text)
    if path is None:
        raise UserError(
            f"{file}:{source.line} points to the class names in {source.text}, which is not in "
            f"{readable(paths.folders)}; put the file there."
        )
    return numbered_names(path)
