"""Settings of the command that exports a model."""

from dataclasses import dataclass

from yolo.config import shared_options
from yolo.settings_base import Settings, option


@dataclass(frozen=True)
class ExportConfig(Settings):
    """Settings of `python -m yolo export`."""

    weights: str | None = shared_options.weights("best.keras of the newest run")
    format: str = option(
        "onnx",
        "format to write; litert is the new name of tflite",
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
    input_size: tuple[int, int] | None = shared_options.input_size(
        None, "height and width of the network's input, multiples of 32; default: as in the model file"
    )
    dynamic: bool = option(False, "accept any height and width in multiples of 32, if the format can")
    calibrate: str | None = shared_options.calibrate("the train list of --data")
    data: str | None = option(
        None, f"score the model before and after on these data: {shared_options.DATA}", metavar="DATA"
    )
    split: str = option("test", "split to score on, such as a list in ImageSets/Main, or all", metavar="LIST")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    runs: str = shared_options.runs()
