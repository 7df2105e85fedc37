"""Run ONNX models with ONNX Runtime, https://onnxruntime.ai."""

from pathlib import Path

from yolo.array_types import Images
from yolo.inference import checksum
from yolo.inference.metadata import KEY, ModelMetadata
from yolo.inference.runtimes.exported_runtime import ExportedRuntime, reading
from yolo.inference.runtimes.runtime import RuntimeOutput
from yolo.machine import thread_limit
from yolo.optional_packages import import_optional
from yolo.undecodable_names import refuse_undecodable_name

PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")  # fastest first; the first needs onnxruntime-gpu


class OnnxRuntime(ExportedRuntime):
    """A runtime of an exported `.onnx` file, for any batch size.

    Raises:
        UserError: the file is damaged or not an export, or a package is missing.
    """

    CONCURRENT = True

    def __init__(self, path: str | Path) -> None:
        onnxruntime = import_optional("onnxruntime", "onnxruntime", f"detecting with {path}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = thread_limit() or 0
        options.log_severity_level = 3  # only errors, not warnings
        providers = [name for name in PROVIDERS if name in onnxruntime.get_available_providers()]
        refuse_undecodable_name(path)
        with reading(path):
            checksum.check(path)
            self._session = onnxruntime.InferenceSession(str(path), options, providers)
        properties = self._session.get_modelmeta().custom_metadata_map
        super().__init__(ModelMetadata.from_json(properties.get(KEY), path))
        self.try_out(path)

    def _compute(self, pictures: Images) -> RuntimeOutput:
        boxes, scores = self._session.run(["boxes", "scores"], {"pictures": pictures})
        return boxes, scores
