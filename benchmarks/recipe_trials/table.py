"""The results of the trials as a page of Markdown."""

from collections.abc import Iterable, Iterator
from statistics import mean

from benchmarks.paired_difference import paired_difference
from benchmarks.recipe_trials.arms import ARMS, base_of
from benchmarks.recipe_trials.trial_sets import SETS
from benchmarks.recipe_trials.trials import Trial
from benchmarks.rows import Row
from yolo.tables import markdown

HEADINGS = ("arm", "set", "seeds", "AP50", "AP", "AP75", "difference of AP")


def page(rows: Iterable[Row]) -> str:
    """Return the page of all rows whose arm, set and epochs are still those of ARMS and SETS."""
    return f"""# Trials of label assignment, loss and settings

Trained from random weights at 320 x 320 on training pictures, and scored on those of them that were held out. The seed
also chooses which are held out. AP50 is VOC's, AP and AP75 are COCO's, all means over the seeds. The difference is that
to the base with the same number of epochs, the mean of pairs with the same seed, with its 95 % interval by Student's t.

{markdown([HEADINGS, *cells(list(rows))])}
"""


def cells(rows: list[Row]) -> Iterator[tuple[str | int, ...]]:
    """Yield one line for each set and arm."""
    for name in SETS:
        for arm in ARMS:
            own = by_seed(rows, arm, name)
            if own:
                base = by_seed(rows, base_of(arm), name) if arm != base_of(arm) else {}
                scores = [f"{mean(row[score] for row in own.values()):.3f}" for score in ("AP50", "AP", "AP75")]
                ap = [{seed: row["AP"] for seed, row in found.items()} for found in (own, base)]
                yield arm, name, len(own), *scores, paired_difference(*ap)


def by_seed(rows: list[Row], arm: str, name: str) -> dict[int, Row]:
    """Return the rows of an arm and a set by their seeds."""
    return {row["seed"]: row for row in rows if row.items() >= Trial(arm, name, row["seed"]).key.items()}
