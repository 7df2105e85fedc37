"""Compare the size that an annotation states with the size of its picture, and undo known differences.

Two differences can be undone: some tools ignore EXIF and annotate a photo as it is stored, and some pictures are made
smaller after they were annotated. All other differences are reported, and the boxes stay as they are.

Some EXIF turns keep the size: half a turn, a reflection, any turn of a square. Then the stated size does not show that
a photo was annotated before its turn. Other photos of the dataset show it, if there are enough of them and none was
annotated upright. Otherwise, and for annotations that state no size, the boxes stay as they are, which is reported.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Boxes
from yolo.boxes import scale
from yolo.data.picture_sizes import LYING, Head

SizeRelation: TypeAlias = Literal["same", "turned", "scaled", "unlike", "inferred", "unproven"]
SAME: Final = "same"
TURNED: Final = "turned"  # drawn before the EXIF turn
SCALED: Final = "scaled"
UNLIKE: Final = "unlike"
INFERRED: Final = "inferred"  # the size fits, but it is turned because others of the dataset are
UNPROVEN: Final = "unproven"  # the size fits, and it is not turned although others of the dataset are
WITNESSES, SHARE = 3, 0.1  # photos whose size shows the turn: at least 3, and a tenth of those to be INFERRED

Size: TypeAlias = Sequence[float]
"""Width and height in pixels; (0, 0) if an annotation states none."""

Case: TypeAlias = tuple[Boxes, Size, Head]
"""The boxes of an annotation, the size that it states, and the `picture_sizes.picture_head` of its picture."""

Key = TypeVar("Key")


def decide(cases: Mapping[Key, Case]) -> dict[Key, SizeRelation]:
    """Return how the size of each annotation differs from that of its picture; those without difference are left out.

    Args:
        cases: key -> annotation and picture, for the whole dataset.
    """
    members: dict[SizeRelation, list[Key]] = defaultdict(list)
    for key, (_, stated, head) in cases.items():
        members[relation(stated, head)].append(key)
    believed: dict[SizeRelation, bool] = {
        kind: believable([cases[key] for key in keys]) for kind, keys in members.items() if kind != SAME
    }
    found: dict[Key, SizeRelation] = {
        key: kind if believed[kind] else UNLIKE for kind in members.keys() - {SAME} for key in members[kind]
    }
    if believed.get(TURNED):
        fitting = {key: cases[key] for key in members[SAME] + [key for key in found if found[key] == SCALED]}
        inferred, unproven = _of_others(fitting, len(members[TURNED]))
        found = {**dict.fromkeys(unproven, UNPROVEN), **found, **dict.fromkeys(inferred, INFERRED)}
    return {key: found[key] for key in cases if key in found}


def _of_others(fitting: Mapping[Key, Case], witnesses: int) -> tuple[list[Key], list[Key]]:
    """Return the keys of photos that are turned because others are, and of those that stay although others are turned.

    Args:
        fitting: cases, as for `decide`, whose size does not contradict that of the upright picture.
        witnesses: how many photos of the dataset were annotated before their turn, as their size shows.
    """
    concerned = [key for key, (boxes, stated, head) in fitting.items() if len(boxes) and _fits_both(stated, head)]
    sized, bare = ([key for key in concerned if bool(fitting[key][1][0]) == has_size] for has_size in (True, False))
    upright = any(_says_upright(stated, head) for _, stated, head in fitting.values())
    proven = witnesses >= max(WITNESSES, SHARE * len(sized)) and not upright
    return (sized, bare) if proven else ([], concerned)


def relation(stated: Size, head: Head) -> SizeRelation:
    """Return how the size that an annotation states differs from that of its picture.

    SAME: they are equal up to a pixel, or no size is stated. TURNED: it is the size before the EXIF orientation
    exchanges the sides. SCALED: both sides differ by one factor. UNLIKE: any other difference.
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


def believable(cases: Collection[Case]) -> bool:
    """Return whether differences of one kind may be undone in a dataset: its boxes must lie in the stated sizes.

    Some tools state one size and draw in another. Then some boxes leave the stated size, but not the picture. A tenth
    of the files may have such boxes by mistake.

    Args:
        cases: every annotation and picture of that kind.
    """
    against = in_favor = 0
    for boxes, stated, (height, width, _) in cases:
        ends = boxes[:, 2:].max(axis=0, initial=0) - 1
        leaves_stated, leaves_picture = (ends > stated).any(), (ends > (width, height)).any()
        against += bool(leaves_stated and not leaves_picture)
        in_favor += bool(leaves_picture and not leaves_stated)
    return against <= max(in_favor, len(cases) / 10)


def to_picture(boxes: Boxes, kind: SizeRelation, stated: Size, head: Head) -> Boxes:
    """Map boxes of a picture of the stated size to the upright picture, as float32."""
    height, width, orientation = head
    if kind not in (TURNED, INFERRED, SCALED):
        return boxes
    if kind != SCALED:
        stored = _stored(head)
        return turned(scale(boxes, stored[0] / stated[0], stored[1] / stated[1]), orientation, *stored)
    return scale(boxes, width / stated[0], height / stated[1])


def turned(boxes: Boxes, orientation: int, width: int, height: int) -> Annotated[NDArray[np.float32], "n 4"]:
    """Map boxes of a stored picture to the picture turned upright.

    Args:
        orientation: EXIF tag 0x0112, one of 2 to 8.
        width, height: size of the stored picture.
    """
    left, top, right, bottom = boxes.T
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


def _stored(head: Head) -> tuple[int, int]:
    """Return (width, height) of a picture before its EXIF turn."""
    height, width, orientation = head
    return (height, width) if orientation in LYING else (width, height)


def _says_upright(stated: Size, head: Head) -> bool:
    """Return whether a size is stated that fits the upright picture, but not the picture before its EXIF turn."""
    return bool(stated[0]) and head[2] in LYING and not _fits(stated, _stored(head))


def _fits_both(stated: Size, head: Head) -> bool:
    """Return whether a picture has an EXIF turn, and the stated size, if any, also fits it before the turn."""
    return head[2] != 1 and (not stated[0] or _fits(stated, _stored(head)))


def _fits(stated: Size, size: Size) -> bool:
    return _within_a_pixel(stated, size) or _one_factor(stated, size)


def _within_a_pixel(stated: Size, size: Size) -> bool:
    return abs(stated[0] - size[0]) <= 1 and abs(stated[1] - size[1]) <= 1


def _one_factor(stated: Size, size: Size) -> bool:
    """Return whether one factor turns `stated` into `size`, each side rounded up or down to whole pixels."""
    low = max((side - 1) / one for one, side in zip(stated, size, strict=True))
    return low <= min((side + 1) / one for one, side in zip(stated, size, strict=True))
