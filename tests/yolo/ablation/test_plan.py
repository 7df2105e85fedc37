import dataclasses
import json
import shutil
import subprocess
import sys

import pytest

from tests.yolo.ablation.conftest import here
from tests.yolo.training.runs import config
from tests.yolo.training.test_run_lock import HOLDS
from yolo.ablation import experiment, speed
from yolo.ablation.plan import split_blocks
from yolo.ablation.preparation import prepare_ablation
from yolo.config import AblateConfig
from yolo.errors import UserError
from yolo.training import engine
from yolo.weights import published_weights


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("se", ("none", "se")),
        ("se,none, cbam ,se", ("none", "se", "cbam")),
        ("se(ratio=8, bias=True),cbam/paper", ("none", "se(ratio=8, bias=True)", "cbam/paper")),
        ("cbam@p4+p5,eca", ("none", "cbam@p4+p5", "eca")),
        ("se@p4, cbam@p5;", ("none", "se@p4, cbam@p5")),
        ("none; se@p4, cbam@p5; eca", ("none", "se@p4, cbam@p5", "eca")),
    ],
)
def test_a_list_of_blocks_is_cut_at_commas_or_at_semicolons_outside_of_brackets(text, blocks):
    assert split_blocks(text) == blocks


@pytest.mark.parametrize("text", ["none", "", " , ", ";"])
def test_a_list_without_a_block_is_refused(text):
    with pytest.raises(UserError, match="names no block to compare with none"):
        split_blocks(text)


@pytest.fixture
def planned(thin, asked):
    """Makes the plan of an ablation: `planned(seeds=3)`."""
    return lambda **changes: prepare_ablation(asked(**changes), here)


def test_a_plan_has_every_block_with_every_seed_in_folders_that_any_system_can_name(planned, tmp_path):
    plan, data, folder = planned(attention="se(ratio=8);eca@p5+p4")
    runs = list(plan.runs(folder))
    names = ["0-none", "1-se-ratio-8", "2-eca-p5-p4"]
    assert [config.name for *_, config in runs] == [f"{name}-seed-{seed}" for seed in (0, 1) for name in names]
    assert [(number, seed) for number, seed, _ in runs] == [(n, s) for s in (0, 1) for n in range(3)]
    assert {config.weights for _, seed, config in runs if seed == 1} == {str(tmp_path / "été" / "initial-1.keras")}
    assert {(config.val_split, config.test_split, config.epochs) for *_, config in runs} == {("none", "none", 1)}
    assert (len(data.train), len(data.test), plan.training.test_split) == (6, 3, "test")


def test_an_ablation_starts_from_random_weights_unless_others_are_named(planned, painted_root, tmp_path, monkeypatch):
    monkeypatch.setattr(published_weights, "find", None)  # nothing is looked for
    config(painted_root, tmp_path, weights="auto").save(tmp_path / "settings.json")
    plan, *_ = planned()
    assert plan.training.weights == "none"


def test_a_run_needs_no_files_beside_the_network_that_it_starts_from(planned):
    plan, _, folder = planned()
    settings = dataclasses.replace(plan.training, weights="a.weights", cfg="a.cfg", anchors_file="a.txt", strict=True)
    (_, _, first), *_ = dataclasses.replace(plan, training=settings).runs(folder)
    assert (first.cfg, first.anchors_file, first.strict) == (None, None, False)


def test_however_long_a_list_of_blocks_is_the_folder_of_its_run_can_be_made(planned, tmp_path):
    long = (
        "cbam(ratio=16, use_bias='channel', batch_norm=True, kernel_size=3)@p4, se(identity_start=True)@p5+up+c3+c4+c5"
    )
    plan, _, folder = planned(attention=f"{long}; {long.replace('=3', '=5')}")
    names = {config.name for *_, config in plan.runs(folder)}
    assert len(names) == 3 * plan.seeds
    assert max(map(len, names)) < 60


def test_a_test_of_two_pictures_is_refused(planned, thin, painted_root, tmp_path):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    listed = root / "ImageSets" / "Main" / "test.txt"
    listed.write_text("\n".join(listed.read_text(encoding="utf-8").splitlines()[:2]), encoding="utf-8")
    with pytest.raises(UserError, match="'test' has 2 pictures, too few to measure a difference"):
        planned(data=str(root))


def test_the_same_command_takes_the_plan_up_and_another_is_refused_with_what_differs(planned, tmp_path):
    plan, *_ = planned()
    assert planned()[0] == plan
    for change, named in [
        ({"attention": "se"}, "blocks (--attention)"),
        ({"epochs": 2}, "--epochs"),
        ({"batch_size": 2, "val_split": "val"}, "pictures or annotations, --val-split, --batch-size"),
    ]:
        with pytest.raises(UserError) as refused:
            planned(**change)
        assert str(refused.value).startswith(f"the ablation in {tmp_path / 'été'} was begun with other {named}: repeat")


def test_blocks_may_be_at_the_places_of_a_third_level_when_there_is_one(planned, tmp_path):
    plan, *_ = planned(attention="se@p3; eca@up3+p4", levels=3)
    assert plan.blocks == ("none", "se@p3", "eca@up3+p4")
    assert {settings.levels for *_, settings in plan.runs(tmp_path)} == {3}
    with pytest.raises(UserError, match=r"no place 'p3' .*--levels 3"):
        planned(attention="se@p3", levels=2)


def test_an_ablation_from_before_there_were_levels_goes_on(planned):
    plan, _, folder = planned()
    kept = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    del kept["training"]["levels"]
    (folder / "plan.json").write_text(json.dumps(kept), encoding="utf-8")
    assert planned()[0] == plan
    with pytest.raises(UserError, match="begun with other --levels: repeat"):
        planned(levels=3)


def test_an_ablation_is_extended_by_seeds_and_by_blocks(planned):
    plan, *_ = planned(attention="se,eca", seeds=2)
    longer, _, folder = planned(attention="se,eca,ca", seeds=3)
    assert (longer.blocks, longer.seeds) == (("none", "se", "eca", "ca"), 3)
    before = {config.name for *_, config in plan.runs(folder)}
    assert before < {config.name for *_, config in longer.runs(folder)}
    with pytest.raises(UserError, match=r"begun with other blocks \(--attention\): repeat"):
        planned(attention="se,ca", seeds=3)


def test_pictures_changed_since_are_refused_the_test_ones_too(planned, painted_root, tmp_path):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    planned(data=str(root))
    edited = root / "Annotations" / "bild 09.xml"
    edited.write_text(edited.read_text(encoding="utf-8").replace("rot", "grün"), encoding="utf-8")
    with pytest.raises(UserError, match="other pictures or annotations: "):
        planned(data=str(root))


def test_a_folder_of_something_else_or_a_damaged_plan_is_refused(planned, tmp_path):
    (tmp_path / "été").mkdir()
    (tmp_path / "été" / "plan.json").write_text('{"seeds": 2', encoding="utf-8")
    with pytest.raises(UserError, match="is no JSON"):
        planned()
    (tmp_path / "été" / "plan.json").rename(tmp_path / "été" / "other")
    with pytest.raises(UserError, match="contains something other than an ablation"):
        planned()


@pytest.mark.parametrize("text", ["[]", "{}", '{"training": 1, "blocks": 2}'])
def test_a_plan_that_is_none_is_refused_in_a_sentence(planned, tmp_path, text):
    (tmp_path / "été").mkdir()
    (tmp_path / "été" / "plan.json").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"cannot be read as a plan .*; give another --output"):
        planned()


def test_an_augmentation_edited_between_two_calls_is_told(thin, painted_root, tmp_path):
    path, settings = tmp_path / "mine.yaml", tmp_path / "settings.json"
    path.write_text("transform: {__class_fullname__: Blur}", encoding="utf-8")
    config(painted_root, tmp_path, augment=str(path)).save(settings)
    asked = AblateConfig(config=str(settings), attention="se", epochs=1, output=str(tmp_path / "out"))
    plan, *_ = prepare_ablation(asked, here)
    assert prepare_ablation(asked, here)[0] == plan
    path.write_text("transform: {__class_fullname__: Blur, p: 0.25}", encoding="utf-8")
    with pytest.raises(UserError, match="was begun with other text in the file of --augment: repeat"):
        prepare_ablation(asked, here)


def test_the_second_of_two_ablations_in_one_folder_is_refused_and_changes_nothing(planned, repository):
    plan, data, folder = planned()
    before = {path: path.read_bytes() for path in folder.rglob("*")}
    command = [sys.executable, "-c", HOLDS, folder]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"mine\n"
        with pytest.raises(UserError, match="is in use by another process"):
            planned(seeds=3)
        with pytest.raises(UserError, match="is in use by another process"):
            experiment.run_all(plan, data, folder, here)
        other.kill()
    (folder / "run.lock").unlink()
    assert {path: path.read_bytes() for path in folder.rglob("*")} == before


@pytest.mark.parametrize(
    ("text", "reason"), [("[{", "is no JSON"), ("3", "does not contain the times"), ("[{}]", "does not contain")]
)
def test_damaged_times_are_told_in_a_sentence(tmp_path, text, reason):
    (tmp_path / "speed.json").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=reason):
        speed.measure({}, [], tmp_path / "speed.json")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attention": "se,foo"}, "unknown attention 'foo': choose from none, se"),
        ({"attention": "se,eca@p9"}, "there is no place 'p9'"),
        ({"attention": "keras.layers:Flatten"}, "a block must keep the shape"),
        ({"minutes": 1.0}, "--epochs and --minutes both choose"),
        ({"weights": "missing.keras"}, "there is no weights file missing.keras"),
        ({"test_split": "none"}, "there is no list to score on: .* has test, train, val; write one"),
        ({"train_split": "all"}, "some pictures of 'test' are also in 'all' or 'none', so the score would flatter"),
        ({"val_split": "test"}, "there is no list to score on"),
    ],
)
def test_a_mistake_is_found_before_anything_is_written(planned, tmp_path, changes, message):
    with pytest.raises(UserError, match=message):
        planned(**changes)
    assert not (tmp_path / "été").exists()


def test_without_a_test_list_the_validation_pictures_are_scored_unless_they_choose_the_epoch(
    planned, painted_root, tmp_path
):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    (root / "ImageSets" / "Main" / "test.txt").unlink()
    plan, data, _ = planned(data=str(root))
    assert (plan.training.test_split, len(data.test)) == ("val", 3)
    with pytest.raises(UserError, match="there is no list to score on"):
        planned(data=str(root), val_split="val")


def test_minutes_become_epochs_once(planned, monkeypatch, tmp_path):
    # 4 s to begin, 2 s an epoch, 1.5 s a small one: 33 epochs, 19 of them small, would take 4 + 28 + 28.5 = 60.5 s
    trained = []

    def train(config):
        trained.append((config.attention, config.epochs, config.small_epochs))
        seconds = 4 + config.epochs * (2 - 0.5 * config.small_epochs)
        return engine.Run(None, None, None, config.epochs, seconds, None, None, True)

    monkeypatch.setattr(engine, "train", train)
    for _ in range(2):
        plan, *_ = planned(epochs=None, minutes=1.0)
        assert (plan.training.epochs, plan.minutes) == (32, 1.0)
        assert trained == [("none", 1, 0.0), ("none", 3, 0.0), ("none", 3, 1.0)]
    assert json.loads((tmp_path / "été" / "plan.json").read_text(encoding="utf-8"))["training"]["epochs"] == 32
    with pytest.raises(UserError, match=r"--minutes 0.05 is less than a training of one epoch takes"):
        planned(epochs=None, minutes=0.05, output=str(tmp_path / "other"))
