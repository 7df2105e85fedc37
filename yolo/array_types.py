"""Types of arrays for signatures: the type of the numbers, and the shape as a text.

`Boxes` is an array of NumPy's float32 with the shape `(n, 4)`. A name in a shape is any length, but the same length
everywhere in one signature; `*shape` is any number of axes. mypy checks the type of the numbers. The tests check the
shapes at run time in all functions that they call (`tests/shapes.py`). These are NumPy's own types: the package
jaxtyping would add 30 ms to the start of every command, and no longer supports Python 3.10.
"""

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = Any
"""An array or a tensor of whichever library computes: NumPy's, or that of Keras' backend, which no checker knows."""

Float = np.floating[Any]

Image: TypeAlias = Annotated[NDArray[np.uint8], "height width 3"]
"""A picture in memory: RGB, upright."""

Images: TypeAlias = Annotated[NDArray[np.uint8], "batch height width 3"]
"""Pictures of one size, as a network takes them."""

BgrImage: TypeAlias = Annotated[NDArray[np.uint8], "height width 3"]
"""An image with the channels in the order of OpenCV: blue, green, red."""

Boxes: TypeAlias = Annotated[NDArray[Float], "n 4"]
"""Bounding boxes xyxy in pixels, half-open: left, top, right, bottom."""

Labels: TypeAlias = Annotated[NDArray[np.int32], "n"]
"""The number of the class of each object."""

Scores: TypeAlias = Annotated[NDArray[Float], "n"]
"""The score of each object, from 0 to 1."""

Flags: TypeAlias = Annotated[NDArray[np.bool_], "n"]
"""A yes or no for each object."""

Sizes: TypeAlias = Annotated[NDArray[Float], "n 2"]
"""Widths and heights in pixels."""

Anchors: TypeAlias = Sequence[Sequence[float]] | Annotated[NDArray[Float], "anchors 2"]
"""Widths and heights of the anchors in pixels of the network's input, small ones first."""

AnchorMasks: TypeAlias = Sequence[Sequence[int]]
"""For the raw maps of stride 32, 16 and, if there is a third, 8: the indices of the anchors that each uses."""

CandidateBoxes: TypeAlias = Annotated[NDArray[Float], "batch candidates 4"]
"""The boxes that a network proposes in each picture of a batch, in pixels of its input."""

CandidateScores: TypeAlias = Annotated[NDArray[Float], "batch candidates classes"]
"""The score of every class for each of those boxes."""
