"""Settings of the command that compares attention blocks."""

from dataclasses import dataclass

from yolo import option_limits
from yolo.config import shared_options
from yolo.settings_base import Settings, option


@dataclass(frozen=True)
class AblateConfig(Settings):
    """Settings of `python -m yolo ablate`; None stands for the value in `config`, or else for the default of train."""

    data: str | None = shared_options.data(group="data")
    train_split: str = option(
        "train", "split to train on, such as a list in ImageSets/Main", group="data", metavar="LIST"
    )
    val_split: str = option(
        "none",
        "list that chooses the best epoch, or none to keep the averaged weights of the last epoch",
        group="data",
        metavar="LIST",
    )
    test_split: str = option("test", "list to score on; val if there is no test list", group="data", metavar="LIST")
    corners: str | None = shared_options.corners(None, group="data")
    negatives: bool = shared_options.negatives(group="data")
    classes: str | None = option(
        None, "text file with one class name per line; default: as for train", group="data", metavar="FILE"
    )

    attention: str = option(
        "none,se,cbam,eca,ca",
        "what to compare, each written as for train; none always takes part; if one holds commas, separate them by "
        "semicolons",
        group="comparison",
        metavar="A,B",
    )
    seeds: int = option(
        3,
        "number of trainings of each, with seeds 0, 1, 2 and so on",
        group="comparison",
        low=1,
        limit=option_limits.TRAININGS,
    )
    epochs: int | None = shared_options.epochs(
        None, "passes over the pictures in each training; default: as for train", group="comparison"
    )
    minutes: float | None = option(
        None,
        "minutes that one training may take on this machine; they decide the number of epochs of all trainings",
        group="comparison",
        low=0.01,
        limit=option_limits.MINUTES,
        metavar="M",
    )
    weights: str | None = option(
        None,
        "initial weights of all trainings; default: those that --config names, else none",
        group="comparison",
        metavar="FILE",
    )
    cfg: str | None = shared_options.cfg(group="comparison")
    anchors_file: str | None = shared_options.anchors_file(group="comparison")
    allow_imports: bool = shared_options.allow_imports(group="comparison")

    input_size: tuple[int, int] | None = shared_options.input_size(
        None, "height and width of the network's input, multiples of 32; default: as for train", group="training"
    )
    levels: int | None = shared_options.levels(None, "levels of detection; default: as for train", group="training")
    batch_size: int | None = shared_options.batch_size(None, "pictures per step; default: 8", group="training")
    config: str | None = option(
        None, "JSON file of further settings, such as the config.json of a run", group="training", metavar="FILE"
    )
    output: str | None = option(
        None,
        "folder of the ablation; default: ablations/ and the name of the data",
        group="training",
        metavar="DIR",
    )
