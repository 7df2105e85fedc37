"""LiteRT (TensorFlow Lite) models by its interpreter with XNNPACK, https://ai.google.dev/edge/litert."""

import zipfile

from yolo.file_names import refuse_undecodable_name
from yolo.inference import checksum
from yolo.inference.metadata import FILE, ModelMetadata
from yolo.inference.runtimes.exported import ExportedRuntime, reading
from yolo.machine import thread_limit, threads
from yolo.optional_packages import import_optional


class LiteRTRuntime(ExportedRuntime):
    """An exported `.tflite` file; any batch size, for each new one memory is laid out anew.

    Threads take turns: an interpreter keeps its answer in its own memory, and one for each of four threads gave 1.08 of
    the pictures a second, as each uses all cores.
    """

    def __init__(self, path):
        litert = import_optional("ai_edge_litert.interpreter", "ai-edge-litert", f"detecting with {path}")
        number = thread_limit() or threads()
        metadata = ModelMetadata.from_json(_associated_file(path), path)
        refuse_undecodable_name(path)
        with reading(path):
            checksum.check(path)
            interpreter = litert.Interpreter(str(path), num_threads=number)
            self._detect = interpreter.get_signature_runner()
        super().__init__(metadata)
        self.try_out(path)

    def _compute(self, pictures):
        found = self._detect(pictures=pictures)
        return found["boxes"], found["scores"]


def _associated_file(path):
    """The metadata in the archive that follows the model; None where there is none."""
    if not zipfile.is_zipfile(path):
        return None
    with reading(path), zipfile.ZipFile(path) as archive:
        return archive.read(FILE).decode("utf-8") if FILE in archive.namelist() else None
