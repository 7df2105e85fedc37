"""Find the classes of one list in another list, where a name may be written in another way."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

OTHER_WORDS = {
    "aeroplane": "airplane",
    "diningtable": "dining table",
    "motorbike": "motorcycle",
    "pottedplant": "potted plant",
    "sofa": "couch",
    "tvmonitor": "tv",
}
"""Six classes that PASCAL VOC, and Darknet's list of the COCO classes, call otherwise than COCO does: its words."""


def match_classes(names: Sequence[str], others: Sequence[str]) -> dict[str, str]:
    """Return for each of the `names` the one of the `others` that is the same class; those without one are left out.

    Names are compared first as they are, then without regard to case, blanks, underscores and hyphens, then by
    OTHER_WORDS. Each name is used once, and none of which it is not clear which one it is.

    Example:
        >>> match_classes(("Person", "airplane", "cell-phone", "ghost"), ("aeroplane", "cell phone", "person"))
        {'Person': 'person', 'airplane': 'aeroplane', 'cell-phone': 'cell phone'}
    """
    found: dict[str, str] = {}
    for form in (str, _plain, _word):
        left = _by_form(form, (name for name in others if name not in found.values()))
        mine = _by_form(form, (name for name in names if name not in found))
        found |= {name: left[key] for key, name in mine.items() if key in left}
    return {name: found[name] for name in names if name in found}


def _by_form(form: Callable[[str], str], names: Iterable[str]) -> dict[str, str]:
    """Return names by their form, without those that share one."""
    pairs = [(form(name), name) for name in names]
    counts = Counter(key for key, _ in pairs)
    return {key: name for key, name in pairs if counts[key] == 1}


def _plain(name: str) -> str:
    """Return a name in small letters, with one blank in place of blanks, underscores and hyphens."""
    return re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


def _word(name: str) -> str:
    """Return the word of COCO for a name, or its plain form."""
    return OTHER_WORDS.get(_plain(name), _plain(name))
