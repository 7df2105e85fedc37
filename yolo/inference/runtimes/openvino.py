"""Run OpenVINO models, https://docs.openvino.ai."""

from pathlib import Path
from typing import Any

from yolo.array_types import Images
from yolo.errors import UserError
from yolo.inference import checksum
from yolo.inference.metadata import KEY, ModelMetadata
from yolo.inference.runtimes.exported_runtime import ExportedRuntime, reading
from yolo.inference.runtimes.runtime import RuntimeOutput
from yolo.machine import thread_limit
from yolo.optional_packages import import_optional

ARITHMETIC = {
    "float32": "f32",
    "float16": "f32",
    "bfloat16": "bf16",
    "int8": "f32",
}  # of the layers that are not quantized


class OpenVinoRuntime(ExportedRuntime):
    """A runtime of an exported `.xml` file with its `.bin` beside it, for any batch size.

    It is compiled for single pictures, which is a tenth faster than for any batch size; at the first larger batch, it
    is compiled for any size as well. Threads take turns: four threads with a request each processed only 1.1 times as
    many pictures a second, as one request uses all cores.

    Raises:
        UserError: a file is missing, damaged or not an export, or a package is missing.
    """

    def __init__(self, path: str | Path) -> None:
        openvino = import_optional("openvino", "openvino", f"detecting with {path}")
        if not Path(path).with_suffix(".bin").is_file():
            raise UserError(f"the weights of {path} are missing: put {Path(path).with_suffix('.bin').name} beside it.")
        core = openvino.Core()
        with reading(path):
            checksum.check(path, [Path(path).with_suffix(".bin")])
            model = core.read_model(path)
        text = model.get_rt_info([KEY]).astype(str) if model.has_rt_info([KEY]) else None
        super().__init__(ModelMetadata.from_json(text, path))
        settings: dict[str, str | int] = {
            "INFERENCE_PRECISION_HINT": ARITHMETIC[self.metadata.precision],
            "PERFORMANCE_HINT": "LATENCY",
        }
        if limit := thread_limit():
            settings["INFERENCE_NUM_THREADS"] = limit

        def compiled(batch: int) -> Any:
            """Return OpenVINO's request for a batch size; -1 is any."""
            model.reshape([batch, *self.input_size, 3])
            return openvino.compile_model(model, "CPU", settings).create_infer_request()

        self._compiled = compiled
        with reading(path):
            self._one = compiled(1)
        self._many: Any = None
        self.try_out(path)

    def _compute(self, pictures: Images) -> RuntimeOutput:
        if len(pictures) > 1 and self._many is None:
            self._many = self._compiled(-1)
        found = (self._one if len(pictures) == 1 else self._many).infer([pictures], share_inputs=True)
        return found["boxes"], found["scores"]
