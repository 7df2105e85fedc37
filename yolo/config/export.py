"""Settings of exporting a model."""

from dataclasses import dataclass

from yolo.config import fields
from yolo.settings import Settings, option


@dataclass(frozen=True)
class ExportConfig(Settings):
    """Settings of `python -m yolo export`."""

    weights: str | None = fields.weights("default: best.keras of the newest run")
    format: str = option(
        "onnx",
        "what to write; litert is what was called tflite",
        choices=("saved_model", "onnx", "litert", "openvino"),
        aliases={"tflite": "litert", "savedmodel": "saved_model"},
    )
    precision: str = option(
        "float32",
        "float16: weights of half the size; bfloat16: nearly twice as fast on processors that have it; int8: two to "
        "three times as fast, needs pictures to calibrate on",
        choices=("float32", "float16", "bfloat16", "int8"),
    )
    output: str | None = option(None, "folder to write to; default: that of the model file", metavar="DIR")
    input_size: tuple[int, int] | None = fields.input_size(
        None, "height and width the network sees, multiples of 32; default: those of the model file"
    )
    dynamic: bool = option(False, "take any height and width in multiples of 32, where the format can")
    calibrate: str | None = fields.calibrate("default: the train list of --data")
    data: str | None = option(None, "VOC folder or VOCdevkit on which to score before and after", metavar="DIR")
    split: str = option("test", "list in ImageSets/Main to score, or all", metavar="LIST")
    corners: str = fields.corners()
    negatives: bool = fields.negatives()
    classes: str | None = fields.classes()
    cfg: str | None = fields.cfg()
    anchors_file: str | None = fields.anchors_file()
    allow_imports: bool = fields.allow_imports()
    runs: str = fields.runs()
