"""The mean difference between two settings that were tried with the same seeds."""

import statistics
from collections.abc import Mapping

from scipy.stats import t


def paired_difference(own: Mapping[int, float], base: Mapping[int, float]) -> str:
    """Return the mean difference and its 95 % interval by Student's t: `+0.010 [-0.004, +0.024]`.

    With one seed there is no interval, and with none the text is empty.

    Args:
        own, base: the scores by their seeds; only seeds with both count.
    """
    differences = [own[seed] - base[seed] for seed in own if seed in base]
    if not differences:
        return ""
    value = statistics.mean(differences)
    if len(differences) == 1:
        return f"{value:+.3f}"
    margin = t.ppf(0.975, len(differences) - 1) * statistics.stdev(differences) / len(differences) ** 0.5
    return f"{value:+.3f} [{value - margin:+.3f}, {value + margin:+.3f}]"
