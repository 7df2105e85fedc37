"""The part that most blocks have in common: gates that the input is multiplied by."""

from keras import layers, ops

from attention.arguments import yes_or_no


class Gating(layers.Layer):
    """A layer that scales its input by gates that it computes from it.

    A block of this kind writes `gates`; gates between 0 and 1 are made by `gate` from logits whose last layer begins
    with `last_initializer`.

    Input and output: `(batch, height, width, channels)`.

    Args:
        identity_start: begin with gates of exactly 1, so that a pretrained network answers as before until the block
            has learned. A gate is then twice the sigmoid of a logit that begins at 0.
    """

    def __init__(self, identity_start=False, **kwargs):
        super().__init__(**kwargs)
        self.input_spec = layers.InputSpec(ndim=4)
        self.identity_start = yes_or_no("identity_start", identity_start)

    @property
    def last_initializer(self):
        """Of the weights that end in the logits."""
        return "zeros" if self.identity_start else "glorot_uniform"

    def gate(self, logits):
        """Logits to factors between 0 and 1, or between 0 and 2 after an identity start."""
        return ops.sigmoid(logits) * (2 if self.identity_start else 1)

    def bounds(self, kind):
        """Between which two values the gates of that kind lie."""
        return 0.0, 2.0 if self.identity_start else 1.0

    def gates(self, x, training=None):
        """The factors by what they judge ("channel", "spatial", ...), each of four axes that fit those of `x`."""
        raise NotImplementedError

    def call(self, x, training=None):
        for gate in self.gates(x, training).values():
            x = x * gate
        return x

    def compute_output_shape(self, shape):
        return shape

    def get_config(self):
        return super().get_config() | {"identity_start": self.identity_start}
