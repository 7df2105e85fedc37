"""Settings of the commands that work on a model file."""

from dataclasses import dataclass

from yolo import option_limits
from yolo.config import shared_options
from yolo.settings_base import Settings, argument, option


@dataclass(frozen=True)
class EvaluateConfig(Settings):
    """Settings of `python -m yolo evaluate`."""

    data: str | None = shared_options.data()
    weights: str | None = shared_options.weights("best.keras of the newest run", exports=True)
    split: str = option("test", "split to score on, such as a list in ImageSets/Main, or all", metavar="LIST")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
    tta: bool = shared_options.tta()
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    json: str | None = option(None, "write the result to this file, or - for standard output", metavar="FILE")
    runs: str = shared_options.runs()


@dataclass(frozen=True)
class SummaryConfig(Settings):
    """Settings of `python -m yolo summary`."""

    attention: str = option("none", "attention of the network, written as for train", metavar="NAME")
    levels: int = shared_options.levels(2, "levels of a new network")
    weights: str | None = shared_options.weights("a new network")
    allow_imports: bool = shared_options.allow_imports()
    classes: str | None = option(
        None, "text file with one class name per line, also for a model file that holds none", metavar="FILE"
    )
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    class_count: int | None = option(
        None,
        "number of classes, instead of their names; default: 80, as in COCO",
        low=1,
        limit=option_limits.CLASSES,
    )
    input_size: tuple[int, int] | None = shared_options.input_size(
        None, "height and width of the network's input, multiples of 32; default: as in the model file, or 416 416"
    )
    layers: bool = option(False, "list every layer")


@dataclass(frozen=True)
class ConvertConfig(Settings):
    """Settings of `python -m yolo convert`."""

    source: str = argument("model file, a run's folder, or the name of published weights", "IN")
    target: str = argument("file to write; its ending decides the format", "OUT")
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    force: bool = option(False, "overwrite existing files")
