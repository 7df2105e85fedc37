"""TensorFlow's SavedModel, https://www.tensorflow.org/guide/saved_model."""

from pathlib import Path

from yolo.inference.metadata import FILE, Metadata
from yolo.inference.runtimes.exported import ExportedRuntime, reading


def metadata_in(folder):
    """The `Metadata` in an exported SavedModel's folder; raises UserError where there is none."""
    described = Path(folder) / FILE
    return Metadata.from_json(described.read_bytes() if described.is_file() else None, folder)


class SavedModelRuntime(ExportedRuntime):
    """An exported SavedModel's folder; any batch size. Needs TensorFlow, but not Keras."""

    MAIN = "saved_model.pb"  # the file by which such a folder is known

    def __init__(self, path):
        import tensorflow as tf

        super().__init__(metadata_in(path))
        with reading(path):
            self._model = tf.saved_model.load(str(path))
            self._detect = self._model.signatures["serving_default"]
        self._tensor = tf.constant

    def __call__(self, pictures):
        found = self._detect(pictures=self._tensor(pictures))
        return found["boxes"].numpy(), found["scores"].numpy()
