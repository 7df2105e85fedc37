"""Report the gates that do nothing, judged over many pictures."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypedDict

import keras
import numpy as np
from numpy.typing import NDArray

from yolo import tables
from yolo.atomic_write import write_whole
from yolo.errors import os_errors_as_user_errors
from yolo.explain.align import inside
from yolo.explain.explainer import Explanation
from yolo.explain.gates import bounds
from yolo.wording import counted, shorten

DEAD = 0.01  # standard deviation over all pictures and cells below which a gate is constant
MARGIN = 0.05  # share of the range that counts as its lower or upper end
NEARLY_ALWAYS = 0.95  # share of the values at an end above which a gate is saturated
FAULTS: tuple[Literal["dead", "at_lower_end", "at_upper_end"], ...] = ("dead", "at_lower_end", "at_upper_end")
HEADINGS = ("place", "block", "kind", "gates", "dead", "at lower end", "at upper end")
LISTED = 12  # channel numbers in a line of text

RULES = (
    f"dead: standard deviation below {DEAD}; saturated: at least {NEARLY_ALWAYS:.0%} of the values "
    f"in the lowest or highest {MARGIN:.0%} of the range"
)


class Judgment(TypedDict):
    """The judgment on one kind of gate.

    Attributes:
        gates: number of channels.
        bounds: the least and the greatest value; None for no bound.
        dead, at_lower_end, at_upper_end: the numbers of the channels with this fault.
        mean, standard_deviation: of each channel.
    """

    gates: int
    bounds: list[float | None]
    dead: list[int]
    at_lower_end: list[int]
    at_upper_end: list[int]
    mean: list[float]
    standard_deviation: list[float]


class GateRow(Judgment):
    """The judgment on one kind of gate at one place; `block` is the class of the attention."""

    place: str
    block: str
    kind: str


class GateReport:
    """A report on the gates of many explanations, without the gray bars of letterboxed pictures.

    Args:
        blocks: the attention layers by their places, as in `AttentionGates`.
    """

    def __init__(self, blocks: Mapping[str, keras.layers.Layer]) -> None:
        self.blocks = blocks
        self.pictures = 0
        self._sums: dict[tuple[str, str], GateSums] = {}

    def write(self, explanation: Explanation) -> None:
        """Add the gates of an explanation."""
        self.pictures += 1
        for place, kinds in explanation.gates.items():
            for kind, gate in kinds.items():
                _, height, width, channels = gate.shape
                rows, columns = inside(height, width, explanation.placement)
                values = gate[0, rows, columns].reshape(-1, channels).astype(np.float64)
                if (place, kind) not in self._sums:
                    self._sums[place, kind] = GateSums(channels, bounds(self.blocks[place], kind))
                self._sums[place, kind].add(values)

    def rows(self) -> list[GateRow]:
        """Return a row for each kind of gate at each place."""
        return [
            GateRow(place=place, block=type(self.blocks[place]).__name__, kind=kind, **sums.judged())
            for (place, kind), sums in self._sums.items()
        ]

    def text(self) -> str:
        """Return the report as lines to print."""
        cells: list[tuple[str | int, ...]] = [HEADINGS]
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

    def save(self, path: str | Path) -> None:
        """Write the report as JSON, with the mean and standard deviation of every gate.

        Raises:
            UserError: the file cannot be written.
        """
        content = {
            "pictures": self.pictures,
            "rules": {"dead_below": DEAD, "margin": MARGIN, "nearly_always": NEARLY_ALWAYS},
            "places": self.rows(),
        }
        with os_errors_as_user_errors(f"cannot write {path}"):
            write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


class GateSums:
    """Sums over the values of one kind of gate, for each channel.

    Args:
        channels: their number.
        bounds: the least and the greatest value that the gates can have.
    """

    def __init__(self, channels: int, bounds: tuple[float, float]) -> None:
        self.bounds = bounds
        self.count = 0
        self.sum, self.squares, self.low, self.high = np.zeros((4, channels))

    def add(self, values: Annotated[NDArray[np.float64], "n channels"]) -> None:
        """Add the values of n cells."""
        low, high = ends(*self.bounds)
        self.count += len(values)
        self.sum += values.sum(axis=0)
        self.squares += (values**2).sum(axis=0)
        self.low += (values <= low).sum(axis=0)
        self.high += (values >= high).sum(axis=0)

    def judged(self) -> Judgment:
        """Return the numbers of the channels with each fault, and the numbers that they were judged by."""
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


def ends(low: float, high: float) -> tuple[float, float]:
    """Return the greatest value near the lower bound of a gate, and the least value near the upper one."""
    margin = MARGIN * (1 if np.isinf(high) else high - low)
    return low + margin, high - margin


def _numbers(channels: list[int]) -> str:
    return shorten(list(map(str, channels)), LISTED)
