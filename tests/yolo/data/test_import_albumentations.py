"""What Albumentations does not promise to keep is still there and does what is expected."""

import numpy as np
import pytest

from yolo.data.import_albumentations import A, change_boxes_by, declared_targets, params_given


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("_targets", A.HorizontalFlip(p=1)),
        ("_key2func", A.HorizontalFlip(p=1)),
        ("to_dict_private", A.BboxParams("pascal_voc")),
    ],
)
def test_albumentations_still_has_what_is_asked_of_it(name, owner):
    assert hasattr(owner, name), f"Albumentations {A.__version__} has no {name}: see yolo/data/import_albumentations.py"


def test_what_a_transform_changes_is_less_than_what_its_base_class_could():
    class Half(A.DualTransform):
        _targets = A.Blur._targets

    assert declared_targets(A.HorizontalFlip()) >= {"image", "bboxes"}
    assert "bboxes" not in declared_targets(Half())
    assert "bboxes" in Half().available_keys, "or the public name would do"


def test_boxes_are_changed_by_the_function_that_is_given_instead_of_the_transforms_own():
    flip = A.HorizontalFlip(p=1)
    pipeline = A.Compose([flip], bbox_params=A.BboxParams("albumentations"))
    given = {"image": np.zeros((4, 4, 3), np.uint8), "bboxes": np.array([[0.0, 0.0, 0.25, 0.5]])}
    assert pipeline(**given)["bboxes"].tolist() == [[0.75, 0, 1, 0.5]]
    change_boxes_by(flip, lambda bboxes, **_: bboxes + 0.25)
    assert pipeline(**given)["bboxes"].tolist() == [[0.25, 0.25, 0.5, 0.75]]


def test_the_params_of_boxes_are_read_back_as_they_were_given():
    compose = A.Compose(
        [A.HorizontalFlip()], bbox_params=A.BboxParams("coco", label_fields=["names"], min_visibility=0.25)
    )
    given = params_given(compose.processors["bboxes"])
    assert (given["format"], given["label_fields"], given["min_visibility"]) == ("coco", ["names"], 0.25)
