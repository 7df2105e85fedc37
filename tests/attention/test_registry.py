"""Choosing blocks, and what is said when the choice is wrong."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import attention
from attention import registry

CHOICES = (
    "choose from none, se, cbam, eca, ca, bam, ese, gather_excite, gc, mhsa, scse, simam, triplet, or give module:Class"
)
GHOST = """
from keras import layers
from attention import register

@register("ghost")
class Ghost(layers.Layer):
    def __init__(self, strength=1.0, **kwargs):
        super().__init__(**kwargs)
        self.strength = strength

    def call(self, x):
        return x * self.strength

    def get_config(self):
        return super().get_config() | {"strength": self.strength}

class Plain(Ghost):
    def __init__(self, extra=0, **kwargs):
        super().__init__(**kwargs)

class NoName(layers.Layer):
    def __init__(self):
        super().__init__()

def function(x):
    return x
"""


@pytest.fixture(autouse=True)
def unchanged_registry(monkeypatch):
    """Blocks and modules that a test adds are gone after it."""
    for table in ("_classes", "_phis", "_presets"):
        monkeypatch.setattr(registry, table, dict(getattr(registry, table)))
    monkeypatch.setattr(sys, "path", sys.path.copy())
    objects = keras.saving.get_custom_objects()
    before, modules = dict(objects), set(sys.modules)
    yield
    objects.clear()
    objects.update(before)
    for name in set(sys.modules) - modules:
        if name.endswith("_blocks"):
            del sys.modules[name]


@pytest.fixture
def user_folder(tmp_path, monkeypatch):
    """A current folder that holds the module `users_blocks`."""
    (tmp_path / "users_blocks.py").write_text(GHOST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_blocks_are_listed_in_the_order_of_phi_and_then_of_the_alphabet():
    names = attention.available()
    assert names[:5] == ["none", "se", "cbam", "eca", "ca"]
    assert names[5:] == sorted(names[5:])


@pytest.mark.parametrize(("phi", "name"), list(enumerate(["none", "se", "cbam", "eca", "ca"])))
def test_a_block_is_chosen_by_phi_and_by_name_and_by_class(phi, name):
    cls = type(attention.create(phi))
    assert type(attention.create(np.int64(phi))) is cls
    assert type(attention.create(name)) is cls
    assert type(attention.create(cls)) is cls
    assert registry.name_of(cls) == name


def test_no_choice_is_no_attention():
    assert isinstance(attention.create(None), attention.Identity)


def test_every_call_makes_a_new_layer():
    assert attention.create("se") is not attention.create("se")


@pytest.mark.parametrize("spec", ["se(ratio=8)", " se ( ratio = 8 ) ", "attention.se:SE(ratio=8)", "se(ratio=8,)"])
def test_arguments_can_be_written_behind_the_name(spec):
    block = attention.create(spec, name="here")
    assert type(block) is attention.SE
    assert block.ratio == 8
    assert block.name == "here"


def test_arguments_of_the_call_win_over_written_ones():
    assert attention.create("se(ratio=8, name='there')", name="here").name == "here"


def test_a_layer_of_keras_can_be_chosen():
    assert type(attention.create("keras.layers:SpatialDropout2D(rate=0.5)")) is keras.layers.SpatialDropout2D


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("foo", f"unknown attention 'foo': {CHOICES}"),
        ("SE", f"unknown attention 'SE' (did you mean 'se'?): {CHOICES}"),
        ("cbma", f"unknown attention 'cbma' (did you mean 'cbam'?): {CHOICES}"),
        ("foo(ratio=8)", f"unknown attention 'foo': {CHOICES}"),
        (7, f"unknown attention 7: {CHOICES}"),
        (-1, f"unknown attention -1: {CHOICES}"),
        (True, f"attention True is no keras.layers.Layer class: {CHOICES}"),
        (dict, f"attention <class 'dict'> is no keras.layers.Layer class: {CHOICES}"),
        ("pathlib:Path", f"attention 'pathlib:Path' is no keras.layers.Layer class: {CHOICES}"),
        ("math:pi", f"attention 'math:pi' is no keras.layers.Layer class: {CHOICES}"),
        ("", "cannot read attention '': write name, name(key=value) or module:Class"),
        ("se(ratio=8", "cannot read attention 'se(ratio=8': write name, name(key=value) or module:Class"),
        ("a:b:c", "cannot read attention 'a:b:c': write name, name(key=value) or module:Class"),
        ("se(rato=8)", "cannot make attention 'se': it takes no argument 'rato'; its arguments: ratio, identity_start"),
        (
            "se(ratio=x)",
            "cannot make attention 'se': ratio must be a whole number of at least 1, got 'x'; "
            "its arguments: ratio, identity_start",
        ),
        ("none(ratio=8)", "cannot make attention 'none': it takes no argument 'ratio'; its arguments: none"),
        (
            "ca(ratio=0)",
            "cannot make attention 'ca': ratio must be a whole number of at least 1, got 0; "
            "its arguments: ratio, identity_start",
        ),
        (
            "cbam/papers",
            "attention 'cbam' has no preset 'papers': choose from paper, keras-stacked, tf1-half, gate-bn",
        ),
        (
            "se/paper",
            "attention 'se' has no preset 'paper': choose from (none)",
        ),
    ],
)
def test_a_wrong_choice_is_answered_in_a_sentence(spec, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        attention.create(spec)
    assert str(caught.value) == message


WRONG_ARGUMENTS = [
    "8",
    "ratio=x()",
    "ratio=x.y",
    "ratio=4*2",
    "ratio=4-x",
    "ratio=x-4",
    "ratio={[4]: 8}",
    "ratio=",
    "ratio=4, ratio=8",
    "*[8]",
    "**{'ratio': 8}",
    "8)(1",
    "(",
    "\0",
]


@pytest.mark.parametrize("value", ["-" * 100_000 + "1", "1+" * 100_000 + "1", "(" * 300 + ")" * 300])
def test_arguments_nested_without_end_are_refused_like_others(value):
    with pytest.raises(ValueError, match="cannot read the arguments of attention"):
        attention.create(f"se(ratio={value})")


@pytest.mark.parametrize("arguments", WRONG_ARGUMENTS)
def test_arguments_of_another_form_are_refused(arguments):
    with pytest.raises(ValueError, match="write them as se\\(key=value\\)"):
        attention.create(f"se({arguments})")


def test_written_values_are_never_evaluated(tmp_path):
    target = tmp_path / "written"
    with pytest.raises(ValueError, match="key=value"):
        attention.create(f"se(ratio=open({str(target)!r}, 'w').write('x'))")
    assert not target.exists()


def test_a_module_in_the_current_folder_is_found(user_folder):
    block = attention.create("users_blocks:Ghost(strength=2.0)", name="here")
    np.testing.assert_array_equal(block(np.ones((1, 2, 3, 4))), np.full((1, 2, 3, 4), 2.0))
    assert block.name == "here"
    assert "ghost" in attention.available()
    assert type(attention.create("ghost")) is type(block)


def test_an_installed_module_is_not_hidden_by_a_file_of_the_same_name(user_folder, monkeypatch):
    monkeypatch.delitem(sys.modules, "tabnanny", raising=False)
    (user_folder / "tabnanny.py").write_text("class Ghost: pass", encoding="utf-8")
    with pytest.raises(ValueError, match="module 'tabnanny' has no class 'Ghost': choose from NannyNag"):
        attention.create("tabnanny:Ghost")


@pytest.mark.parametrize("name", ["Ghost", "Plain"])
def test_a_model_with_a_users_block_is_saved_and_loaded(name, user_folder):
    inputs = keras.Input((None, None, 4))
    model = keras.Model(inputs, attention.create(f"users_blocks:{name}(strength=3.0)")(inputs))
    model.save("model.keras")
    loaded = keras.models.load_model("model.keras")
    assert loaded.layers[-1].strength == 3.0


def test_a_saved_model_is_loaded_by_a_process_that_names_the_block_first(user_folder):
    inputs = keras.Input((None, None, 4))
    keras.Model(inputs, attention.create("users_blocks:Plain(strength=3.0)")(inputs)).save("model.keras")
    script = (
        "import attention, keras; attention.create('users_blocks:Plain'); "
        "print(keras.models.load_model('model.keras').layers[-1].strength)"
    )
    environment = {"PYTHONPATH": str(Path(attention.__file__).parents[1]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert run.stdout.strip() == "3.0", run.stderr


def test_a_missing_module_is_named_together_with_where_it_was_looked_for(user_folder):
    with pytest.raises(ValueError, match=r"cannot import module 'no_blocks'.*No module named 'no_blocks'") as caught:
        attention.create("no_blocks:Ghost")
    assert str(user_folder) in str(caught.value)


def test_a_module_that_fails_is_reported_with_its_error(user_folder):
    (user_folder / "bad_blocks.py").write_text("class Ghost(:", encoding="utf-8")
    with pytest.raises(ValueError, match=r"cannot import module 'bad_blocks'.*SyntaxError"):
        attention.create("bad_blocks:Ghost")


def test_a_missing_class_is_answered_with_those_of_the_module(user_folder):
    with pytest.raises(
        ValueError, match="module 'users_blocks' has no class 'Goast': choose from Ghost, NoName, Plain"
    ):
        attention.create("users_blocks:Goast")


def test_a_function_is_no_block(user_folder):
    with pytest.raises(ValueError, match=r"attention 'users_blocks:function' is no keras\.layers\.Layer class"):
        attention.create("users_blocks:function")


def test_a_block_that_takes_no_name_is_refused_in_a_sentence(user_folder):
    with pytest.raises(ValueError, match=r"cannot make attention 'noname': .*name.*; its arguments: none"):
        attention.create("users_blocks:NoName", name="here")


def test_the_arguments_of_a_users_base_class_are_among_the_choices(user_folder):
    with pytest.raises(ValueError, match="takes no argument 'strenth'; its arguments: extra, strength"):
        attention.create("users_blocks:Plain(strenth=2)")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("users_blocks:Ghost", True),
        (" users_blocks:Ghost (a=1)", True),
        ("os:system(", True),
        ("se", False),
        ("se(name='a:b')", False),
        (1, False),
        (None, False),
        (attention.SE, False),
    ],
)
def test_a_specification_tells_whether_it_runs_a_module(spec, expected):
    assert attention.importable(spec) is expected


def test_a_taken_name_is_refused():
    with pytest.raises(ValueError, match=r"attention 'se' is already attention\.se\.SE: choose another name"):

        @attention.register("se")
        class Another(keras.layers.Layer):
            pass

    assert type(attention.create("se")) is attention.SE


def test_a_users_block_may_have_presets():
    @attention.register("another", presets={"rare": {"rate": 0.0}, "frequent": {"rate": 0.9}})
    class Another(keras.layers.Dropout):
        def __init__(self, rate=0.5, **kwargs):
            super().__init__(rate, **kwargs)

    assert attention.presets("another") == {"rare": {"rate": 0.0}, "frequent": {"rate": 0.9}}
    assert attention.create("another").rate == 0.5
    assert attention.create("another/frequent").rate == 0.9
    assert attention.create("another/frequent(rate=0.25)").rate == 0.25


def test_a_taken_phi_is_refused():
    with pytest.raises(ValueError, match="phi 2 is already attention 'cbam': choose 5 or leave it out"):

        @attention.register("another", phi=2)
        class Another(keras.layers.Layer):
            pass

    assert "another" not in attention.available()


@pytest.mark.parametrize("name", ["", "two words", "a:b", "a(b)", 5, None])
def test_a_name_that_could_not_be_written_is_refused(name):
    with pytest.raises(ValueError, match="letters, digits and underscores"):
        attention.register(name)


@pytest.mark.parametrize("phi", [-1, 1.5, "5", True])
def test_a_phi_that_is_no_number_is_refused(phi):
    with pytest.raises(ValueError, match="phi must be a whole number"):
        attention.register("another", phi=phi)


def test_what_is_no_layer_cannot_be_registered():
    with pytest.raises(ValueError, match=r"is no keras\.layers\.Layer class"):
        attention.register("another")(dict)


def test_a_class_that_is_defined_again_replaces_itself():
    def define():
        @attention.register("another", phi=9)
        class Another(keras.layers.Layer):
            pass

        return Another

    first, second = define(), define()
    assert type(attention.create(9)) is second is not first
