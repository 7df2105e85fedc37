"""Write the repaired copy of `doctor --fix`, and print what was changed."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from yolo import tables
from yolo.cli.convert_data import described
from yolo.shell import command, quoted
from yolo.wording import counted, printable, shorten

if TYPE_CHECKING:
    from yolo.data.checks.checked_data import CheckedData
    from yolo.data.data_folder import DataFolder
    from yolo.data.repair.change import Change

SHOWN = 3  # files in a line of the table


def write_repaired(source: "DataFolder", checked: "CheckedData", folder: str) -> None:
    """Write a repaired copy of checked data into a new folder, and print a table of the changes."""
    from yolo.data.repair import repaired_copy
    from yolo.data.writing import conversion

    repair = repaired_copy.write(source, checked, folder)
    format = repaired_copy.format_of(source)
    print()
    print(printable(f"repaired copy in {folder} as {conversion.NAMES[format]}: {described(repair.data)}"))
    for loss in conversion.losses(repair.data, format):
        print(printable(loss))
    number = counted(sum(one.number for one in repair.changes), "change")
    print(printable(f"{number}, listed in {Path(folder, repaired_copy.TABLE)}"))
    if repair.changes:
        print(_table(repair.changes))
    for sentence in repair.left:
        print(printable(f"left as it is: {sentence}"))
    print("to see what is left for you to decide, and to train:")
    print(f"{command('doctor')} --data {quoted(folder)}")
    splits = repair.data.splits
    shared = not {*splits.get("train", ())}.isdisjoint(splits.get("val", ()))
    print(f"{command('train')} --data {quoted(folder)}{' --val-split none' * shared}")


def _table(changes: "tuple[Change, ...]") -> str:
    """Return the number of changes for each check, with the names of the first files."""
    from yolo.data.checks.table import CHECKS

    numbers = Counter[str]()
    names: dict[str, dict[str, None]] = {}
    for one in changes:
        numbers[one.check] += one.number
        names.setdefault(one.check, {})[one.file or one.was] = None
    found = sorted(numbers, key=list(CHECKS).index)
    rows = [(check, numbers[check], printable(shorten(list(names[check]), SHOWN))) for check in found]
    return tables.aligned([("check", "changes", "files"), *rows], "lrl")
