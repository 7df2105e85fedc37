"""Settings of the commands that take pictures and videos."""

from dataclasses import dataclass

from yolo import option_limits
from yolo.config import shared_options
from yolo.settings_base import Settings, option


@dataclass(frozen=True)
class DetectConfig(Settings):
    """Settings of `predict.py`."""

    sources: tuple[str, ...] = shared_options.sources()
    weights: str | None = shared_options.weights(
        "best.keras of the newest run, or coco if there is no run", exports=True
    )
    score_threshold: float | None = shared_options.score_threshold()
    iou_threshold: float = shared_options.iou_threshold()
    tta: bool = shared_options.tta()
    max_detections: int = option(
        300,
        "largest number of detections in a picture; the highest scores are kept",
        low=1,
        limit=option_limits.DETECTIONS,
    )
    output: str = option(
        "detections",
        "folder for the annotated copies; a file that this program did not write is never replaced",
        metavar="DIR",
    )
    no_save: bool = option(False, "write no annotated copies")
    webm: bool = option(
        False, "write copies of videos as WebM (VP8), which browsers play; writing takes about ten times as long"
    )
    show: bool = option(False, "show each source in a window; q quits")
    json: str | None = option(
        None, "write a line of JSON per picture or frame to this file, or - for standard output", metavar="FILE"
    )
    crops: bool = option(False, "also save every object as a picture of its own")
    save_txt: bool = option(False, "also save the detections as labels for YOLO, in labels/ of --output")
    save_conf: bool = option(False, "with --save-txt: add the score to each line, which trainings do not take")
    save_xml: bool = option(False, "also save the detections as labels for VOC, in annotations/ of --output")
    save_coco: bool = option(False, "also save the detections as labels for COCO, in detections.json of --output")
    save_pictures: bool = option(
        False, "also save each picture or frame as it is in images/ of --output, to train on it with its labels"
    )
    batch_size: int = shared_options.batch_size(4, "number of pictures, or frames of a video file, in a batch")
    reconnect: float = option(
        60.0,
        "how long to try again if a webcam or stream is lost",
        low=0,
        limit=option_limits.SECONDS,
        metavar="SECONDS",
    )
    profile: bool = option(False, "print the time of each stage, and which stage limits the speed")
    labels: str | None = option(None, "keep detections of these classes only, separated by commas", metavar="a,b")
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    runs: str = shared_options.runs()


@dataclass(frozen=True)
class AttendConfig(Settings):
    """Settings of `python -m yolo attend`."""

    sources: tuple[str, ...] = shared_options.sources()
    weights: str | None = shared_options.weights("best.keras of the newest run")
    detection: int | None = option(
        None,
        "number of the detection to explain in each picture; default: 1, the one with the highest score",
        low=1,
        limit=option_limits.DETECTIONS,
    )
    method: str = option(
        "layercam",
        "layercam is sharp and stays on the one object; gradcam is coarser and better known",
        choices=("layercam", "gradcam"),
    )
    heat: str = option(
        "activation",
        "what to show in color in a video: activation, which is why the detection was made, or the spatial gates of a "
        "place, such as p4",
        metavar="WHAT",
    )
    report: bool = option(False, "report dead and saturated gates; always done for several pictures")
    score_threshold: float | None = shared_options.score_threshold()
    iou_threshold: float = shared_options.iou_threshold()
    output: str = option(
        "attention-maps",
        "folder for the pictures, videos and gates.json; a picture or video that this program did not write is never "
        "replaced",
        metavar="DIR",
    )
    no_save: bool = option(False, "write no pictures and videos, only the report")
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    runs: str = shared_options.runs()
