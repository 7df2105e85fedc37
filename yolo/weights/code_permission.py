"""Check that the user allows code that the attention named in a file would run."""

from pathlib import Path

from attention.spec import importable
from yolo.anchors import LEVELS
from yolo.attention_places import AttentionSpec, by_place
from yolo.errors import UserError

MOST = max(LEVELS)  # the places of a network of fewer levels are among those of one of so many
REMEDY = "if you trust it, add --allow-imports (from Python allow_imports=True)"


def imports(attention: str) -> bool:
    """Return whether an attention specification could run code from outside this project, which must be allowed."""
    return any(importable(spec) or "{" in spec for spec in by_place(attention, MOST).values())


def check_imports(path: str | Path, attention: AttentionSpec, allowed: bool | str) -> None:
    """Check attention that was read from the file `path`.

    Args:
        allowed: True for any attention, False for none that runs code, or the attention that the user named.

    Raises:
        UserError: it would run code that is not allowed.
    """
    named = [] if isinstance(allowed, bool) else list(by_place(allowed, MOST).values())
    for spec in by_place(attention, MOST).values():
        if allowed is True or spec in named or not isinstance(spec, str):
            continue
        if importable(spec):
            module = spec.partition(":")[0].strip()
            raise UserError(
                f"{path} has the attention '{spec}', for which the module '{module}' would be imported and run: "
                f"{REMEDY}."
            )
        if "{" in spec:  # from a dictionary that names a registered class, Keras makes an object
            raise UserError(f"{path} has the attention '{spec}', whose arguments could make any object: {REMEDY}.")
