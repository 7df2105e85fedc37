"""Check the pictures themselves: damage, channels, sizes, and pictures that look unlike the others."""

from collections.abc import Callable

import numpy as np

from yolo.data.checks.check import Found, check
from yolo.data.checks.checked_data import CheckedData
from yolo.data.checks.cut_short import is_cut_short
from yolo.data.picture_measures import Measures
from yolo.wording import resolution

FLAT_END = 0.05  # of the rows; less can be a border
REDUCED = (1, 2, 4, 8)  # parts of its size at which a JPEG may be decoded, each side rounded up
UPRIGHT = 1  # EXIF orientation without a turn
WITH_COLOR = ("RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "P", "PA")  # modes of Pillow
WITH_ALPHA = ("LA", "La", "PA", "RGBA", "RGBa")
GRAY = 8  # the largest difference between two channels that nobody sees: rounding, and JPEG's noise in colors
TINY = 32  # pixels of the shorter side: one cell of the network's coarse map
LARGE = 25e6  # pixels; such a JPEG takes some 0.2 s to decode, in each epoch anew
EXTREME_ASPECT = 5  # of the sides; a letterbox then leaves four fifths of the network's input empty
UNIFORM = 2  # gray values of standard deviation; the plainest real pictures of four sets have 5
DARK = 50  # gray value of the lightest parts; it is 114 and more in four sets
BRIGHT = 220  # gray value of the darkest parts; it is 209 and less in four sets
BLURRED = 0.06  # of the median sharpness; in four sets sharp pictures have 0.087, those blurred by 1/60 of a side 0.05


@check(
    "picture-unreadable",
    "picture",
    "that cannot be decoded",
    "open them in another program and save them anew, or bring the originals",
)
def unreadable(data: CheckedData) -> Found:
    """Find pictures that cannot be decoded for another reason than a missing end."""
    found = [path for path in data.broken if not is_cut_short(path)]
    return Found(len(found), data.names(found))


@check(
    "picture-cut-short",
    "unreadable picture",
    "whose end is missing, as after a copy or download that broke off",
    "copy or download them again",
)
def cut_short(data: CheckedData) -> Found:
    """Find those of the unreadable pictures that have a beginning and no end."""
    found = [path for path in data.broken if is_cut_short(path)]
    return Found(len(found), data.names(found))


@check(
    "picture-ends-flat",
    "picture",
    "whose lower end is of one gray, as programs fill in for lost data",
    "look at them, and copy or download them again",
)
def flat_end(data: CheckedData) -> Found:
    """Find JPEGs that were cut short and then completed by another program."""
    return _measured(data, lambda measures: measures.format == "JPEG" and measures.flat_end > FLAT_END)


@check(
    "picture-turned-by-exif",
    "picture",
    "turned or mirrored by a note in the file (EXIF)",
    "nothing is to be done here, but programs that ignore the note show boxes in wrong places",
    level="note",
)
def turned_by_exif(data: CheckedData) -> Found:
    """Find pictures whose EXIF orientation turns or mirrors them."""
    found = [path for path, (_, _, orientation) in data.heads.items() if orientation != UPRIGHT]
    return Found(len(found), data.names(found))


@check(
    "picture-unlike-its-head",
    "picture",
    "of another size when decoded than the head of the file says, so that its boxes may be wrong",
    "save them anew in an image editor, and look whether the boxes lie on the objects",
)
def unlike_their_heads(data: CheckedData) -> Found:
    """Find pictures whose head, by which boxes are read, has another size than their pixels."""
    found = []
    for path, (height, width, _) in data.heads.items():
        sizes = {(-(-height // part), -(-width // part)) for part in REDUCED}
        if path in data.measures and (data.measures[path].height, data.measures[path].width) not in sizes:
            found.append(path)
    return Found(len(found), data.names(found))


@check(
    "picture-of-16-bits",
    "picture",
    "of more than 8 bits in a channel, reduced to 8",
    "nothing is to be done if the objects are seen in 8 bits",
    level="note",
)
def of_16_bits(data: CheckedData) -> Found:
    """Find pictures with finer shades than the network sees."""
    return _measured(data, lambda measures: measures.bits > 8)


@check(
    "picture-in-cmyk",
    "picture",
    "in the colors of printing (CMYK), converted without a color profile",
    "save them as RGB if their colors matter",
    level="note",
)
def in_cmyk(data: CheckedData) -> Found:
    """Find pictures made for printing."""
    return _measured(data, lambda measures: measures.mode == "CMYK")


@check(
    "picture-with-transparency",
    "picture",
    "with a channel of transparency, which is ignored: what it hides is seen",
    "put them on a background and save them without it",
    level="note",
)
def with_transparency(data: CheckedData) -> Found:
    """Find pictures with an alpha channel."""
    return _measured(data, lambda measures: measures.mode in WITH_ALPHA)


@check(
    "gray-stored-as-color",
    "picture",
    "with only shades of gray, stored as color",
    "nothing is to be done if the pictures to detect in are gray as well",
    level="note",
)
def gray_stored_as_color(data: CheckedData) -> Found:
    """Find pictures of three channels without any color."""
    return _measured(data, lambda measures: measures.mode in WITH_COLOR and measures.color <= GRAY)


@check(
    "picture-tiny",
    "picture",
    f"of less than {TINY} pixels in width or height",
    "remove them, or bring the originals in place of thumbnails",
)
def tiny(data: CheckedData) -> Found:
    """Find pictures smaller than one cell of the network."""
    return _of_size(data, lambda height, width: min(height, width) < TINY)


@check(
    "picture-large",
    "picture",
    f"of more than {LARGE / 1e6:.0f} megapixels",
    "save smaller copies: they are decoded in each epoch, and the network sees them at its input size",
    level="note",
)
def large(data: CheckedData) -> Found:
    """Find pictures that slow down the training."""
    return _of_size(data, lambda height, width: height * width > LARGE)


@check(
    "picture-of-extreme-aspect",
    "picture",
    f"more than {EXTREME_ASPECT} times as long as wide",
    "cut them into parts, as they are small in the network's square input",
)
def extreme_aspect(data: CheckedData) -> Found:
    """Find panoramas and strips."""
    return _of_size(data, lambda height, width: max(height, width) > EXTREME_ASPECT * min(height, width))


@check("picture-uniform", "picture", "of a single color", "remove them, or bring the pictures that belong there")
def uniform(data: CheckedData) -> Found:
    """Find empty pictures."""
    return _measured(data, lambda measures: measures.contrast < UNIFORM)


@check(
    "picture-dark",
    "picture",
    "dark even in the lightest parts, unlike the others",
    "look whether the objects are seen",
    level="note",
)
def dark(data: CheckedData) -> Found:
    """Find underexposed pictures; in a set of night pictures those that are darker than the others."""
    usual = np.median([measures.lightest for measures in data.measures.values()] or [0])
    return _measured(data, lambda measures: measures.lightest < min(DARK, usual / 2))


@check(
    "picture-bright",
    "picture",
    "bright even in the darkest parts, unlike the others",
    "look whether the objects are seen",
    level="note",
)
def bright(data: CheckedData) -> Found:
    """Find overexposed pictures; in a set of pale pictures those that are paler than the others."""
    usual = np.median([measures.darkest for measures in data.measures.values()] or [0])
    return _measured(data, lambda measures: measures.darkest > max(BRIGHT, (255 + usual) / 2))


@check(
    "picture-blurred",
    "picture",
    "without a sharp edge, unlike the others",
    "look at them, and remove those in which boxes can only be guessed",
    level="note",
)
def blurred(data: CheckedData) -> Found:
    """Find pictures whose sharpest part is far less sharp, for their contrast, than that of the others."""
    sharp = {
        path: measures.sharpness / measures.contrast**2
        for path, measures in data.measures.items()
        if measures.contrast >= UNIFORM  # the others are found elsewhere
    }
    usual = np.median([*sharp.values()] or [0])
    found = sorted((path for path, value in sharp.items() if value < BLURRED * usual), key=lambda path: sharp[path])
    return Found(len(found), data.names(found))


def _measured(data: CheckedData, is_meant: Callable[[Measures], bool]) -> Found:
    """Return the pictures whose measures are meant."""
    found = [path for path, measures in data.measures.items() if is_meant(measures)]
    return Found(len(found), data.names(found))


def _of_size(data: CheckedData, is_meant: Callable[[int, int], bool]) -> Found:
    """Return the pictures whose height and width are meant, with their sizes."""
    sizes = {path: (height, width) for path, (height, width, _) in data.heads.items() if is_meant(height, width)}
    named = [f"{data.name(path)} ({resolution(size)})" for path, size in sizes.items()]
    return Found(len(sizes), data.names(sizes), names=named)
