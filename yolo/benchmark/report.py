"""Write the result of a benchmark as tables for people."""

import math
from collections.abc import Mapping, Sequence

from yolo import tables
from yolo.benchmark.choose_models import Model
from yolo.benchmark.measure import Facts
from yolo.benchmark.stages import STAGES, START, WHOLE, StageTime
from yolo.wording import with_interval


def markdown(rows: Sequence[StageTime], facts: Mapping[Model, Facts]) -> str:
    """Return two Markdown tables: the times of each model as a whole, and those of its stages.

    Args:
        facts: other numbers of each model, such as "megabytes", or "ap50" with "ap50_low" and "ap50_high".
    """
    by_model: dict[Model, dict[tuple[str, int], StageTime]] = {}
    for row in rows:
        by_model.setdefault((row.runtime, row.precision), {})[row.stage, row.batch] = row
    batches = sorted({row.batch for row in rows if row.stage == "network"})
    models: list[tuple[str, ...]] = [
        ("runtime", "precision", *_headings(batches), "start-up s", "memory MB", "file MB", "AP50", "AP")
    ]
    stages: list[tuple[str, ...]] = [("runtime", "precision", *(f"{stage} ms" for stage in STAGES), "sum")]
    for model, measured in by_model.items():
        known = facts.get(model, {})
        networks = [_times(measured.get(("network", batch))) for batch in batches]
        whole = measured[WHOLE, 1]
        started = measured.get((START, 1))
        models.append(
            (
                *model,
                *networks,
                _times(whole),
                f"{1000 / whole.median_ms:.1f}",
                f"{started.median_ms / 1000:.2f}" if started else "",
                *(_number(known.get(name), digits) for name, digits in (("memory_mb", 0), ("megabytes", 1))),
                *(_precision(known, name) for name in ("ap50", "ap")),
            )
        )
        each = [measured[stage, 1].median_ms for stage in STAGES]
        stages.append((*model, *(f"{median:.2f}" for median in each), f"{sum(each):.2f}"))
    return f"{tables.markdown(models)}\n\n{tables.markdown(stages)}"


def _headings(batches: Sequence[int]) -> list[str]:
    return [
        *("network ms" if batch == 1 else f"network ms, batch {batch}" for batch in batches),
        "whole ms",
        "pictures/s",
    ]


def _times(row: StageTime | None) -> str:
    """Return the median and, in brackets, the 95th percentile."""
    return f"{row.median_ms:.1f} ({row.p95_ms:.1f})" if row else ""


def _precision(known: Mapping[str, float | None], name: str) -> str:
    """Return an AP with its interval, or nothing if it was not measured."""
    if name not in known:
        return ""
    values = [known[key] for key in (name, f"{name}_low", f"{name}_high")]
    value, *ends = (math.nan if one is None else one for one in values)
    return with_interval(value, ends)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
