"""The result of an evaluation: as an object, as JSON, and as a table to read."""

import dataclasses
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from yolo import tables
from yolo.evaluation.bootstrap import Interval
from yolo.evaluation.voc_metrics import Curve, mean, mean_point
from yolo.json_files import without_nan
from yolo.wording import with_interval

COLUMNS: dict[Literal["ap50", "ap", "score", "precision", "recall"], str] = {
    "ap50": "AP50",
    "ap": "AP",
    "score": "score",
    "precision": "precision",
    "recall": "recall",
}
SIZES = {"small": "under 32 x 32 pixels", "medium": "from 32 x 32 to 96 x 96 pixels", "large": "over 96 x 96 pixels"}


class ClassScores(TypedDict):
    """The scores of one class; NaN if there was no object to find.

    Attributes:
        name: of the class.
        objects: number of objects; difficult ones do not count.
        ap50: VOC's AP at IoU 0.5.
        ap: COCO's AP.
        ap50_interval, ap_interval: their 95 % intervals over resampled pictures.
        score: the score threshold of the report's `operating_point`.
        precision, recall: at IoU 0.5 and this threshold.
        best_score: the score threshold with the highest F1 of this class alone.
        threshold: the score threshold of this class in the model, which `predict` uses.
    """

    name: str
    objects: int
    ap50: float
    ap50_interval: Interval
    ap: float
    ap_interval: Interval
    score: float
    precision: float
    recall: float
    best_score: float
    threshold: float


@dataclass(frozen=True)
class EvaluationReport:
    """The scores of a detector; NaN if there was no object to find.

    Attributes:
        ap50: mean over the classes of VOC's AP at IoU 0.5, area rule, difficult objects ignored.
        ap50_interval: its 95 % interval over resampled pictures, see `yolo.evaluation.bootstrap`.
        ap50_voc07: the same by the 11-point rule of VOC2007.
        coco: COCO's twelve numbers by name, difficult objects taken as crowds.
        ap_interval: the interval of COCO's AP.
        per_class: the scores of each class.
        images: number of pictures that were scored.
        seconds: wall time from reading the first picture to the last number.
        tta: whether the detector used test-time augmentation.
        operating_point: `score`, the one score threshold for all classes that gives the highest mean F1, and the means
            of `precision` and `recall` over the classes at this threshold.
        remarks: sentences that explain the numbers, such as the limits that they were computed with.
        curves: VOC's curve of each class at IoU 0.5, for plots; not part of the JSON.
    """

    ap50: float
    ap50_interval: Interval
    ap50_voc07: float
    coco: dict[str, float]
    ap_interval: Interval
    per_class: list[ClassScores]
    images: int
    seconds: float
    tta: bool = False
    operating_point: dict[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    curves: tuple[Curve, ...] = field(default=(), repr=False, compare=False)

    def to_json(self) -> str:
        """Return one JSON object of every field except the curves; NaN becomes null."""
        names = [f.name for f in dataclasses.fields(self) if f.name != "curves"]
        return json.dumps({name: without_nan(getattr(self, name)) for name in names}, indent=2, allow_nan=False) + "\n"

    def headline(self) -> str:
        """Return AP50 and AP with their intervals: `AP50 0.790 [0.751, 0.826] (VOC, IoU 0.5), AP 0.423 ...`."""
        if math.isnan(self.ap50):
            return "no objects to find, so no AP"
        ap50, ap = with_interval(self.ap50, self.ap50_interval), with_interval(self.coco["AP"], self.ap_interval)
        return f"AP50 {ap50} (VOC, IoU 0.5), AP {ap} (COCO, IoU 0.5 to 0.95)"

    def table(self) -> str:
        """Return the report as text for people: a line for each class, COCO's numbers, and the remarks."""
        sentences = [*self._brackets(), *self._operating_point(), *self._absent_sizes(), *self.remarks]
        parts = [self._classes(), self._coco(), "\n".join(sentences)]
        return "\n\n".join(part for part in parts if part)

    def _classes(self) -> str:
        """Return an aligned line for each class, and one for the mean over those that have objects."""
        intervals = [(row["ap50_interval"], row["ap_interval"]) for row in self.per_class]
        rows: list[list[Any]] = [
            [row["name"], row["objects"] or "no objects", *(row[key] for key in COLUMNS)] for row in self.per_class
        ]
        means = [mean([row[key] for row in self.per_class]) for key in COLUMNS]
        rows.append(["mean", sum(row["objects"] for row in self.per_class) or "no objects", *means])
        cells = [["class", "objects", *COLUMNS.values()]]
        for (name, objects, ap50, ap, *others), (of_ap50, of_ap) in zip(
            rows, [*intervals, (self.ap50_interval, self.ap_interval)], strict=True
        ):
            precisions = (with_interval(ap50, of_ap50), with_interval(ap, of_ap))
            cells.append([name, objects, *precisions, *map(_number, others)])
        return tables.aligned(cells, "lr" + "l" * 2 + "r" * (len(COLUMNS) - 2))

    def _coco(self) -> str:
        entries = [f"{name} {_number(value)}" for name, value in self.coco.items()]
        return f"COCO: {', '.join(entries[:6])}\n      {', '.join(entries[6:])}" * math.isfinite(self.ap50)

    def _brackets(self) -> Iterator[str]:
        """Yield a sentence on the intervals."""
        if math.isfinite(self.ap50_interval.low):
            yield (
                "[in brackets]: 95 % intervals, how far AP would vary with other pictures like these "
                f"{self.images}; they say nothing of training anew."
            )

    def _operating_point(self) -> Iterator[str]:
        """Yield a sentence that compares the score threshold of the table with those of `predict`."""
        own, score = [row["threshold"] for row in self.per_class], self.operating_point.get("score", math.nan)
        if set(own) == {score}:
            yield f"precision and recall are at predict's own --score-threshold {score:g}; none has a higher F1."
        elif math.isfinite(score):
            usual = mean_point(self.curves, own)
            which = f"its own {own[0]:.3g} gives" if len(set(own)) == 1 else "the model's own, one for each class, give"
            yield (
                f"precision and recall are at predict --score-threshold {score:g}, of the highest mean F1; "
                f"{which} precision {usual.precision:.3f}, recall {usual.recall:.3f}."
            )

    def _absent_sizes(self) -> Iterator[str]:
        """Yield a sentence for each size without any object, for which COCO has no numbers."""
        for size, meaning in SIZES.items():
            if math.isfinite(self.ap50) and math.isnan(self.coco[f"AR_{size}"]):
                yield f"AP_{size} and AR_{size}: there are no objects {meaning}."


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
