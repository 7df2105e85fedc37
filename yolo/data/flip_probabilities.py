"""Give a pipeline exactly the flip probabilities that a user sets, in place of its own."""

import copy
from collections.abc import Iterable, Iterator, Mapping

from yolo.data.augmentation import Augmentation, leaves
from yolo.data.import_albumentations import A, Transform
from yolo.data.project_transforms import Warp

FLIPS = {"horizontal_flip": A.HorizontalFlip, "vertical_flip": A.VerticalFlip}


def mirroring(augmentation: Augmentation, chances: Mapping[str, float]) -> tuple[Augmentation, dict[str, list[float]]]:
    """Return an augmentation with these flip probabilities, and the probabilities of its own that they replace.

    The first `Warp` that is applied every time does the flips; all other flips of the pipeline are switched off.

    Args:
        chances: {horizontal_flip or vertical_flip: probability}; a flip that is not in it does not change.

    Returns:
        The augmentation, and {horizontal_flip or vertical_flip: old probabilities} of the flips that change.
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


def other_mirror(augmentation: Augmentation) -> str | None:
    """Return the name of a transform that mirrors pictures and has no probability for its flips, or None."""
    return next((type(one).__name__ for one in _at_work(augmentation) if _mirrors(one)), None)


def _chances(augmentation: Augmentation, name: str) -> list[float]:
    """Return the different probabilities of a flip in the active transforms: those over 0, or else 0 of a `Warp`."""
    flips = [one for one in _at_work(augmentation) if isinstance(one, (Warp, FLIPS[name]))]
    found = list(dict.fromkeys(getattr(one, _attribute(one, name)) for one in flips))
    return [chance for chance in found if chance > 0] or found


def _attribute(transform: Transform, name: str) -> str:
    """Return the attribute of a transform that holds the probability of a flip."""
    return name if isinstance(transform, Warp) else "p"


def _at_work(augmentation: Augmentation) -> Iterator[Transform]:
    """Return the transforms that change at least some pictures."""
    return _running(augmentation.transforms) if augmentation.p > 0 else iter(())


def _running(transforms: Iterable[Transform], forced: bool = False) -> Iterator[Transform]:
    """Yield the single transforms with a probability over 0; those of a group only where the group has one too.

    Args:
        forced: whether they are inside of `OneOrOther`, which calls groups whatever their own probability is.
    """
    for one in transforms:
        if isinstance(one, A.OneOrOther):  # `p` is the probability of the first one; otherwise it calls the last
            yield from _running(one.transforms[:1] if one.p > 0 else [], forced=True)
            yield from _running(one.transforms[-1:] if one.p < 1 else [], forced=True)
        elif isinstance(one, A.BaseCompose):
            if one.p > 0 or (forced and not isinstance(one, A.SomeOf)):
                yield from _running(one.transforms)
        elif one.p > 0:
            yield one


def _mirrors(transform: Transform) -> bool:
    """Return whether a transform mirrors pictures and has no probability for its flips."""
    negative = isinstance(transform, A.Affine) and min(low for low, _ in transform.scale.values()) < 0
    return negative or isinstance(transform, (A.D4, A.Transpose))  # A.SquareSymmetry is a D4
