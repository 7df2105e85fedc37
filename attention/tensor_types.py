"""Types for the signatures of layers: tensors and shapes."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor of the library that Keras uses, possibly a symbolic one; no type checker knows all of them."""

Shape: TypeAlias = tuple[int | Any, ...]
"""The shape of a tensor, the batch first. A length that is not known yet is None, but the channels are always known."""
