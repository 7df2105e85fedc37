"""Checks of what blocks are made with, so that a wrong value fails at once and in a sentence."""

from numbers import Integral, Real


def whole_number(name, value, at_least=1):
    """`value` as an `int`, when it is whole and of at least that size; raises ValueError, which calls it `name`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < at_least:
        raise ValueError(f"{name} must be a whole number of at least {at_least}, got {value!r}")
    return int(value)


def positive_number(name, value):
    """`value` as a Python number, when it is above 0; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < float("inf"):
        raise ValueError(f"{name} must be a number above 0, got {value!r}")
    return int(value) if isinstance(value, Integral) else float(value)


def yes_or_no(name, value):
    """`value`, when it is True or False; raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value


def one_of(name, value, choices):
    """`value`, when it is among `choices`; raises ValueError, which lists them."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value
