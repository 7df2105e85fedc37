"""A data set with only what can be used: every picture decodes, and every box lies in its picture."""

import dataclasses
import logging
from concurrent.futures import ThreadPoolExecutor

from yolo import images
from yolo.errors import UserError
from yolo.machine import threads
from yolo.progress import bar

log = logging.getLogger("yolo")


def clean(dataset, what):
    """Decode every picture once: those that cannot be read are left out and named, boxes are cut to their picture.

    Args:
        dataset: a `Dataset`.
        what: what its pictures are for, as it stands in messages: "training".

    Raises:
        UserError: no picture can be read.
    """
    with ThreadPoolExecutor(threads()) as pool:
        checked = list(
            bar(pool.map(_check, dataset.annotations), total=len(dataset), desc=f"checking {what} pictures", delay=2)
        )
    broken = [str(answer) for answer in checked if isinstance(answer, UserError)]
    usable = [answer for answer in checked if not isinstance(answer, UserError)]
    for sentence in broken:
        log.warning(sentence)
    if not usable:
        raise UserError(f"none of the {len(checked)} {what} pictures can be read; check the data folder.")
    if broken:
        log.warning(f"{len(broken)} of {len(checked)} {what} pictures left out because they cannot be read")
    outside = {known.path.name: lost for known, lost in usable if lost}
    if outside:
        log.warning(f"{sum(outside.values())} box(es) outside their picture left out: {', '.join(outside)}")
    return dataclasses.replace(dataset, annotations=tuple(known for known, _ in usable))


def _check(annotation):
    """The annotation with its boxes cut to the picture and the number of boxes lost, or why it cannot be read."""
    try:
        image = images.read(annotation.path)
    except UserError as error:
        return error
    known = annotation.within(*image.shape[:2])
    return known, len(annotation.boxes) - len(known.boxes)
