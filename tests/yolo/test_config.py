"""Settings are checked when they are made, and survive the way to a JSON file and back."""

import dataclasses
import inspect
import json
import typing

import pytest

from yolo import config as configs
from yolo.config import ConvertConfig, DetectConfig, ExportConfig, TrainConfig
from yolo.errors import UserError
from yolo.settings_base import Settings, option

EVERY_CONFIG = [kind for kind in vars(configs).values() if dataclasses.is_dataclass(kind)]


def needed(kind):
    """The least that a command is told: a word for each field without a default."""
    fields = [field for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING]
    return {field.name: ("a",) if typing.get_origin(field.type) is tuple else "a" for field in fields}


@pytest.mark.parametrize("kind", EVERY_CONFIG)
def test_the_defaults_of_every_command_pass_their_own_checks(kind):
    kind(**needed(kind))


def test_the_type_of_an_option_stands_in_its_annotation_alone():
    parameters = inspect.signature(option).parameters
    assert not {"type", "nargs", "action"} & set(parameters)
    assert all(parameter.kind is not parameter.VAR_KEYWORD for parameter in parameters.values())


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"source": "", "target": "b"}, "IN must not be empty or hold a NUL; got ''."),
        ({"source": "a", "target": 3}, "OUT must be text; got 3."),
    ],
)
def test_what_has_no_flag_goes_by_the_name_that_help_gives_it(setting, message):
    with pytest.raises(UserError) as error:
        ConvertConfig(**setting)
    assert str(error.value) == message


@pytest.mark.parametrize("kind", EVERY_CONFIG)
def test_every_setting_of_every_command_has_a_help_text_and_a_base_that_checks_it(kind):
    assert issubclass(kind, Settings)
    for field in dataclasses.fields(kind):
        assert field.metadata["help"].strip(" .") == field.metadata["help"] != "", field.name


def test_settings_saved_and_read_are_equal_with_a_height_unlike_the_width_and_non_ascii_names(tmp_path):
    path = tmp_path / "réglages.json"
    settings = TrainConfig(data="photos/été", input_size=(320, 512), epochs=7, learning_rate=0.001, tensorboard=True)
    settings.save(path)
    assert TrainConfig.read(path) == settings
    assert json.loads(path.read_text(encoding="utf-8"))["input_size"] == [320, 512]


def test_settings_given_override_those_of_the_file_and_the_file_overrides_the_defaults(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"epochs": 3, "seed": 5}', encoding="utf-8")
    assert TrainConfig.read(path, epochs=9) == TrainConfig(epochs=9, seed=5)


def test_other_names_of_a_choice_are_the_choice_wherever_they_come_from(tmp_path):
    (tmp_path / "a.json").write_text('{"format": "savedmodel"}', encoding="utf-8")
    assert ExportConfig(format="tflite") == ExportConfig(format="litert")
    assert ExportConfig.read(tmp_path / "a.json").format == "saved_model"
    with pytest.raises(UserError, match="got 'tflit', did you mean 'tflite'"):
        ExportConfig(format="tflit")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"epochs": 0}, "--epochs must be at least 1; got 0."),
        ({"batch_size": -4}, "--batch-size must be at least 1; got -4."),
        ({"seed": -1}, "--seed must be at least 0; got -1."),
        ({"mosaic": 1.5}, "--mosaic must be from 0 to 1; got 1.5."),
        ({"learning_rate": float("nan")}, "--learning-rate must be a number; got nan."),
        ({"learning_rate": 0.0}, "--learning-rate must be from 1e-07 to 10; got 0.0."),
        ({"input_size": (416, 400)}, "--input-size must be at least 64 and a multiple of 32; got 416 400."),
        ({"input_size": (32, 416)}, "--input-size must be at least 64 and a multiple of 32; got 32 416."),
        ({"input_size": (416,)}, "--input-size must be a list of 2, each a whole number; got (416,)."),
        (
            {"precision": "float64"},
            "--precision must be one of auto, float32, mixed_bfloat16, mixed_float16; got 'float64', "
            "did you mean 'float32'?",
        ),
        ({"seed": 2**32}, "--seed must be at most 4294967295; got 4294967296."),
        ({"workers": 10**20}, "--workers must be at most 1024; got 100000000000000000000."),
        ({"batch_size": 65_537}, "--batch-size must be at most 65536; got 65537."),
        ({"epochs": 10**6 + 1}, "--epochs must be at most 1000000; got 1000001."),
        ({"input_size": (64, 32_768)}, "--input-size must be at most 32736; got 64 32768."),
        ({"input_size": (32_736, 2080)}, "--input-size must have at most 67108864 pixels in all; got 32736 2080."),
        ({"mosaic": 10**400}, "--mosaic must be a number; got 100000000000000000...0000000000000000000."),
        ({"mosaic": [[[[[[[[]]]]]]]]}, "--mosaic must be a number; got [[[[...]]]]."),
        ({"name": ""}, "--name must not be empty or hold a NUL; got ''."),
        ({"runs": "a\0b"}, "--runs must not be empty or hold a NUL; got 'a\\x00b'."),
        ({"data": " "}, "--data must not be empty or hold a NUL; got ' '."),
        ({"name": "../evil"}, "--name must be the name of a folder, not a path; got '../evil'."),
        ({"name": "a\\b"}, "--name must be the name of a folder, not a path; got 'a\\\\b'."),
        ({"name": "ä" * 121}, f"--name must have at most 240 bytes; got {'ä' * 121!r}."),
        ({"name": ".."}, "--name must be the name of a folder, not a path; got '..'."),
        ({"epochs": 2.0}, "--epochs must be a whole number; got 2.0."),
        ({"epochs": True}, "--epochs must be a whole number; got True."),
        ({"tensorboard": 1}, "--tensorboard must be true or false; got 1."),
        ({"runs": None}, "--runs must be text; got None."),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(setting, message):
    with pytest.raises(UserError) as error:
        TrainConfig(**setting)
    assert str(error.value) == message


@pytest.mark.parametrize("threshold", ["score_threshold", "iou_threshold"])
@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_a_threshold_outside_of_0_to_1_is_refused(threshold, value):
    with pytest.raises(UserError, match="from 0 to 1"):
        DetectConfig(("dog.jpg",), **{threshold: value})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"epoch": 3}', "holds 'epoch', which is no setting, did you mean 'epochs'?"),
        ('{"zzz": 3}', "holds 'zzz', which is no setting; settings are data, train_split,"),
        ('{"epochs": "3"}', "epochs in {path} must be a whole number; got '3'."),
        ('{"input_size": [416, "416"]}', "input_size in {path} must be a list of 2, each a whole number"),
        ('{"attention": 2}', "attention in {path} must be text; got 2."),
        ('{"resize": "crop"}', "resize in {path} must be one of auto, letterbox, stretch; got 'crop'."),
        ('{"a":' * 100_000, "the settings file {path} is nested too deep"),
        ("[" * 100_000 + "]" * 100_000, "the settings file {path} is nested too deep"),
        ('{"mosaic": 1' + "0" * 400 + "}", "mosaic in {path} must be a number; got 1000"),
        ('{"mosaic": 1' + "0" * 5000 + "}", "the settings file {path} is no JSON: Exceeds the limit"),
        ('{"mosaic": 1e400}', "mosaic in {path} must be a number; got inf."),
        ('{"mosaic": NaN}', "mosaic in {path} must be a number; got nan."),
        ('{"classes": "a\\u0000b"}', "classes in {path} must not be empty or hold a NUL"),
        ('{"epochs": 3, "epochs": 4}', "the settings file {path} is no JSON: 'epochs' stands twice in one object."),
        ("", "the settings file {path} is no JSON: Expecting value"),
        ("[1, 2]", 'must hold one JSON object such as {{"epochs": 40}}; got a list.'),
        ("{epochs: 3}", "the settings file {path} is no JSON: Expecting property name"),
    ],
)
def test_a_wrong_settings_file_is_refused_in_a_sentence_that_names_it(tmp_path, content, message):
    path = tmp_path / "settings.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as error:
        TrainConfig.read(path)
    assert message.format(path=path) in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_settings_are_read_as_editors_of_every_system_write_them(tmp_path, encoding):
    path = tmp_path / "settings.json"
    path.write_text('{"data": "été"}\r\n', encoding=encoding)
    assert TrainConfig.read(path) == TrainConfig(data="été")


def test_minus_zero_is_a_share_of_none():
    assert TrainConfig(mosaic=-0.0).mosaic == 0


def test_a_missing_settings_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UserError, match=r"cannot read the settings file .*none\.json: No such file"):
        TrainConfig.read(tmp_path / "none.json")
