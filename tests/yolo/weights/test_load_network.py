"""Model files of this project: what is in them comes back, what is wrong with them is a sentence, nothing is run."""

import json
import sys
import zipfile

import h5py
import keras
import numpy as np
import pytest

from tests.yolo.training.thin import NAMES, SIZE, thin_networks
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.training.checkpoint import Checkpoint
from yolo.training.optimizer import make_optimizer
from yolo.training.training_model import TrainingModel
from yolo.weights import keras3_weights
from yolo.weights.load_network import COMPLETE, NAMELESS, load_network
from yolo.weights.model_format import ModelFormat

KINDS = ("best.keras", "last.weights.h5")
BOOM = """
import pathlib
import keras

pathlib.Path(__file__).with_name("run").touch()


class Boom(keras.layers.Layer):
    def call(self, x):
        return x
"""


SETTINGS = {"epsilon": 1e-3, "masks": ((3, 4, 5), (1, 2, 3)), "resize_mode": "stretch"}


@pytest.fixture(autouse=True)
def _thin(monkeypatch):
    thin_networks(monkeypatch)


def randomize(network):
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(1, 2, weight.shape) for weight in network.get_weights()])


@pytest.fixture
def run(tmp_path):
    """The folder of a run after its first epoch, whose running average has weights of its own."""
    return saved_run(tmp_path / "läufe" / "été", attention="se", **SETTINGS)


def saved_run(folder, spoil=randomize, **settings):
    """Write the folder of a run after its first epoch, with its averaged weights changed by `spoil`."""
    network = YoloV4Tiny(NAMES, input_size=SIZE, **settings)
    trainer = TrainingModel(network, network.twin(dtype="float32"))
    trainer.compile(make_optimizer(network, "adamw", 100, 4), jit_compile=False)
    spoil(trainer.averaged)
    folder.mkdir(parents=True)
    callback = Checkpoint(folder, {"epoch": 0, "history": [], "network": network.get_config()}, None)
    callback.set_model(trainer)
    callback.on_epoch_end(0, {})
    return folder


def changed(path, change):
    """The same `.keras` or `.weights.h5` file with another configuration of its network; returns the path."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members["config.json"] = json.dumps(change(json.loads(members["config.json"]))).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    else:
        with h5py.File(path, "a") as file:
            state = json.loads(file.attrs["state"])
            state["network"] = change({"config": state["network"]})["config"]
            file.attrs["state"] = json.dumps(state)
    return path


def with_attention(spec):
    return lambda config: config | {"config": config["config"] | {"attention": spec}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_gives_its_averaged_weights_and_its_configuration_from_either_file(run, kind):
    network = load_network(run / kind)
    assert (network.class_names, network.attention, network.epsilon) == (NAMES, "se", 1e-3)
    assert (network.masks, network.resize_mode, network.input_size) == (((3, 4, 5), (1, 2, 3)), "stretch", (64, 96))
    expected = network.twin()
    randomize(expected)
    for mine, theirs in zip(network.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_the_weights_of_a_run_in_mixed_precision_are_enough_without_its_other_files(tmp_path):
    folder = saved_run(tmp_path / "a", dtype="mixed_bfloat16")
    network = load_network((folder / "last.weights.h5").rename(tmp_path / "b.weights.h5"))
    assert network.policy == "float32"
    assert network.get_weights()[0].min() >= 1


def test_weights_alone_are_no_detector_but_a_start_of_training(tmp_path):
    YoloV4Tiny(NAMES).save_weights(tmp_path / "a.weights.h5")
    with pytest.raises(UserError, match=r"a\.weights\.h5 holds weights alone.*train\.py --weights"):
        load_network(tmp_path / "a.weights.h5")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0, 0.3, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_damaged(run, kind, part):
    content = (run / kind).read_bytes()
    (run / kind).write_bytes(content[: int(len(content) * part)])
    with pytest.raises(UserError, match=f"{kind} is damaged"):
        load_network(run / kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rest", [1, 22, 1000, 200_000])
def test_a_file_with_a_rest_is_damaged(run, kind, rest):
    with (run / kind).open("ab") as file:
        file.write(bytes(rest))
    with pytest.raises(UserError, match=f"{kind} is damaged"):
        load_network(run / kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"just a text", b"\x89PNG\r\n\x1a\n" + bytes(999), bytes(999)])
def test_a_file_of_another_kind_is_damaged(run, kind, content):
    (run / kind).write_bytes(content)
    with pytest.raises(UserError, match=f"{kind} is damaged"):
        load_network(run / kind)


def test_every_flipped_byte_of_the_weights_in_a_keras_file_is_noticed(run):
    path = run / "best.keras"
    content = path.read_bytes()
    for place in np.linspace(len(content) // 4, len(content) * 3 // 4, 20, dtype=int):
        path.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
        with pytest.raises(UserError, match=r"best\.keras is damaged"):
            load_network(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(tmp_path, value):
    def spoil(network):
        kernel = network.get_layer("c4_conv").kernel
        kernel.assign(np.full(kernel.shape, value))

    folder = saved_run(tmp_path / "a", spoil)
    for kind in KINDS:
        with pytest.raises(UserError, match=f"{kind} is damaged, it holds weights that are no finite numbers"):
            load_network(folder / kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [
        {"class_names": None},
        {"masks": 3},
        {"input_size": "xx"},
        {"input_size": [64, 95]},
        {"resize_mode": "crop"},
        {"colour": 1},
        {"dtype": {"class_name": "x"}},
    ],
)
def test_a_configuration_that_describes_no_detector_is_damage(run, kind, change):
    path = changed(run / kind, lambda config: config | {"config": config["config"] | change})
    if (kind, "dtype" in change) == ("last.weights.h5", True):
        assert load_network(path).policy == "float32"  # what the run was trained in does not matter
    else:
        with pytest.raises(UserError, match=f"{kind} is damaged, its configuration"):
            load_network(path)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"registered_name": "yolo>YoloV4Tiny"}', "{", '"a"'])
def test_a_configuration_that_cannot_be_read_is_damage(run, text):
    with zipfile.ZipFile(run / "best.keras", "w") as archive:
        archive.writestr("config.json", text)
    with pytest.raises(UserError, match=r"best\.keras is damaged, its configuration cannot be read"):
        load_network(run / "best.keras")


def test_an_archive_that_would_fill_the_disk_is_refused_before_it_is_unpacked(run):
    with zipfile.ZipFile(run / "best.keras") as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(run / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", bytes(30_000_000))
    with pytest.raises(UserError, match="its weights take 30000000 bytes"):
        load_network(run / "bomb.keras")


def test_weights_of_another_network_than_the_configuration_says_are_damage(run):
    path = changed(run / "best.keras", lambda config: config | {"config": config["config"] | {"class_names": ["a"]}})
    with pytest.raises(UserError, match=r"best\.keras is damaged or of another network"):
        load_network(path)


@pytest.mark.parametrize("layer", ["conv2d", "batch_normalization_2", "se"])
def test_a_layer_without_its_weights_is_damage(run, layer):
    with h5py.File(run / "last.weights.h5", "a") as file:
        del file[f"averaged/layers/{layer}"]
    with pytest.raises(UserError, match=r"last\.weights\.h5 is damaged or of another network"):
        load_network(run / "last.weights.h5")


@pytest.fixture
def boom(tmp_path, monkeypatch):
    """A module that leaves a file named `run` where it is when it is imported."""
    (tmp_path / "boom.py").write_text(BOOM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "run"
    sys.modules.pop("boom", None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "spec",
    ["boom:Boom", " boom:Boom (name='x')", "se@p4, boom:Boom@p5+up", {"up": "boom:Boom"}, "none@p5,boom:Boom()@c3"],
)
def test_attention_that_imports_a_module_is_refused_with_the_module_and_the_flag(run, kind, spec, boom):
    with pytest.raises(UserError, match=r"the module 'boom' would be imported and run.*--allow-imports") as refusal:
        load_network(changed(run / kind, with_attention(spec)))
    assert str(refusal.value).count("\n") == 0
    assert not boom.exists()


def test_attention_that_imports_a_module_is_loaded_once_it_is_allowed(tmp_path, boom):
    YoloV4Tiny(NAMES, attention="boom:Boom").save(tmp_path / "a.keras")
    boom.unlink()
    sys.modules.pop("boom")
    network = load_network(tmp_path / "a.keras", allow_imports=True)
    assert boom.exists()
    assert type(network.get_layer("attention_p5")).__name__ == "Boom"


def test_leave_for_one_attention_is_none_for_another(run, boom):
    changed(run / "best.keras", with_attention("boom:Boom"))
    for leave in ("none", "se@p4, other:Boom@p5", "boom:Boom(name='x')"):
        with pytest.raises(UserError, match="the module 'boom' would be imported"):
            load_network(run / "best.keras", allow_imports=leave)
    assert not boom.exists()
    assert load_network(run / "best.keras", allow_imports="se@p4, boom:Boom@p5").attention == "boom:Boom"
    assert boom.exists()


def test_keras_own_loader_imports_no_module_either(tmp_path, boom):
    YoloV4Tiny(NAMES, attention="boom:Boom").save(tmp_path / "a.keras")
    assert keras.models.load_model(tmp_path / "a.keras", compile=False).attention == "boom:Boom"
    boom.unlink()
    sys.modules.pop("boom")
    with pytest.raises((UserError, TypeError), match="of a module that is not imported"):
        keras.models.load_model(tmp_path / "a.keras", compile=False)
    assert not boom.exists()


@pytest.mark.parametrize(
    "spec",
    [
        "cbam(kernel_size=99999)",
        "bam(convolutions=4000)@p5",
        "cbam(widths=(9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9))",
    ],
)
def test_attention_that_no_memory_holds_is_refused(run, spec):
    with pytest.raises(UserError, match=r"32 numbers up to 2048 are possible"):
        load_network(changed(run / "best.keras", with_attention(spec)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("link", [h5py.SoftLink("/elsewhere"), h5py.ExternalLink("/etc/passwd", "/x")])
def test_weights_that_are_elsewhere_are_not_read(run, tmp_path, kind, link):
    def relink(file, group):
        del file[f"{group}/vars/0"]
        file[f"{group}/vars/0"] = link

    with_weights(run / kind, tmp_path, relink)
    with pytest.raises(UserError, match=r"is damaged .*vars/0 is a link to elsewhere"):
        load_network(run / kind)


@pytest.mark.parametrize("kind", KINDS)
def test_an_attribute_of_a_type_that_none_has_is_not_read(run, tmp_path, kind):
    def mark(file, group):
        file[group].attrs["name"] = np.void(b"1234")

    with_weights(run / kind, tmp_path, mark)
    with pytest.raises(UserError, match=r"is damaged .*the attribute name of .* holds neither texts nor numbers"):
        load_network(run / kind)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_that_stand_in_another_file_are_not_read(run, tmp_path, kind):
    (tmp_path / "secret").write_bytes(bytes(range(256)) * 99)

    def move(file, group):
        shape = file[f"{group}/vars/0"].shape
        del file[f"{group}/vars/0"]
        file.create_dataset(f"{group}/vars/0", shape, "f4", external=[(tmp_path / "secret", 0, 9999)])

    with_weights(run / kind, tmp_path, move)
    with pytest.raises(UserError, match=r"is damaged .*the numbers of .*vars/0 are in another file"):
        load_network(run / kind)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_without_end_are_refused_before_memory_is_taken(run, tmp_path, kind):
    def swell(file, group):
        del file[f"{group}/vars/0"]
        file.create_dataset(f"{group}/vars/0", (10**7, 10**6), "f4", chunks=(1000, 1000))

    with_weights(run / kind, tmp_path, swell)
    with pytest.raises(UserError, match=r"is damaged .*it would hold 1000000000\d+ numbers"):
        load_network(run / kind)


def with_weights(path, folder, change):
    """Change the HDF5 file that a model file is or holds, `change(file, the group of its first convolution)`."""
    if path.suffix != ".keras":
        with h5py.File(path, "a") as file:
            change(file, "averaged/layers/conv2d")
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    (folder / "w.h5").write_bytes(members["model.weights.h5"])
    with h5py.File(folder / "w.h5", "a") as file:
        change(file, "layers/conv2d")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | {"model.weights.h5": (folder / "w.h5").read_bytes()}).items():
            archive.writestr(name, content)


def test_a_dictionary_in_the_arguments_of_attention_makes_no_object(run, boom):
    inner = {"class_name": "yolo>YoloV4Tiny", "registered_name": "yolo>YoloV4Tiny", "module": None}
    inner["config"] = {"class_names": ["a"], "attention": "boom:Boom"}
    with pytest.raises(UserError, match=r"could make any object.*--allow-imports"):
        load_network(changed(run / "best.keras", with_attention(f"se(activity_regularizer={inner!r})")))
    assert not boom.exists()


def test_a_file_that_was_damaged_is_read_anew_once_it_is_copied_again(tmp_path):
    path = tmp_path / "converted.weights.h5"
    keras3_weights.save(YoloV4Tiny(("cat", "dog")), path)
    whole = path.read_bytes()
    with h5py.File(path, "a") as file:
        del file["layers/conv2d_1"]
        file["layers/conv2d_1"] = np.zeros(4)
    with pytest.raises(UserError, match="damaged") as kept:
        load_network(path)
    path.write_bytes(whole)
    load_network(path)
    assert kept  # with all that Keras had opened


NAMING = {"module": "boom", "class_name": "Boom", "registered_name": "boom>Boom", "config": {}}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda config: NAMING, "holds a Boom, not a detector"),
        (lambda config: config | {"registered_name": "boom>Boom"}, "holds a YoloV4Tiny, not a detector"),
        (lambda config: config | {"class_name": "__lambda__", "registered_name": None}, "holds a __lambda__"),
        (lambda config: config | {"config": config["config"] | {"layers": [NAMING]}}, "describes no detector"),
        (lambda config: config | {"config": config["config"] | {"name": NAMING}}, "describes no detector"),
        (lambda config: config | {"config": config["config"] | {"anchors": [NAMING] * 6}}, "describes no detector"),
        (lambda config: config | {"config": config["config"] | {"attention": NAMING}}, "no place 'module'"),
        (lambda config: config | {"config": config["config"] | {"attention": [NAMING]}}, "keras.layers.Layer class"),
    ],
)
def test_whatever_else_a_file_names_is_not_imported(run, change, complaint, boom):
    with pytest.raises(UserError, match=complaint):
        load_network(changed(run / "best.keras", change))
    assert not boom.exists()


@pytest.mark.parametrize("part", ["compile_config", "build_config"])
def test_what_a_file_says_of_compiling_and_building_is_not_read(run, part, boom):
    changed(run / "best.keras", lambda config: config | {part: {"optimizer": NAMING, "input_shape": NAMING}})
    assert load_network(run / "best.keras").class_names == NAMES
    assert not boom.exists()


def test_a_lambda_layer_is_not_run(tmp_path):
    marker = tmp_path / "run"
    touching = eval(f"lambda x: (__import__('pathlib').Path({str(marker)!r}).touch(), x)[1]")
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(touching)]).save(tmp_path / "a.keras")
    marker.unlink()
    with pytest.raises(UserError, match="holds a Sequential, not a detector"):
        load_network(tmp_path / "a.keras", allow_imports=True)
    assert not marker.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_names_its_classes_takes_no_others(run, kind):
    with pytest.raises(UserError, match="carries its own class names: leave out --classes"):
        load_network(run / kind, ("a", "b"))


def test_a_wrong_ending_and_a_missing_file_are_answered_with_what_there_is(tmp_path):
    with pytest.raises(UserError, match=r"give a \.keras, \.weights\.h5, .* or one of coco, voc"):
        load_network("yolov9")
    with pytest.raises(UserError, match=r"no weights file .*a\.keras; .* one of coco, "):
        load_network(tmp_path / "a.keras")
    (tmp_path / "b.keras").mkdir()
    with pytest.raises(UserError, match="no weights file"):
        load_network(tmp_path / "b.keras")


def test_weights_alone_that_say_they_hold_more_than_they_have_bytes_for_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.weights.h5", "w") as file:
        group = file.create_group("layers/conv2d/vars")
        group.attrs["name"] = "p5_out"
        group.create_dataset("1", (10**13,), "f4", chunks=(1000,))
    with pytest.raises(UserError, match="it would hold 10000000000000 numbers"):
        keras3_weights.load_alone(tmp_path / "a.weights.h5", "none")


def test_a_configuration_without_end_is_not_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (2**22 + 1))
    with pytest.raises(UserError, match="its configuration is too long"):
        load_network(tmp_path / "a.keras")


def test_every_format_that_is_no_export_has_a_loader():
    assert {*COMPLETE, *NAMELESS} == {model_format for model_format in ModelFormat if not model_format.is_exported}
    assert {model_format for model_format in ModelFormat if model_format.describes_itself} >= COMPLETE.keys()
