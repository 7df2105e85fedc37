"""Import packages that only some commands need, or show the pip command that installs them."""

from importlib import import_module
from types import ModuleType

from yolo.errors import UserError


def import_optional(module: str, package: str, purpose: str) -> ModuleType:
    """Import a module that the installation does not bring.

    Args:
        module: the full name of the module, such as `"ai_edge_litert.interpreter"`.
        package: the package to install, as pip names it, and others that it needs.
        purpose: the use of the module, as the message begins: `writing ONNX`.

    Raises:
        UserError: the package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise UserError(f"{purpose} needs a package that is not installed: pip install {package}") from error
