"""What a function of a user's own may return: every form of it can be used, or is refused in one sentence."""

import sys
import threading
import types

import numpy as np
import pytest

from tests.yolo.data.painted import painted
from yolo.data import augment_check, augment_choice
from yolo.data.import_albumentations import A, Targets
from yolo.errors import UserError

FLIPPED = [[196, 30, 236, 50]]


class Flip(A.HorizontalFlip):
    """A transform of the user's own."""

    def __init__(self):
        super().__init__(p=1.0)


class Locked(A.DualTransform):
    """A transform that cannot be copied."""

    _targets = (Targets.IMAGE, Targets.BBOXES)

    def __init__(self):
        super().__init__(p=1.0)
        self.lock = threading.Lock()


class Stopped(SystemExit):
    """Stands in for a signal that has come."""


def flip():
    return A.HorizontalFlip(p=1.0)


def compose(**arguments):
    return A.Compose([flip()], **arguments)


def raising(error):
    def fail():
        raise error

    return fail


@pytest.fixture
def choose(monkeypatch):
    """A function (function) -> the `Augmentation` of --augment looks:own, tried as before a run."""

    def choose(function):
        module = types.ModuleType("looks")
        module.own = function
        monkeypatch.setitem(sys.modules, "looks", module)
        augmentation = augment_choice.choose("looks:own", allow_imports=True).augmentation
        augment_check.check(augmentation, [(64, 96)], "--augment looks:own")
        return augmentation

    return choose


FORMS = {
    "a list": lambda: [flip()],
    "a tuple": lambda: (flip(),),
    "a transform": flip,
    "a group": lambda: A.Sequential([flip()], p=1.0),
    "a class": Flip,
    "a Compose": compose,
    "a Compose with boxes as in VOC": lambda: compose(bbox_params=A.BboxParams("pascal_voc", ["labels"])),
    "a Compose with boxes as in COCO": lambda: compose(bbox_params=A.BboxParams("coco", ["class_ids"])),
    "a Compose with two fields of labels": lambda: compose(bbox_params={"format": "yolo", "label_fields": ["a", "b"]}),
    "a Compose in a Compose": lambda: A.Compose([compose(bbox_params=A.BboxParams("coco", ["class_ids"]))]),
    "a Compose in a list": lambda: [compose()],
    "a ReplayCompose": lambda: A.ReplayCompose([flip()], bbox_params=A.BboxParams("coco")),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_the_same_transform_does_the_same(name, choose):
    augmentation = choose(FORMS[name])
    sample = painted((20, 30, 60, 50))
    for changed in (
        augmentation(sample, np.random.default_rng(0)),
        augmentation.gentle()(sample, np.random.default_rng(0)),
    ):
        np.testing.assert_allclose(changed.boxes, FLIPPED, atol=1e-4)
        np.testing.assert_array_equal(changed.image, sample.image[:, ::-1])


def test_what_is_visible_is_that_of_the_compose(choose):
    assert choose(lambda: compose(bbox_params=A.BboxParams("coco", min_visibility=0.6), p=0.4)).visible == 0.6


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda: None, " must return a list of Albumentations' transforms or a Compose of them; got None."),
        (lambda: [A.Blur], " must return a list .* got .<class 'albu.*"),
        (lambda: [[flip()]], r" must return a list .* got \[\[HorizontalFlip.*"),
        (lambda: "strong", " must return a list .* got 'strong'."),
        (lambda: compose(keypoint_params=A.KeypointParams("xy")), " has keypoint_params; .*: leave them out."),
        (lambda: compose(additional_targets={"other": "image"}), " has additional_targets; .*: leave them out."),
        (
            lambda: compose(bbox_params=A.BboxParams("coco", min_area=9)),
            " has bbox_params with min_area: only min_vis.*",
        ),
        (lambda: compose(bbox_params=A.BboxParams("coco", min_visibility=5)), ": min_visibility must be .*; got 5."),
        (lambda: [compose(bbox_params=A.BboxParams("coco"))], " holds a Compose with params of boxes .* by itself."),
        (lambda: compose(p=2), ": p of Compose must be a number from 0 to 1; got 2."),
        (lambda: [Locked()], r": Locked, of which every thread needs a copy, cannot be used \(TypeError: .*lock.*\)."),
        (lambda: [A.Blur(blur_limt=3)], r" cannot be used \(ValueError: Argument.s. 'blur_limt' are not valid for .*"),
        (lambda wanted: [flip()], r" cannot be used \(TypeError: .* missing 1 required .*"),
        (raising(ValueError("two\nlines.")), r" cannot be used \(ValueError: two; lines\)."),
        (raising(AssertionError()), r" cannot be used \(AssertionError\)."),
        (raising(SystemExit(0)), r" cannot be used \(SystemExit: 0\)."),
        ([flip()], r" cannot be used \(TypeError: 'list' object is not callable\)."),
    ],
)
@pytest.mark.filterwarnings("ignore:Argument")
def test_what_cannot_be_used_is_one_sentence(function, said, choose):
    with pytest.raises(UserError, match=f"^--augment looks:own{said}$"):
        choose(function)


@pytest.mark.parametrize("error", [MemoryError("room"), Stopped(143), KeyboardInterrupt()])
def test_what_is_no_fault_of_the_function_is_not_told_as_one(error, choose):
    with pytest.raises(type(error)):
        choose(raising(error))
