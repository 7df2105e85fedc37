"""No attention, as a block like the others."""

from keras import layers

from attention.registry import register


@register("none", phi=0)
class Identity(layers.Identity):
    """A layer that returns its input unchanged, so that a model without attention needs no branch."""
