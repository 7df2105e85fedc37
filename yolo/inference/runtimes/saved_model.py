"""Run SavedModels with TensorFlow, https://www.tensorflow.org/guide/saved_model."""

from pathlib import Path

from yolo.array_types import Images
from yolo.inference import checksum
from yolo.inference.metadata import FILE, ModelMetadata
from yolo.inference.runtimes.exported_runtime import ExportedRuntime, reading
from yolo.inference.runtimes.runtime import RuntimeOutput
from yolo.inference.runtimes.saved_model_safety import check_operations
from yolo.weights.model_format import ModelFormat

MAIN = ModelFormat.SAVED_MODEL.value  # the file that marks such a folder


def metadata_in(folder: str | Path) -> ModelMetadata:
    """Return the metadata in the folder of an exported SavedModel.

    Raises:
        UserError: there is none.
    """
    described = Path(folder) / FILE
    return ModelMetadata.from_json(described.read_bytes() if described.is_file() else None, folder)


class SavedModelRuntime(ExportedRuntime):
    """A runtime of an exported SavedModel, for any batch size. It needs TensorFlow, but not Keras.

    Args:
        path: the folder.
        allow_imports: whether the model may run operations of any kind, even those that read and write files.

    Raises:
        UserError: it is damaged or not an export, or would run operations that are not allowed.
    """

    CONCURRENT = True
    SURVIVES_FORK = False  # for the same reason as KerasRuntime

    def __init__(self, path: str | Path, allow_imports: bool | str = False) -> None:
        import tensorflow as tf

        main = Path(path) / MAIN
        super().__init__(metadata_in(path))
        with reading(path):
            checksum.check(Path(path) / FILE, [main])
            if not allow_imports:
                check_operations(path, main.read_bytes())
            self._model = tf.saved_model.load(str(path))
            self._detect = self._model.signatures["serving_default"]
        self._tensor = tf.constant
        self.try_out(path)

    def _compute(self, pictures: Images) -> RuntimeOutput:
        found = self._detect(pictures=self._tensor(pictures))
        return found["boxes"].numpy(), found["scores"].numpy()
