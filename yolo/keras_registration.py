"""Let `keras.models.load_model` read the files of this project, whether `yolo` is imported before or after Keras."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

NETWORK = "yolo.nets.model"  # registers its class with Keras when it is imported


def register() -> None:
    """Register the network with Keras: now if Keras is imported, else as soon as it is."""
    if "keras" in sys.modules:
        import_module(NETWORK)
    else:
        sys.meta_path.insert(0, _AfterKeras())


class _AfterKeras:
    """An entry of `sys.meta_path` that imports the network at the end of the import of Keras."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == "keras" else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module: ModuleType) -> None:
                execute(module)
                import_module(NETWORK)

            spec.loader.exec_module = execute_and_register  # type: ignore[method-assign]  # of this one loader
        return spec
