"""`predict.py --save-txt` and its like from the command line to the files, with a network that finds red and blue."""

import json
from pathlib import Path

import cv2
import pytest

from tests.yolo.inference.fake import ColorRuntime, scene, visible
from yolo import picture_files
from yolo.cli.predict import main
from yolo.data.data_folder import DataFolder
from yolo.errors import UserError
from yolo.inference import runtimes

EVERYTHING = ("--save-txt", "--save-xml", "--save-coco", "--save-pictures")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty folder to work in, where every weights file holds the color detector."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        runtimes, "open_runtime", lambda model, *settings: ColorRuntime(class_names=("red", "blue\nsky"))
    )
    (tmp_path / "m.keras").touch()
    picture_files.write("dog.png", scene(red=[10, 20, 60, 80], blue=[100, 30, 150, 90]))
    return tmp_path


def test_labels_of_every_kind_for_pictures_and_frames(capsys):
    writer = cv2.VideoWriter("clip.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 12.5, (200, 120))
    for number in range(3):
        writer.write(scene(red=[10 + number, 20, 60, 80])[..., ::-1].copy())
    writer.release()
    assert main(["dog.png", "clip.mp4", "--weights", "m.keras", *EVERYTHING, "--no-save"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "labels are in detections/labels, detections/annotations, detections/images, detections/detections.json"
    )
    stems = [*(f"clip_{number:06d}" for number in range(3)), "dog"]
    assert visible("detections") == ["annotations", "data.yaml", "detections.json", "images", "labels"]
    assert visible("detections/annotations") == [f"{stem}.xml" for stem in stems]
    assert visible("detections/labels") == sorted(["classes.txt", *(f"{stem}.txt" for stem in stems)])
    assert visible("detections/images") == [*(f"{stem}.jpg" for stem in stems[:3]), "dog.png"]
    assert Path("detections/labels/classes.txt").read_text() == "red\nblue sky\n"
    content = json.loads(Path("detections/detections.json").read_text())
    assert len(content["images"]) == 4
    assert len(content["annotations"]) == 2 + 3


def test_labels_in_xml_can_be_trained_on(capsys):
    main(["dog.png", "--weights", "m.keras", "--save-xml", "--save-pictures", "--output", "out"])
    [annotation] = DataFolder("out").load("all").annotations
    assert annotation.path == Path("out/images/dog.png")
    assert len(annotation.boxes) == 2


def test_scores_without_the_files_that_they_belong_to_are_refused_before_the_model_is_loaded(capsys):
    with pytest.raises(UserError, match="--save-conf adds scores to the files of --save-txt: give both"):
        main(["dog.png", "--weights", "m.keras", "--save-conf"])
    assert capsys.readouterr().out == ""


def test_only_the_classes_asked_for_become_labels_with_the_numbers_of_the_model():
    main(["dog.png", "--weights", "m.keras", "--labels", "blue\nsky", "--save-txt", "--save-conf", "--no-save"])
    [line] = Path("detections/labels/dog.txt").read_text().splitlines()
    assert (line.split()[0], len(line.split())) == ("1", 6)
