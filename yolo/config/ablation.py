"""Settings of comparing attention."""

from dataclasses import dataclass

from yolo import limits
from yolo.config import shared_options
from yolo.settings import Settings, option


@dataclass(frozen=True)
class AblateConfig(Settings):
    """Settings of `python -m yolo ablate`; None stands for what `config` or, without it, training has."""

    data: str | None = shared_options.data(group="data")
    train_split: str = option("train", "list in ImageSets/Main to train on", group="data", metavar="LIST")
    val_split: str = option(
        "none",
        "list that chooses the best epoch, or none to keep the last averaged weights",
        group="data",
        metavar="LIST",
    )
    test_split: str = option(
        "test", "list that is scored on; where there is no test, val if it is free", group="data", metavar="LIST"
    )
    corners: str | None = shared_options.corners(None, group="data")
    negatives: bool = shared_options.negatives(group="data")
    classes: str | None = option(
        None, "text file with one class name a line; default: as in training", group="data", metavar="FILE"
    )

    attention: str = option(
        "none,se,cbam,eca,ca",
        "what to compare, each as for train; none always takes part. Semicolons separate where one holds commas",
        group="comparison",
        metavar="A,B",
    )
    seeds: int = option(3, "trainings of each", group="comparison", low=1, limit=limits.TRAININGS)
    epochs: int | None = shared_options.epochs(
        None, "passes in each training; default: as in training", group="comparison"
    )
    minutes: float | None = option(
        None,
        "length of one training on this machine, from which the epochs of all follow",
        group="comparison",
        low=0.01,
        limit=limits.MINUTES,
        metavar="M",
    )
    weights: str | None = option(
        None, "file that all start from, or none; default: as in training", group="comparison", metavar="FILE"
    )
    cfg: str | None = shared_options.cfg(group="comparison")
    anchors_file: str | None = shared_options.anchors_file(group="comparison")
    allow_imports: bool = shared_options.allow_imports(group="comparison")

    input_size: tuple[int, int] | None = shared_options.input_size(
        None, "height and width the network sees, multiples of 32; default: as in training", group="training"
    )
    batch_size: int | None = shared_options.batch_size(
        None, "pictures per step; default: as in training", group="training"
    )
    config: str | None = option(
        None, "JSON file of further settings, such as the config.json of a run", group="training", metavar="FILE"
    )
    output: str | None = option(
        None, "folder of the ablation; default: ablations/ and the data folder's name", group="training", metavar="DIR"
    )
