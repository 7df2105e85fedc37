"""One line of the output of `doctor`."""

from dataclasses import dataclass
from typing import Literal

from yolo import tables


@dataclass(frozen=True)
class Finding:
    """The result of one check of `doctor`; as text, one line."""

    state: Literal["ok", "warning", "broken"]
    subject: str
    text: str

    def __str__(self) -> str:
        return tables.aligned([(self.state, self.subject, self.text)], "lll", widths=(8, 11), gap=1)
