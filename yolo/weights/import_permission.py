"""A file may name attention that would run code; that needs the user's leave."""

from attention.spec import importable
from yolo.attention_places import by_place
from yolo.errors import UserError

LEAVE = "if you trust it, add --allow-imports (from Python allow_imports=True)"


def imports(attention):
    """Return whether an attention specification could run more than this project, for which it needs leave."""
    return any(importable(spec) or "{" in spec for spec in by_place(attention).values())


def check_imports(path, attention, allowed):
    """Raise UserError when attention read from the file `path` would run what its text names.

    Args:
        allowed: True for whatever it names, False for nothing, or attention that the user has named himself.
    """
    named = [] if isinstance(allowed, bool) else list(by_place(allowed).values())
    for spec in by_place(attention).values():
        if allowed is True or spec in named or not isinstance(spec, str):
            continue
        if importable(spec):
            module = spec.partition(":")[0].strip()
            raise UserError(
                f"{path} has the attention '{spec}', for which the module '{module}' would be imported and run: "
                f"{LEAVE}."
            )
        if "{" in spec:  # Keras makes an object of a dictionary that names a registered class
            raise UserError(f"{path} has the attention '{spec}', whose arguments could make any object: {LEAVE}.")
