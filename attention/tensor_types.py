"""Types of what layers take and give, for signatures."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor of whichever library Keras computes with, symbolic ones included; no checker knows them all."""

Shape: TypeAlias = tuple[int | Any, ...]
"""The shape of a tensor, the batch first; None where a length is not known yet. The number of channels always is."""
