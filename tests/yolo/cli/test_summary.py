"""`summary` as it is typed."""

import re

import pytest

from yolo.nets.model import YoloV4Tiny


def rows(answer):
    """Lines of the table by their first word or two: the shape, parameters and GFLOPs as printed."""
    assert (answer.code, answer.err) == (0, "")
    line = re.compile(r"^(\S+(?: \S+)?)  .*?((?:\d+ x \d+ x \d+)?)\s+([\d,]+)\s+([\d.]+)$", re.MULTILINE)
    return {
        name: (shape, int(parameters.replace(",", "")), float(g))
        for name, shape, parameters, g in line.findall(answer.out)
    }


def test_without_flags_it_is_the_network_of_coco_with_its_published_cost(yolo):
    answer = yolo("summary")
    table = rows(answer)
    assert table["total"] == ("", 6_062_814, 6.907876)
    assert table["c5"] == ("13 x 13 x 512", 2_361_344, 0.797442)
    assert list(table) == ["stem", "c2", "c3", "c4", "c5", "neck", "p5 head", "p4 head", "total"]
    assert "YOLOv4-tiny, 416 x 416, 80 classes, attention none\n" in answer.out
    assert answer.out.splitlines()[-1].startswith("GFLOPs a picture: 2 x multiply-accumulates of convolutions and ma")
    assert max(map(len, answer.out.splitlines())) <= 120


@pytest.mark.parametrize("flags", [("--phi", "1"), ("--attention", "se")])
def test_attention_by_number_or_name_has_a_row_for_each_place(yolo, flags):
    table = rows(yolo("summary", *flags, "--class-count", "20", "--input-size", "64", "96"))
    assert table["total"][1] == 5_924_214 + 43_008
    assert table["attention p4"][:2] == ("6 x 4 x 256", 2 * 256 * 256 // 16)
    assert sum(row[1] for name, row in table.items() if name.startswith("attention ")) == 43_008


def test_attention_by_place_has_a_row_there(yolo):
    table = rows(yolo("summary", "--attention", "cbam@p4, eca@c3", "--input-size", "64", "96"))
    assert [name for name in table if name.startswith("attention ")] == ["attention c3", "attention p4"]
    assert table["attention c3"] == ("12 x 8 x 128", 5, 0.000001)


def test_three_levels_have_a_head_more_and_say_so(yolo):
    answer = yolo("summary", "--levels", "3", "--attention", "eca@p3+up3", "--input-size", "64", "96")
    table = rows(answer)
    assert "YOLOv4-tiny, 3 levels, 96 x 64, 80 classes, " in answer.out
    assert table["p3 head"][0] == "12 x 8 x 255"
    assert {name for name in table if name.startswith("attention ")} == {"attention p3", "attention up3"}
    assert table["total"][1] == 6_334_045 + 5 + 3  # by hand: 6,062,814 + 64 * 260 + 128 * 1732 + 255 * 129


def test_every_layer_is_listed_with_its_kind_and_the_same_total(yolo):
    answer = yolo("summary", "--layers", "--phi", "2", "--input-size", "64", "96", "--class-count", "3")
    table = rows(answer)
    assert set(table) == {layer.name for layer in YoloV4Tiny(tuple("abc")).layers[1:]} | {"total"}
    assert re.search(r"^c2_b +SecondHalf +24 x 16 x 32 +0 +0.000000$", answer.out, re.MULTILINE)
    assert re.search(r"^attention_up +CBAM +6 x 4 x 128 ", answer.out, re.MULTILINE)
    assert table["total"][1] == sum(row[1] for row in table.values()) / 2


def test_a_model_file_brings_its_classes_its_attention_and_its_input_size(yolo, tmp_path):
    path = tmp_path / "größe.keras"
    YoloV4Tiny(["Katze", "Hund"], attention="eca", input_size=(64, 96)).save(path)
    answer = yolo("summary", "--weights", str(path))
    assert "96 x 64, 2 classes, attention eca\n" in answer.out
    assert rows(answer)["p4 head"][0] == "6 x 4 x 21"
    assert answer.out.endswith("score thresholds: none in the file, so predict shows scores from 0.25\n")
    assert rows(yolo("summary", "--weights", str(path), "--input-size", "96", "64"))["p4 head"][0] == "4 x 6 x 21"


def test_a_class_list_gives_the_number_of_classes(yolo, tmp_path):
    path = tmp_path / "classes.txt"
    path.write_text("grüner Apfel\nBirne\n\n", encoding="utf-8")
    assert "64, 2 classes, " in yolo("summary", "--classes", str(path), "--input-size", "64", "64").out


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--phi", "2", "--attention", "se"], "--attention and --phi contradict each other; give one of them."),
        (["--weights", "a.keras", "--phi", "0"], "--phi and --weights contradict each other; give one of them."),
        (["--classes", "a.txt", "--class-count", "2"], "--classes and --class-count contradict each other; "),
        (["--weights", "a.keras", "--class-count", "2"], "--class-count and --weights contradict each other; "),
        (["--phi", "5"], "--phi: invalid choice: 5 (choose from 0, 1, 2, 3, 4) (see python -m yolo summary --help)"),
        (["--class-count", "0"], "--class-count must be at least 1; got 0."),
        (["--input-size", "100", "64"], "--input-size must be at least 64 and a multiple of 32; got 100 64."),
        (["--classes", "absent.txt"], "cannot read the class list absent.txt: "),
        (["--weights", "absent.keras"], "there is no weights file absent.keras; "),
        (["--attention", "foo"], "unknown attention 'foo': choose from none, se, cbam, "),
        (["--attention", "se@p9"], "there is no place 'p9' for attention: choose from p4, p5, up, "),
    ],
)
def test_a_mistake_is_one_line(yolo, flags, line):
    answer = yolo("summary", *flags)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: " + line)
    assert answer.err.count("\n") == 1


def test_the_score_thresholds_of_a_model_are_shown_for_each_class(yolo, tmp_path):
    shown = {"score_thresholds": (0.314, 0.5), "temperature": 1.42}
    YoloV4Tiny(["Katze", "Hund"], input_size=(64, 96), **shown).save(tmp_path / "a.keras")
    last = yolo("summary", "--weights", str(tmp_path / "a.keras")).out.splitlines()[-1]
    assert last == "score thresholds: Katze 0.31, Hund 0.50; scores scaled by the temperature 1.42"
    YoloV4Tiny(["Katze"], input_size=(64, 96), temperature=1.42).save(tmp_path / "b.keras")
    last = yolo("summary", "--weights", str(tmp_path / "b.keras")).out.splitlines()[-1]
    assert last.endswith("predict shows scores from 0.25; scores scaled by the temperature 1.42")
