"""A benchmark as tables to read."""

from yolo import tables
from yolo.benchmark.stages import STAGES, START, WHOLE


def markdown(rows, facts):
    """Two Markdown tables: what each model takes as a whole, and what each stage of it takes.

    Args:
        rows: `StageTime`s.
        facts: by (runtime, precision), what else is known of the model: {"megabytes", "memory_mb", "ap50", "ap"}.
    """
    by_model = {}
    for row in rows:
        by_model.setdefault((row.runtime, row.precision), {})[row.stage, row.batch] = row
    batches = sorted({row.batch for row in rows if row.stage == "network"})
    models = [("runtime", "precision", *_headings(batches), "start-up s", "memory MB", "file MB", "AP50", "AP")]
    stages = [("runtime", "precision", *(f"{stage} ms" for stage in STAGES), "sum")]
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
                *(_number(known.get(name), 3) for name in ("ap50", "ap")),
            )
        )
        each = [measured[stage, 1].median_ms for stage in STAGES]
        stages.append((*model, *(f"{median:.2f}" for median in each), f"{sum(each):.2f}"))
    return f"{tables.markdown(models)}\n\n{tables.markdown(stages)}"


def _headings(batches):
    return [
        *("network ms" if batch == 1 else f"network ms, batch {batch}" for batch in batches),
        "whole ms",
        "pictures/s",
    ]


def _times(row):
    """Median and 95th percentile."""
    return f"{row.median_ms:.1f} ({row.p95_ms:.1f})" if row else ""


def _number(value, digits):
    return "" if value is None else f"{value:.{digits}f}"
