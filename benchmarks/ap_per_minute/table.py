"""The results of the comparison as a page of Markdown."""

from collections.abc import Iterator, Sequence

from benchmarks.ap_per_minute.results import Result, results
from benchmarks.ap_per_minute.rival import ULTRALYTICS
from benchmarks.ap_per_minute.rival_environment import VERSION
from benchmarks.rows import Row
from yolo.config import DetectConfig
from yolo.tables import markdown
from yolo.wording import with_interval

HEADINGS = (
    *("data", "detector", "start", "minutes", "seeds", "epochs", "AP50", "AP", "AP75"),
    *("training, s", "training, processor s", "command, s", "command, processor s"),
)


def page(rows: Sequence[Row]) -> str:
    """Return the page of scored trainings on one machine, see `results`."""
    sizes = {row["data"]: f"{row['data']} {row['trained']} and {row['scored']}" for row in rows}
    settings = ", ".join(f"{name}={value}" for name, value in ULTRALYTICS.items())
    return f"""# AP per minute of a laptop

Trained on one core of {rows[0]["machine"]}, with one thread, beside another such training on another core. The budget
in minutes is of the training alone, with packages imported. The number of epochs is the most that fits into it by the
time of short trainings under the same conditions. Pictures to train on and to score on: {"; ".join(sizes.values())}.

![AP over minutes of training](ap_per_minute.png)

{markdown(cells(results(rows)))}

- The numbers are means over the seeds. AP50 is VOC's, AP and AP75 are COCO's. All are from this project's evaluation of
  the detections from a score of 0.001 on, at most 100 in a picture. Non-maximum suppression is at each detector's
  default: at an IoU of {DetectConfig.iou_threshold:g} here, of 0.7 in Ultralytics, whose YOLO26 needs none.
- Behind AP: ± its standard deviation over the seeds, and in brackets the means of the ends of the trainings' 95 %
  intervals over resampled test pictures.
- The command is the whole process: imports, training, and detection in the test pictures. Processor seconds are those
  of the user and of the system.
- Ultralytics is {VERSION}, with its defaults but for {settings}. On a processor it computes in float32. This detector
  computes in bfloat16 where the processor has instructions for that, by default.
"""


def cells(results: Sequence[Result]) -> Iterator[tuple[str | int, ...]]:
    """Yield the headings, and one line for each result."""
    yield HEADINGS
    for result in results:
        means = result.means
        ap, _, brackets = with_interval(result.ap, result.interval).partition(" ")
        deviation = "" if result.deviation is None else f" ± {result.deviation:.3f}"
        yield (
            *(result.data, result.detector, result.start, f"{result.minutes:g}", result.seeds),
            *(f"{means['epochs']:g}", f"{means['AP50']:.3f}", f"{ap}{deviation} {brackets}", f"{means['AP75']:.3f}"),
            *(f"{means[name]:.0f}" for name in ("seconds", "processor", "command_seconds", "command_processor")),
        )
