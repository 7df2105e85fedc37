"""Print one line about test-time augmentation, and warn where mirrored pictures mislead."""

import logging
import re
from collections.abc import Sequence

from yolo.wording import shorten

SIDES = {"left", "right"}

log = logging.getLogger("yolo")


def print_tta(class_names: Sequence[str]) -> None:
    """Print what `--tta` does; warn of classes that name a side, as a mirrored one looks like the other."""
    print(
        "test-time augmentation: each picture is also detected in mirrored and smaller, in about three times the time; "
        "score thresholds and temperature are those without it"
    )
    sided = [name for name in class_names if SIDES.intersection(re.split(r"[\W_]+", name.lower()))]
    if sided:
        log.warning("mirrored, %s will be taken for the other side: leave out --tta", shorten(sided))
