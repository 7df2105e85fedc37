"""The base class of the runtimes of exported models, which detects damaged files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from yolo.errors import UserError
from yolo.inference.metadata import ModelMetadata
from yolo.inference.runtimes.runtime import Runtime


class ExportedRuntime(Runtime):
    """A runtime with the metadata of an exported file."""

    def __init__(self, metadata: ModelMetadata) -> None:
        super().__init__(metadata)
        self.metadata = metadata

    def try_out(self, path: str | Path) -> None:
        """Compute the candidates of one gray picture: a damaged file may fail only then.

        Raises:
            UserError: the file is damaged.
        """
        with reading(path):
            boxes, scores = self.warm_up()
            candidates = boxes.shape[1:2]
            if (boxes.shape, scores.shape) != ((1, *candidates, 4), (1, *candidates, len(self.class_names))):
                raise ValueError(f"its answers are of the shapes {boxes.shape} and {scores.shape}")
            if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
                raise ValueError("its answers are no finite numbers")


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Turn the errors of a library that reads a model file in the block, which may be of any type, into a UserError."""
    try:
        yield
    except (MemoryError, AttributeError, TypeError, UserError):  # these are not about damage
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()  # OpenVINO puts it last
        raise UserError(f"{path} is damaged or no model of its kind ({reason}): copy or export it again.") from error
