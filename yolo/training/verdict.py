"""Say at the end of a run which epoch was kept, and what to do if it is a poor one."""

import math
from collections.abc import Iterator

from yolo.training.fitted_scores import FittedScores
from yolo.training.run_state import SCORE, EpochRow, kept_row
from yolo.wording import with_interval

POOR = 0.05  # AP50; a network that finds so little has hardly begun to learn
EARLY = 0.25  # share of the epochs; with the best one so early, the others brought nothing


def verdict(
    history: list[EpochRow], longer: int, fitted: FittedScores | None = None, from_weights: bool = False
) -> Iterator[str]:
    """Yield sentences about the epoch whose weights are kept, and about what looks wrong.

    Args:
        history: one row for each epoch done.
        longer: the number of epochs to advise if that is too few.
        fitted: with the intervals of the kept epoch's scores, if there are any.
        from_weights: whether the run started from weights.
    """
    kept = kept_row(history)
    which = f"kept: epoch {kept['epoch']} of {len(history)}"
    if SCORE not in kept:
        yield f"{which}, the last one, as there is no validation"
        return
    if kept[SCORE]:
        unknown = (math.nan, math.nan)
        ap50, ap = (fitted.ap50_interval, fitted.ap_interval) if fitted else (unknown, unknown)
        scores = f"AP50 {with_interval(kept['val_ap50'], ap50)}, AP {with_interval(kept[SCORE], ap)}"
        yield f"{which}, the one of the best AP: {scores}"
    else:
        yield f"{which}, the last one, as no epoch found anything in the validation pictures"
    look = "look at samples/train.jpg in the run's folder, whether the boxes fit the objects"
    after = len(history) - kept["epoch"]
    if kept["val_ap50"] < POOR:
        weights = "" if from_weights else " or from weights (--weights coco)"
        yield f"hardly an object was found: {look}, and train for more epochs (--epochs {longer}){weights}"
    elif len(history) >= 4 and kept["epoch"] <= EARLY * len(history):
        yield (
            f"the best epoch is among the first, the {after} after it made it no better: {look}, and try a lower "
            "--learning-rate or more pictures"
        )
