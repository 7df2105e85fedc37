"""Check the value of a setting against its field, and say in a sentence what is wrong with it."""

import dataclasses
import math
import os
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeAlias

from yolo.errors import UserError, did_you_mean
from yolo.wording import short_repr

LONGEST_NAME = 240  # bytes; systems allow 255, and a number may be added
FieldType: TypeAlias = type | types.UnionType | types.GenericAlias
"""The annotation of a setting: a plain type, `X | None`, `tuple[X, X]` or `tuple[X, ...]`."""
WORDS: dict[type, str] = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


def check(field: dataclasses.Field[Any], value: Any, name: str) -> None:
    """Raise UserError, which calls the field `name`, if the value is of the wrong type or not among those allowed."""
    kind: Any = field.type  # no text: the settings are not written with postponed annotations
    rules = field.metadata
    if not fits(value, kind):
        raise UserError(f"{name} must be {_describe(kind)}; got {short_repr(value)}.")
    if isinstance(value, str):
        check_text(value, name)
        if rules["choices"] and value not in rules["choices"]:
            hint = did_you_mean(value, [*rules["choices"], *rules["aliases"]]) or "."
            raise UserError(f"{name} must be one of {', '.join(rules['choices'])}; got {short_repr(value)}{hint}")
        if rules["folder_name"]:
            check_folder_name(value, name)
        return
    numbers = [number for number in (value if isinstance(value, tuple) else (value,)) if number is not None]
    got = f"got {' '.join(map(short_repr, numbers))}."
    if not all(_within(number, rules) for number in numbers):
        raise UserError(f"{name} must be {_limits(rules)}; {got}")
    if rules["limit"] is not None and any(number > rules["limit"] for number in numbers):
        raise UserError(f"{name} must be at most {rules['limit']}; {got}")
    if rules["area"] and math.prod(numbers) > rules["area"]:
        raise UserError(f"{name} must have at most {rules['area']} pixels in all; {got}")


def check_text(text: str, name: str) -> None:
    """Raise UserError if a user's text, called `name`, is empty or holds a NUL, which no system accepts."""
    if not text.strip() or "\0" in text:
        raise UserError(f"{name} must not be empty or hold a NUL; got {short_repr(text)}.")


def check_folder_name(text: str, name: str) -> None:
    """Raise UserError if a text cannot be the name of a folder inside another one."""
    if text in (".", "..") or any(mark in text for mark in "/\\"):
        raise UserError(f"{name} must be the name of a folder, not a path; got {short_repr(text)}.")
    if len(os.fsencode(text)) > LONGEST_NAME:
        raise UserError(f"{name} must have at most {LONGEST_NAME} bytes; got {short_repr(text)}.")


def _within(number: float, rules: Mapping[str, Any]) -> bool:
    low, high, factor = rules["low"], rules["high"], rules["multiple_of"]
    return (low is None or number >= low) and (high is None or number <= high) and (factor == 1 or number % factor == 0)


def _limits(rules: Mapping[str, Any]) -> str:
    """Return the bounds of a field in words: `at least 64 and a multiple of 32`."""
    low, high, factor = rules["low"], rules["high"], rules["multiple_of"]
    bounds = f"at least {low}" if high is None else f"from {low} to {high}"
    return bounds if factor == 1 else f"{bounds} and a multiple of {factor}"


def fits(value: object, kind: FieldType) -> bool:
    """Return whether a value is of an annotated type; a whole number is a `float` too, a bool is no number."""
    if isinstance(kind, types.UnionType):
        return any(fits(value, choice) for choice in typing.get_args(kind))
    if isinstance(kind, types.GenericAlias):
        kinds = typing.get_args(kind)
        if kinds[-1] is ...:
            return isinstance(value, tuple) and all(fits(one, kinds[0]) for one in value)
        return isinstance(value, tuple) and len(value) == len(kinds) and all(map(fits, value, kinds))
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _is_finite(number: float) -> bool:
    """Return whether a number is finite and fits into a float."""
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that is too large
        return False


def _describe(kind: FieldType) -> str:
    """Return a type in words, without its None."""
    if isinstance(kind, types.UnionType):
        return " or ".join(_describe(choice) for choice in typing.get_args(kind) if choice is not types.NoneType)
    if isinstance(kind, types.GenericAlias):
        first, *rest = typing.get_args(kind)
        length = "" if rest == [...] else f" of {1 + len(rest)}"
        return f"a list{length}, each {_describe(first)}"
    return WORDS.get(kind, kind.__name__)
