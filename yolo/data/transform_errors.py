"""Name the transform that fails on a picture; an error in this project's own code keeps its traceback."""

import contextlib
import traceback
from collections.abc import Iterator

from yolo.data.import_albumentations import A, Transform
from yolo.data.transform_guard import GuardedTransform, WrongResultError, of_project
from yolo.errors import UserError
from yolo.structures import Sample
from yolo.wording import resolution, shorten

LONGEST = 300  # letters of a transform's own message


class TransformError(UserError):
    """A transform fails on a picture. The sentence names both and gives the transform's own message."""


@contextlib.contextmanager
def transform_errors_named(sample: Sample) -> Iterator[None]:
    """Raise a `TransformError` for an error in a user's transform in the block.

    All other errors pass unchanged. So does a MemoryError, for which the commands have a sentence.

    Args:
        sample: the sample that the block changes.

    Raises:
        TransformError: the transform has failed.
    """
    try:
        yield
    except (UserError, MemoryError):
        raise
    except Exception as error:  # a user's transform may fail in any way
        transform = _culprit(error)
        if transform is None:
            raise
        raise _explained(transform, error, sample) from error


def _explained(transform: Transform, error: Exception, sample: Sample) -> TransformError:
    """Return the `TransformError` for the error of a transform."""
    name = type(transform).__name__
    if isinstance(error, WrongResultError):
        return TransformError(f"{name} {error} on {_described(sample)}; {error.expected}.")
    text = " ".join(str(error).split()).rstrip(".")[:LONGEST]
    kind = type(error).__name__
    reason = f"{text} ({kind})" if text else kind
    return TransformError(f"{name} fails on {_described(sample)}: {reason}; change its arguments, or leave it out.")


def _described(sample: Sample) -> str:
    """Return the origin of a sample for messages: `the picture a.jpg`, or its size where no file is known."""
    if not sample.paths:
        return f"a picture of {resolution(sample.image.shape)}"
    names = shorten(list(map(str, sample.paths)))
    return f"the picture {names}" if len(sample.paths) == 1 else f"the mosaic of {names}"


def _culprit(error: Exception) -> Transform | None:
    """Return the transform or group whose code was running last, or None where it was code of this project."""
    last = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        holder = frame.f_locals.get("self")
        if isinstance(holder, (A.BasicTransform, A.BaseCompose)):
            last = None if of_project(type(holder).__module__) else holder
        elif of_project(frame.f_globals.get("__name__", "")) and not isinstance(holder, GuardedTransform):
            last = None
    return last
