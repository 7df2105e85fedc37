"""Split pictures so that every split shows the classes in like shares, and pictures that belong together stay so.

After the iterative stratification of Sechidis et al. 2011, https://doi.org/10.1007/978-3-642-23808-6_10: the class with
the fewest pictures left is dealt out first. Here units of several pictures are dealt out, the splits get the sizes that
were asked for as far as the units allow, and a class goes to every split before one gets more of it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2s

CANDIDATES = 1000  # units that are compared for one place; more gain nothing
BARE = -1  # the class of pictures without objects
ANY = -2  # a class of all pictures


@dataclass(frozen=True, eq=False)
class PictureUnit:
    """Pictures that stay together: their indices, and how many of them show each class."""

    pictures: tuple[int, ...]
    shown: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """Return the number of pictures."""
        return len(self.pictures)


def stratified_split(
    names: Sequence[str],
    classes: Sequence[Collection[int]],
    units: Sequence[int],
    shares: Sequence[float],
    seed: int = 0,
) -> list[list[int]]:
    """Return the indices of the pictures of each split, sorted by name.

    Args:
        names: a name for each picture, all different. The split depends on what follows the last slash of each, and
            neither on their order nor on the folders.
        classes: the labels that each picture shows, from 0; none if it has no objects.
        units: a number for each picture. Those of the same number are never divided.
        shares: the share of pictures of each split; together 1. A class of a single unit goes to the first split; with
            a second unit it also goes to the last one, with a third to the next one.
        seed: another seed gives another split.
    """
    sizes = split_sizes(len(names), shares)
    used = [s for s, size in enumerate(sizes) if size]
    dealer = _Dealer(_units(names, classes, units, seed), [sizes[s] for s in used])
    dealer.deal()
    dealer.fill_empty()
    dealer.level_sizes()
    splits: list[list[int]] = [[] for _ in shares]
    for unit, place in dealer.places.items():
        splits[used[place]] += unit.pictures
    return [sorted(split, key=lambda i: _key(names[i])) for split in splits]


def split_sizes(number: int, shares: Sequence[float]) -> list[int]:
    """Return the number of pictures of each split: shares rounded to whole pictures, at least one if possible."""
    exact = [share * number for share in shares]
    sizes = [int(size) for size in exact]
    by_rest = sorted(range(len(shares)), key=lambda s: sizes[s] - exact[s])
    for s in by_rest[: number - sum(sizes)]:
        sizes[s] += 1
    for s, share in enumerate(shares):
        largest = sizes.index(max(sizes))
        if share > 0 and not sizes[s] and sizes[largest] > 1:
            sizes[s], sizes[largest] = 1, sizes[largest] - 1
    return sizes


def _units(
    names: Sequence[str], classes: Sequence[Collection[int]], units: Sequence[int], seed: int
) -> list[PictureUnit]:
    """Return the units in the order in which they are dealt: large ones first, those of one size shuffled."""
    members: dict[int, list[int]] = {}
    for i in sorted(range(len(names)), key=lambda i: _key(names[i])):
        members.setdefault(units[i], []).append(i)
    found = []
    for pictures in members.values():
        shown = Counter(label for i in pictures for label in set(classes[i]) or (BARE,))
        first, path = _key(names[pictures[0]])
        draw = blake2s(f"{seed} {first}".encode("utf-8", "surrogateescape")).digest()
        unit = PictureUnit(tuple(pictures), ((ANY, len(pictures)), *sorted(shown.items())))
        found.append((-len(pictures), draw, path, unit))
    return [unit for *_, unit in sorted(found, key=lambda each: each[:3])]


def _key(name: str) -> tuple[str, str]:
    """Return the key by which names are sorted: what follows the last slash, then the whole."""
    return name.rpartition("/")[2], name


class _Dealer:
    """Deals units out to splits; `places` holds the split of each unit so far."""

    def __init__(self, units: Sequence[PictureUnit], sizes: Sequence[int]) -> None:
        numbers = Counter[int]()  # class -> its pictures
        self._showing: dict[int, list[PictureUnit]] = {}  # class -> the units that show it
        for unit in units:
            numbers.update(dict(unit.shown))
            for label, _ in unit.shown:
                self._showing.setdefault(label, []).append(unit)
        self._waiting = {label: len(units) for label, units in self._showing.items()}
        self.places: dict[PictureUnit, int] = {}
        self._splits = range(len(sizes))
        self._priority = [0, *reversed(self._splits[1:])]
        self._lacking = list(sizes)  # pictures that each split lacks
        shares = [size / sum(sizes) for size in sizes]
        self._wanted = {label: [number * share for share in shares] for label, number in numbers.items()}
        self._weights = {label: [1 / wanted for wanted in row] for label, row in self._wanted.items()}
        self._units_in = {label: [0 for _ in sizes] for label in numbers}  # class -> its units in each split

    def deal(self) -> None:
        """Deal out the units, those of the class with the fewest of them left first, those without objects last."""
        labels = set(self._showing)
        while labels:
            label = min(labels, key=lambda label: (label < 0, self._waiting[label], label))
            labels.remove(label)
            left = [unit for unit in self._showing[label] if unit not in self.places]
            for s in self._priority:
                if left and not self._units_in[label][s] and self._lacking[s] > 0:
                    unit = max(left[:CANDIDATES], key=lambda unit: self._use(unit, s))
                    left.remove(unit)
                    self._put(unit, s)
            for unit in left:
                self._put(unit, self._best(unit))

    def fill_empty(self) -> None:
        """Give each split without a unit a small one of a split that has several."""
        for s in self._splits:
            movable = [unit for unit, place in self.places.items() if self._units_in[ANY][place] > 1]
            if movable and not self._units_in[ANY][s]:
                self._move(min(movable, key=lambda unit: (unit.size, self._is_alone(unit))), s)

    def level_sizes(self) -> None:
        """Move units from splits that have too many pictures to those that lack some, if no split loses a class."""
        for unit in sorted(self.places, key=lambda unit: -unit.size):
            here, room = self._lacking[self.places[unit]], max(self._lacking)
            if unit.size <= min(-here, room) and not self._is_alone(unit):
                self._move(unit, self._best(unit))

    def _put(self, unit: PictureUnit, s: int, times: int = 1) -> None:
        """Put a unit into a split, or take it out again with `times` -1."""
        self.places[unit] = s
        self._lacking[s] -= times * unit.size
        for label, number in unit.shown:
            self._wanted[label][s] -= times * number
            self._units_in[label][s] += times
            self._waiting[label] -= times

    def _move(self, unit: PictureUnit, s: int) -> None:
        self._put(unit, self.places[unit], -1)
        self._put(unit, s)

    def _is_alone(self, unit: PictureUnit) -> bool:
        """Return whether a unit is the only one in its split with one of its classes."""
        return any(self._units_in[label][self.places[unit]] == 1 for label, _ in unit.shown)

    def _use(self, unit: PictureUnit, s: int) -> tuple[bool, int]:
        """Return whether a unit fits into a split, and how many classes it brings that the split lacks."""
        return unit.size <= self._lacking[s], sum(not self._units_in[label][s] for label, _ in unit.shown)

    def _best(self, unit: PictureUnit) -> int:
        """Return the split among those with room that comes nearest to the shares of all classes by a unit."""
        fitting = [s for s in self._splits if self._lacking[s] >= unit.size]
        if not fitting:
            return self._lacking.index(max(self._lacking))
        return min(fitting, key=lambda s: self._cost(unit, s))

    def _cost(self, unit: PictureUnit, s: int) -> float:
        """Return by how much the squared errors of the numbers of each class rise, relative to what was wanted."""
        return sum(
            number * (number - 2 * self._wanted[label][s]) * self._weights[label][s] for label, number in unit.shown
        )
