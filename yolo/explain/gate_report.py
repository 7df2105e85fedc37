"""Which gates do nothing, judged over many pictures."""

import json

import numpy as np

from yolo import tables
from yolo.atomic_write import write_whole
from yolo.errors import os_errors_as_user_errors
from yolo.explain.align import inside
from yolo.explain.gates import bounds
from yolo.wording import counted, shorten

DEAD = 0.01  # standard deviation over all pictures and cells below which a gate is constant
MARGIN = 0.05  # share of the range that counts as its end
NEARLY_ALWAYS = 0.95  # share of the values at an end above which a gate is saturated
FAULTS = ("dead", "at_lower_end", "at_upper_end")  # keys of a row, each with the numbers of its channels
LISTED = 12  # channel numbers shown as text

RULES = (
    f"dead: standard deviation below {DEAD}; saturated: at least {NEARLY_ALWAYS:.0%} of the values "
    f"in the lowest or highest {MARGIN:.0%} of the range"
)


class GateReport:
    """Gathers the gates of one Explanation after another; the grey bars of letterboxed pictures are left out.

    Args:
        blocks: {place: layer}, as in `AttentionGates`.
    """

    def __init__(self, blocks):
        self.blocks = blocks
        self.pictures = 0
        self._tallies = {}

    def write(self, explanation):
        """Count the gates of an Explanation."""
        self.pictures += 1
        for place, kinds in explanation.gates.items():
            for kind, gate in kinds.items():
                rows, columns = inside(*gate.shape[1:3], explanation.placement)
                values = gate[0, rows, columns].reshape(-1, gate.shape[-1]).astype(np.float64)
                if (place, kind) not in self._tallies:
                    self._tallies[place, kind] = GateSums(gate.shape[-1], bounds(self.blocks[place], kind))
                self._tallies[place, kind].add(values)

    def rows(self):
        """One dictionary for each kind of gate at each place, with the channel numbers of each fault."""
        return [
            {"place": place, "block": type(self.blocks[place]).__name__, "kind": kind} | tally.judged()
            for (place, kind), tally in self._tallies.items()
        ]

    def text(self):
        """The report as lines to print."""
        cells = [("place", "block", "kind", "gates", "dead", "at lower end", "at upper end")]
        for row in self.rows():
            faulty = (len(row[fault]) for fault in FAULTS)
            cells.append((row["place"], row["block"], row["kind"], row["gates"], *faulty))
        lines = [f"gates over {counted(self.pictures, 'picture')}; {RULES}"]
        lines.append(tables.aligned(cells, "lllrrrr", widths=(5, 23, 15, 6, 5, 13, 13), gap=1))
        for row in self.rows():
            for fault in FAULTS:
                if row[fault]:
                    lines.append(f"{row['place']} {row['kind']}, {fault.replace('_', ' ')}: {_numbers(row[fault])}")
        return "\n".join(lines)

    def save(self, path):
        """Write the report as JSON, with the mean and standard deviation of every gate."""
        content = {
            "pictures": self.pictures,
            "rules": {"dead_below": DEAD, "margin": MARGIN, "nearly_always": NEARLY_ALWAYS},
            "places": self.rows(),
        }
        with os_errors_as_user_errors(f"cannot write {path}"):
            write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


class GateSums:
    """Sums over the values of one kind of gate, each channel by itself.

    Args:
        channels: their number.
        bounds: between which two values they lie.
    """

    def __init__(self, channels, bounds):
        self.bounds = bounds
        self.count = 0
        self.sum, self.squares, self.low, self.high = np.zeros((4, channels))

    def add(self, values):
        """Count (n, channels) float64."""
        low, high = ends(*self.bounds)
        self.count += len(values)
        self.sum += values.sum(axis=0)
        self.squares += (values**2).sum(axis=0)
        self.low += (values <= low).sum(axis=0)
        self.high += (values >= high).sum(axis=0)

    def judged(self):
        """The channel numbers of each fault, and what they were judged by."""
        mean = self.sum / self.count
        deviation = np.sqrt(np.maximum(self.squares / self.count - mean**2, 0))
        enough = NEARLY_ALWAYS * self.count
        return {
            "gates": len(mean),
            "bounds": [None if np.isinf(end) else end for end in self.bounds],
            "dead": np.flatnonzero(deviation < DEAD).tolist(),
            "at_lower_end": np.flatnonzero(self.low >= enough).tolist(),
            "at_upper_end": np.flatnonzero(self.high >= enough).tolist(),
            "mean": mean.round(4).tolist(),
            "standard_deviation": deviation.round(4).tolist(),
        }


def ends(low, high):
    """Up to where a gate is near the lower of its bounds, and from where near the upper one."""
    margin = MARGIN * (1 if np.isinf(high) else high - low)
    return low + margin, high - margin


def _numbers(channels):
    return shorten(list(map(str, channels)), LISTED)
