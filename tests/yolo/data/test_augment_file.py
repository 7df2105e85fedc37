"""Files of transforms: what is shipped, what albumentations.save writes, and what a user may get wrong."""

import io
import json
import os
import sys

import numpy as np
import pytest
import yaml

from tests.yolo.data.painted import painted
from yolo.data import augment_check, augment_choice, augment_file
from yolo.data.augmentation import Augmentation, leaves
from yolo.data.import_albumentations import A
from yolo.data.project_transforms import ColorGains, Warp
from yolo.errors import UserError
from yolo.structures import Sample

SHIPPED = ["aerial", "camera", "default", "document", "light", "microscope", "strong"]


def file(*transforms, **compose):
    """The text of a file with these entries, each (name, arguments)."""
    entries = [{"__class_fullname__": name, **arguments} for name, arguments in transforms]
    return yaml.safe_dump({"transform": {"__class_fullname__": "Compose", "transforms": entries, **compose}})


def described(augmentation):
    return [transform.to_dict_private() for transform in leaves(augmentation.transforms)]


def test_the_files_that_are_shipped_are_those_of_the_help(repository):
    assert augment_choice.shipped() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_says_in_two_sentences_what_it_is_for_and_works_on_any_number_of_objects(name):
    choice = augment_choice.choose(name)
    assert yaml.safe_load(choice.text)["purpose"].count(". ") == 1
    augment_check.check(choice.augmentation, [(64, 96)], name)
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, (230, 140), (300, 2))
    many = np.concatenate([corners, corners + rng.uniform(2, 20, (300, 2))], axis=1)
    for boxes in (np.zeros((0, 4)), [[255, 0, 256, 160]], [[0, 0, 256, 160]], many):
        boxes = np.asarray(boxes, np.float32)
        sample = Sample(painted().image, boxes, np.arange(len(boxes), dtype=np.int32))
        for seed in range(5):
            for augmentation in (choice.augmentation, choice.augmentation.gentle()):
                changed = augmentation(sample, np.random.default_rng(seed))
                assert changed.image.shape == (160, 256, 3)
                assert len(changed.boxes) == len(changed.labels) <= len(boxes)
                assert (changed.boxes >= 0).all()
                assert (changed.boxes <= (256, 160, 256, 160)).all()


def test_the_default_file_is_the_pipeline_that_a_run_has_without_any():
    assert described(augment_choice.choose("default").augmentation) == described(Augmentation())


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_albumentations_saves_is_read_back_and_does_the_same(form):
    transforms = [
        *(Warp(shift=0.1), A.OneOf([A.MotionBlur(p=0.4), A.Sequential([A.ToGray(p=1.0)], p=0.6)], p=0.9)),
        *(ColorGains(), A.SomeOf([A.Rotate(fill=128), A.RandomGamma()], n=1), A.Affine(scale=(0.8, 1.2), p=0.5)),
    ]
    saved = A.Compose(transforms, bbox_params=A.BboxParams("pascal_voc", ["labels"], min_visibility=0.2))
    text = io.StringIO()
    A.save(saved, text, form)
    read = augment_file.read(text.getvalue(), f"saved.{form}")
    assert read.visible == 0.2
    own = Augmentation(transforms, 0.2)
    for seed in range(10):
        first, second = (one(painted((90, 50, 150, 90)), np.random.default_rng(seed)) for one in (read, own))
        assert first.image.tobytes() == second.image.tobytes()
        assert first.boxes.tobytes() == second.boxes.tobytes()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (file(("MotionBlurr", {})), "'MotionBlurr', which is no transform that can be used here, did you mean 'Motion"),
        (file(("MotionBlur", {"blur_limt": 5})), "MotionBlur has no argument 'blur_limt', did you mean 'blur_limit'?"),
        (file(("Warp", {"shfit": 0.1})), "Warp has no argument 'shfit', did you mean 'shift'?"),
        (file(("Warp", {"shift": "far"})), "Warp cannot be made: 1 validation error for InitSchema; shift"),
        (file(("Warp", {"scale": [2.0, 1.0]})), "scale must be two numbers over 0, the smaller first"),
        (file(("BoxPaste", {"number": [3, 1]})), "number must be two numbers over 0, the smaller first, up to 1000"),
        (file(("MotionBlur", {"p": 2})), "p of MotionBlur must be a number from 0 to 1; got 2"),
        (file(("Lambda", {"name": "x"})), "'Lambda', which is no transform"),
        (file(("ReplayCompose", {"transforms": []})), "'ReplayCompose', which is no transform"),
        (file(("CenterCrop3D", {"size": [1, 2, 3]})), "'CenterCrop3D', which is no transform"),
        (file(("OneOf", {"transforms": []})), "'transforms' of OneOf must be a list of at least one transform"),
        (file(("OneOf", {"transform": []})), "OneOf has no argument 'transform', did you mean 'transforms'?"),
        (file(("os.system", {"command": "true"})), "names 'os.system': a file may name transforms of"),
        (file(("Warp", {}), bbox_params={"format": "coco", "min_area": 5}), "bbox_params with min_area"),
        (file(("Warp", {}), bbox_params={"min_visibility": 2}), "min_visibility must be a number from 0 to 1"),
        (file(("Warp", {}), keypoint_params={"format": "xy"}), "has keypoint_params"),
        (file(("Warp", {}), p=-1), "p of Compose must be a number from 0 to 1"),
        (file(("Warp", {}), prob=0.5), "Compose has no argument 'prob'"),
        ("transform: [1, 2]", "must hold 'transform' with a __class_fullname__"),
        ("transfrom: {}", "has no field 'transfrom', did you mean 'transform'?"),
        ("just words", "must hold 'transform'"),
        ("", "must hold 'transform'"),
        ("a: [1", "is no file of transforms that can be read"),
        ("[" * 5000, "is no file of transforms that can be read"),
        ("!!python/object/apply:os.system ['true']", "is no file of transforms that can be read"),
    ],
)
def test_a_mistake_in_a_file_is_a_sentence(text, part):
    with pytest.raises(UserError) as error:
        augment_file.read(text, "mine.yaml")
    assert part in str(error.value)
    assert "mine.yaml" in str(error.value)
    assert "\n" not in str(error.value)


def group(name, *inner, **arguments):
    """The text of a file with one group of these transforms, each (name, arguments)."""
    return file((name, {"transforms": [{"__class_fullname__": one, **more} for one, more in inner], **arguments}))


TWO = (("Blur", {}), ("ToGray", {}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (group("OneOf", ("Blur", {"p": 0}), ("ToGray", {"p": 0.0})), "OneOf chooses by the p of its transforms, and"),
        (group("OneOf", ("BoxPaste", {"p": 0})), "OneOf chooses by the p of its transforms, and all of them are 0"),
        (group("OneOrOther", TWO[0]), "OneOrOther must have 2 transforms; got 1: take OneOf for any number"),
        (group("OneOrOther", *TWO, TWO[0]), "OneOrOther must have 2 transforms; got 3"),
        (group("OneOrOther", *TWO, first="Blur"), "OneOrOther has no argument 'first'"),
        *(
            (group(name, *TWO, n=n), f"n of {name} must be a whole number from 1 to 2, as many as it has transforms; ")
            for name in ("SomeOf", "RandomOrder")
            for n in (100, 0, -1, 1.5, True, "2", None, [1])
        ),
        (group("SomeOf", *TWO, n=10**9, replace=True), "n of SomeOf must be a whole number from 1 to 200; got 10000"),
        (group("SomeOf", *TWO, n=2, replace="no"), "replace of SomeOf must be true or false; got 'no'"),
        *(
            (text, f"p of {name} must be a number from 0 to 1; got {p!r}")
            for p in (True, False, "0.5", None, [0.5], -0.1)
            for name, text in [
                ("Blur", file(("Blur", {"p": p}))),
                ("Warp", group("OneOf", ("Warp", {"p": p}), TWO[0])),
                ("SomeOf", group("SomeOf", *TWO, p=p)),
                ("Compose", file(("Blur", {}), p=p)),
            ]
        ),
    ],
)
def test_what_a_group_cannot_choose_by_is_refused_in_the_words_of_the_file(text, said):
    with pytest.raises(UserError) as error:
        augment_file.read(text, "mine.yaml")
    assert str(error.value).startswith(f"mine.yaml: {said}")


@pytest.mark.parametrize(
    "text",
    [
        group("OneOf", ("Blur", {"p": 0}), ("ToGray", {"p": 1})),
        group("OneOrOther", *TWO),
        group("SomeOf", *TWO),
        group("RandomOrder", *TWO, n=2),
        group("SomeOf", *TWO, n=5, replace=True),
        group("SomeOf", ("Blur", {"p": 0}), n=1, p=0),
    ],
)
def test_groups_that_can_choose_are_taken(text):
    augment_check.check(augment_file.read(text, "mine.yaml"), [(64, 96)], "mine.yaml")


def test_what_albumentations_warns_of_is_a_sentence_of_the_log(caplog, recwarn):
    augment_file.read(file(("ShiftScaleRotate", {}), ("Blur", {})), "mine.yaml")
    (said,) = caplog.messages
    assert said.startswith("mine.yaml: of ShiftScaleRotate Albumentations says: ShiftScaleRotate is a special case of")
    assert not recwarn.list


def test_a_file_that_repeats_itself_without_end_is_refused_at_once():
    lines = ["a0: &a0 {__class_fullname__: OneOf, transforms: [{__class_fullname__: Blur}]}"]
    lines += [
        f"a{i}: &a{i} {{__class_fullname__: OneOf, transforms: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, 4)
    ]
    text = "purpose:\n" + "\n".join(f"  {line}" for line in lines)
    text += "\ntransform: {__class_fullname__: Compose, transforms: [*a3]}"
    with pytest.raises(UserError, match="names more than 200 transforms"):
        augment_file.read(text, "mine.yaml")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{__class_fullname__: Rotate, limit: .nan}", "limit of Rotate must be finite; got nan"),
        ("{__class_fullname__: Rotate, limit: [-4, .inf]}", "limit of Rotate must be finite; got inf"),
        ("{__class_fullname__: Affine, scale: {x: [1, .nan], y: 1}}", "scale of Affine must be finite; got nan"),
        ("{__class_fullname__: Affine, scale: '-Infinity'}", "scale of Affine must be finite; got '-Infinity'"),
        ("{__class_fullname__: Affine, scale: 1e999}", "scale of Affine must be finite; got '1e999'"),
        ("{__class_fullname__: Warp, aspect: .inf}", "aspect of Warp must be finite; got inf"),
        (f"{{__class_fullname__: Warp, shift: 1{'0' * 400}}}", "shift of Warp must be finite; got 1000"),
        ("{__class_fullname__: Blur, p: .nan}", "p of Blur must be finite; got nan"),
        ("{__class_fullname__: OneOf, p: .nan, transforms: [{__class_fullname__: Blur}]}", "p of OneOf must be finite"),
        ("{__class_fullname__: OneOf, p: 2, transforms: [{__class_fullname__: Blur}]}", "p of OneOf must be a number"),
        (
            "{__class_fullname__: OneOf, transforms: [{__class_fullname__: Rotate, limit: .inf}]}",
            "limit of Rotate must",
        ),
    ],
)
def test_a_number_without_end_is_refused_with_its_transform_and_argument(entry, said):
    with pytest.raises(UserError, match=r"mine.yaml: ") as error:
        augment_file.read(f"transform: {{__class_fullname__: Compose, transforms: [{entry}]}}", "mine.yaml")
    assert said in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_json_that_is_none_is_refused_where_it_says_nan_or_inf(value):
    text = f'{{"transform": {{"__class_fullname__": "Rotate", "limit": {value}}}}}'
    with pytest.raises(UserError, match=r"mine.json: limit of Rotate must be finite"):
        augment_file.read(text, "mine.json")


@pytest.mark.parametrize("name", ["p", "bbox_params"])
def test_nan_in_the_outermost_compose_is_refused_too(name):
    text = file(("Blur", {}), **{name: {"min_visibility": np.nan} if name == "bbox_params" else np.nan})
    with pytest.raises(UserError, match=f"mine.yaml: {name} of Compose must be finite; got nan"):
        augment_file.read(text, "mine.yaml")


@pytest.mark.parametrize(
    ("transform", "arguments"),
    [(Warp, {"aspect": np.inf}), (Warp, {"scale": (0.5, np.inf)}), (ColorGains, {"saturation": np.inf})],
)
def test_transforms_of_this_project_take_no_number_without_end_from_a_function_either(transform, arguments):
    with pytest.raises(ValueError, match="finite number"):
        transform(**arguments)


@pytest.mark.parametrize(
    "rest",
    [
        "transform: {__class_fullname__: Compose, p: *a9, transforms: [{__class_fullname__: Blur}]}",
        "transform: {__class_fullname__: Compose, transforms: [*a9]}",
        "transform: {__class_fullname__: Compose, transforms: [{__class_fullname__: Blur, blur_limit: *a9}]}",
        "transform: {__class_fullname__: Compose, bbox_params: *a9, transforms: [{__class_fullname__: Blur}]}",
        "purpose: &me [*me]",
    ],
)
def test_ten_lines_that_stand_for_a_billion_values_are_refused_at_once(rest):
    lines = ["- &a0 [" + ", ".join("x" * 10) + "]"]
    lines += [f"- &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    with pytest.raises(UserError, match="stands for more than 10000 values"):
        augment_file.read("\n".join(["__version__:", *lines, rest]), "some.yaml")


def test_a_long_wrong_value_is_shown_cut():
    with pytest.raises(UserError, match=r"p of Compose must be a number from 0 to 1; got \[\[\[") as error:
        augment_file.read(file(("Blur", {}), p=[[[["x" * 100] * 6] * 6] * 6] * 6), "some.yaml")
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("name", ["planted.Blur", "albumentations.planted.Blurr", "planted"])
def test_a_module_that_a_file_names_is_not_imported(name, tmp_path, monkeypatch):
    (tmp_path / "planted.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="names"):
        augment_file.read(file((name, {})), "mine.yaml")
    assert "planted" not in sys.modules


OWN = """
import albumentations as A
def few():
    return [A.HorizontalFlip(p=1.0)]
def whole():
    return A.Compose([A.VerticalFlip(p=1.0)], bbox_params=A.BboxParams("pascal_voc", min_visibility=0.7), p=0.5)
def wrong():
    return 3
def fails():
    raise KeyError("colour")
"""


@pytest.fixture
def own_module(tmp_path, monkeypatch):
    (tmp_path / "my_looks.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("my_looks", None)


def test_a_function_is_called_only_with_leave(own_module):
    with pytest.raises(UserError, match=r"imports the module 'my_looks', which runs its code.*--allow-imports"):
        augment_choice.choose("my_looks:few")
    assert "my_looks" not in sys.modules
    few = augment_choice.choose("my_looks:few", allow_imports=True).augmentation
    assert [type(one).__name__ for one in few.transforms] == ["HorizontalFlip"]
    whole = augment_choice.choose("my_looks:whole", allow_imports=True).augmentation
    assert (whole.visible, whole.p) == (0.7, 0.5)


@pytest.mark.parametrize(
    ("choice", "part"),
    [
        ("my_looks:wrong", "must return a list of Albumentations' transforms or a Compose"),
        ("my_looks:fails", r"cannot be used \(KeyError: 'colour'\)"),
        ("my_looks:none", "cannot be used .AttributeError"),
        ("no_module:few", "cannot be used .ModuleNotFoundError"),
        ("strnog", "there is no augmentation 'strnog', did you mean 'strong'?"),
        ("absent.yaml", "cannot read the augmentation absent.yaml: No such file"),
    ],
)
def test_a_wrong_choice_is_a_sentence(choice, part, own_module):
    with pytest.raises(UserError, match=part):
        augment_choice.choose(choice, allow_imports=True)


def test_what_a_flag_overrides_is_said():
    document = augment_choice.choose("document")
    same, said = augment_choice.with_flips(document, horizontal_flip=None, vertical_flip=None)
    assert (described(same.augmentation), said) == (described(document.augmentation), [])
    changed, said = augment_choice.with_flips(document, horizontal_flip=0.25, vertical_flip=0.0)
    assert said == ["--horizontal-flip 0.25 overrides 0 in document"]
    assert changed.augmentation.transforms[0].horizontal_flip == 0.25
    assert document.augmentation.transforms[0].horizontal_flip == 0.0


def test_a_flag_mirrors_where_the_file_has_no_warp_and_takes_the_place_of_its_flips(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(file(("HorizontalFlip", {"p": 0.5}), ("Blur", {"p": 0.0})), encoding="utf-8")
    choice, said = augment_choice.with_flips(augment_choice.choose(str(path)), horizontal_flip=1.0, vertical_flip=None)
    assert said == [f"--horizontal-flip 1 overrides 0.5 in {path}"]
    for seed in range(5):
        changed = choice.augmentation(painted((20, 30, 60, 50)), np.random.default_rng(seed))
        assert changed.boxes.tolist() == [[196, 30, 236, 50]]


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_a_run_keeps_the_text_so_that_a_changed_file_changes_nothing(suffix, tmp_path):
    path, text = tmp_path / f"mine{suffix}", file(("Warp", {"shift": 0.01}))
    path.write_text(json.dumps(yaml.safe_load(text)) if suffix == ".json" else text, encoding="utf-8")
    run = tmp_path / "run"
    run.mkdir()
    augment_choice.choose(str(path)).keep(run)
    path.unlink()
    (warp,) = augment_choice.kept(run, str(path)).augmentation.transforms
    assert warp.shift == 0.01


def test_a_run_from_before_there_were_files_has_the_default_of_then(tmp_path):
    assert described(augment_choice.kept(tmp_path, "default").augmentation) == described(Augmentation())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "augment.yaml")
    with pytest.raises(UserError, match="is a folder, a pipe or a device"):
        augment_choice.kept(tmp_path, "default")
    with pytest.raises(UserError, match="is a folder, a pipe or a device"):
        augment_choice.choose(str(tmp_path / "augment.yaml"))


def test_the_text_that_a_run_keeps_is_replaced_as_a_whole(tmp_path, monkeypatch):
    choice = augment_choice.choose("light")
    choice.keep(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda file: 1 / 0)  # as if the process ended while it is written
    with pytest.raises(ZeroDivisionError):
        augment_choice.choose("strong").keep(tmp_path)
    assert augment_choice.kept(tmp_path, "default").text == choice.text
