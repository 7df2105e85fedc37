"""One line of what `doctor` says of the machine and the installation."""

from dataclasses import dataclass
from typing import Literal

from yolo import tables


@dataclass(frozen=True)
class MachineLine:
    """The state of one part of the machine or the installation; as text, one line."""

    state: Literal["ok", "warning", "broken"]
    part: str
    text: str

    def __str__(self) -> str:
        return tables.aligned([(self.state, self.part, self.text)], "lll", widths=(8, 11), gap=1)
