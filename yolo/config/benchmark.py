"""Settings of the command that measures speed."""

from dataclasses import dataclass

from yolo import option_limits
from yolo.config import shared_options
from yolo.settings_base import Settings, option


@dataclass(frozen=True)
class BenchmarkConfig(Settings):
    """Settings of `python -m yolo benchmark`."""

    weights: str | None = shared_options.weights(
        "best.keras of the newest run, or random weights for 80 classes if there is no run"
    )
    compare: str | None = option(
        None,
        "runtimes and precisions to measure, separated by commas, such as keras,onnx,openvino:int8; default: every "
        "installed runtime in every precision that it has",
        metavar="A,B",
    )
    pictures: str | None = option(
        None, "picture, folder or glob to detect in; default: pictures of --data, else drawn ones", metavar="SOURCE"
    )
    data: str | None = option(None, f"score on these data: {shared_options.DATA}", metavar="DATA")
    split: str = option("test", "split to score on, such as a list in ImageSets/Main, or all", metavar="LIST")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
    calibrate: str | None = shared_options.calibrate(
        "the train list of --data; without either, int8 is left out unless --compare names it"
    )
    batch: tuple[int, ...] = shared_options.batch_size((1,), "batch sizes to measure")
    input_size: tuple[int, int] | None = shared_options.input_size(
        None, "height and width of the network's input, multiples of 32; default: as in the model file"
    )
    rounds: int = option(
        50, "how often each model is measured; the models take turns", low=1, limit=option_limits.ROUNDS
    )
    no_startup: bool = option(False, "leave out start-up time and memory, for which predict is started as a process")
    output: str | None = option(None, "keep the exported models in this folder", metavar="DIR")
    json: str | None = option(None, "write the rows to this file, or - for standard output", metavar="FILE")
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    runs: str = shared_options.runs()
