"""The base of the runtimes of exported models: read what the file says of itself, and answer damage."""

from contextlib import contextmanager

import numpy as np

from yolo.errors import UserError
from yolo.inference.runtimes.runtime import Runtime


class ExportedRuntime(Runtime):
    """A runtime that knows what its file's `Metadata` says."""

    def __init__(self, metadata):
        super().__init__(metadata)
        self.metadata = metadata

    def try_out(self, path):
        """Detect in one grey picture: a damaged file may load and fail at the first; raises UserError."""
        with reading(path):
            boxes, scores = self.warm_up()
            candidates = boxes.shape[1:2]
            if (boxes.shape, scores.shape) != ((1, *candidates, 4), (1, *candidates, len(self.class_names))):
                raise ValueError(f"its answers are of the shapes {boxes.shape} and {scores.shape}")
            if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
                raise ValueError("its answers are no finite numbers")


@contextmanager
def reading(path):
    """Turn whatever a library raises while it reads a model file, each a kind of its own, into a UserError."""
    try:
        yield
    except (MemoryError, AttributeError, TypeError, UserError):  # not of the file, or told already
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()  # OpenVINO's are at the end
        raise UserError(f"{path} is damaged or no model of its kind ({reason}): copy or export it again.") from error
