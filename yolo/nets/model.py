"""The network as a Keras model: images in, raw maps out; its attributes are the settings needed to decode them."""

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import keras

from attention.spec import importable
from yolo.anchors import DEFAULT, LEVELS
from yolo.anchors import masks as masks_of
from yolo.array_types import AnchorMasks, Anchors
from yolo.attention_places import AttentionSpec, by_place
from yolo.errors import UserError
from yolo.nets.attention_blocks import attend, portable
from yolo.nets.backbone import backbone
from yolo.nets.blocks import Convolutions
from yolo.nets.decode import Decode
from yolo.nets.neck import neck
from yolo.nets.network_checks import check

MASKS = masks_of(2)  # of strides 32 and 16; the published COCO weights need 1, 2, 3 for the second


@keras.saving.register_keras_serializable("yolo")
class YoloV4Tiny(keras.Model):
    """A YOLOv4-tiny with attention on its feature levels and on the upsample path, or at places of your choice.

    Input: (B, H, W, 3) float32 RGB in 0..1, H and W multiples of 32. Output: raw maps
    [(B, H/32, W/32, A * (5 + C)), (B, H/16, W/16, A * (5 + C))]; three masks add a third level, with
    (B, H/8, W/8, A * (5 + C)). Wang et al. 2021, https://arxiv.org/abs/2011.08036.

    Example:
        >>> import numpy as np
        >>> network = YoloV4Tiny(("cat", "dog"), attention="cbam@p4", input_size=(64, 96))
        >>> [tuple(raw.shape) for raw in network(np.zeros((1, 64, 96, 3), np.float32))]
        [(1, 2, 3, 21), (1, 4, 6, 21)]

    Args:
        class_names: the name of every class, in order.
        anchors: widths and heights in pixels of the input, small ones first.
        masks: the indices of the anchors that each map uses, those of stride 32 first; two or three, one for each
            level, see `yolo.anchors.masks`.
        attention: any specification that `attention.create` takes; or several with their places, as a text such as
            `"cbam@p4, se@c3+c4"` or a dictionary, see `yolo.attention_places`. A class must be importable.
        input_size: height and width to which pictures are resized before detection.
        resize_mode: how they are resized, "letterbox" or "stretch".
        scale_xy: how far a center may lie beyond its cell, see `decode`.
        score_thresholds: the lowest score at which a detection of each class is shown, or nothing for the default.
        temperature: by which scores are scaled before they are shown, see `yolo.temperature`.
        epsilon: added to the variance by batch norm.
        dtype: Keras dtype policy of the layers; the heads are always float32.

    Raises:
        UserError: a network cannot have one of the settings; the attention or its place is unknown, cannot be saved,
            or changes the shape of the features.
    """

    def __init__(
        self,
        class_names: Sequence[str],
        anchors: Anchors = DEFAULT,
        masks: AnchorMasks = MASKS,
        attention: AttentionSpec = "none",
        input_size: Sequence[int] = (416, 416),
        resize_mode: str = "letterbox",
        scale_xy: float = 1.05,
        epsilon: float = 1e-5,
        score_thresholds: Sequence[float] = (),
        temperature: float = 1.0,
        dtype: str | keras.DTypePolicy = "float32",
        name: str = "yolov4_tiny",
    ) -> None:
        check(
            {
                "class_names": class_names,
                "anchors": anchors,
                "masks": masks,
                "input_size": input_size,
                "resize_mode": resize_mode,
                "scale_xy": scale_xy,
                "epsilon": epsilon,
                "score_thresholds": score_thresholds,
                "temperature": temperature,
                "dtype": dtype,
            }
        )
        attention = portable(attention)
        pictures = keras.Input((None, None, 3), dtype="float32", name="pictures")
        attention_at = partial(attend, blocks=by_place(attention, len(masks)), dtype=dtype)
        convolutions = Convolutions(dtype, epsilon)
        outputs = len(masks[0]) * (5 + len(class_names))
        features = backbone(pictures, convolutions, attention_at)[-len(masks) :]
        super().__init__(pictures, neck(features, convolutions, outputs, attention_at), name=name)
        self.class_names = tuple(class_names)
        self.anchors = tuple((float(w), float(h)) for w, h in anchors)
        self.masks = tuple(map(tuple, masks))
        self.attention = attention
        self.input_size: tuple[int, int] = (input_size[0], input_size[1])
        self.resize_mode = resize_mode
        self.scale_xy = scale_xy
        self.epsilon = epsilon
        self.score_thresholds = tuple(map(float, score_thresholds))
        self.temperature = float(temperature)
        self.policy = dtype

    @property
    def levels(self) -> int:
        """Return the number of raw maps."""
        return len(self.masks)

    def decoder(self) -> Decode:
        """Return the layer that decodes the raw maps of this network."""
        return Decode(self.anchors, self.masks, self.scale_xy)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "YoloV4Tiny":
        """Return the network of a configuration, as Keras' loader calls it. No module is imported for its attention.

        Raises:
            UserError: the attention is from a module that has not been imported yet.
        """
        for spec in by_place(config.get("attention", "none"), max(LEVELS)).values():
            if importable(spec) and spec.partition(":")[0].strip() not in sys.modules:
                raise UserError(
                    f"the attention '{spec}' is of a module that is not imported: import it before, if you trust it, "
                    "or use Detector.load(path, allow_imports=True)."
                )
        return cls(**config)

    def get_config(self) -> dict[str, Any]:
        return {
            "class_names": self.class_names,
            "anchors": self.anchors,
            "masks": self.masks,
            "attention": self.attention,
            "input_size": self.input_size,
            "resize_mode": self.resize_mode,
            "scale_xy": self.scale_xy,
            "epsilon": self.epsilon,
            "score_thresholds": self.score_thresholds,
            "temperature": self.temperature,
            "dtype": self.policy,
            "name": self.name,
        }

    def twin(self, **changes: Any) -> "YoloV4Tiny":
        """Return a new network with the same configuration, except for `changes`, and with weights of its own."""
        return type(self)(**self.get_config() | changes)

    def copy(self, **changes: Any) -> "YoloV4Tiny":
        """Return a `twin` with a copy of the weights of this network."""
        other = self.twin(**changes)
        other.set_weights(self.get_weights())
        return other
