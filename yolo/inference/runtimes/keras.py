"""Networks in memory by TensorFlow: one that may still change, and one that is as fast as TensorFlow gets."""

from yolo.inference.detection_function import detection_function, frozen
from yolo.inference.runtimes.runtime import Runtime
from yolo.pixels import normalize_pixels


class KerasRuntime(Runtime):
    """A YoloV4Tiny run by TensorFlow, compiled once for any batch size.

    Args:
        model: a `YoloV4Tiny`; later changes to its weights are seen.
        ready: whether it is compiled now, so that the first picture is as fast as all.
    """

    CONCURRENT = True
    SURVIVES_FORK = False  # TensorFlow waits for ever for the threads that it had in the parent

    def __init__(self, model, ready=True):
        import tensorflow as tf

        decode = model.decoder()

        @tf.function(input_signature=[tf.TensorSpec((None, *model.input_size, 3), tf.uint8)])
        def compute(pictures):
            return decode(model(normalize_pixels(pictures), training=False))

        self._start(model, compute, ready)

    def _start(self, model, function, ready=True):
        super().__init__(model)
        self._function = function
        if ready:
            self.warm_up()

    def _compute(self, pictures):
        boxes, scores = self._function(pictures)
        return boxes.numpy(), scores.numpy()


class FrozenRuntime(KerasRuntime):
    """A YoloV4Tiny as it is now, batch norm folded and weights constant, which is quicker.

    Args:
        model: a `YoloV4Tiny`; later changes to its weights are not seen.
    """

    def __init__(self, model):
        import tensorflow as tf

        compute = frozen(detection_function(model))
        self._start(model, lambda pictures: compute(tf.constant(pictures)))
