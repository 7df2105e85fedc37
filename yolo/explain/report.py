"""Which gates do nothing, judged over many pictures."""

import json
from pathlib import Path

import numpy as np

from yolo.errors import UserError
from yolo.explain.align import inside
from yolo.explain.gates import upper_end

DEAD = 0.01  # standard deviation over all pictures and cells below which a gate is constant
MARGIN = 0.05  # share of the range that counts as its end
NEARLY_ALWAYS = 0.95  # share of the values at an end above which a gate is saturated
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
                    self._tallies[place, kind] = Tally(gate.shape[-1], upper_end(self.blocks[place], kind))
                self._tallies[place, kind].add(values)

    def rows(self):
        """One dictionary for each kind of gate at each place, with the channel numbers of each fault."""
        return [
            {"place": place, "block": type(self.blocks[place]).__name__, "kind": kind} | tally.judged()
            for (place, kind), tally in self._tallies.items()
        ]

    def text(self):
        """The report as lines to print."""
        lines = [f"gates over {self.pictures} pictures; {RULES}"]
        lines.append(f"{'place':<6}{'block':<24}{'kind':<16}{'gates':>6}{'dead':>6}{'at 0':>6}{'at upper end':>14}")
        for row in self.rows():
            high = "-" if row["upper_end"] is None else len(row["at_upper_end"])
            lines.append(
                f"{row['place']:<6}{row['block']:<24}{row['kind']:<16}{row['gates']:>6}"
                f"{len(row['dead']):>6}{len(row['at_zero']):>6}{high:>14}"
            )
        for row in self.rows():
            for fault in ("dead", "at_zero", "at_upper_end"):
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
        try:
            Path(path).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror or error}.") from error


class Tally:
    """Sums over the values of one kind of gate, each channel by itself.

    Args:
        channels: their number.
        upper: see `upper_end`.
    """

    def __init__(self, channels, upper):
        self.upper = upper
        self.count = 0
        self.peak = 0.0
        self.sum, self.squares, self.low, self.high = np.zeros((4, channels))

    def add(self, values):
        """Count (n, channels) float64."""
        low, high = ends(self.upper)
        self.count += len(values)
        self.peak = max(self.peak, values.max())
        self.sum += values.sum(axis=0)
        self.squares += (values**2).sum(axis=0)
        self.low += (np.abs(values) <= low).sum(axis=0)
        self.high += (values >= high).sum(axis=0)

    def judged(self):
        """The channel numbers of each fault, and what they were judged by."""
        mean = self.sum / self.count
        deviation = np.sqrt(np.maximum(self.squares / self.count - mean**2, 0))
        bounded = self.upper is not None and self.peak <= self.upper * 1.001  # half precision rounds up
        enough = NEARLY_ALWAYS * self.count
        return {
            "gates": len(mean),
            "upper_end": self.upper if bounded else None,
            "dead": np.flatnonzero(deviation < DEAD).tolist(),
            "at_zero": np.flatnonzero(self.low >= enough).tolist(),
            "at_upper_end": np.flatnonzero(self.high >= enough).tolist() if bounded else [],
            "mean": mean.round(4).tolist(),
            "standard_deviation": deviation.round(4).tolist(),
        }


def ends(upper):
    """Up to where a gate is near 0, and from where near its upper end."""
    return (MARGIN, np.inf) if upper is None else (MARGIN * upper, (1 - MARGIN) * upper)


def _numbers(channels):
    shown = ", ".join(map(str, channels[:LISTED]))
    return shown + (f" and {len(channels) - LISTED} more" if len(channels) > LISTED else "")
