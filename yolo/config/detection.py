"""Settings of looking at pictures and videos."""

from dataclasses import dataclass

from yolo import limits
from yolo.config import shared_options
from yolo.settings import Settings, option


@dataclass(frozen=True)
class DetectConfig(Settings):
    """Settings of `predict.py`."""

    sources: tuple[str, ...] = shared_options.sources()
    weights: str | None = shared_options.weights(
        "or what export wrote; default: best.keras of the newest run, coco where there is none"
    )
    score_threshold: float = shared_options.score_threshold()
    iou_threshold: float = shared_options.iou_threshold()
    max_detections: int = option(
        300,
        "the most objects in one picture, those of the highest scores",
        low=1,
        limit=limits.DETECTIONS,
    )
    output: str = option(
        "detections",
        "folder for the annotated copies; a file that was not written by this program is never replaced",
        metavar="DIR",
    )
    no_save: bool = option(False, "write no annotated copies")
    webm: bool = option(
        False, "write the copies of videos as WebM (VP8), which browsers play; takes about ten times as long to write"
    )
    show: bool = option(False, "show a window for each source; q quits")
    json: str | None = option(
        None, "one line of JSON per picture or frame to this file, or - for standard output", metavar="FILE"
    )
    crops: bool = option(False, "also save every object as a picture of its own")
    batch_size: int = shared_options.batch_size(4, "pictures or frames of a file the network sees at once")
    reconnect: float = option(
        60.0,
        "how long to try again when a webcam or stream is lost",
        low=0,
        limit=limits.SECONDS,
        metavar="SECONDS",
    )
    profile: bool = option(False, "print what each stage takes and which one limits")
    labels: str | None = option(None, "only these classes, comma-separated", metavar="a,b")
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    runs: str = shared_options.runs()


@dataclass(frozen=True)
class AttendConfig(Settings):
    """Settings of `python -m yolo attend`."""

    sources: tuple[str, ...] = shared_options.sources()
    weights: str | None = shared_options.weights("default: best.keras of the newest run")
    detection: int | None = option(
        None,
        "which detection of each picture to explain; default: 1, the best",
        low=1,
        limit=limits.DETECTIONS,
    )
    method: str = option(
        "layercam",
        "how: layercam is sharp and keeps to the one object, gradcam is coarser and better known",
        choices=("layercam", "gradcam"),
    )
    heat: str = option(
        "activation",
        "what colors a video: activation, why the detection was made, or a place whose spatial gates are shown",
        metavar="WHAT",
    )
    report: bool = option(False, "report dead and saturated gates; done for several pictures without being asked")
    score_threshold: float = shared_options.score_threshold()
    iou_threshold: float = shared_options.iou_threshold()
    output: str = option(
        "attention-maps",
        "folder for the pictures, videos and gates.json; a picture or video not written by this program is never "
        "replaced",
        metavar="DIR",
    )
    no_save: bool = option(False, "write no pictures and videos, only the report")
    classes: str | None = shared_options.classes()
    cfg: str | None = shared_options.cfg()
    anchors_file: str | None = shared_options.anchors_file()
    allow_imports: bool = shared_options.allow_imports()
    runs: str = shared_options.runs()
