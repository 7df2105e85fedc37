"""Settings of measuring speed."""

from dataclasses import dataclass

from yolo import limits
from yolo.config import shared_options
from yolo.settings import Settings, option


@dataclass(frozen=True)
class BenchmarkConfig(Settings):
    """Settings of `python -m yolo benchmark`."""

    weights: str | None = shared_options.weights(
        "default: best.keras of the newest run, else random weights of 80 classes"
    )
    compare: str | None = option(
        None,
        "which runtimes and precisions, comma-separated, such as keras,onnx,openvino:int8; default: all that are "
        "installed, in every precision that they have",
        metavar="A,B",
    )
    pictures: str | None = option(
        None, "picture, folder or glob to look at; default: those of --data, else drawn ones", metavar="SOURCE"
    )
    data: str | None = option(None, "VOC folder or VOCdevkit to score on", metavar="DIR")
    split: str = option("test", "list in ImageSets/Main to score, or all", metavar="LIST")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
    calibrate: str | None = shared_options.calibrate(
        "default: the train list of --data; without either, int8 is left out unless --compare names it"
    )
    batch: tuple[int, ...] = shared_options.batch_size((1,), "batch sizes of the network")
    input_size: tuple[int, int] | None = shared_options.input_size(
        None, "height and width, multiples of 32; default: those of the model"
    )
    rounds: int = option(50, "how often each is measured, taking turns", low=1, limit=limits.ROUNDS)
    no_startup: bool = option(False, "do not measure start-up and memory, for which predict is run as a process")
    output: str | None = option(None, "keep the exported models in this folder", metavar="DIR")
    json: str | None = option(None, "write the rows to this file, or - for standard output", metavar="FILE")
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    runs: str = shared_options.runs()
