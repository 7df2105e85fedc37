"""Say at the end of a run which epoch was kept, and what to do if it is a poor one."""

from collections.abc import Iterator

from yolo.training.run_state import SCORE, EpochRow, kept_row

EARLY = 0.25  # share of the epochs; with the best one so early, the others brought nothing


def verdict(history: list[EpochRow], epochs: int) -> Iterator[str]:
    """Yield sentences about the epoch whose weights are kept, and about what looks wrong.

    Args:
        history: one row for each epoch done.
        epochs: the number of epochs that were planned.
    """
    kept = kept_row(history)
    which = f"kept: epoch {kept['epoch']} of {len(history)}"
    if SCORE not in kept:
        yield f"{which}, the last one, as there is no validation"
        return
    yield f"{which}, the one of the best AP: AP50 {kept['val_ap50']:.3f}, AP {kept[SCORE]:.3f}"
    look = "look at samples/train.jpg in the run's folder, whether the boxes fit the objects"
    after = len(history) - kept["epoch"]
    if not kept[SCORE]:
        yield (
            f"no epoch found anything in the validation pictures, so the last one is kept: {look}, and train for more "
            f"epochs (--epochs {2 * epochs}) or from weights (--weights coco)"
        )
    elif len(history) >= 4 and kept["epoch"] <= EARLY * len(history):
        yield (
            f"the best epoch is among the first, the {after} after it made it no better: {look}, and try a lower "
            "--learning-rate or more pictures"
        )
