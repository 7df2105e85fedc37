"""Settings of training."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yolo import option_limits
from yolo.config import shared_options
from yolo.settings_base import Settings, SettingsType, option


@dataclass(frozen=True)
class TrainConfig(Settings):
    """Settings of one training run, saved as `config.json` in its folder."""

    @classmethod
    def read(cls: type[SettingsType], path: str | Path, **given: Any) -> SettingsType:
        """Return the settings in a JSON file as `Settings.read` does, except that no file may set `allow_imports`."""
        return super().read(path, **({"allow_imports": False} | given))

    data: str | None = option(
        None,
        f"{shared_options.DATA}; default: the demo set, which is then written",
        group="data",
        metavar="DATA",
    )
    train_split: str = option(
        "train", "split to train on, such as a list in ImageSets/Main", group="data", metavar="LIST"
    )
    val_split: str = option(
        "val",
        "list that chooses the best epoch, or none to keep the averaged weights of the last epoch",
        group="data",
        metavar="LIST",
    )
    test_split: str = option("test", "list to score on at the end, if it exists, or none", group="data", metavar="LIST")
    classes: str | None = option(
        None,
        "text file with one class name per line; default: the names in the annotations",
        group="data",
        metavar="FILE",
    )
    labels: str | None = option(
        None,
        "classes to learn, separated by commas; objects of other classes become background; default: every class",
        group="data",
        metavar="A,B",
    )
    corners: str = shared_options.corners(group="data")
    negatives: bool = shared_options.negatives(group="data")

    teacher: str | None = option(
        None,
        "detector from which to learn beside the labels: a run's folder, a model file with its class names, or "
        "published weights",
        group="teacher",
        metavar="FILE",
    )
    unlabelled: str | None = option(
        None,
        "pictures without labels to learn as well, as --teacher sees them: a folder, a glob in quotes, or a .txt file "
        "with one of these in each line",
        group="teacher",
        metavar="DIR",
    )

    attention: str = option(
        "none",
        'none, se, cbam, eca, ca, "name(key=value)" or module:Class, at the usual places p4, p5 and up, with --levels '
        '3 also p3 and up3; or with places, out of these and c3, c4, c5: "cbam@p4, se@c3+c4"',
        group="model",
        metavar="NAME",
    )
    levels: int = shared_options.levels(2, "levels of detection", group="model")
    weights: str = option(
        "auto",
        "initial weights: a file (.keras, .weights.h5, .h5, Darknet's .weights and .conv.29), a run's folder, "
        f"published weights ({shared_options.PUBLISHED}, coco-backbone), none for random weights, or auto: coco if it "
        "has been downloaded before and --data is given, else none",
        group="model",
        metavar="FILE",
    )
    strict: bool = option(False, "refuse --weights that do not fit the whole network", group="model")
    cfg: str | None = shared_options.cfg(group="model")
    anchors_file: str | None = shared_options.anchors_file(group="model")
    allow_imports: bool = shared_options.allow_imports("attention in a model file or --augment", group="model")
    identity_start: str = option(
        "auto",
        "start with attention that changes nothing yet; auto: if --weights lack this attention",
        group="model",
        choices=("auto", "yes", "no"),
    )
    input_size: tuple[int, int] = shared_options.input_size(
        (416, 416), "height and width of the network's input, multiples of 32", group="model"
    )
    resize: str = option(
        "auto",
        "how pictures are resized to --input-size; auto: as for the model of --weights, else letterbox",
        group="model",
        choices=("auto", "letterbox", "stretch"),
    )
    anchors: str = option(
        "auto",
        "auto (k-means on the training boxes; those of --weights if all their classes are kept and the levels are the "
        "same), default, or a file of w,h pairs, as `anchors --output` writes it",
        group="model",
        metavar="A",
    )

    epochs: int | None = shared_options.epochs(
        None, "passes over the training pictures; default: chosen by the number of pictures", group="schedule"
    )
    batch_size: int | None = shared_options.batch_size(
        None, "pictures per step; default: 8, or 4 in a short run from random weights", group="schedule"
    )
    rectangular_batches: bool = option(
        False,
        "put pictures of similar shape into a batch that is only as high and wide as they need: epochs take less time "
        "where pictures are not square, and teach somewhat less",
        group="schedule",
    )
    freeze_epochs: int = shared_options.epochs(
        0, "epochs at the start in which the backbone does not learn", low=0, group="schedule"
    )
    small_epochs: float = option(
        0.6,
        "share of the epochs, at the start, with pictures of about three quarters of the height and width; 0: none",
        group="schedule",
        low=0,
        high=1,
        metavar="S",
    )
    optimizer: str = option("adamw", "optimizer", group="schedule", choices=("adamw", "sgd"))
    learning_rate: float | None = option(
        None,
        "peak learning rate; default: 0.002 for adamw, 0.01 for sgd",
        group="schedule",
        low=1e-7,
        high=10,
        metavar="R",
    )
    weight_decay: float | None = option(
        None,
        "weight decay of convolution kernels; default: 0.02 for adamw, 0.008 for sgd",
        group="schedule",
        low=0,
        high=1,
        metavar="R",
    )
    warmup_steps: int = option(
        60, "steps at the start in which the learning rate rises", group="schedule", low=0, limit=option_limits.STEPS
    )
    average: float = option(
        0.998,
        "decay of the exponential moving average of the weights; the average is what is saved",
        group="schedule",
        low=0,
        high=0.99999,
        metavar="D",
    )
    patience: int = shared_options.epochs(
        0, "stop early, after this many epochs at full size without a better score; 0: never", low=0, group="schedule"
    )

    augment: str = option(
        "default",
        "how training pictures are changed: light, default, strong, camera, microscope, aerial or document; FILE.yaml "
        "or FILE.json as albumentations.save writes it; or module:function of your own, with --allow-imports; the "
        "flags below come on top",
        group="augmentation",
        metavar="A",
    )
    horizontal_flip: float | None = option(
        None,
        "share of training pictures to mirror; give 0 if left and right differ, as for letters and signs; default: as "
        "--augment says, 0.5 in most",
        group="augmentation",
        low=0,
        high=1,
        metavar="S",
    )
    vertical_flip: float | None = option(
        None,
        "share of training pictures to turn upside down; give 0.5 if there is no up, as in microscopes and from above; "
        "default: as --augment says, 0 in most",
        group="augmentation",
        low=0,
        high=1,
        metavar="S",
    )
    mosaic: float = option(
        0.0,
        "share of training pictures that are put together from four",
        group="augmentation",
        low=0,
        high=1,
        metavar="S",
    )
    mixup: float = option(
        0.0,
        "share of training pictures that are blended from two",
        group="augmentation",
        low=0,
        high=1,
        metavar="S",
    )
    gentle_epochs: float = option(
        0.3,
        "share of the epochs, at the end, with a third of the zoom and shift, and without mosaic, mixup and box paste",
        group="augmentation",
        low=0,
        high=1,
        metavar="S",
    )

    precision: str = option(
        "auto",
        "arithmetic of training; auto: the fastest that this machine has",
        group="machine",
        choices=("auto", "float32", "mixed_bfloat16", "mixed_float16"),
    )
    workers: int | None = option(
        None,
        "pictures prepared in parallel; default: one per processor core",
        group="machine",
        low=1,
        limit=option_limits.WORKERS,
    )
    cache: str = option(
        "auto",
        "keep decoded pictures in memory; auto: if they take under 1 GB",
        group="machine",
        choices=("auto", "yes", "no"),
    )

    runs: str = option("runs", "folder that holds the runs", group="run", metavar="DIR")
    name: str | None = option(
        None,
        "name of this run's folder; default: that of the data, with a number if taken",
        folder_name=True,
        group="run",
    )
    seed: int = shared_options.seed("seed of everything random", group="run")
    tensorboard: bool = option(False, "also write TensorBoard logs (pip install tensorboard)", group="run")
