"""Write and read a folder of lists: splits of data that stay where they are.

It holds a list for each split, `train.txt`, `val.txt`, `test.txt`, with the path of a picture in each line, and
`listed-data.json`, which names the data. Paths in the lists are relative to the folder of the data, so that one line is
to be changed if the data move.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from yolo.data.data_paths import data_paths
from yolo.data.hash_split import Splits, normal
from yolo.data.layout import Layout
from yolo.data.split_choice import without_choice
from yolo.data.writing.new_files import NewFiles
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.json_files import read_json
from yolo.shell import command, quoted
from yolo.text_files import read_lines
from yolo.undecodable_names import refuse_undecodable_name
from yolo.wording import counted, short_repr

FILE = "listed-data.json"


def is_list_folder(path: Path) -> bool:
    """Return whether a path is a folder of lists.

    Raises:
        UserError: the folder cannot be opened.
    """
    with os_errors_as_user_errors(f"cannot open {path}", "; make it readable"):
        return (path / FILE).is_file()


def only_data(text: str) -> Path:
    """Return the path of the data that are to be split.

    Raises:
        UserError: the text names several, or a folder of lists.
    """
    paths = data_paths(text)
    if len(paths) > 1:
        raise UserError(
            f"lists are for data in one place, and {text} names {len(paths)}: join them first, as with "
            f"{command('convert-data')} {quoted(text)} joined --format yolo --pictures link."
        )
    if is_list_folder(paths[0]):
        raise UserError(f"{text} holds the lists of a split: give the data that they are of, {_data_of(paths[0])}.")
    return paths[0]


def line_of(picture: Path, data: Path) -> str:
    """Return the line of a picture in a list of `data`: its path relative to the folder of the data, with slashes.

    Raises:
        UserError: no list can hold the name.
    """
    refuse_undecodable_name(picture)
    try:
        line = os.path.relpath(picture, _folder(data)).replace(os.sep, "/")
    except ValueError:  # on another drive of Windows
        line = os.path.abspath(picture).replace(os.sep, "/")
    if len(line.splitlines()) != 1 or line != line.strip():
        raise UserError(
            f"no list can hold the name {short_repr(line)}: rename it without line breaks and outer blanks."
        )
    return line


def write(folder: Path, data: Path, lists: Mapping[str, Iterable[str]], settings: Mapping[str, object]) -> None:
    """Write the lists of some data into an existing folder.

    Args:
        lists: name of a split -> the lines of its list.
        settings: how the split was made, to be kept beside the path of the data.
    """
    files = NewFiles(folder)
    for name, lines in lists.items():
        files.text(f"{name}.txt", (f"{line}\n" for line in lines))
    files.text(FILE, [json.dumps({"data": os.path.abspath(data), **settings}, indent=2) + "\n"])


def find_by_lists(folder: Path, find_data: Callable[[Path], list[Layout]]) -> list[Layout]:
    """Return the layouts of the data that a folder of lists names, with the splits of the lists.

    Args:
        find_data: `recognize.find`.

    Raises:
        UserError: the folder is damaged, or the data are no longer there.
    """
    data = _data_of(folder)
    layouts = find_data(data)
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".txt" and path.name[0] != ".")
    if not paths:
        raise UserError(f"{folder} holds no list such as train.txt: write it anew with {command('split')}.")
    lists = {path.stem: read_lines(path, "the list") for path in paths}
    splits = _splits(lists, layouts, _folder(data))
    notes = [_notes(layout, chosen, folder) for layout, chosen in zip(layouts, splits, strict=True)]
    return [
        replace(without_choice(layout), splits=chosen, notes=note, format=f"{layout.format} with the lists of {folder}")
        for layout, chosen, note in zip(layouts, splits, notes, strict=True)
    ]


def _folder(data: Path) -> str:
    """Return the folder that paths in the lists are relative to: the data, or the folder of their file."""
    return os.path.abspath(data.parent if data.is_file() else data)


def _data_of(folder: Path) -> Path:
    """Return the data that a folder of lists names."""
    file = folder / FILE
    content = read_json(file, "the file")
    named = content.get("data") if isinstance(content, dict) else None
    if not isinstance(named, str) or "\0" in named:
        raise UserError(f'{file} must name the data, as in {{"data": "/home/me/pictures"}}; got {short_repr(content)}.')
    data = folder / named
    if not data.exists():
        raise UserError(f"{file} names the data {data}, and nothing is there: correct the path.")
    if is_list_folder(data):
        raise UserError(f"{file} names {data}, which is a folder of lists itself: name the data of that one.")
    return data


def _splits(lists: Mapping[str, Sequence[str]], layouts: Sequence[Layout], folder: str) -> list[Splits]:
    """Return the splits of each layout; lines that name no picture are in the first one, as they are."""
    places = {
        normal(os.path.abspath(picture)): (i, stem)
        for i, layout in enumerate(layouts)
        for stem, picture in layout.pictures.items()
    }
    found: list[Splits] = [{} for _ in layouts]
    for name, lines in lists.items():
        chosen: list[dict[str, None]] = [{} for _ in layouts]  # stems in order, each once
        for line in filter(None, map(str.strip, lines)):
            i, stem = places.get(normal(os.path.abspath(os.path.join(folder, line))), (0, line))
            chosen[i][stem] = None
        for splits, stems in zip(found, chosen, strict=True):
            splits[name] = tuple(stems)
    return found


def _notes(layout: Layout, splits: Splits, folder: Path) -> tuple[str, ...]:
    """Return a note on usable pictures that are in no list, if there are any."""
    left = len(layout.usable.difference(*splits.values()))
    return (f"{counted(left, 'picture')} in no list of {folder}",) if left else ()
