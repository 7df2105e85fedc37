"""One line of what `doctor` answers."""

from dataclasses import dataclass

from yolo import tables


@dataclass(frozen=True)
class Finding:
    """A line: `state` is ok, warning or broken."""

    state: str
    subject: str
    text: str

    def __str__(self):
        return tables.aligned([(self.state, self.subject, self.text)], "lll", widths=(8, 11), gap=1)
