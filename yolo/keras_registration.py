"""Let `keras.models.load_model` read this project's files once `yolo` is imported, before Keras or after it."""

import sys
from importlib import import_module
from importlib.machinery import PathFinder

NETWORK = "yolo.nets.model"  # registers its class with Keras when it is imported


def register():
    """Register the network with Keras: now if that has been imported, else as soon as it is."""
    if "keras" in sys.modules:
        import_module(NETWORK)
    else:
        sys.meta_path.insert(0, _AfterKeras())


class _AfterKeras:
    """An entry of `sys.meta_path` that imports the network at the end of the import of Keras."""

    def find_spec(self, name, path=None, target=None):
        spec = PathFinder.find_spec(name, path, target) if name == "keras" else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module):
                execute(module)
                import_module(NETWORK)

            spec.loader.exec_module = execute_and_register
        return spec
