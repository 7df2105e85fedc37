"""Replace a part of the program in this process, for what no setting can change."""

from collections.abc import Callable
from types import ModuleType
from typing import Any


def replace(module: ModuleType, name: str, change: Callable[[Any], Any]) -> None:
    """Let a name in a module stand for what `change` returns, which is given what it stood for."""
    setattr(module, name, change(getattr(module, name)))
