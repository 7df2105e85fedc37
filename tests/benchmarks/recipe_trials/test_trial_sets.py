from benchmarks.recipe_trials.trial_sets import SETS
from tests.yolo.data.folders import voc_root, xml
from yolo.data import data_folder


def test_every_training_picture_is_held_out_with_one_seed_and_trained_on_with_the_others(tmp_path):
    objects = {f"p{i}": xml(("dog", 3, 3, 20, 20), ("cat", 1, 1, 9, 9)) for i in range(40)}
    lists = {"train": "\n".join(list(objects)[:20]), "val": "\n".join(list(objects)[20:36]), "test": "p36\np37\n"}
    for name in ("bccd", "fruit300"):
        voc_root(tmp_path / name, objects, lists)
    for name, pictures, classes in (
        ("bccd", 36, ("cat", "dog")),
        ("fruit300", 20, ("cat", "dog")),
        ("one class", 20, ("fruit",)),
    ):
        held = []
        for seed in range(SETS[name].folds):
            folder = SETS[name].write(tmp_path, seed, tmp_path / f"{name} {seed}")
            parts = {part: data_folder.load(folder, part, classes) for part in ("fit", "held")}
            stems = {part: {known.path.stem for known in parts[part].annotations} for part in parts}
            assert stems["fit"] | stems["held"] == set(list(objects)[:pictures])
            assert not stems["fit"] & stems["held"]
            assert all(len(known.labels) == 2 for known in parts["fit"].annotations)
            held += stems["held"]
        assert sorted(held) == sorted(list(objects)[:pictures])
    again = SETS["one class"].write(tmp_path, 3, tmp_path / "again")  # a fourth seed of three folds
    texts = {(folder / "ImageSets/Main/held.txt").read_text("utf-8") for folder in (again, tmp_path / "one class 0")}
    assert len(texts) == 1
