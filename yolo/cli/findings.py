"""One line of what `doctor` answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A line: `state` is ok, warning or broken."""

    state: str
    subject: str
    text: str

    def __str__(self):
        return f"{self.state:<8} {self.subject:<11} {self.text}"
