"""What the runtimes of exported models have in common: what the file says of itself, and how damage is answered."""

from contextlib import contextmanager

from yolo.errors import UserError


class ExportedRuntime:
    """A runtime that knows what its file's `Metadata` says."""

    def __init__(self, metadata):
        self.metadata = metadata
        self.class_names = metadata.class_names
        self.input_size = metadata.input_size
        self.resize_mode = metadata.resize_mode


@contextmanager
def reading(path):
    """Turn whatever a library raises while it reads a model file, each a kind of its own, into a UserError."""
    try:
        yield
    except (MemoryError, AttributeError, TypeError):  # not of the file
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()  # OpenVINO's are at the end
        raise UserError(f"{path} is damaged or no model of its kind ({reason}): copy or export it again.") from error
