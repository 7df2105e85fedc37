"""Metadata of an exported model, JSON inside its file, so that a user need not be asked for anything."""

import dataclasses
import json
from dataclasses import dataclass

from yolo.errors import UserError
from yolo.letterbox import MODES

KEY = "yolo"  # under which the formats keep it
FILE = "metadata.json"  # as which those keep it that hold files
PRECISIONS = ("float32", "float16", "bfloat16", "int8")


@dataclass(frozen=True)
class ModelMetadata:
    """All that must be known to detect with an exported model.

    Attributes:
        class_names: the name of every class, in order.
        input_size: height and width to which pictures are brought.
        resize_mode: "letterbox" or "stretch", how they are brought to it.
        precision: of the arithmetic or of the stored weights, one of PRECISIONS.
        anchors, masks, attention: of the network that was exported; detection does not need them.
    """

    class_names: tuple[str, ...]
    input_size: tuple[int, int]
    resize_mode: str
    precision: str
    anchors: tuple = ()
    masks: tuple = ()
    attention: str = "none"

    @classmethod
    def of(cls, network, precision):
        """Of a `YoloV4Tiny` about to be exported."""
        names = [field.name for field in dataclasses.fields(cls) if field.name != "precision"]
        settings = {name: getattr(network, name) for name in names}
        return cls(**settings | {"precision": precision, "attention": str(network.attention)})

    def to_json(self):
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text, path):
        """Read what was found in the file `path`, None if nothing was; raises UserError when that is no such thing."""
        try:
            found = json.loads(text)
            metadata = cls(
                tuple(map(str, found["class_names"])),
                tuple(map(int, found["input_size"])),
                found["resize_mode"],
                found["precision"],
                *(found[name] for name in ("anchors", "masks", "attention")),
            )
            height, width = metadata.input_size
            if min(height, width) < 32 or height % 32 or width % 32 or not metadata.class_names:
                raise ValueError(f"{len(metadata.class_names)} classes, height {height}, width {width}")
            if metadata.resize_mode not in MODES or metadata.precision not in PRECISIONS:
                raise ValueError(f"{metadata.resize_mode}, {metadata.precision}")
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                f"{path} does not say what it detects ({type(error).__name__}: {error}), so it is no export of this "
                "project: make one with python -m yolo export."
            ) from error
        return metadata
