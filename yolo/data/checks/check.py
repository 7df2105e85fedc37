"""A check of a dataset: what it is called, what it looks for, and the function that looks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from yolo.array_types import Flags
from yolo.data.checks.checked_data import CheckedData
from yolo.data.findings import Finding, Kind, Level
from yolo.wording import counted

WRITTEN: "dict[str, Check]" = {}  # the checks of this package, by name, in the order of their files


class Found(NamedTuple):
    """The result of a check; a number of 0 means that the data are clean.

    Attributes:
        number: of what is counted: objects, pictures, classes.
        files: the names of the files.
        detail: the end of the sentence, with a blank or comma before it.
        advice, level: other ones than those of the check.
        names: what is shown in place of the files: objects in them, groups of them, classes or splits.
    """

    number: int
    files: Iterable[str] = ()
    detail: str = ""
    advice: str | None = None
    level: Level | None = None
    names: Iterable[str] = ()


Search: TypeAlias = Callable[[CheckedData], Found]
"""Looks for one kind of thing in a dataset."""


def objects_found(data: CheckedData, mask: Flags, detail: str = "") -> Found:
    """Return these objects, each with its class and its left, top, right and bottom: `a.jpg (dog at 1 2 30 40.5)`."""
    return Found(int(mask.sum()), data.pictures_of(mask), detail, names=data.named_objects(mask))


@dataclass(frozen=True)
class Check:
    """A check of a dataset.

    Attributes:
        kind: its name, the words of its finding, and what to do.
        subject: the subject that it belongs to, such as "boxes".
        search: finds what it looks for; None if that is found when the data are read.
        worst: the level of its finding if there is much of it; None if that is always the one of the kind.
    """

    kind: Kind
    subject: str
    search: Search | None = None
    worst: Level | None = None

    @property
    def name(self) -> str:
        """Return the name of its findings."""
        return self.kind.check

    @property
    def looks_for(self) -> str:
        """Return a line on what it looks for: "boxes inside another box of their class"."""
        return f"{counted(2, self.kind.noun).partition(' ')[2]} {self.kind.text}"

    @property
    def levels(self) -> str:
        """Return the levels that its finding may have: "note", "note or warning"."""
        return " or ".join(filter(None, (self.kind.level, self.worst)))

    def findings(self, data: CheckedData) -> Iterator[Finding]:
        """Yield the finding of the check, if there is one."""
        if self.search and (found := self.search(data)).number:
            yield self.kind.finding(*found)


def check(
    name: str, noun: str, text: str, advice: str, level: Level = "warning", worst: Level | None = None
) -> Callable[[Search], Search]:
    """Make a check of a function; its subject is the name of the file that the function is in.

    Args:
        noun, text: the words of its finding behind the number: "box", "inside another box of its class".
        worst: see `Check`.
    """

    def make(search: Search) -> Search:
        subject = search.__module__.rpartition(".")[2].replace("_", " ")
        assert name not in WRITTEN, name
        WRITTEN[name] = Check(Kind(name, noun, text, advice, level), subject, search, worst)
        return search

    return make
