"""A data set with only what can be used: every picture decodes."""

import dataclasses
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

from yolo import picture_files
from yolo.data.data_remarks import SHOWN, names_within
from yolo.data.dataset import Dataset
from yolo.data.metadata_cache import cached
from yolo.errors import UserError
from yolo.machine import threads
from yolo.progress import late_bar
from yolo.wording import counted, shorten

log = logging.getLogger("yolo")


def clean(dataset: Dataset, what: str) -> Dataset:
    """Return `cleaned` data, and log what was left out.

    Args:
        what: what the pictures are for, as it stands in messages: "training".
    """
    left, problems = cleaned(dataset, what)
    for sentence in problems:
        log.warning(sentence)
    return left


def cleaned(dataset: Dataset, what: str, shown: int = SHOWN) -> tuple[Dataset, tuple[str, ...]]:
    """Leave out the pictures that cannot be decoded.

    A picture is decoded for it once; later starts remember what came of it until the file changes.

    Args:
        dataset: a `Dataset`.
        what: what its pictures are for.
        shown: how many names a sentence gives.

    Returns:
        The `Dataset`, and a sentence on what was left out, if anything.

    Raises:
        UserError: no picture can be read.
    """
    paths = [known.path for known in dataset.annotations]
    found = cached("pictures", paths, partial(_check, what=what))
    broken = {path: answer for path, answer in found.items() if isinstance(answer, UserError)}
    if not broken:
        return dataset, ()
    usable = tuple(known for known in dataset.annotations if known.path not in broken)
    first = next(iter(broken.values()))
    if not usable:
        raise UserError(
            f"none of the {counted(len(dataset), f'{what} picture')} can be read, the first because of this: {first}"
        )
    problem = (
        f"{len(broken)} of {counted(len(dataset), f'{what} picture')} left out because not readable: "
        f"{shorten(names_within(broken, paths), shown)} (the first: {str(first).rstrip('.')})"
    )
    return dataclasses.replace(dataset, annotations=usable), (problem,)


def _check(paths: Sequence[Path], what: str) -> dict[Path, Literal[True] | UserError]:
    """Return True for each picture, or the reason why it cannot be decoded."""
    with ThreadPoolExecutor(threads()) as pool:
        found = pool.map(_decodes, paths)
        progress = late_bar(found, len(paths), desc=f"checking {what} pictures")
        return dict(zip(paths, progress, strict=True))


def _decodes(path: Path) -> Literal[True] | UserError:
    try:
        picture_files.check(path)
    except UserError as error:
        return error
    return True
