"""Checks of what blocks are made with, so that a wrong value fails at once and in a sentence."""


def whole_number(name, value, at_least=1):
    """`value`, when it is an `int` of at least that size; raises ValueError, which calls it `name`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
        raise ValueError(f"{name} must be a whole number of at least {at_least}, got {value!r}")
    return value


def positive_number(name, value):
    """`value`, when it is a number above 0; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise ValueError(f"{name} must be a number above 0, got {value!r}")
    return value


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
