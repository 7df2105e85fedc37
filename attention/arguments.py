"""Checks of the numbers that blocks are made with, so that a wrong one fails at once and in a sentence."""


def whole_number(name, value, at_least=1):
    """`value`, when it is an `int` of at least that size; raises ValueError, which calls it `name`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
        raise ValueError(f"{name} must be a whole number of at least {at_least}, got {value!r}")
    return value
