"""Packages that only some commands need: imported when they are, with the pip command where they are missing."""

from importlib import import_module

from yolo.errors import UserError


def import_optional(module, package, purpose):
    """Import a module that requirements.txt does not bring.

    Args:
        module: its full name, such as `"ai_edge_litert.interpreter"`.
        package: what pip calls it, and what else is needed along with it.
        purpose: what it is needed for, the beginning of the sentence.

    Raises:
        UserError: the package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise UserError(f"{purpose} needs a package that is not installed: pip install {package}") from error
