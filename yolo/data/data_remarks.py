"""Count and name the files of a dataset that were left out or look wrong: one sentence for each kind."""

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path

from yolo.data import stated_size
from yolo.wording import counted, shorten

SHOWN = 5  # names in a message before it says how many more there are
KINDS = {  # kind -> the noun that is counted, and the rest of the sentence; sentences come in this order
    "no picture": ("entry", "left out because no picture has that name"),
    "no annotation": (
        "picture",
        "left out for want of an annotation file (write one without objects for a picture that holds none, or add "
        "--negatives to take all of these as such)",
    ),
    "unreadable": ("annotation", "that cannot be read left out"),
    "without a name": ("object", "without a name left out"),
    "without a <bndbox>": ("object", "without a <bndbox> left out"),
    "whose <bndbox> is not four numbers": ("object", "whose <bndbox> is not four numbers left out"),
    "without area": ("box", "without area left out"),
    "all lost": ("picture", "left out because every object annotated there is lost"),
    "twice": ("box", "drawn a second time in the same picture"),
    "before": ("box", "more than 2 pixels beyond the left or upper side of the picture, cut to it"),
    stated_size.TURNED: (
        "annotation",
        "of the size before the EXIF turn of the picture, boxes turned as the picture is",
    ),
    stated_size.INFERRED: (
        "annotation",
        "of a size that shows no EXIF turn, boxes turned as the picture is because others were drawn before it",
    ),
    stated_size.UNPROVEN: (
        "annotation",
        "of a size that shows no EXIF turn or of none, boxes left as they are although others were drawn before it: "
        "look whether they lie on the objects",
    ),
    stated_size.SCALED: ("annotation", "of another size than the picture's by one factor, boxes scaled by it"),
    stated_size.UNLIKE: (
        "annotation",
        "of another size than the picture's, boxes left as they are: look whether they lie on the objects",
    ),
    "shadowed": ("file", "left out because another of the same name is used"),
    "irregular": ("name", "left out for not being a regular file but a folder, a pipe, a device or a broken link"),
}


class DataRemarks:
    """Counts of findings, by the kinds in `KINDS`, with the names of their files."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = defaultdict(list)
        self._numbers: Counter[str] = Counter()

    def add(self, kind: str, name: str, number: int = 1) -> None:
        """Count `number` findings of a kind in the file called `name`."""
        if number:
            self._names[kind].append(name)
            self._numbers[kind] += number

    def sentences(self, shown: int = SHOWN) -> tuple[str, ...]:
        """Return one sentence for each kind that was found, with at most `shown` names."""
        return tuple(
            f"{counted(self._numbers[kind], noun)} {text}: {shorten(self._names[kind], shown)}"
            for kind, (noun, text) in KINDS.items()
            if kind in self._names
        )


def names_within(chosen: Iterable[Path], paths: Collection[Path]) -> list[str]:
    """Return the names of files relative to the folder that all files have in common: `a.png`, `test/a.png`.

    Args:
        chosen: the files to name, all of them in `paths`.
        paths: all files.
    """
    common = os.path.commonpath([path.parent for path in paths])
    return [path.relative_to(common).as_posix() for path in chosen]
