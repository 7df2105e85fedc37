"""Paste objects of other training pictures, with their boxes, into a sample.

After Dwibedi et al. 2017, "Cut, Paste and Learn", https://arxiv.org/abs/1708.01642, with boxes instead of masks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from yolo import boxes as box_ops
from yolo.array_types import Boxes, Float, Image, Labels, Scores
from yolo.data.import_albumentations import A, Targets, normalize_bboxes
from yolo.data.project_transforms import FiniteSchema
from yolo.data.visible_share import ObjectRows, in_pixels
from yolo.data.warp import large_enough
from yolo.opencv import cv2
from yolo.structures import Sample

VISIBLE = 0.3  # another object in the rectangle gets a label when at least this share of it is inside
MOST = 1000  # limit of the pasted objects, of the tries for each, and of the zoom

Extent: TypeAlias = Annotated[NDArray[Float], "1 4"]
"""One bounding box."""


@dataclass(frozen=True)
class Patch:
    """A rectangle of another sample: its place, its pixels, and its objects with boxes in pixels of the new image."""

    left: int
    top: int
    image: Image
    boxes: Boxes
    labels: Labels
    scores: Scores

    @property
    def extent(self) -> Extent:
        """The box of the rectangle, float32."""
        height, width = self.image.shape[:2]
        return np.array([[self.left, self.top, self.left + width, self.top + height]], np.float32)


class BoxPaste(A.DualTransform):
    """Paste objects of other training pictures, each at a place where it hides little of other objects.

    Args:
        number: fewest and most objects to paste.
        scale: smallest and largest zoom of a pasted object.
        overlap: largest intersection of a pasted object with another, as a share of the smaller of the two boxes.
        soft: share of the width and height over which a pasted object fades in at each edge.
        tries: number of places to try for each object; an object that fits in none of them is left out.
        p: probability that the transform is applied.
    """

    _targets = (Targets.IMAGE, Targets.BBOXES)

    class InitSchema(FiniteSchema):
        number: tuple[int, int]
        scale: tuple[float, float]
        overlap: float = Field(ge=0, le=1)
        soft: float = Field(ge=0, le=0.5)
        tries: int = Field(ge=1, le=MOST)

    def __init__(
        self,
        number: tuple[int, int] = (1, 3),
        scale: tuple[float, float] = (0.7, 1.3),
        overlap: float = 0.1,
        soft: float = 0.05,
        tries: int = 20,
        p: float = 0.5,
    ) -> None:
        super().__init__(p=p)
        for name, (low, high) in (("number", number), ("scale", scale)):
            if not 0 < low <= high <= MOST:
                raise ValueError(
                    f"{name} must be two numbers over 0, the smaller first, up to {MOST}; got {[low, high]}"
                )
        self.number = number
        self.scale = scale
        self.overlap = overlap
        self.soft = soft
        self.tries = tries

    @property
    def targets(self) -> dict[str, Any]:
        return super().targets | {"labels": self.apply_to_labels, "scores": self.apply_to_scores}

    @property
    def targets_as_params(self) -> list[str]:
        return ["bboxes", "labels", "others"]

    def gentle(self) -> "BoxPaste":
        """Return a transform that pastes nothing in the last epochs, which have no mosaic either."""
        return BoxPaste(self.number, self.scale, self.overlap, self.soft, self.tries, p=0.0)

    def get_params_dependent_on_data(self, params: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        rng, size = self.random_generator, params["shape"][:2]
        taken, patches = in_pixels(data["bboxes"], size), []
        for other in data["others"](int(rng.integers(self.number[0], self.number[1] + 1)), rng):
            objects = np.flatnonzero((other.labels >= 0) & other.is_complete)
            if len(objects):
                patch = self._placed(other, rng.choice(objects), taken, size, rng)
                if patch is not None:
                    patches.append(patch)
                    taken = np.concatenate([taken, patch.extent])
        return {"patches": patches, "first_row": len(data["labels"])}

    def apply(self, img: Image, patches: Sequence[Patch], **_: Any) -> Image:
        image = img.copy()
        for patch in patches:
            height, width = patch.image.shape[:2]
            part = image[patch.top : patch.top + height, patch.left : patch.left + width]
            share = np.minimum(self._rise(height)[:, None], self._rise(width))[..., None]
            part[:] = np.rint(share * patch.image + (1 - share) * part).astype(np.uint8)
        return image

    def apply_to_bboxes(
        self, bboxes: ObjectRows, patches: Sequence[Patch], first_row: int, shape: tuple[int, ...], **_: Any
    ) -> Annotated[NDArray[Float], "m 6"]:
        rows, size = bboxes.copy(), (shape[0], shape[1])
        for patch in patches:
            rows[:, 5] *= 1 - _shared(in_pixels(rows, size), patch.extent) / _area(in_pixels(rows, size))
            number = first_row + np.arange(len(patch.labels))
            new = np.column_stack([patch.boxes.astype(np.float64), number, np.ones(len(number))])
            rows = np.concatenate([rows, normalize_bboxes(new, size)])
            first_row += len(number)
        return rows

    def apply_to_labels(self, labels: Labels, patches: Sequence[Patch], **_: Any) -> Annotated[NDArray[np.int32], "m"]:
        return np.concatenate([labels, *(patch.labels for patch in patches)])

    def apply_to_scores(self, scores: Scores, patches: Sequence[Patch], **_: Any) -> Annotated[NDArray[Float], "m"]:
        return np.concatenate([scores, *(patch.scores for patch in patches)])

    def _placed(
        self, other: Sample, chosen: int, taken: Boxes, size: tuple[int, int], rng: np.random.Generator
    ) -> Patch | None:
        """Return the object `chosen` of another sample as a patch at a free place, or None where there is none.

        Args:
            taken: the boxes of the objects that are in the image already.
            size: (height, width) of the image.
        """
        left, top = np.floor(other.boxes[chosen, :2]).astype(int)
        right, bottom = np.ceil(other.boxes[chosen, 2:]).astype(int)
        zoom = rng.uniform(*self.scale)
        width, height = (max(round(side * zoom), 1) for side in (right - left, bottom - top))
        places = rng.random((self.tries, 2))
        if height > size[0] or width > size[1]:
            return None
        image = cv2.resize(other.image[top:bottom, left:right], (width, height), interpolation=cv2.INTER_LINEAR)
        moved = other.boxes - np.array([left, top] * 2, np.float32)
        boxes = box_ops.scale(moved, width / (right - left), height / (bottom - top))
        inside = box_ops.clip(boxes, height, width)
        kept = (box_ops.area(inside) >= VISIBLE * box_ops.area(boxes)) & large_enough(inside)
        for x, y in (places * (size[1] - width + 1, size[0] - height + 1)).astype(int).tolist():
            placed = inside[kept] + np.array([x, y] * 2, np.float32)
            objects = (placed, other.labels[kept], other.scores[kept])
            patch = Patch(x, y, image, *objects)  # type: ignore[arg-type]  # still uint8
            smaller = np.minimum(_area(taken), _area(patch.extent))
            if (_shared(taken, patch.extent) <= self.overlap * smaller).all():
                return patch
        return None

    def _rise(self, side: int) -> Annotated[NDArray[np.float64], "side"]:
        """Return the opacity of a pasted object at each pixel from edge to edge, from 0 to 1."""
        from_edge = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
        return np.minimum(from_edge / max(self.soft * side, 0.5), 1)


def _area(boxes: Boxes) -> Annotated[NDArray[Float], "n"]:
    """Return the area of each box, at least 1e-9."""
    return np.maximum(box_ops.area(boxes), 1e-9)


def _shared(boxes: Boxes, extent: Extent) -> Annotated[NDArray[Float], "n"]:
    """Return the area of the intersection of each box with one other box."""
    return box_ops.area(np.concatenate([np.maximum(boxes, extent)[:, :2], np.minimum(boxes, extent)[:, 2:]], axis=1))
