"""Find the pictures that a split must not divide: those of one group, and near-duplicates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from yolo.errors import UserError
from yolo.wording import short_repr

Item = TypeVar("Item")


def by_pattern(pattern: str, names: Mapping[Item, str]) -> dict[str, list[Item]]:
    """Return the items of each group; those whose name does not match the pattern are in none.

    Args:
        pattern: a regular expression that is sought in the name. Its first group is the name of the group of items, or
            if it has none, all that matches.
        names: the name of each item.

    Example:
        >>> by_pattern(r"^(.*)_\\d+$", {1: "street_001", 2: "street_002", 3: "farm_001", 4: "cat"})
        {'street': [1, 2], 'farm': [3]}

    Raises:
        UserError: the pattern is no regular expression.
    """
    try:
        expression = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UserError(
            f"--group {short_repr(pattern)} is no regular expression ({error}): write one such as '^(.*)_[0-9]+$'."
        ) from error
    groups: dict[str, list[Item]] = {}
    for item, name in names.items():
        if match := expression.search(name):
            group = match.group(1) if expression.groups else None
            groups.setdefault(match.group() if group is None else group, []).append(item)
    return groups


def units(items: Sequence[Item], groups: Iterable[Sequence[Item]]) -> list[int]:
    """Return a number for each item, equal for those that groups connect.

    Example:
        >>> units("abcde", ["ab", "bd"])
        [0, 0, 2, 0, 4]
    """
    places = {item: i for i, item in enumerate(items)}
    parents = list(range(len(items)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = i = parents[parents[i]]
        return i

    for first, *others in groups:
        for other in others:
            one, two = root(places[first]), root(places[other])
            parents[max(one, two)] = min(one, two)
    return [root(i) for i in range(len(items))]
