"""Find what other files say of Darknet's weights: the names of the classes, anchors, masks, size, resize mode."""

import logging

from yolo import anchors as anchor_files
from yolo.class_lists import read_names
from yolo.errors import UserError
from yolo.weights import darknet_cfg
from yolo.weights.companion_files import find_cfg, find_names, unusable_names
from yolo.wording import counted, resolution

PUBLISHED = {  # of the COCO weights
    "anchors": anchor_files.DEFAULT,
    "masks": ((3, 4, 5), (1, 2, 3)),
    "scale_xy": 1.05,
    "input_size": (416, 416),
    "resize_mode": "stretch",
}
MODES = {"stretch": "stretched, as Darknet does", "letterbox": "letterboxed, as the cfg says"}

log = logging.getLogger("yolo")


def name_classes(path, classes, given, numbered):
    """Return the names of the classes, and a text of where they are from; see `darknet.load`, raises UserError."""
    found = find_names(path, classes) if given is None else None
    if found and found.guessed:
        log.warning(
            f"the names of the classes are taken from {found.path}, the only list near {path} that has "
            f"{classes}; if they are others, give them with --classes FILE"
        )
    if given is None and found is None:
        if not numbered:
            passed_over = "".join(f" ({reason.removesuffix('.')})" for reason in unusable_names(path))
            raise UserError(
                f"{path} carries no class names{passed_over}: give a file of {counted(classes, 'line')}, one name "
                "each, with --classes."
            )
        return [str(number) for number in range(classes)], "without names"
    names = read_names(found.path) if found else given
    if len(names) != classes:
        whence = f"in {found.path}" if found else "given"
        raise UserError(
            f"{path} knows {counted(classes, 'class')}, but {counted(len(names), 'class name')} are {whence}; "
            "give one for each with --classes FILE."
        )
    return names, f"from {found.path}" if found else "as given"


def find_settings(path, classes, filters, cfg, anchors, published):
    """Return the arguments of a network that say what its raw maps mean, and a text of where each is from.

    See `darknet.load` and `companions.find_cfg`; raises UserError.
    """
    if cfg is None and not published:
        cfg, guessed = find_cfg(path, classes, filters) or (None, False)
        if guessed:
            log.warning(
                f"anchors, masks and input size of {path} are taken from {cfg}, the only cfg near it that fits; "
                "if it was trained with another, give that with --cfg FILE"
            )
    settings = darknet_cfg.read(cfg, classes) if cfg else dict(PUBLISHED)
    if anchors:
        settings["anchors"] = anchor_files.read(anchors, ordered=False)
    size = resolution(settings["input_size"])
    rest = f"masks, {size} {f'from {cfg}' if cfg else 'as in the COCO weights of Darknet'}"
    told = f"anchors from {anchors}; {rest}" if anchors else f"anchors, {rest}"
    if not cfg and not published:
        log.warning(
            f"no cfg of {path} was found, so {'' if anchors else 'anchors, '}masks, {size} and stretched pictures are "
            "guessed, as in the COCO weights of Darknet; where it was trained with others it finds little: give the "
            "cfg with --cfg FILE"
        )
    return settings, f"{told}; pictures {MODES[settings['resize_mode']]}"
