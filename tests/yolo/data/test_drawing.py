"""The drawn pictures: what their labels say must be what is there."""

import numpy as np
import pytest
from matplotlib.path import Path as Polygon

from yolo.data.demo import drawing, outlines


@pytest.fixture(scope="module")
def recorded():
    """Pictures with the outlines that were drawn, in order, taken down on their way to the brush."""
    pictures = []
    with pytest.MonkeyPatch.context() as patch:
        painted = []
        paint = drawing._paint

        def taking_down(image, outline, colors, rng, shadow=False):
            if shadow:
                painted.append(outline)
            paint(image, outline, colors, rng, shadow)

        patch.setattr(drawing, "_paint", taking_down)
        for number in range(12):
            painted.clear()
            pictures.append((*drawing.draw(np.random.default_rng((1, number))), list(painted)))
    return pictures


def filled(outline, height, width):
    """Which pixel centres an outline encloses, by Matplotlib's point-in-polygon test."""
    y, x = np.mgrid[:height, :width] + 0.5
    return Polygon(outline).contains_points(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(height, width)


def polygon_area(outline):
    x, y = outline.T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


def test_boxes_are_tight_around_what_is_seen_of_each_object(recorded):
    for image, names, boxes, visible, painted in recorded:
        assert len(names) == len(boxes) == len(visible) == len(painted)
        masks = [filled(outline, *image.shape[:2]) for outline in painted]
        for i, box in enumerate(boxes):
            seen = masks[i] & ~np.any(masks[i + 1 :], axis=0) if masks[i + 1 :] else masks[i]
            y, x = np.nonzero(seen)
            np.testing.assert_allclose(box, [x.min(), y.min(), x.max() + 1, y.max() + 1], atol=1)
            assert visible[i] == pytest.approx(seen.sum() / polygon_area(painted[i]), abs=0.07)


def test_most_of_every_object_is_seen_and_its_box_is_not_small(recorded):
    for image, _, boxes, visible, _ in recorded:
        assert np.all(visible >= 0.6)
        assert np.all((boxes[:, 2:] - boxes[:, :2]) * 416 / max(image.shape) >= 28)
        assert np.all(boxes >= 0)
        assert np.all(boxes[:, 2:] <= image.shape[1::-1])


def test_some_objects_overlap_and_some_are_cut(recorded):
    visible = np.concatenate([picture[3] for picture in recorded])
    assert 0.05 < np.mean(visible < 0.95) < 0.6


def test_an_object_changes_the_pixels_inside_its_box_and_only_a_shadow_those_outside():
    rng = np.random.default_rng(0)
    image = np.full((120, 200, 3), 128, np.float32)
    outline = outlines.star(rng) * 30 + (80, 60)
    drawing._paint(image, outline, np.array([[255, 0, 0], [255, 0, 0]], np.float32), rng)
    changed = np.abs(image - 128).max(axis=2) > 40
    y, x = np.nonzero(changed)
    np.testing.assert_allclose([x.min(), y.min()], outline.min(axis=0), atol=2)
    np.testing.assert_allclose([x.max() + 1, y.max() + 1], outline.max(axis=0), atol=2)


def test_pictures_vary_in_size_aspect_and_number_of_objects():
    pictures = [drawing.draw(np.random.default_rng((0, number))) for number in range(40)]
    shapes = {image.shape for image, *_ in pictures}
    assert len(shapes) > 30
    assert any(height > width for height, width, _ in shapes)
    assert any(height < width for height, width, _ in shapes)
    assert {len(names) for _, names, _, _ in pictures} >= {0, 2, 3, 4, 5}
    assert {name for _, names, _, _ in pictures for name in names} == set(drawing.NAMES)


@pytest.mark.parametrize("shape", [*outlines.CLASSES.values(), *outlines.OTHERS])
def test_outlines_have_an_area_and_reach_about_one_radius(shape):
    outline = shape(np.random.default_rng(0))
    assert polygon_area(outline) > 0.05
    assert 0.6 < np.linalg.norm(outline, axis=1).max() < 1.3
