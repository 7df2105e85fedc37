"""Mirror exactly the share of pictures that is asked for, whatever a pipeline does by itself."""

import copy

from yolo.data.albumentations import A
from yolo.data.augmentation import Augmentation, leaves
from yolo.data.transforms import Warp

FLIPS = {"horizontal_flip": A.HorizontalFlip, "vertical_flip": A.VerticalFlip}


def mirroring(augmentation, chances):
    """Return an augmentation that mirrors by these chances, and the chances of its own that are replaced.

    One `Warp` mirrors, the first that is always at work; all other flips of the pipeline are switched off.

    Args:
        chances: {horizontal_flip or vertical_flip: chance}; a flip that is not in it stays as it is.

    Returns:
        The `Augmentation` and {horizontal_flip or vertical_flip: list of chances}, of the flips that change only.
    """
    replaced = {name: _chances(augmentation, name) for name in chances}
    transforms, p = copy.deepcopy(augmentation.transforms), augmentation.p
    steady = [one for one in transforms if isinstance(one, Warp) and one.p >= 1 and p >= 1]
    if not steady and any(chances.values()):
        steady = [Warp(scale=(1, 1), aspect=1, shift=0, horizontal_flip=0)]
        transforms = steady + (transforms if p >= 1 else [A.Sequential(transforms, p=p)])
        p = 1.0
    for name, chance in chances.items():
        for transform in leaves(transforms):
            if isinstance(transform, (Warp, FLIPS[name])):
                setattr(transform, _attribute(transform, name), chance if transform in steady[:1] else 0.0)
    changed = {name: old for name, old in replaced.items() if old and old != [chances[name]]}
    return Augmentation(transforms, augmentation.visible, p), changed


def other_mirror(augmentation):
    """Return the name of a transform that mirrors pictures and whose flips cannot be chosen, or None."""
    return next((type(one).__name__ for one in _at_work(augmentation) if _mirrors(one)), None)


def _chances(augmentation, name):
    """Return the different chances by which the transforms at work mirror: those over 0, or else 0 of a `Warp`."""
    flips = [one for one in _at_work(augmentation) if isinstance(one, (Warp, FLIPS[name]))]
    found = list(dict.fromkeys(getattr(one, _attribute(one, name)) for one in flips))
    return [chance for chance in found if chance > 0] or found


def _attribute(transform, name):
    return name if isinstance(transform, Warp) else "p"


def _at_work(augmentation):
    """Return the transforms that change at least some pictures."""
    return _running(augmentation.transforms) if augmentation.p > 0 else iter(())


def _running(transforms, forced=False):
    """Yield the transforms that have a chance, those inside of groups that have one.

    Args:
        forced: whether they are inside of `OneOrOther`, which calls groups whatever their own chance is.
    """
    for one in transforms:
        if isinstance(one, A.OneOrOther):  # its chance is that of the first; else the last is called
            yield from _running(one.transforms[:1] if one.p > 0 else [], forced=True)
            yield from _running(one.transforms[-1:] if one.p < 1 else [], forced=True)
        elif isinstance(one, A.BaseCompose):
            if one.p > 0 or (forced and not isinstance(one, A.SomeOf)):
                yield from _running(one.transforms)
        elif one.p > 0:
            yield one


def _mirrors(transform):
    negative = isinstance(transform, A.Affine) and min(low for low, _ in transform.scale.values()) < 0
    return negative or isinstance(transform, (A.D4, A.Transpose))  # A.SquareSymmetry is a D4
