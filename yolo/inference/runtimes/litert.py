"""Run LiteRT (TensorFlow Lite) models with its interpreter and XNNPACK, https://ai.google.dev/edge/litert."""

import zipfile
from pathlib import Path

from yolo.array_types import Images
from yolo.inference import checksum
from yolo.inference.metadata import FILE, ModelMetadata
from yolo.inference.runtimes.exported_runtime import ExportedRuntime, reading
from yolo.inference.runtimes.runtime import RuntimeOutput
from yolo.machine import thread_limit, threads
from yolo.optional_packages import import_optional
from yolo.undecodable_names import refuse_undecodable_name


class LiteRTRuntime(ExportedRuntime):
    """A runtime of an exported `.tflite` file, for any batch size.

    It allocates its memory anew for each new batch size. Threads take turns, because an interpreter keeps its output in
    its own memory. Four threads with an interpreter each processed only 1.08 times as many pictures a second, as one
    interpreter uses all cores.

    Raises:
        UserError: the file is damaged or not an export, or a package is missing.
    """

    def __init__(self, path: str | Path) -> None:
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

    def _compute(self, pictures: Images) -> RuntimeOutput:
        found = self._detect(pictures=pictures)
        return found["boxes"], found["scores"]


def _associated_file(path: str | Path) -> str | None:
    """Return the metadata from the zip archive at the end of the file, or None."""
    if not zipfile.is_zipfile(path):
        return None
    with reading(path), zipfile.ZipFile(path) as archive:
        return archive.read(FILE).decode("utf-8") if FILE in archive.namelist() else None
