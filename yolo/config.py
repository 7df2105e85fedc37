"""Every setting of every command, as frozen dataclasses; the command line is generated from them.

Each field carries its help text, so `--help`, the saved `config.json` and the code can never disagree.
"""

from dataclasses import dataclass

from yolo.settings import Settings, option

PUBLISHED = "coco, voc, voc-se, voc-cbam, voc-eca"  # names of `yolo.weights.published` that are whole detectors
MODEL = f"model file (.keras, .weights.h5, .weights, .h5) or a published one ({PUBLISHED})"
ALLOW_IMPORTS = "import the module that attention in a model file may name, which runs its code; only if you trust it"


@dataclass(frozen=True)
class TrainConfig(Settings):
    """Settings of one training run; saved as `config.json` in the run folder."""

    data: str | None = option(
        None,
        "VOC folder (JPEGImages, Annotations) or VOCdevkit; without it the demo set is made",
        group="data",
        metavar="DIR",
    )
    train_split: str = option("train", "list in ImageSets/Main to train on", group="data", metavar="LIST")
    val_split: str = option(
        "val",
        "list that chooses the best epoch, or none to keep the last averaged weights",
        group="data",
        metavar="LIST",
    )
    test_split: str = option("test", "list scored once at the end if it exists, or none", group="data", metavar="LIST")
    classes: str | None = option(
        None,
        "text file with one class name a line; default: the names in the annotations",
        group="data",
        metavar="FILE",
    )

    attention: str = option(
        "none",
        'none, se, cbam, eca, ca, "name(key=value)" or module:Class, on both feature levels and the upsample path; '
        'or by place: "cbam@p4, se@c3+c4", with places p4, p5, up, c3, c4, c5',
        group="model",
        metavar="NAME",
    )
    weights: str = option(
        "none",
        "file to start from (.keras, .weights.h5, Darknet's .weights and .conv.29, .h5), a published one "
        f"({PUBLISHED}, coco-backbone), or none for random weights",
        group="model",
        metavar="FILE",
    )
    strict: bool = option(False, "refuse --weights that do not fit as a whole", group="model")
    allow_imports: bool = option(False, ALLOW_IMPORTS, group="model")
    input_size: tuple[int, int] = option(
        (416, 416),
        "height and width the network sees, multiples of 32",
        group="model",
        low=64,
        multiple_of=32,
        type=int,
        nargs=2,
        metavar=("H", "W"),
    )
    resize: str = option(
        "auto",
        "how pictures are brought to that size; auto: as for --weights, else letterbox",
        group="model",
        choices=("auto", "letterbox", "stretch"),
    )
    anchors: str = option(
        "auto",
        "auto (k-means on the training boxes; of --weights where the classes are the same), default, or a file of "
        "w,h pairs",
        group="model",
        metavar="A",
    )

    epochs: int | None = option(
        None,
        "passes over the training pictures; default: chosen from their number",
        group="schedule",
        low=1,
        type=int,
        metavar="N",
    )
    batch_size: int = option(8, "pictures per step", group="schedule", low=1, type=int, metavar="N")
    freeze_epochs: int = option(
        0, "epochs at the start in which the backbone stays as it is", group="schedule", low=0, type=int, metavar="N"
    )
    optimizer: str = option("adamw", "optimizer", group="schedule", choices=("adamw", "sgd"))
    learning_rate: float | None = option(
        None,
        "peak learning rate; default: 0.002 for adamw, 0.01 for sgd",
        group="schedule",
        low=1e-7,
        high=10,
        type=float,
        metavar="R",
    )
    weight_decay: float | None = option(
        None,
        "decay of convolution kernels; default: 0.02 for adamw, 0.008 for sgd",
        group="schedule",
        low=0,
        high=1,
        type=float,
        metavar="R",
    )
    warmup_steps: int = option(
        60, "steps in which the learning rate rises", group="schedule", low=0, type=int, metavar="N"
    )
    average: float = option(
        0.998,
        "decay of the running average of the weights, which is what is kept",
        group="schedule",
        low=0,
        high=0.99999,
        type=float,
        metavar="D",
    )
    patience: int = option(
        0,
        "stop after that many epochs without a better score; 0: never",
        group="schedule",
        low=0,
        type=int,
        metavar="N",
    )

    horizontal_flip: float = option(
        0.5,
        "share of training pictures mirrored; 0 where left and right differ, as for letters and signs",
        group="augmentation",
        low=0,
        high=1,
        type=float,
        metavar="S",
    )
    vertical_flip: float = option(
        0.0,
        "share of training pictures turned upside down; 0.5 where there is no up, as in microscopes and from above",
        group="augmentation",
        low=0,
        high=1,
        type=float,
        metavar="S",
    )
    mosaic: float = option(
        0.0,
        "share of training pictures put together from four",
        group="augmentation",
        low=0,
        high=1,
        type=float,
        metavar="S",
    )
    mixup: float = option(
        0.0,
        "share of training pictures blended from two",
        group="augmentation",
        low=0,
        high=1,
        type=float,
        metavar="S",
    )
    gentle_epochs: float = option(
        0.3,
        "share of the epochs, the last ones, with a third of the zoom and shift, without mosaic and mixup",
        group="augmentation",
        low=0,
        high=1,
        type=float,
        metavar="S",
    )

    precision: str = option(
        "auto",
        "arithmetic of training; auto takes the fastest that this machine has",
        group="machine",
        choices=("auto", "float32", "mixed_bfloat16", "mixed_float16"),
    )
    workers: int | None = option(
        None,
        "pictures prepared in parallel; default: one per processor core",
        group="machine",
        low=1,
        type=int,
        metavar="N",
    )
    cache: str = option(
        "auto",
        "keep decoded pictures in memory; auto: when they take under 1 GB",
        group="machine",
        choices=("auto", "yes", "no"),
    )

    runs: str = option("runs", "folder that holds the runs", group="run", metavar="DIR")
    name: str | None = option(
        None, "name of this run's folder; default: the data folder's name and a number", group="run"
    )
    seed: int = option(0, "seed of everything random", group="run", low=0, type=int, metavar="N")
    tensorboard: bool = option(False, "also write TensorBoard logs (pip install tensorboard)", group="run")


@dataclass(frozen=True)
class DetectConfig(Settings):
    """Settings of `predict.py`."""

    weights: str | None = option(
        None, f"{MODEL}; default: best.keras of the newest run, coco where there is none", metavar="FILE"
    )
    score_threshold: float = option(0.25, "lowest score shown", low=0, high=1, type=float, metavar="T")
    iou_threshold: float = option(
        0.5, "boxes of one class that overlap more are one object", low=0, high=1, type=float, metavar="T"
    )
    output: str = option("detections", "folder for the annotated copies", metavar="DIR")
    no_save: bool = option(False, "write no annotated copies")
    show: bool = option(False, "show a window; q quits")
    json: str | None = option(None, "write one line of JSON per picture or frame to this file", metavar="FILE")
    crops: bool = option(False, "also save every object as a picture of its own")
    labels: str | None = option(None, "only these classes, comma-separated", metavar="a,b")
    classes: str | None = option(None, "class names for a weights file that carries none", metavar="FILE")
    allow_imports: bool = option(False, ALLOW_IMPORTS)
    runs: str = option("runs", "where to look for the newest run", metavar="DIR")


@dataclass(frozen=True)
class EvaluateConfig(Settings):
    """Settings of `python -m yolo evaluate`."""

    data: str | None = option(None, "VOC folder or VOCdevkit", metavar="DIR", required=True)
    weights: str | None = option(None, f"{MODEL}; default: best.keras of the newest run", metavar="FILE")
    split: str = option("test", "list in ImageSets/Main to score, or all", metavar="LIST")
    classes: str | None = option(None, "class names for a weights file that carries none", metavar="FILE")
    allow_imports: bool = option(False, ALLOW_IMPORTS)
    json: str | None = option(None, "write the result to this file", metavar="FILE")
    runs: str = option("runs", "where to look for the newest run", metavar="DIR")


@dataclass(frozen=True)
class AnchorsConfig(Settings):
    """Settings of `python -m yolo anchors`."""

    data: str | None = option(None, "VOC folder or VOCdevkit", metavar="DIR", required=True)
    split: str = option("train", "list in ImageSets/Main whose objects are measured, or all", metavar="LIST")
    input_size: tuple[int, int] = option(
        (416, 416),
        "height and width the network sees, multiples of 32",
        low=64,
        multiple_of=32,
        type=int,
        nargs=2,
        metavar=("H", "W"),
    )
    resize: str = option("letterbox", "how pictures are brought to that size", choices=("letterbox", "stretch"))
    output: str | None = option(None, "write the anchors to this file", metavar="FILE")
    seed: int = option(0, "seed of the starting points", low=0, type=int, metavar="N")


@dataclass(frozen=True)
class DemoConfig(Settings):
    """Settings of `python -m yolo demo-data`."""

    output: str = option("demo-data", "folder to write the demo set into", metavar="DIR")
    pictures: int = option(400, "number of pictures, at least 10", low=10, type=int, metavar="N")
    seed: int = option(0, "seed of everything drawn", low=0, type=int, metavar="N")


@dataclass(frozen=True)
class AttendConfig(Settings):
    """Settings of `python -m yolo attend`."""

    weights: str | None = option(None, f"{MODEL}; default: best.keras of the newest run", metavar="FILE")
    detection: int | None = option(
        None, "which detection of each picture to explain; default: 1, the best", low=1, type=int, metavar="N"
    )
    method: str = option(
        "layercam",
        "how: layercam is sharp and keeps to the one object, gradcam is coarser and better known",
        choices=("layercam", "gradcam"),
    )
    heat: str = option(
        "activation",
        "what colours a video: activation, why the detection was made, or a place whose spatial gates are shown",
        metavar="WHAT",
    )
    report: bool = option(False, "report dead and saturated gates; done for several pictures without being asked")
    score_threshold: float = option(0.25, "lowest score shown", low=0, high=1, type=float, metavar="T")
    iou_threshold: float = option(
        0.5, "boxes of one class that overlap more are one object", low=0, high=1, type=float, metavar="T"
    )
    output: str = option("attention-maps", "folder for the pictures, videos and gates.json", metavar="DIR")
    no_save: bool = option(False, "write no pictures and videos, only the report")
    classes: str | None = option(None, "class names for a weights file that carries none", metavar="FILE")
    allow_imports: bool = option(False, ALLOW_IMPORTS)
    runs: str = option("runs", "where to look for the newest run", metavar="DIR")


@dataclass(frozen=True)
class SummaryConfig(Settings):
    """Settings of `python -m yolo summary`."""

    attention: str = option("none", "attention of the network, written as for train", metavar="NAME")
    weights: str | None = option(None, f"{MODEL}, in the place of a network made anew", metavar="FILE")
    allow_imports: bool = option(False, ALLOW_IMPORTS)
    classes: str | None = option(
        None, "class names, or those of a weights file that carries none; one a line", metavar="FILE"
    )
    class_count: int | None = option(
        None, "number of classes, in the place of their names; default: 80, as in COCO", low=1, type=int, metavar="N"
    )
    input_size: tuple[int, int] | None = option(
        None,
        "height and width, multiples of 32; default: those of the model file, or 416 416",
        low=64,
        multiple_of=32,
        type=int,
        nargs=2,
        metavar=("H", "W"),
    )
    layers: bool = option(False, "list every layer")


@dataclass(frozen=True)
class AblateConfig(Settings):
    """Settings of `python -m yolo ablate`; None stands for what `config` or, without it, training has."""

    data: str | None = option(None, "VOC folder or VOCdevkit", group="data", metavar="DIR", required=True)
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
    classes: str | None = option(
        None, "text file with one class name a line; default: as in training", group="data", metavar="FILE"
    )

    attention: str = option(
        "none,se,cbam,eca,ca",
        "what to compare, each as for train; none always takes part. Semicolons separate where one holds commas",
        group="comparison",
        metavar="A,B",
    )
    seeds: int = option(3, "trainings of each", group="comparison", low=1, type=int, metavar="N")
    epochs: int | None = option(
        None, "passes in each training; default: as in training", group="comparison", low=1, type=int, metavar="N"
    )
    minutes: float | None = option(
        None,
        "length of one training on this machine, from which the epochs of all follow",
        group="comparison",
        low=0.01,
        type=float,
        metavar="M",
    )
    weights: str | None = option(
        None, "file that all start from, or none; default: as in training", group="comparison", metavar="FILE"
    )

    input_size: tuple[int, int] | None = option(
        None,
        "height and width the network sees, multiples of 32; default: as in training",
        group="training",
        low=64,
        multiple_of=32,
        type=int,
        nargs=2,
        metavar=("H", "W"),
    )
    batch_size: int | None = option(
        None, "pictures per step; default: as in training", group="training", low=1, type=int, metavar="N"
    )
    config: str | None = option(
        None, "JSON file of further settings, such as the config.json of a run", group="training", metavar="FILE"
    )
    output: str | None = option(
        None, "folder of the ablation; default: ablations/ and the data folder's name", group="training", metavar="DIR"
    )


@dataclass(frozen=True)
class ConvertConfig(Settings):
    """Settings of `python -m yolo convert`."""

    classes: str | None = option(None, "class names for a weights file that carries none", metavar="FILE")
    allow_imports: bool = option(False, ALLOW_IMPORTS)
    force: bool = option(False, "overwrite files that are there")
