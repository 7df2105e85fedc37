"""`attend` from the command line to the files, with a small network of random weights."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.yolo.inference.fake import visible
from yolo import picture_files
from yolo.cli.attend import main
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny

ALL = ("--weights", "m.keras", "--score-threshold", "0.001")  # random weights are sure of nothing


@pytest.fixture(scope="module")
def networks():
    """Networks by their attention, made once."""
    return {spec: YoloV4Tiny(("red", "blue"), attention=spec, input_size=(64, 96)) for spec in ("none", "cbam", "se")}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch, networks):
    """An empty folder to work in, where every weights file holds the network with CBAM, and two pictures."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.keras").touch()
    hold(monkeypatch, networks["cbam"])
    rng = np.random.default_rng(0)
    for name, size in (("Hündchen-犬.png", (50, 160)), ("b.png", (90, 70))):
        picture_files.write(name, cv2.resize(rng.integers(0, 256, (5, 7, 3), np.uint8), size[::-1]))
    return tmp_path


def hold(monkeypatch, network):
    monkeypatch.setattr("yolo.weights.load_network.open_network", lambda model, *settings: network)


def video(path, frames=3):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 12.5, (160, 96))
    for number in range(frames):
        writer.write(np.full((96, 160, 3), 40 * number + 60, np.uint8))
    writer.release()


def colourful(image):
    """Share of the pixels that are clearly coloured."""
    return (np.ptp(image.astype(int), axis=2) > 60).mean()


def test_a_picture_gives_a_sheet_and_the_numbers_of_its_detections(capsys):
    main(["Hündchen-犬.png", *ALL])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "weights: m.keras"
    assert lines[1].startswith("2 classes, 96 x 64, ")
    assert lines[2].startswith("Hündchen-犬.png: 1 ")
    assert ", 2 " in lines[2]
    assert lines[3:] == ["saved in attention-maps"]
    assert visible("attention-maps") == ["Hündchen-犬.png"]
    sheet = picture_files.read("attention-maps/Hündchen-犬.png")
    assert sheet.shape[1] == 1200
    assert colourful(sheet) > 0.1


def test_several_pictures_and_a_video_give_a_report(capsys, place):
    video("clip.mp4")
    main([".", "--output", "out", "--heat", "p5", *ALL])
    assert visible("out") == ["Hündchen-犬.png", "b.png", "clip.mp4", "gates.json"]
    output = capsys.readouterr().out
    assert "gates over 5 pictures; dead: " in output
    content = json.loads(Path("out/gates.json").read_text(encoding="utf-8"))
    kinds = [(row["place"], row["kind"], row["gates"]) for row in content["places"]]
    assert kinds == [
        (place, kind, count)
        for place, channels in (("p4", 256), ("p5", 512), ("up", 128))
        for kind, count in (("channel", channels), ("spatial", 1))
    ]
    copy = cv2.VideoCapture("out/clip.mp4")
    assert copy.get(cv2.CAP_PROP_FRAME_COUNT) == 3
    assert colourful(copy.read()[1]) > 0.1


def test_only_the_report_when_nothing_is_to_be_saved(capsys):
    main([".", "--no-save", "--output", "out", *ALL])
    assert visible("out") == ["gates.json"]
    assert "all gates in out/gates.json" in capsys.readouterr().out.replace("\\", "/")


def test_without_attention_the_activation_map_is_still_drawn(capsys, monkeypatch, networks):
    hold(monkeypatch, networks["none"])
    main(["b.png", "Hündchen-犬.png", *ALL, "--method", "gradcam"])
    assert "this model has no attention, so there are no gates to show\n" in capsys.readouterr().out
    assert visible("attention-maps") == ["Hündchen-犬.png", "b.png"]


def test_a_detection_that_is_not_there_is_answered_with_how_many_there_are():
    with pytest.raises(UserError, match=r"b\.png has no detection 9999: \d+ were found with a score of 0\.001 or more"):
        main(["b.png", *ALL, "--detection", "9999"])
    assert visible("attention-maps") == []


def test_among_several_pictures_those_without_that_detection_are_counted(capsys):
    main([".", *ALL, "--detection", "9999"])
    assert "2 of 2 pictures of 2 pictures have no detection 9999" in capsys.readouterr().out
    assert len(visible("attention-maps")) == 3


def test_where_nothing_is_found_the_gates_are_drawn_all_the_same(capsys):
    main(["b.png", "--weights", "m.keras", "--score-threshold", "1"])
    assert "b.png: nothing found\n" in capsys.readouterr().out
    assert visible("attention-maps") == ["b.png"]


def test_a_place_without_a_spatial_map_cannot_colour_a_video(monkeypatch, networks):
    hold(monkeypatch, networks["se"])
    with pytest.raises(UserError, match="--heat: this model has no map 'p4'; choose from activation"):
        main(["b.png", *ALL, "--heat", "p4"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.jpg"], r"gone\.jpg"),
        (["b.png", "--report"], "give at least two, or a video"),
        (["b.png", "--no-save"], "nothing to do"),
        (["b.png", "--detection", "0"], "--detection must be at least 1"),
        (["b.png"], "train first"),
        (["b.png", "Hündchen-犬.png", "--output", ".", *ALL], "--output"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(arguments, message):
    with pytest.raises(UserError, match=message):
        main(arguments)
