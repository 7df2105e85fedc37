"""Check the arguments of blocks, so that a wrong value raises a clear error immediately."""

from collections.abc import Collection
from numbers import Integral, Real
from typing import TypeVar

Value = TypeVar("Value")


def whole_number(name: str, value: object, at_least: int = 1) -> int:
    """Return `value` as an `int`.

    Raises:
        ValueError: it is not a whole number of at least that size; the message calls it `name`.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < at_least:
        raise ValueError(f"{name} must be a whole number of at least {at_least}, got {value!r}")
    return int(value)


def positive_number(name: str, value: object) -> int | float:
    """Return `value` as a Python number.

    Raises:
        ValueError: it is not a finite number above 0.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or value <= 0 or not value < float("inf"):
        raise ValueError(f"{name} must be a number above 0, got {value!r}")
    return int(value) if isinstance(value, Integral) else float(value)


def yes_or_no(name: str, value: object) -> bool:
    """Return `value`.

    Raises:
        ValueError: it is neither True nor False.
    """
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value


def one_of(name: str, value: Value, choices: Collection[Value]) -> Value:
    """Return `value`.

    Raises:
        ValueError: it is not among `choices`; the message lists them.
    """
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value
