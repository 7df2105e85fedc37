"""Leave pictures that cannot be decoded out of a dataset."""

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

from yolo import picture_files
from yolo.data.dataset import Dataset
from yolo.data.findings import Finding, names_within
from yolo.data.metadata_cache import cached
from yolo.errors import UserError
from yolo.machine import threads
from yolo.progress import late_bar
from yolo.wording import counted

log = logging.getLogger("yolo")


def clean(dataset: Dataset, what: str) -> Dataset:
    """Return the dataset of `cleaned`, and log its findings as warnings.

    Args:
        what: the use of the pictures, for messages: "training".

    Raises:
        UserError: no picture can be read.
    """
    return _logged(*cleaned(dataset, what))


def clean_of(dataset: Dataset, broken: Mapping[Path, UserError], what: str) -> Dataset:
    """Return the dataset of `without`, and log its findings as warnings; arguments and errors are the same."""
    return _logged(*without(dataset, broken, what))


def cleaned(dataset: Dataset, what: str) -> tuple[Dataset, tuple[Finding, ...]]:
    """Return the dataset without pictures that cannot be decoded, and a finding on these, if there are any.

    Each picture is decoded once. The result is kept in a cache until the file changes.

    Args:
        what: the use of the pictures, for messages: "training".

    Raises:
        UserError: no picture can be read.
    """
    paths = [annotation.path for annotation in dataset.annotations]
    found = cached("pictures", paths, partial(_check, what=what))
    return without(dataset, {path: error for path, error in found.items() if isinstance(error, UserError)}, what)


def without(dataset: Dataset, broken: Mapping[Path, UserError], what: str) -> tuple[Dataset, tuple[Finding, ...]]:
    """Return the dataset without pictures that cannot be read, and a finding on these, if there are any.

    Args:
        broken: picture -> why it cannot be read.
        what: the use of the pictures, for messages: "training".

    Raises:
        UserError: no picture can be read.
    """
    if not broken:
        return dataset, ()
    paths = [annotation.path for annotation in dataset.annotations]
    usable = tuple(annotation for annotation in dataset.annotations if annotation.path not in broken)
    first = next(iter(broken.values()))
    if not usable:
        raise UserError(
            f"none of the {counted(len(dataset), f'{what} picture')} can be read, the first because of this: {first}"
        )
    finding = Finding(
        "picture-unreadable",
        f"{len(broken)} of {counted(len(dataset), f'{what} picture')} left out because not readable",
        len(broken),
        tuple(names_within(broken, paths)),
        f"the first: {str(first).rstrip('.')}",
    )
    return dataclasses.replace(dataset, annotations=usable), (finding,)


def _logged(dataset: Dataset, findings: Sequence[Finding]) -> Dataset:
    for finding in findings:
        log.warning(finding.sentence())
    return dataset


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
