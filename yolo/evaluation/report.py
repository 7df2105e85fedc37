"""The result of an evaluation: as an object, as JSON, and as a table to read."""

import dataclasses
import json
import math
from dataclasses import dataclass, field

from yolo.evaluation.voc import Curve, mean

COLUMNS = {"ap50": "AP50", "ap": "AP", "precision": "precision", "recall": "recall"}


@dataclass(frozen=True)
class Report:
    """How well a detector did; NaN where there was no object to find.

    Attributes:
        ap50: mean over the classes of VOC's AP at IoU 0.5, area rule, difficult objects ignored.
        ap50_voc07: the same by the 11-point rule of VOC2007.
        coco: COCO's twelve numbers by name.
        per_class: for each class a dictionary of `name`, `objects` (difficult ones not counted), `ap50`, `ap` (COCO),
            and `score`, `precision`, `recall`: the score threshold of highest F1 at IoU 0.5 and what it gives.
        images: how many pictures were scored.
        seconds: wall time from reading the first picture to the last number.
        curves: VOC's curve of each class at IoU 0.5, for plots; not part of the JSON.
    """

    ap50: float
    ap50_voc07: float
    coco: dict[str, float]
    per_class: list[dict]
    images: int
    seconds: float
    curves: tuple[Curve, ...] = field(default=(), repr=False, compare=False)

    def to_json(self):
        """One JSON object of every field but the curves; NaN becomes null."""
        names = [f.name for f in dataclasses.fields(self) if f.name != "curves"]
        return json.dumps({name: _without_nan(getattr(self, name)) for name in names}, indent=2, allow_nan=False) + "\n"

    def table(self):
        """One aligned line for each class and one for the mean of those that have objects."""
        rows = [[row["name"], row["objects"], *(row[key] for key in COLUMNS)] for row in self.per_class]
        means = [mean([row[key] for row in self.per_class]) for key in COLUMNS]
        rows.append(["mean", sum(row["objects"] for row in self.per_class), *means])
        cells = [["class", "objects", *COLUMNS.values()]]
        cells += [[str(name), str(objects), *map(_number, values)] for name, objects, *values in rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join([name.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))])
            for name, *rest in cells
        )


def _number(value):
    return "-" if math.isnan(value) else f"{value:.3f}"


def _without_nan(value):
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
