"""The files that foreign weights need and do not hold: found where Darknet and the Keras projects keep them."""

import logging
import re

import pytest

from tests.yolo.weights.darknet_files import weights_file
from yolo.class_lists import read_names
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights import companion_files, darknet, darknet_cfg, darknet_writer
from yolo.weights.companion_files import CompanionFile, find_anchors, find_cfg, find_names
from yolo.weights.darknet import _kernels
from yolo.weights.darknet_settings import name_classes
from yolo.weights.initial_weights import load_initial_weights
from yolo.weights.load_network import load_network

ANCHORS = ((20, 60), (30, 90), (40, 120), (60, 180), (90, 200), (120, 300))
FILTERS = [outputs for outputs, _, _ in _kernels(1).values()]


@pytest.fixture(scope="module")
def cfg():
    """The text of a cfg of one class."""
    return darknet_writer.cfg(YoloV4Tiny(("cat",), anchors=ANCHORS, input_size=(320, 608)))


@pytest.fixture
def place(tmp_path):
    """Write text files below a folder; the weights are `backup/<name>`."""

    def write(weights, **files):
        (tmp_path / "backup").mkdir(exist_ok=True)
        for name, content in files.pop("files", files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return tmp_path / "backup" / weights

    return write


@pytest.mark.parametrize("saved", ["", "_best", "_last", "_final", "_4000", "_best_ema", "_LAST"])
@pytest.mark.parametrize("folder", ["backup", "backup/cfg", "cfg", "."])
def test_the_cfg_has_the_stem_that_darknet_trained_with(place, cfg, saved, folder):
    path = place(f"dog{saved}.weights", files={f"{folder}/dog.cfg": cfg, f"{folder}/cat.cfg": cfg.replace("608", "96")})
    found = find_cfg(path, 1, FILTERS)
    assert (found.path.resolve(), found.guessed) == (path.parent.parent / folder / "dog.cfg", False)


@pytest.mark.parametrize(
    ("weights", "name"),
    [("dog_best.weights", "dog.v2.cfg"), ("Dog_best.weights", "dog.CFG"), ("dog.conv.29", "dog.cfg")],
)
def test_darknet_cuts_a_name_at_its_first_dot_and_windows_counts_no_case(place, cfg, weights, name):
    assert find_cfg(place(weights, files={f"cfg/{name}": cfg}), 1, FILTERS).path.name == name


@pytest.mark.parametrize(
    ("content", "reason"),
    [("r\u00f6d\nbl\u00e5\n".encode("cp1252"), "is no text in UTF-8"), (b"cat\ncat\n", "names cat more than once")],
)
def test_a_list_of_names_that_cannot_be_read_is_named_where_classes_are_asked_for(place, content, reason):
    path = place("dog.weights", files={"data/pets.names": ""})
    list_of_names = path.parent.parent / "data" / "pets.names"
    list_of_names.write_bytes(content)
    with pytest.raises(
        UserError, match=rf"no class names \(.*pets\.names {reason}.*\): give .* with --classes"
    ) as error:
        name_classes(path, 2, None, numbered=False)
    assert "\n" not in str(error.value)


def test_the_cfg_of_the_very_same_stem_beside_the_file_goes_before_all(place, cfg):
    path = place("dog_best.weights", files={"backup/dog_best.cfg": "", "cfg/dog.cfg": cfg})
    assert find_cfg(path, 1, FILTERS) == CompanionFile(path.with_suffix(".cfg"), guessed=False)


@pytest.mark.parametrize("ending", [".cfg", ".names"])
def test_a_folder_in_the_place_of_the_very_same_stem_is_told_of_when_it_is_read(place, cfg, ending):
    path = place("dog.weights", files={"cfg/cat.cfg": cfg, "cfg/cat.names": "cat"})
    own = path.with_suffix(ending)
    own.mkdir()
    found = find_cfg(path, 1, FILTERS) if ending == ".cfg" else find_names(path, 1)
    assert found == CompanionFile(own, guessed=False)
    with pytest.raises(UserError, match=rf"cannot read .*dog\{ending}"):
        darknet_cfg.read(own, 1) if ending == ".cfg" else read_names(own)


def test_two_of_the_stem_that_say_the_same_are_one_and_two_that_differ_are_refused_with_their_names_and_the_flag(
    place, cfg
):
    path = place("dog_best.weights", files={"cfg/dog.cfg": cfg, "dog.cfg": f"# a copy\n{cfg}"})
    assert not find_cfg(path, 1, FILTERS).guessed
    place("dog_best.weights", files={"dog.cfg": cfg.replace("608", "96")})
    with pytest.raises(UserError, match=r"2 cfg files fit .*dog_best\.weights .*cfg.dog\.cfg, .*dog\.cfg.*--cfg FILE"):
        find_cfg(path, 1, FILTERS)


def test_the_only_cfg_that_fits_is_taken_as_a_guess_and_of_several_none(place, cfg):
    other = cfg.replace("filters=512", "filters=1024"), cfg.replace("classes=1", "classes=2")
    path = place("best.weights", files={"cfg/dog.cfg": cfg, "cfg/a.cfg": other[0], "cfg/b.cfg": other[1], "c.cfg": cfg})
    assert find_cfg(path, 1, FILTERS) == CompanionFile(path.parent / "../cfg/dog.cfg", guessed=True)
    place("best.weights", files={"backup/cow.cfg": cfg.replace("width=608", "width=96")})
    with pytest.raises(UserError, match=r"2 cfg files fit .*cow\.cfg, .*dog\.cfg"):
        find_cfg(path, 1, FILTERS)


def test_one_of_the_stem_that_does_not_fit_is_told_of_and_not_passed_over(place, cfg, tmp_path):
    path = place("dog_best.weights", files={"cfg/dog.cfg": cfg.replace("classes=1", "classes=2"), "cfg/cat.cfg": cfg})
    weights_file(path, classes=1)
    with pytest.raises(UserError, match=r"dog\.cfg is no cfg .* for 2 classes, but the weights know 1"):
        darknet.load(path)


def test_where_nothing_fits_there_is_none(place):
    path = place(
        "dog.weights", files={"cfg/x.cfg": "no cfg", "data/y.data": "names = gone.names", "backup/z.names": ""}
    )
    assert (find_cfg(path, 1, FILTERS), find_names(path, 1), find_anchors(path)) == (None, None, None)


@pytest.mark.parametrize(
    ("files", "name", "guessed"),
    [
        ({"backup/dog_best.names": "a", "backup/dog.names": "a\nb"}, "dog_best.names", False),
        ({"cfg/dog.names": "a\nb", "data/obj.names": "c\nd"}, "dog.names", False),
        ({"data/obj.names": "c\nd", "data/coco.names": "a\nb\nc"}, "obj.names", False),
        (
            {"data/obj.data": "classes= 2\nnames = data/my list.names", "data/my list.names": "a\nb"},
            "my list.names",
            False,
        ),
        ({"cfg/a.data": "names=D:\\train\\pets.txt", "cfg/pets.txt": "a\nb", "cfg/o.names": "c\nd"}, "pets.txt", False),
        ({"cfg/pets.names": "a\nb", "cfg/coco.names": "a\nb\nc"}, "pets.names", True),
    ],
)
def test_the_names_of_the_classes_are_found(place, files, name, guessed):
    found = find_names(place("dog_best.weights", files=files), 2)
    assert (found.path.name, found.guessed) == (name, guessed)


def test_of_several_lists_none_is_taken(place):
    path = place("dog.weights", files={"cfg/pets.names": "a\nb", "data/cars.names": "c\nd"})
    with pytest.raises(
        UserError, match=r"2 lists have 2 names for .*pets\.names.*cars\.names|cars.*pets.*--classes FILE"
    ):
        find_names(path, 2)


def test_the_anchors_of_a_keras_project_are_found_in_its_folders(place):
    numbers = "20,60, 30,90, 40,120, 60,180, 90,200, 120,300"
    path = place("ep100.h5", files={"model_data/yolo_anchors.txt": numbers})
    assert find_anchors(path).resolve() == path.parent.parent / "model_data" / "yolo_anchors.txt"
    place("ep100.h5", files={"backup/yolo_anchors.txt": numbers.replace("20,60", "344,319")})  # in no order of size
    with pytest.raises(UserError, match=r"2 files of anchors .*--anchors-file FILE"):
        find_anchors(path)


@pytest.fixture
def said(caplog):
    """What was logged until now, as (level, text), which is then forgotten."""
    caplog.set_level(logging.INFO, "yolo")

    def take():
        records = [(record.levelname, record.getMessage()) for record in caplog.records]
        caplog.clear()
        return records

    return take


def test_one_line_says_what_is_taken_from_where_and_a_guess_is_a_warning(place, cfg, said):
    path = place("dog_best.weights", files={"data/obj.names": "cat\n"})
    weights_file(path, classes=1)
    assert load_network(path).masks == ((3, 4, 5), (1, 2, 3))
    [(level, warning), (_, line)] = said()
    assert level == "WARNING"
    assert re.search(
        r"^no cfg of .*, so anchors, masks, 416 x 416 and stretched .* give the cfg with --cfg FILE$", warning
    )
    names = path.parent / "../data/obj.names"
    coco = "anchors, masks, 416 x 416 as in the COCO weights of Darknet; pictures stretched, as Darknet does"
    assert line == f"dog_best.weights: 1 class from {names}; {coco}"
    place("dog_best.weights", files={"cfg/dog.cfg": cfg})
    network = load_network(path, ("Katze",))
    assert (network.anchors, network.input_size, network.resize_mode) == (ANCHORS, (320, 608), "letterbox")
    meaning = f"anchors, masks, 608 x 320 from {path.parent / '../cfg/dog.cfg'}; pictures letterboxed, as the cfg says"
    assert said() == [("INFO", f"dog_best.weights: 1 class as given; {meaning}")]


def test_a_cfg_and_anchors_are_given_and_a_file_that_has_its_own_takes_none(place, cfg, said):
    path = place("dog.weights", files={"mine.cfg": cfg, "a.txt": "9,9, 8,8, 7,7, 6,6, 5,5, 4,4"})
    weights_file(path, classes=1)
    mine, listed = path.parent.parent / "mine.cfg", path.parent.parent / "a.txt"
    network = load_network(path, ("cat",), cfg=mine, anchors=listed)
    assert (network.anchors[0], network.masks, network.input_size) == ((9, 9), ((3, 4, 5), (0, 1, 2)), (320, 608))
    assert said() == [("INFO", said_of(mine, listed))]
    assert load_initial_weights(path, ("cat",), cfg=mine).network.anchors == ANCHORS
    with pytest.raises(UserError, match=r"cannot read .*gone"):
        load_network(path, ("cat",), cfg="gone.cfg")
    YoloV4Tiny(("cat",)).save(path.with_suffix(".keras"))
    for load in (load_network, load_initial_weights):
        for name, flag in (("cfg", "--cfg"), ("anchors", "--anchors-file")):
            with pytest.raises(UserError, match=f"dog.keras carries its own anchors: leave out {flag}"):
                load(path.with_suffix(".keras"), **{name: mine})


def said_of(cfg, anchors):
    meaning = f"anchors from {anchors}; masks, 608 x 320 from {cfg}; pictures letterboxed, as the cfg says"
    return f"dog.weights: 1 class as given; {meaning}"


def test_published_weights_are_known_and_nothing_beside_them_is_asked(place, cfg, said):
    path = place("yolov4-tiny.weights", files={"backup/yolov4-tiny.cfg": cfg})
    weights_file(path, classes=1)
    network = darknet.load(path, ("cat",), published=True)
    assert network.anchors != ANCHORS
    assert [level for level, _ in said()] == ["INFO"]


def test_names_beside_a_file_are_asked_for_only_where_they_are_needed(monkeypatch, tmp_path):
    def several(path, classes):
        raise UserError("several")

    monkeypatch.setattr(companion_files, "find_names", several)
    assert not companion_files.has_names(tmp_path, 2, needed=False)
    with pytest.raises(UserError, match="several"):
        companion_files.has_names(tmp_path, 2, needed=True)
