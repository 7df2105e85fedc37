"""Find what Darknet keeps outside its weights: the names of the classes, anchors, masks, input size and resize mode."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from yolo import anchors as anchor_files
from yolo.class_lists import read_names
from yolo.errors import UserError
from yolo.weights import darknet_cfg
from yolo.weights.companion_files import find_cfg, find_names, unusable_names
from yolo.wording import counted, resolution

PUBLISHED: dict[str, Any] = {  # of the COCO weights
    "anchors": anchor_files.DEFAULT,
    "masks": ((3, 4, 5), (1, 2, 3)),
    "scale_xy": 1.05,
    "input_size": (416, 416),
    "resize_mode": "stretch",
}
OF_THREE_LEVELS: dict[str, Any] = PUBLISHED | {  # those of yolov4-tiny-3l.cfg
    "anchors": anchor_files.DEFAULTS[3],
    "masks": anchor_files.masks(3),
    "input_size": (608, 608),
}
USUAL = {2: (PUBLISHED, "the COCO weights of Darknet"), 3: (OF_THREE_LEVELS, "Darknet's yolov4-tiny-3l.cfg")}
MODES = {"stretch": "stretched, as Darknet does", "letterbox": "letterboxed, as the cfg says"}

log = logging.getLogger("yolo")


def name_classes(path: Path, classes: int, given: Sequence[str] | None, numbered: bool) -> tuple[Sequence[str], str]:
    """Return the names of the classes, and a text that says where they are from.

    Args:
        path: the file of the weights.
        classes: the number of their classes.
        given: the names that the user gave, or None to look for a list.
        numbered: whether classes without names are called by their numbers.

    Raises:
        UserError: there are no names, or not one for each class, or several lists are equally likely.
    """
    found = find_names(path, classes) if given is None else None
    if found and found.guessed:
        log.warning(
            f"the names of the classes are taken from {found.path}, the only list near {path} that has "
            f"{classes}; if they are others, give them with --classes FILE"
        )
    names: Sequence[str]
    if found:
        names, place, origin = read_names(found.path), f"in {found.path}", f"from {found.path}"
    elif given is not None:
        names, place, origin = given, "given", "as given"
    elif numbered:
        return [str(number) for number in range(classes)], "without names"
    else:
        passed_over = "".join(f" ({reason.removesuffix('.')})" for reason in unusable_names(path))
        raise UserError(
            f"{path} carries no class names{passed_over}: give a file of {counted(classes, 'line')}, one name "
            "each, with --classes."
        )
    if len(names) != classes:
        raise UserError(
            f"{path} knows {counted(classes, 'class')}, but {counted(len(names), 'class name')} are {place}; "
            "give one for each with --classes FILE."
        )
    return names, origin


def find_settings(
    path: Path,
    classes: int,
    filters: list[int],
    levels: int,
    cfg: str | os.PathLike[str] | None,
    anchors: str | os.PathLike[str] | None,
    published: bool,
) -> tuple[dict[str, Any], str]:
    """Return arguments for `YoloV4Tiny`: the settings by which its raw maps are decoded; and where each is from.

    Args:
        path, classes, filters, levels: see `companion_files.find_cfg`.
        cfg, anchors, published: see `darknet.load`.

    Raises:
        UserError: a file is damaged or of another network, or several fit.
    """
    if cfg is None and not published:
        cfg, guessed = find_cfg(path, classes, filters, levels) or (None, False)
        if guessed:
            log.warning(
                f"anchors, masks and input size of {path} are taken from {cfg}, the only cfg near it that fits; "
                "if it was trained with another, give that with --cfg FILE"
            )
    usual, origin = USUAL[levels]
    settings = darknet_cfg.read(cfg, classes, levels) if cfg else dict(usual)
    if anchors:
        settings["anchors"] = anchor_files.read(anchors, ordered=False, levels=levels)
    size = resolution(settings["input_size"])
    rest = f"masks, {size} {f'from {cfg}' if cfg else f'as in {origin}'}"
    origins = f"anchors from {anchors}; {rest}" if anchors else f"anchors, {rest}"
    if not cfg and not published:
        log.warning(
            f"no cfg of {path} was found, so {'' if anchors else 'anchors, '}masks, {size} and stretched pictures are "
            f"guessed, as in {origin}; where it was trained with others it finds little: give the cfg with --cfg FILE"
        )
    return settings, f"{origins}; pictures {MODES[settings['resize_mode']]}"
