"""Settings of the commands that work on data alone."""

from dataclasses import dataclass

from yolo import option_limits
from yolo.config import shared_options
from yolo.settings_base import Settings, argument, option


@dataclass(frozen=True)
class AnchorsConfig(Settings):
    """Settings of `python -m yolo anchors`."""

    data: str | None = shared_options.data()
    split: str = option("train", "split whose objects are measured, or all", metavar="LIST")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
    input_size: tuple[int, int] = shared_options.input_size(
        (416, 416), "height and width of the network's input, multiples of 32"
    )
    resize: str = option("letterbox", "how pictures are resized to --input-size", choices=("letterbox", "stretch"))
    levels: int = shared_options.levels(2, "levels of the network, with three anchors each")
    output: str | None = option(None, "write the anchors to this file", metavar="FILE")
    seed: int = shared_options.seed("seed of the random start of k-means")


@dataclass(frozen=True)
class DoctorConfig(Settings):
    """Settings of `python -m yolo doctor`."""

    data: str | None = option(None, f"check these data instead of the machine: {shared_options.DATA}", metavar="DATA")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
    input_size: tuple[int, int] = shared_options.input_size(
        (416, 416), "height and width of the network's input at which objects are measured, multiples of 32"
    )
    resize: str = option("letterbox", "how pictures are resized to --input-size", choices=("letterbox", "stretch"))
    levels: int = shared_options.levels(2, "levels of the network whose cells and anchors are checked")
    all: bool = option(False, "show every name of a finding instead of the first five")
    json: str | None = option(
        None, "write what was found as JSON to this file, or - for standard output", metavar="FILE"
    )
    fix: str | None = option(
        None,
        "also write a repaired copy of the data into this new folder, in their format if it is VOC, YOLO or COCO, else "
        "in COCO's, with a table of all changes",
        metavar="OUT",
    )
    checks: bool = option(False, "show a table of all checks of a data folder, and check nothing")


@dataclass(frozen=True)
class AugmentConfig(Settings):
    """Settings of `python -m yolo augment`."""

    data: str | None = shared_options.data()
    augment: str = option("default", "augmentation to draw, written as for train", metavar="A")
    split: str = option("train", "split whose pictures are drawn, or all", metavar="LIST")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
    input_size: tuple[int, int] = shared_options.input_size(
        (416, 416), "height and width of the network's input, multiples of 32"
    )
    resize: str = option("letterbox", "how pictures are resized to --input-size", choices=("letterbox", "stretch"))
    output: str = option("augmentation", "folder for the sheet, which is a new file each time", metavar="DIR")
    seed: int = shared_options.seed("seed of everything random")
    allow_imports: bool = shared_options.allow_imports("--augment")


@dataclass(frozen=True)
class DemoConfig(Settings):
    """Settings of `python -m yolo demo-data`."""

    output: str = option("demo-data", "folder to write the demo set into", metavar="DIR")
    pictures: int = option(400, "number of pictures, at least 10", low=10, limit=option_limits.PICTURES)
    seed: int = shared_options.seed("seed of everything random")


@dataclass(frozen=True)
class ConvertDataConfig(Settings):
    """Settings of `python -m yolo convert-data`."""

    data: str = argument(shared_options.DATA, "IN")
    output: str = argument("new folder to write into", "OUT")
    format: str | None = option(None, "format to write", choices=("voc", "yolo", "coco"), required=True)
    pictures: str = option(
        "copy",
        "link: second names of the same files (hard links) instead of copies, so that a picture that is edited in OUT "
        "also changes in IN; pictures on another disk are copied",
        choices=("copy", "link"),
    )
    difficult: str = option(
        "keep",
        "difficult objects: keep, with their mark where the format has one; or drop, after which training takes them "
        "for background",
        choices=("keep", "drop"),
    )
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()


@dataclass(frozen=True)
class SplitConfig(Settings):
    """Settings of `python -m yolo split`."""

    data: str | None = shared_options.data()
    output: str | None = option(None, "new folder for the lists", metavar="OUT", required=True)
    shares: tuple[float, ...] = option(
        (0.8, 0.1, 0.1),
        "shares of train, val and test, or of train and val, which sum to 1",
        low=0,
        high=1,
        metavar="S",
    )
    group: str | None = option(
        None,
        "regular expression that is sought in the name of a picture without its ending, such as batch1/street_001; "
        "pictures for which its first group, or all that it matches, is the same stay together",
        metavar="PATTERN",
    )
    near_duplicates: str = option(
        "together",
        "together: pictures that look the same, such as resized copies, stay in one split; ignore: they are not "
        "sought, as for a fixed camera, whose frames all look the same",
        choices=("together", "ignore"),
    )
    seed: int = shared_options.seed("seed of the draw")
    corners: str = shared_options.corners()
    negatives: bool = shared_options.negatives()
