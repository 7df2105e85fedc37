"""The metadata of an exported model: JSON inside its file, with everything that detection needs to know."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yolo.array_types import AnchorMasks, Anchors
from yolo.errors import UserError
from yolo.letterbox import MODES
from yolo.shell import command
from yolo.temperature import is_temperature

if TYPE_CHECKING:
    from yolo.nets.model import YoloV4Tiny

KEY = "yolo"  # the name of the entry in formats with entries
FILE = "metadata.json"  # the name of the file in formats with files
PRECISIONS = ("float32", "float16", "bfloat16", "int8")


@dataclass(frozen=True)
class ModelMetadata:
    """The settings of an exported model.

    Attributes:
        class_names: the name of every class, in order.
        input_size: (height, width) to which pictures are resized.
        resize_mode: how they are resized, "letterbox" or "stretch".
        precision: of the arithmetic or of the stored weights, one of PRECISIONS.
        anchors, masks, attention: of the exported network; detection does not need them.
        score_thresholds, temperature: as of `YoloV4Tiny`; exports of earlier versions have none.
    """

    class_names: tuple[str, ...]
    input_size: tuple[int, int]
    resize_mode: str
    precision: str
    anchors: Anchors = ()
    masks: AnchorMasks = ()
    attention: str = "none"
    score_thresholds: tuple[float, ...] = ()
    temperature: float = 1.0

    @classmethod
    def of(cls, network: "YoloV4Tiny", precision: str) -> "ModelMetadata":
        """Return the metadata of a network for its export."""
        names = [field.name for field in dataclasses.fields(cls) if field.name != "precision"]
        settings: dict[str, Any] = {name: getattr(network, name) for name in names}
        return cls(**settings | {"precision": precision, "attention": str(network.attention)})

    def to_json(self) -> str:
        """Return the metadata as JSON text, which `from_json` reads."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes | None, path: str | Path) -> "ModelMetadata":
        """Return the metadata that a text describes.

        Args:
            text: None if the file has no metadata.
            path: the model file, for the message.

        Raises:
            UserError: the text is not the metadata of a detector.
        """
        try:
            if text is None:
                raise ValueError("no metadata")
            found = json.loads(text)
            height, width = map(int, found["input_size"])
            metadata = cls(
                tuple(map(str, found["class_names"])),
                (height, width),
                found["resize_mode"],
                found["precision"],
                found["anchors"],
                found["masks"],
                found["attention"],
                score_thresholds=tuple(map(float, found.get("score_thresholds", ()))),
                temperature=float(found.get("temperature", 1)),
            )
            if min(height, width) < 32 or height % 32 or width % 32 or not metadata.class_names:
                raise ValueError(f"{len(metadata.class_names)} classes, height {height}, width {width}")
            if metadata.resize_mode not in MODES or metadata.precision not in PRECISIONS:
                raise ValueError(f"{metadata.resize_mode}, {metadata.precision}")
            thresholds, temperature = metadata.score_thresholds, metadata.temperature
            in_range = all(0 <= threshold <= 1 for threshold in thresholds)
            counts = (0, len(metadata.class_names))
            if len(thresholds) not in counts or not in_range or not is_temperature(temperature):
                raise ValueError(f"score thresholds {thresholds}, temperature {temperature}")
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise UserError(
                f"{path} does not say what it detects ({type(error).__name__}: {error}), so it is no export of this "
                f"project: make one with {command('export')}."
            ) from error
        return metadata
