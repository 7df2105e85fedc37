"""Read data.yaml, which describes a dataset of YOLO, as Ultralytics, Roboflow and CVAT write it.

https://docs.ultralytics.com/datasets/detect/

The file is read as nodes, of which no Python object is ever made: a name stays `no` and does not become False, and an
alias that stands for a million values costs nothing. Fields that are not known, such as `download`, are ignored.
"""

import re
from collections import Counter
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from yolo import option_limits
from yolo.data.file_listing import children
from yolo.data.formats.class_name_files import check_names
from yolo.data.formats.file_start import start_of
from yolo.data.formats.set_description import SetDescription, SplitSource
from yolo.data.split_folders import PARTS
from yolo.data.split_lists import canonical
from yolo.errors import UserError
from yolo.picture_files import is_picture
from yolo.text_files import opened, read_text
from yolo.wording import counted

SUFFIXES = (".yaml", ".yml")
FIRST = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")  # the likeliest names
LARGEST = 2**24  # bytes; as many classes as are possible take 4 MB if their names have 25 letters
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as quick, where PyYAML was built with it
NULL = "tag:yaml.org,2002:null"
PLAIN = re.compile(r"[\w-]+")  # matches the name of a split
# a field of the outermost mapping
FIELD = rb"(?m)(?:^[\xef\xbb\xbf\xff\xfe]*|[{,][ \t]*|^[ \t]+(?=[\"']))[\"']?(?:%s)[\"']?[ \t]*:"
NAMES, SPLITS = re.compile(FIELD % b"names|nc"), re.compile(FIELD % b"train|val|valid|validation|test")


def describes(file: Path) -> bool:
    """Return whether a file has the fields of a data.yaml, as far as its bytes tell."""
    try:
        with opened(file) as start:
            content = start.read(LARGEST).replace(b"\0", b"")  # of UTF-16
    except OSError:
        return False
    return bool(SPLITS.search(content)) and (file.name.lower() in FIRST or bool(NAMES.search(content)))


def read(file: Path) -> SetDescription:
    """Read a data.yaml.

    Raises:
        UserError: it cannot be read, or its fields are wrong.
    """
    fields, repeated = _fields(file)
    sources = {
        part: tuple(_sources(key, fields[key], file))
        for key in sorted(fields, key=lambda key: key in PARTS)  # `val` comes after `valid`, and counts
        if (part := canonical(key)) in PARTS
    }
    sources = {part: sources[part] for part in PARTS if sources.get(part)}
    others = {key: tuple(_sources(key, node, file)) for key, node in fields.items() if _is_list(key, node, file)}
    if not sources:
        raise UserError(f"{file} has no 'train', 'val' or 'test': give each a folder of pictures or a list of them.")
    names, remarks = _class_names(fields, file)
    keypoints = "kpt_shape" in fields and not _is_empty(fields["kpt_shape"])
    folders, remarks = _folders(fields.get("path"), file), (*repeated, *remarks)
    return SetDescription(file, names, sources | others, folders, keypoints, remarks)


def names_in(folder: Path) -> tuple[Path, tuple[str, ...]] | None:
    """Return the data.yaml in a folder that has class names but no splits, as supervision writes it, and the names."""
    for file in sorted(children(folder)):
        if file.name.lower() in FIRST and file.is_file() and "names" in (fields := _fields(file)[0]):
            return file, _class_names(fields, file)[0]
    return None


def _fields(file: Path) -> tuple[dict[str, Node], tuple[str, ...]]:
    """Return the fields of a file by name, and a remark on those that are there twice, if there are any."""
    text = read_text(file, "the file")
    if len(text) > LARGEST:
        raise UserError(f"{file} has more than {LARGEST >> 20} MB: is it another file?")
    try:
        root = yaml.compose(text, LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        marks = [getattr(error, name, None) for name in ("context_mark", "problem_mark")]  # begin and end of the part
        lines = sorted({mark.line + 1 for mark in marks if mark})
        where = f"{file}:{'-'.join(map(str, lines))}" if lines else str(file)
        reason = " ".join(str(getattr(error, "problem", None) or error).split())
        raise UserError(f"{where} is no YAML that can be read: {reason}; correct the file.") from error
    if not isinstance(root, MappingNode):
        raise UserError(f"{file} must hold fields such as 'train: images/train' and 'names: [cat, dog]'.")
    pairs = [(key.value, value) for key, value in root.value if isinstance(key, ScalarNode)]
    repeated = [f"'{name}'" for name, number in Counter(name for name, _ in pairs).items() if number > 1]
    remark = f"{file.name} has {', '.join(repeated)} more than once: the last one counts"
    return dict(pairs), (remark,) if repeated else ()


def _sources(key: str, node: Node, file: Path) -> list[SplitSource]:
    """Return the sources of a split: a path or a list of paths."""
    entries = node.value if isinstance(node, SequenceNode) else [node]
    for entry in entries:
        if not isinstance(entry, ScalarNode):
            raise UserError(f"{_place(file, entry)}: '{key}' must be a path or a list of paths.")
    return [SplitSource(entry.value, entry.start_mark.line + 1) for entry in entries if not _is_empty(entry)]


def _is_list(key: str, node: Node, file: Path) -> bool:
    """Return whether a field names the list of a further split, as `minival: minival.txt`."""
    if not (PLAIN.fullmatch(key) and isinstance(node, ScalarNode) and node.value == f"{key}.txt"):
        return False
    path = file.with_name(node.value)
    first = next(filter(None, map(str.strip, start_of(path).splitlines())), "") if path.is_file() else ""
    return canonical(key) not in PARTS and is_picture(Path(first))


def _folders(path: Node | None, file: Path) -> tuple[Path, ...]:
    """Return the folders that paths may start from: the one that `path` means, if it is there, and that of the file.

    A path is taken from the folder of the file, from those above and beside it, and from the working directory. If it
    is nowhere, the longest end of it counts that is there.
    """
    here = file.resolve().parent
    if path is None or _is_empty(path):
        return (here,)
    if not isinstance(path, ScalarNode):
        raise UserError(f"{_place(file, path)}: 'path' must be the path of a folder.")
    text = path.value.strip().replace("\\", "/").rstrip("/") or "/"
    parts = [part for part in text.split("/") if part]
    above = (here, here.parent, here.parent / "datasets")  # Ultralytics takes paths from a folder called datasets
    meant = [*(folder / text for folder in above), Path(text)]
    meant += [folder.joinpath(*parts[start:]) for start in range(1, len(parts)) for folder in above]
    return (*[folder.resolve() for folder in meant if folder.is_dir()][:1], here)


def _class_names(fields: dict[str, Node], file: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the class names, and remarks."""
    names, number = fields.get("names"), fields.get("nc")
    count = int(number.value) if isinstance(number, ScalarNode) and re.fullmatch(r"\d{1,9}", number.value) else None
    if names is None or _is_empty(names):
        if count is None:
            raise UserError(f"{file} has no 'names': list the class names there, in the order of their numbers.")
        found, place = [str(i) for i in range(min(count, option_limits.CLASSES + 1))], f"{file} ('nc')"
        check_names(found, place)
        return tuple(found), (f"{file.name} has no class names: their numbers are taken",)
    place = _place(file, names)
    entries = _numbered(names, place) if isinstance(names, MappingNode) else names.value
    if not isinstance(entries, list) or not all(isinstance(entry, ScalarNode) for entry in entries):
        raise UserError(f"{place}: 'names' must be a list of class names, or a dictionary of them by class number.")
    found = ["" if _is_empty(entry) else " ".join(entry.value.split()) for entry in entries]
    check_names(found, place)
    if number is None or count == len(found):
        return tuple(found), ()
    said = str(count) if count is not None else "no number"
    return tuple(found), (f"{file.name} has {counted(len(found), 'class name')}, but 'nc' is {said}: the names count",)


def _numbered(names: MappingNode, place: str) -> list[Node]:
    """Return the names of a dictionary in the order of their class numbers."""
    keys = [key.value if isinstance(key, ScalarNode) else "" for key, _ in names.value]
    if not all(re.fullmatch(r"\d{1,9}", key) for key in keys):
        raise UserError(f"{place}: the keys of 'names' must be the class numbers 0, 1, 2 and so on.")
    by_number = {int(key): value for key, (_, value) in zip(keys, names.value, strict=True)}
    if len(by_number) < len(keys):
        raise UserError(f"{place}: 'names' has a class number twice; keep one name for each.")
    missing = next((number for number in range(len(keys)) if number not in by_number), None)
    if missing is not None:
        raise UserError(
            f"{place}: 'names' has no class {missing}, but {counted(len(keys), 'name')} up to class {max(by_number)}; "
            "number the classes from 0 without gaps, here and in the label files."
        )
    return [by_number[number] for number in range(len(keys))]


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and (node.tag == NULL or not node.value.strip())


def _place(file: Path, node: Node) -> str:
    return f"{file}:{node.start_mark.line + 1}"
