"""Tell which transform of a user fails on a picture; a fault in this project's own code keeps its traceback."""

import contextlib
import traceback

from yolo.data.albumentations import A
from yolo.data.transform_guard import GuardedTransform, WrongResultError, of_project
from yolo.errors import UserError
from yolo.wording import resolution, shorten

LONGEST = 300  # letters of what a transform says


class TransformError(UserError):
    """A transform fails on a picture: the sentence names both, and what the transform said."""


@contextlib.contextmanager
def transform_errors_named(sample):
    """Make a `TransformError` of what a transform of a user raises in the block; all else is raised as it is.

    So is too little memory, which the commands have a sentence for.

    Args:
        sample: what is changed in the block.
    """
    try:
        yield
    except (UserError, MemoryError):  # they are told as they are
        raise
    except Exception as error:  # a transform of a user may fail in any way
        transform = _culprit(error)
        if transform is None:
            raise
        raise _explained(transform, error, sample) from error


def _explained(transform, error, sample):
    """Return the `TransformError` that says what a transform has raised."""
    name = type(transform).__name__
    if isinstance(error, WrongResultError):
        return TransformError(f"{name} {error} on {_described(sample)}; {error.expected}.")
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
            last = None if of_project(type(holder).__module__) else holder
        elif of_project(frame.f_globals.get("__name__", "")) and not isinstance(holder, GuardedTransform):
            last = None
    return last
