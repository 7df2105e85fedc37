"""TensorFlow's SavedModel, https://www.tensorflow.org/guide/saved_model."""

from pathlib import Path

from yolo.inference import checksum
from yolo.inference.metadata import FILE, ModelMetadata
from yolo.inference.runtimes.exported import ExportedRuntime, reading
from yolo.inference.runtimes.saved_graph import check_operations
from yolo.weights.model_format import ModelFormat

MAIN = ModelFormat.SAVED_MODEL.value  # the file by which such a folder is known


def metadata_in(folder):
    """The `ModelMetadata` in an exported SavedModel's folder; raises UserError where there is none."""
    described = Path(folder) / FILE
    return ModelMetadata.from_json(described.read_bytes() if described.is_file() else None, folder)


class SavedModelRuntime(ExportedRuntime):
    """An exported SavedModel's folder; any batch size. Needs TensorFlow, but not Keras.

    Args:
        path: the folder.
        allow_imports: whether it may run whatever operations it holds, those that read and write files among them.
    """

    CONCURRENT = True
    SURVIVES_FORK = False  # as of a network in Keras

    def __init__(self, path, allow_imports=False):
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

    def _compute(self, pictures):
        found = self._detect(pictures=self._tensor(pictures))
        return found["boxes"].numpy(), found["scores"].numpy()
