"""Tell which transform of a user fails on a picture; a fault in this project's own code keeps its traceback."""

import contextlib
import traceback

import numpy as np

from yolo.data.albumentations import A
from yolo.errors import UserError
from yolo.wording import resolution, shorten

PROJECT = "yolo"
LONGEST = 300  # letters of what a transform says
EXPECTED = "pictures must stay uint8 with three channels (they are brought to 0..1 after augmentation)"


class TransformError(UserError):
    """A transform fails on a picture: the sentence names both, and what the transform said."""


class NoPictureError(Exception):
    """A transform has made something else than a picture."""


class Guarded:
    """What a transform does to an image, and then a look at what came of it: it must be a picture still.

    Args:
        apply: function (image, **params) -> image.
    """

    def __init__(self, apply):
        self.apply = apply

    def __call__(self, image, **params):
        made = self.apply(image, **params)
        if not isinstance(made, np.ndarray):
            raise NoPictureError(f"makes a {type(made).__name__}")
        if made.dtype != np.uint8 or made.ndim != 3 or made.shape[2] != 3 or not made.size:
            raise NoPictureError(f"makes {made.dtype} of shape {made.shape}")
        return made


def guard(transform):
    """Look from now on at every image that a transform makes; those of this project need no look."""
    apply = transform._key2func.get("image")
    if apply and of_user([transform]) and not isinstance(apply, Guarded):
        transform._key2func["image"] = Guarded(apply)


def of_user(transforms):
    """Return whether any of the transforms is of Albumentations or of the user, not of this project."""
    return not all(_of_project(type(transform).__module__) for transform in transforms)


@contextlib.contextmanager
def blamed(sample):
    """Make a `TransformError` of what a transform of a user raises in the block; all else is raised as it is.

    Args:
        sample: what is changed in the block.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # a transform of a user may fail in any way
        transform = _culprit(error)
        if transform is None:
            raise
        raise _explained(transform, error, sample) from error


def _explained(transform, error, sample):
    """Return the `TransformError` that says what a transform has raised."""
    name = type(transform).__name__
    if isinstance(error, NoPictureError):
        return TransformError(f"{name} {error} of {_described(sample)}; {EXPECTED}.")
    text = " ".join(str(error).split()).rstrip(".")[:LONGEST]
    kind = type(error).__name__
    reason = f"{text} ({kind})" if text else kind
    return TransformError(f"{name} fails on {_described(sample)}: {reason}; change its arguments, or leave it out.")


def _described(sample):
    """Name what a sample was made from, for messages: `the picture a.jpg`, or its size where no file is known."""
    if not sample.paths:
        return f"a picture of {resolution(sample.image.shape)}"
    names = shorten(list(map(str, sample.paths)))
    return f"the picture {names}" if len(sample.paths) == 1 else f"the mosaic of {names}"


def _culprit(error):
    """Return the transform, or group of them, that was at work last, or None where code of this project was so."""
    last = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        holder = frame.f_locals.get("self")
        if isinstance(holder, (A.BasicTransform, A.BaseCompose)):
            last = None if _of_project(type(holder).__module__) else holder
        elif _of_project(frame.f_globals.get("__name__", "")) and not isinstance(holder, Guarded):
            last = None
    return last


def _of_project(module):
    return module.partition(".")[0] == PROJECT
