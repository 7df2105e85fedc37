"""Choose how long a run is, and its batches, by the number of pictures."""

PICTURES_IN_A_RUN = 13000  # over all epochs: about ten minutes on two cores, and enough for a few hundred pictures
EPOCHS = (30, 120)  # fewest and most epochs when the user gives no number
BATCH_SIZE, SMALLER_BATCH_SIZE = 8, 4
ENOUGH_STEPS = 500  # in shorter runs the smaller batch scored higher, see benchmarks/recipe.md


def epochs_for(pictures: int) -> int:
    """Return a number of epochs, 30 to 120, that shows about 13,000 pictures in all, given those in an epoch."""
    fewest, most = EPOCHS
    return min(max(round(PICTURES_IN_A_RUN / pictures), fewest), most)


def batch_size_for(shown: int) -> int:
    """Return the batch size of a run from random weights: 8 if it then has enough steps, else 4.

    Args:
        shown: the pictures of all epochs together.

    Example:
        >>> [batch_size_for(shown) for shown in (500, 3999, 4000)]
        [4, 4, 8]
    """
    return BATCH_SIZE if shown >= BATCH_SIZE * ENOUGH_STEPS else SMALLER_BATCH_SIZE
