"""Objects of other training pictures pasted into this one with their boxes.

After Dwibedi et al. 2017, "Cut, Paste and Learn", https://arxiv.org/abs/1708.01642, with boxes in the place of masks.
"""

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from yolo import boxes as box_ops
from yolo.data.albumentations import A, Targets, normalize_bboxes
from yolo.data.transforms import FiniteSchema
from yolo.data.visible_share import in_pixels
from yolo.data.warp import large_enough
from yolo.opencv import cv2

VISIBLE = 0.3  # what else lies in the rectangle is labelled when at least that share of it does


MOST = 1000  # objects, tries for each, and times its size


@dataclass(frozen=True)
class Patch:
    """A rectangle of another picture: its place, its pixels, and the objects in it in pixels of the new picture."""

    left: int
    top: int
    image: np.ndarray  # (h, w, 3) uint8
    boxes: np.ndarray  # (n, 4) float32
    labels: np.ndarray  # (n,) int32

    @property
    def extent(self):
        """Its own box, (1, 4) float32."""
        height, width = self.image.shape[:2]
        return np.array([[self.left, self.top, self.left + width, self.top + height]], np.float32)


class BoxPaste(A.DualTransform):
    """Paste objects of other training pictures, each where it hides little of those that are there.

    Args:
        number: fewest and most objects that are pasted.
        scale: smallest and largest zoom of a pasted object.
        overlap: largest share of the smaller of two boxes that a pasted object may have in common with another.
        soft: share of the width and height, at each edge of a pasted object, over which it fades in.
        tries: places that are tried for each; an object that fits in none of them is left out.
        p: chance that anything is pasted.
    """

    _targets = (Targets.IMAGE, Targets.BBOXES)

    class InitSchema(FiniteSchema):
        number: tuple[int, int]
        scale: tuple[float, float]
        overlap: float = Field(ge=0, le=1)
        soft: float = Field(ge=0, le=0.5)
        tries: int = Field(ge=1, le=MOST)

    def __init__(self, number=(1, 3), scale=(0.7, 1.3), overlap=0.1, soft=0.05, tries=20, p=0.5):
        super().__init__(p=p)
        for name, (low, high) in (("number", number), ("scale", scale)):
            if not 0 < low <= high <= MOST:
                raise ValueError(
                    f"{name} must be two numbers over 0, the smaller first, up to {MOST}; got {[low, high]}"
                )
        self.number = tuple(number)
        self.scale = tuple(scale)
        self.overlap = overlap
        self.soft = soft
        self.tries = tries

    @property
    def targets(self):
        return super().targets | {"labels": self.apply_to_labels}

    @property
    def targets_as_params(self):
        return ["bboxes", "labels", "others"]

    def gentle(self):
        """Nothing is pasted in the last epochs, as nothing is put together by mosaic."""
        return BoxPaste(self.number, self.scale, self.overlap, self.soft, self.tries, p=0.0)

    def get_params_dependent_on_data(self, params, data):
        rng, size = self.random_generator, params["shape"][:2]
        taken, patches = in_pixels(data["bboxes"], size), []
        for other in data["others"](int(rng.integers(self.number[0], self.number[1] + 1)), rng):
            known = np.flatnonzero(other.labels >= 0)
            if len(known):
                patch = self._placed(other, rng.choice(known), taken, size, rng)
                if patch is not None:
                    patches.append(patch)
                    taken = np.concatenate([taken, patch.extent])
        return {"patches": patches, "first_row": len(data["labels"])}

    def apply(self, img, patches, **_):
        image = img.copy()
        for patch in patches:
            height, width = patch.image.shape[:2]
            part = image[patch.top : patch.top + height, patch.left : patch.left + width]
            share = np.minimum(self._rise(height)[:, None], self._rise(width))[..., None]
            part[:] = np.rint(share * patch.image + (1 - share) * part).astype(np.uint8)
        return image

    def apply_to_bboxes(self, bboxes, patches, first_row, shape, **_):
        rows, size = bboxes.copy(), shape[:2]
        for patch in patches:
            rows[:, 5] *= 1 - _shared(in_pixels(rows, size), patch.extent) / _area(in_pixels(rows, size))
            number = first_row + np.arange(len(patch.labels))
            new = np.column_stack([patch.boxes.astype(np.float64), number, np.ones(len(number))])
            rows = np.concatenate([rows, normalize_bboxes(new, tuple(size))])
            first_row += len(number)
        return rows

    def apply_to_labels(self, labels, patches, **_):
        return np.concatenate([labels, *(patch.labels for patch in patches)])

    def _placed(self, other, chosen, taken, size, rng):
        """The object `chosen` of another sample as a `Patch`, or None where there is no room for it."""
        left, top = np.floor(other.boxes[chosen, :2]).astype(int)
        right, bottom = np.ceil(other.boxes[chosen, 2:]).astype(int)
        zoom = rng.uniform(*self.scale)
        width, height = (max(round(side * zoom), 1) for side in (right - left, bottom - top))
        places = rng.random((self.tries, 2))
        if height > size[0] or width > size[1]:
            return None
        image = cv2.resize(other.image[top:bottom, left:right], (width, height), interpolation=cv2.INTER_LINEAR)
        boxes = box_ops.scale(
            other.boxes - np.float32([left, top] * 2), width / (right - left), height / (bottom - top)
        )
        inside = box_ops.clip(boxes, height, width)
        kept = (box_ops.area(inside) >= VISIBLE * box_ops.area(boxes)) & large_enough(inside)
        for x, y in (places * (size[1] - width + 1, size[0] - height + 1)).astype(int).tolist():
            patch = Patch(x, y, image, inside[kept] + np.float32([x, y] * 2), other.labels[kept])
            smaller = np.minimum(_area(taken), _area(patch.extent))
            if (_shared(taken, patch.extent) <= self.overlap * smaller).all():
                return patch
        return None

    def _rise(self, side):
        """Return how much of a pasted object is seen at each pixel from edge to edge: (side,) from 0 to 1."""
        from_edge = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
        return np.minimum(from_edge / max(self.soft * side, 0.5), 1)


def _area(boxes):
    return np.maximum(box_ops.area(boxes), 1e-9)


def _shared(boxes, extent):
    """Areas that boxes (n, 4) have in common with one other (1, 4): (n,)."""
    return box_ops.area(np.concatenate([np.maximum(boxes, extent)[:, :2], np.minimum(boxes, extent)[:, 2:]], axis=1))
