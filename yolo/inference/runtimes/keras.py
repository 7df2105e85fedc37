"""Run networks in memory with TensorFlow: one that may still change, or a frozen one, which is the fastest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from yolo.array_types import Array, Images
from yolo.inference.detection_function import detection_function, frozen
from yolo.inference.runtimes.runtime import Runtime, RuntimeOutput
from yolo.pixel_scaling import normalize_pixels

if TYPE_CHECKING:
    from yolo.nets.model import YoloV4Tiny


class KerasRuntime(Runtime):
    """A network run by TensorFlow, compiled once for any batch size.

    Args:
        model: the network; later changes of its weights have an effect.
        ready: compile it now, so that the first picture takes no longer than others.
    """

    CONCURRENT = True
    SURVIVES_FORK = False  # TensorFlow waits forever for the threads that it had in the parent

    def __init__(self, model: "YoloV4Tiny", ready: bool = True) -> None:
        import tensorflow as tf

        decode = model.decoder()

        @tf.function(input_signature=[tf.TensorSpec((None, *model.input_size, 3), tf.uint8)])
        def compute(pictures: Array) -> tuple[Array, Array]:
            return decode(model(normalize_pixels(pictures), training=False))

        self._start(model, compute, ready)

    def _start(
        self, model: "YoloV4Tiny", function: Callable[[Images], tuple[Array, Array]], ready: bool = True
    ) -> None:
        super().__init__(model)
        self._function = function
        if ready:
            self.warm_up()

    def _compute(self, pictures: Images) -> RuntimeOutput:
        boxes, scores = self._function(pictures)
        return boxes.numpy(), scores.numpy()


class FrozenRuntime(KerasRuntime):
    """A network run by TensorFlow with folded batch norm and constant weights, which is faster.

    Args:
        model: the network; later changes of its weights have no effect.
    """

    def __init__(self, model: "YoloV4Tiny") -> None:
        import tensorflow as tf

        compute = frozen(detection_function(model))
        self._start(model, lambda pictures: compute(tf.constant(pictures)))
