"""Count and name what a reading of the data set left out or found odd: one sentence for each kind."""

import os
from collections import Counter, defaultdict

from yolo.data import stated_size
from yolo.wording import counted, shorten

SHOWN = 5  # names given in a message before it says how many more there are
KINDS = {  # kind -> what is counted, and what is said of it, in this order
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
    """Counts what is found, by the kinds in `KINDS`, and keeps the names of the files."""

    def __init__(self):
        self._names = defaultdict(list)
        self._numbers = Counter()

    def add(self, kind, name, number=1):
        """Note `number` finds of a kind in the file called `name`."""
        if number:
            self._names[kind].append(name)
            self._numbers[kind] += number

    def sentences(self, shown=SHOWN):
        """Return one sentence for each kind that was found, with at most `short_repr` names."""
        return tuple(
            f"{counted(self._numbers[kind], noun)} {text}: {shorten(self._names[kind], shown)}"
            for kind, (noun, text) in KINDS.items()
            if kind in self._names
        )


def names_within(chosen, paths):
    """Return the names of files as they lie below the folder that all have in common: `a.png`, `test/a.png`.

    Args:
        chosen: those to be named, each one of `paths`.
        paths: all files that are spoken of.
    """
    common = os.path.commonpath([path.parent for path in paths])
    return [path.relative_to(common).as_posix() for path in chosen]
