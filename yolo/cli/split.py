"""Split pictures into training, validation and test: write lists, in which each class has its share.

Every class goes to all splits in like shares, also if pictures show several classes, and so do pictures without
objects. A class of two pictures is in training and in test, one of three also in validation. Near-duplicates stay in
one split, and so do groups, such as the frames of a video: otherwise a test shows what training has seen.

OUT is a new folder of lists, to be given as --data in place of the data, which stay where they are. The same data, seed
and flags give the same lists.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from yolo import tables
from yolo.cli.command import Command
from yolo.config import SplitConfig
from yolo.errors import UserError
from yolo.shell import command, data_flags
from yolo.wording import counted, printable, shorten

if TYPE_CHECKING:
    from yolo.data.data_folder import DataFolder

EXAMPLES = (
    ("python -m yolo split --data my-pictures --output my-split", "80 % for training, 10 % for each of the others"),
    (
        "python -m yolo split --data my-pictures --shares 0.7 0.3 --group '^(.*)_[0-9]+$' --output my-split",
        "training and validation; street_001 and street_002 stay together",
    ),
)
COMMAND = Command("split", SplitConfig, __doc__, EXAMPLES)
SHOWN = 3  # groups in a line
NAMES = ("train", "val", "test")

log = logging.getLogger("yolo")


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)
    shares = _named_shares(config.shares)

    from yolo.data import data_folder, list_folder, new_split, readable_pictures, split_groups, split_report
    from yolo.data.writing.new_folder import new_folder, refuse_among, refuse_inside

    assert config.data is not None  # it is required
    assert config.output is not None  # and so is this
    data = list_folder.only_data(config.data)
    refuse_inside(config.output, config.data)
    split_groups.by_pattern(config.group or "", {})  # a wrong pattern is told before the work
    folder = data_folder.DataFolder.of(config)
    refuse_among(config.output, folder.layouts)
    dataset = folder.load("all")
    data_folder.log_remarks(dataset)
    like: list[list[Path]] = []
    if config.near_duplicates == "together":
        like, broken = new_split.near_duplicates([annotation.path for annotation in dataset.annotations])
        dataset = readable_pictures.clean_of(dataset, broken, "annotated")
    else:
        dataset = readable_pictures.clean(dataset, "annotated")
    objects = new_split.objects_in(dataset)
    groups = _groups(config.group, folder, objects) if config.group else {}
    groups |= _near_duplicates(like, list(objects))
    names = {path: list_folder.line_of(path, data) for path in objects}
    made = new_split.new_split(objects, names, groups, shares, config.seed)
    lists = {split: [names[path] for path in pictures] for split, pictures in made.pictures.items()}
    with new_folder(config.output) as draft:
        how = {"shares": config.shares, "group": config.group, "near_duplicates": config.near_duplicates}
        list_folder.write(draft, data, lists, {**how, "seed": config.seed})
    rows = split_report.table(made.content, folder.class_names)
    print(tables.aligned(rows, "l" + "rr" * len(shares)))
    for sentence in made.shortfalls:
        print(printable(sentence))
    print(f"lists written to {config.output}; to train with them:")
    print(f"{command('train')} {data_flags(replace(config, data=config.output))}")


def _named_shares(shares: Sequence[float]) -> dict[str, float]:
    """Return the share of each split that is to have pictures.

    Raises:
        UserError: the numbers are no shares of two or three splits.
    """
    if len(shares) not in (2, 3) or abs(sum(shares) - 1) > 1e-6 or not shares[0]:
        raise UserError(
            "--shares wants the shares of train and val, or of train, val and test, which sum to 1, as in 0.8 0.1 0.1; "
            f"got {' '.join(f'{share:g}' for share in shares)}, which sum to {sum(shares):g}."
        )
    return {name: share for name, share in zip(NAMES, shares, strict=False) if share}


def _groups(pattern: str, folder: "DataFolder", pictures: Collection[Path]) -> dict[str, Sequence[Path]]:
    """Return the groups of pictures by --group, and print their number; without any, log a warning."""
    from yolo.data.split_groups import by_pattern

    stems = {path: stem for layout in folder.layouts for stem, path in layout.pictures.items() if path in pictures}
    groups = by_pattern(pattern, stems)
    alone = len(stems) - sum(map(len, groups.values()))
    if groups:
        others = f"; {counted(alone, 'picture')} in none" if alone else ""
        print(f"{counted(len(groups), 'group')} by --group, of {counted(len(stems) - alone, 'picture')}{others}")
    else:
        log.warning(f"--group {pattern} matches no name, such as {min(stems.values())}: no groups are made")
    return {f"the group '{name}'": group for name, group in groups.items()}


def _near_duplicates(groups: Sequence[Sequence[Path]], pictures: Sequence[Path]) -> dict[str, Sequence[Path]]:
    """Return the groups of near-duplicates by name, and print their number."""
    from yolo.data.findings import common_folder, name_within

    if not groups:
        return {}
    number = counted(sum(map(len, groups)), "picture")
    common = common_folder(pictures)
    named = [" = ".join(name_within(path, common) for path in group[:2]) for group in groups]
    print(printable(f"{counted(len(groups), 'group')} of near-duplicates, of {number}: {shorten(named, SHOWN)}"))
    return {f"{name_within(group[0], common)} with its near-duplicates": group for group in groups}
