"""The contents of a file that describes a YOLO dataset: data.yaml, or Darknet's obj.data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class SplitSource(NamedTuple):
    """The pictures of a split, or some of them: a folder, a list or a picture, as written, and the line in the file."""

    text: str
    line: int


@dataclass(frozen=True)
class SetDescription:
    """The contents of a file that describes a dataset.

    Attributes:
        file: the file.
        class_names: in the order of their numbers; empty if there are none.
        sources: split -> its sources.
        folders: the folders that written paths may start from, the likeliest first.
        keypoints: whether every line of a label file has keypoints behind its box.
        remarks: one sentence on each possible problem.
    """

    file: Path
    class_names: tuple[str, ...]
    sources: Mapping[str, Sequence[SplitSource]]
    folders: tuple[Path, ...]
    keypoints: bool = False
    remarks: tuple[str, ...] = ()
