"""Hold the size that an annotation states against the size its picture has.

Two differences can be undone: tools that do not know EXIF annotate a photo as it lies in the file, and pictures are
made smaller after they were annotated. Everything else is told, and boxes stay as they are.

The size does not show that a photo was annotated before its EXIF turn where the turn leaves the size as it is: half a
turn, a reflection, any turn of a square. Other photos of the data set show it then, where there are enough of them, and
none that was annotated upright. Boxes of the others stay, and of annotations that state no size, but they are told.
"""

from collections import defaultdict

import numpy as np

from yolo.boxes import scale
from yolo.data.picture_sizes import LYING

SAME, TURNED, SCALED, UNLIKE = "same", "turned", "scaled", "unlike"
INFERRED, UNPROVEN = "inferred", "unproven"  # turned, or not, where others of the data set are TURNED
WITNESSES, SHARE = 3, 0.1  # photos whose size shows it, at least so many, and so many for each that does not


def decide(cases):
    """Return how the sizes of a data set go together: key -> kind, without those that are the same.

    Args:
        cases: key -> (boxes, stated, head).
    """
    members = defaultdict(list)  # kind -> keys
    for key, (_, stated, head) in cases.items():
        members[relation(stated, head)].append(key)
    believed = {kind: believable([cases[key] for key in keys]) for kind, keys in members.items()}
    found = {key: kind if believed[kind] else UNLIKE for kind in members.keys() - {SAME} for key in members[kind]}
    if believed.get(TURNED):
        fitting = {key: cases[key] for key in members[SAME] + [key for key in found if found[key] == SCALED]}
        inferred, unproven = _of_others(fitting, len(members[TURNED]))
        found = dict.fromkeys(unproven, UNPROVEN) | found | dict.fromkeys(inferred, INFERRED)
    return {key: found[key] for key in cases if key in found}


def _of_others(fitting, witnesses):
    """Return the keys of photos to be turned because others are, and of those that stay although others are turned.

    Args:
        fitting: cases, as for `decide`, whose size does not contradict that of the upright picture.
        witnesses: how many photos of the data set were annotated before their turn, as their size shows.
    """
    concerned = [key for key, (known, stated, head) in fitting.items() if len(known) and _fits_both(stated, head)]
    sized, bare = ([key for key in concerned if bool(fitting[key][1][0]) == stated] for stated in (True, False))
    upright = any(_says_upright(stated, head) for _, stated, head in fitting.values())
    proven = witnesses >= max(WITNESSES, SHARE * len(sized)) and not upright
    return (sized, bare) if proven else ([], concerned)


def relation(stated, head):
    """Return how the size that an annotation states and that of its picture go together.

    SAME also where none is stated, or a side is one pixel off; TURNED where it is the size of the picture before its
    EXIF orientation exchanges the sides; SCALED where one factor makes the one of the other; else UNLIKE.

    Args:
        stated: (width, height) of the annotation, (0, 0) where it has none.
        head: `sizes.picture_head`.
    """
    height, width, orientation = head
    if not stated[0] or _within_a_pixel(stated, (width, height)):
        return SAME
    lying = orientation in LYING
    if lying and _within_a_pixel(stated, (height, width)):
        return TURNED
    if _one_factor(stated, (width, height)):
        return SCALED
    return TURNED if lying and _one_factor(stated, (height, width)) else UNLIKE


def believable(cases):
    """Return whether differences of one kind may be undone in a data set: its boxes must lie in the stated frames.

    Some tools state one size and draw in another. Then there are boxes that leave the stated frame, but not the
    picture; a tenth of the files may have such by mistake.

    Args:
        cases: (boxes, stated, head) of every picture of that kind.
    """
    against = in_favour = 0
    for known, stated, (height, width, _) in cases:
        ends = known[:, 2:].max(axis=0, initial=0) - 1
        leaves_stated, leaves_picture = (ends > stated).any(), (ends > (width, height)).any()
        against += bool(leaves_stated and not leaves_picture)
        in_favour += bool(leaves_picture and not leaves_stated)
    return against <= max(in_favour, len(cases) / 10)


def to_picture(known, kind, stated, head):
    """Return boxes of the stated frame as boxes of the upright picture: (n, 4) -> (n, 4) float32."""
    height, width, orientation = head
    if kind not in (TURNED, INFERRED, SCALED):
        return known
    if kind != SCALED:
        stored = _stored(head)
        return turned(scale(known, stored[0] / stated[0], stored[1] / stated[1]), orientation, *stored)
    return scale(known, width / stated[0], height / stated[1])


def turned(known, orientation, width, height):
    """Return the boxes of a stored picture of `width` x `height` in the picture turned upright: (n, 4) -> (n, 4).

    Args:
        orientation: EXIF tag 0x0112, one of 2 to 8.
    """
    left, top, right, bottom = known.T
    from_right, from_bottom = (width - right, width - left), (height - bottom, height - top)
    across, down = {
        2: (from_right, (top, bottom)),
        3: (from_right, from_bottom),
        4: ((left, right), from_bottom),
        5: ((top, bottom), (left, right)),
        6: (from_bottom, (left, right)),
        7: (from_bottom, from_right),
        8: ((top, bottom), from_right),
    }[orientation]
    return np.stack((across[0], down[0], across[1], down[1]), axis=1).astype(np.float32)


def _stored(head):
    """(width, height) of a picture before its EXIF turn."""
    height, width, orientation = head
    return (height, width) if orientation in LYING else (width, height)


def _says_upright(stated, head):
    """Return whether a size that fits the upright picture is stated and would not fit it before its EXIF turn."""
    return bool(stated[0]) and head[2] in LYING and not _fits(stated, _stored(head))


def _fits_both(stated, head):
    """Return whether a size that fits the upright picture fits it before its EXIF turn as well, or none is stated."""
    return head[2] != 1 and (not stated[0] or _fits(stated, _stored(head)))


def _fits(stated, size):
    return _within_a_pixel(stated, size) or _one_factor(stated, size)


def _within_a_pixel(stated, size):
    return abs(stated[0] - size[0]) <= 1 and abs(stated[1] - size[1]) <= 1


def _one_factor(stated, size):
    """Return whether one factor makes `size` of `stated`, each side rounded up or down to whole pixels."""
    low = max((side - 1) / one for one, side in zip(stated, size, strict=True))
    return low <= min((side + 1) / one for one, side in zip(stated, size, strict=True))
