"""`predict.py` from the command line to the files, with a network that finds red and blue."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pytest

from tests.yolo.inference.fake import ColorRuntime, scene, visible
from yolo import picture_files
from yolo.cli.predict import main
from yolo.errors import UserError
from yolo.inference import runtimes


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty folder to work in, where every weights file holds the colour detector."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runtimes, "open_runtime", lambda model, *settings: ColorRuntime())
    for name in ("m.keras", "model.keras"):
        (tmp_path / name).touch()
    picture_files.write("dog.png", scene(red=[10, 20, 60, 80], blue=[100, 30, 150, 90]))
    return tmp_path


def test_one_picture_gives_one_line_and_one_copy(capsys):
    main(["dog.png", "--weights", "model.keras"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "weights: model.keras"
    assert lines[1].startswith("2 classes, 416 x 416, ")
    assert lines[2].startswith("dog.png 200 x 120: 1 red, 1 blue, ")
    assert lines[2].endswith(" ms")
    assert lines[3:] == ["annotated copies are in detections"]
    assert visible("detections") == ["dog.png"]


def test_of_more_objects_than_wanted_the_best_are_told(capsys):
    main(["dog.png", "--weights", "model.keras", "--max-detections", "1"])
    assert "dog.png 200 x 120: 1 red, " in capsys.readouterr().out
    main(["dog.png", "--weights", "model.keras", "--max-detections", "1", "--labels", "blue"])
    assert "dog.png 200 x 120: 1 blue, " in capsys.readouterr().out


def test_everything_at_once_on_pictures_and_a_video(capsys, place):
    writer = cv2.VideoWriter("clip.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 12.5, (200, 120))
    for number in range(6):
        image = scene(red=[10 + number, 20, 60, 80])
        writer.write(image[..., ::-1].copy())
    writer.release()
    (place / "folder").mkdir()
    picture_files.write("folder/dog.png", scene(80, 90))
    (place / "folder" / "bad.jpg").write_bytes(b"no")
    code = main(["dog.png", "folder", "clip.mp4", "--weights", "m.keras", "--json", "out/found.jsonl", "--crops"])
    assert code == 1  # for the bad picture
    output = capsys.readouterr().out
    assert "folder/dog.png 90 x 80: nothing" in output
    assert "1 of 4 could not be read, see above" in output
    assert "clip.mp4 200 x 120: 6 detections in 6 frames, at most 1 red at once; " in output
    assert "detections/crops" in output.splitlines()[-1]
    rows = [json.loads(line) for line in Path("out/found.jsonl").read_text("utf-8").splitlines()]
    assert [(row["source"], row["frame"]) for row in rows] == [
        ("dog.png", 0), ("folder/dog.png", 0), *(("clip.mp4", index) for index in range(6))
    ]  # fmt: skip
    assert visible("detections") == ["clip.mp4", "crops", "dog-2.png", "dog.png"]
    assert len(visible("detections/crops")) == 8


def test_a_name_with_a_line_break_stays_on_one_line(capsys, monkeypatch):
    picture_files.write("two\nlines.png", scene(red=[10, 20, 60, 80]))
    names = ("red\nrose", "blue")
    monkeypatch.setattr(runtimes, "open_runtime", lambda model, *settings: ColorRuntime(class_names=names))
    main(["two\nlines.png", "--weights", "m.keras"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith(r"two\nlines.png 200 x 120: 1 red\nrose, ")
    assert len(lines) == 4


def test_lines_of_json_on_standard_output_are_said_to_be_there(capfd):
    main(["dog.png", "--weights", "m.keras", "--no-save", "--json", "-"])
    assert capfd.readouterr().err.endswith("JSON lines are on standard output\n")


def test_a_label_in_capitals_is_answered_with_the_class_that_is_meant():
    with pytest.raises(UserError, match=r"no class 'BLUE', did you mean 'blue'"):
        main(["dog.png", "--weights", "m.keras", "--labels", "BLUE"])


def test_labels_that_name_nothing_are_refused():
    with pytest.raises(UserError, match="names no class: choose from red, blue"):
        main(["dog.png", "--weights", "m.keras", "--labels", " , "])


def test_a_json_file_that_is_a_folder_is_known_before_the_model_is_loaded(capsys, place):
    with pytest.raises(UserError, match="--json wants a file"):
        main(["dog.png", "--weights", "m.keras", "--json", str(place)])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("asked", "file"),
    [
        (["--weights", "m.onnx"], "m.onnx"),
        (["--weights", "runs/été"], "runs/été/best.keras"),
        ([], "runs/été/best.keras"),
    ],
)
def test_the_model_is_not_overwritten_by_what_it_finds(place, asked, file):
    (place / "runs" / "été").mkdir(parents=True)
    (place / file).write_bytes(b"a model")
    with pytest.raises(UserError, match="which is to be read: give another name"):
        main(["dog.png", *asked, "--json", str(place / file)])
    assert (place / file).read_bytes() == b"a model"


def test_only_the_labels_asked_for_are_shown(capsys):
    main(["dog.png", "--weights", "m.keras", "--labels", "blue", "--no-save"])
    output = capsys.readouterr().out
    assert ": 1 blue, " in output
    assert output.endswith("nothing was saved, as asked by --no-save\n")
    assert not Path("detections").exists()


def test_an_unknown_label_is_answered_with_the_classes():
    with pytest.raises(UserError, match=r"no class 'blu', did you mean 'blue'"):
        main(["dog.png", "--weights", "m.keras", "--labels", "red,blu"])


def test_without_weights_the_newest_run_is_taken_and_named(capsys, place):
    (place / "runs" / "first").mkdir(parents=True)
    (place / "runs" / "first" / "best.keras").touch()
    main(["dog.png"])
    assert capsys.readouterr().out.startswith("weights: runs/first/best.keras (newest run)\n")


def test_without_weights_and_runs_the_published_ones_are_taken_and_named(capsys):
    main(["dog.png"])
    line = "weights: coco (the published ones of 80 classes, as 'runs' holds no run yet)\n"
    assert capsys.readouterr().out.startswith(line)


def test_where_no_run_is_in_the_folder_asked_for_the_user_is_told_to_train():
    with pytest.raises(UserError, match="train first"):
        main(["dog.png", "--runs", "elsewhere"])


def test_if_no_picture_can_be_read_it_is_an_error(place):
    (place / "folder").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (place / "folder" / name).write_bytes(b"no")
    with pytest.raises(UserError, match="none of the 2 pictures"):
        main(["folder", "--weights", "m.keras"])


def video(path, frames=3):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 12.5, (200, 120))
    for number in range(frames):
        writer.write(scene(red=[10 + number % 40, 20, 60, 80])[..., ::-1].copy())
    writer.release()


def video_without_frames(path):
    """A video that opens, but holds no frame."""
    video(path)
    content = path.read_bytes()
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])


def test_a_bad_picture_before_a_video_is_named_and_counted_and_the_video_looked_at(capsys, caplog, place):
    (place / "bad.jpg").write_bytes(b"no")
    video(place / "clip.mp4")
    main(["bad.jpg", "clip.mp4", "--weights", "m.keras"])
    output = capsys.readouterr().out
    assert "clip.mp4 200 x 120: 3 detections in 3 frames, at most 1 red at once; " in output
    assert "1 of 2 could not be read, see above" in output
    assert "bad.jpg" in caplog.text
    assert visible("detections") == ["clip.mp4"]


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["dog.png", "cat.png", "empty.mp4"], "1 of 3"),
        (["dog.png", "bad.jpg", "cat.png", "empty.mp4"], "2 of 4"),
        (["dog.png", "bad.jpg", "cat.png", "broken.mp4"], "2 of 4"),
        (["folder", "empty.mp4"], "2 of 5"),
        (["folder/*", "broken.mp4", "gone.png"], "3 of 6"),
        (["dog.png", "broken.mp4"], "1 of 2"),
        (["dog.png", "folder/*.jpg", "clip.mp4", "bad.jpg"], "2 of 4"),
        (["dog.png", "photo.HEIC"], "1 of 2"),
    ],
)
def test_at_the_end_what_could_not_be_read_is_counted_each_file_as_one(capsys, place, names, numbers):
    for name in ("cat.png", "folder/a.png", "folder/b.png", "folder/c.png"):
        Path(name).parent.mkdir(exist_ok=True)
        picture_files.write(name, scene(red=[10, 20, 60, 80]))
    for name in ("bad.jpg", "folder/d.jpg", "broken.mp4", "photo.HEIC"):
        Path(name).write_bytes(b"no")
    video(place / "clip.mp4")
    video_without_frames(place / "empty.mp4")
    assert main([*names, "--weights", "m.keras"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "could not be" in line] == [f"{numbers} could not be read, see above"]


def test_if_no_source_can_be_read_it_is_an_error(place):
    (place / "bad.jpg").write_bytes(b"no")
    video_without_frames(place / "clip.mp4")
    with pytest.raises(UserError, match="none of the 2 could be read"):
        main(["bad.jpg", "clip.mp4", "--weights", "m.keras"])


def test_a_bad_picture_alone_is_one_sentence(place, caplog):
    (place / "bad.jpg").write_bytes(b"no")
    with pytest.raises(UserError, match=r"bad\.jpg"):
        main(["bad.jpg", "--weights", "m.keras"])
    assert caplog.text == ""


def test_what_cannot_be_written_is_named_and_counted_and_the_rest_goes_on(capsys, caplog, place):
    video(place / "clip.mp4")
    name = "d" * 250 + ".png"  # with the number and the class of a crop it is too long for a file system
    picture_files.write(name, scene(red=[10, 20, 60, 80]))
    picture_files.write("wide.png", scene(3, 70_000))
    os.rename("wide.png", "wide.jpg")  # a copy is written as the name says, and no JPEG is so wide
    assert main([name, "wide.jpg", "clip.mp4", "--crops", "--weights", "m.keras", "--batch-size", "1"]) == 1
    assert "2 files could not be written, see above" in capsys.readouterr().out
    assert "_0_red.jpg: File name too long" in caplog.text
    assert "cannot write 70000 x 3 pixels" in caplog.text
    assert visible("detections") == ["clip.mp4", "crops", name]
    assert len(visible("detections/crops")) == 3


@pytest.mark.parametrize(("sources", "output"), [(["a/x.png", "b/x.png"], "b"), (["a/x.png", "clip.avi"], ".")])
def test_an_output_folder_that_holds_a_source_is_refused_and_nothing_changes(place, sources, output):
    for folder in ("a", "b"):
        (place / folder).mkdir()
        picture_files.write(f"{folder}/x.png", scene(red=[10, 20, 60, 80]))
    for name in ("clip.mp4", "clip.avi"):
        video(place / name)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match="--output"):
        main([*sources, "--output", output, "--weights", "m.keras", "--crops", "--json", "found.jsonl"])
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


def test_a_second_look_at_a_folder_replaces_the_copies_of_the_first(place):
    (place / "photos").mkdir()
    picture_files.write("photos/dog.png", scene(red=[10, 20, 60, 80]))
    for _ in range(2):
        main(["photos", "--output", "found", "--crops", "--weights", "m.keras"])
    assert visible("found") == ["crops", "dog.png"]
    assert visible("found/crops") == ["dog_0_red.jpg"]


def test_a_wrong_source_ends_with_one_line_and_exit_code_2():
    script = Path(__file__).resolve().parents[3] / "predict.py"
    done = subprocess.run([sys.executable, script, "gone.jpg"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "gone.jpg" in done.stderr


STOPPED = """
import sys, time
sys.path.insert(0, {root!r})
from tests.yolo.inference.fake import ColorRuntime
from yolo import cli
from yolo.inference import runtimes

class Slow(ColorRuntime):
    def __call__(self, pictures):
        time.sleep(0.02)
        if len(self.batches) == 10:
            print("ten batches", flush=True)
        return super().__call__(pictures)

runtimes.open_runtime = lambda model, *settings: Slow()
cli.run("predict", ["clip.mp4", "--weights", "m.keras", "--json", "found.jsonl", "--profile", "--batch-size", "2"])
"""


def hear_hangup():
    """Undo that SIGHUP is ignored where the tests run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")
@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ([signal.SIGINT], 130),
        ([signal.SIGINT] * 3, 130),
        ([signal.SIGTERM], 143),
        ([getattr(signal, "SIGHUP", 1)], 129),
    ],
)
def test_ctrl_c_leaves_a_video_that_plays_and_one_line_for_each_of_its_frames(repository, signals, code):
    video("clip.mp4", frames=600)
    command = [sys.executable, "-c", STOPPED.format(root=str(repository))]
    heard = {"preexec_fn": hear_hangup, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **heard) as process:
        while "ten batches" not in process.stdout.readline():
            assert process.poll() is None
        for each in signals:
            process.send_signal(each)
            time.sleep(0.05)
        output, errors = process.communicate(timeout=120)
    assert process.returncode == code
    assert errors.endswith("stopped by Ctrl-C\n") == (code == 130)
    assert "Traceback" not in errors
    assert "stopped early; annotated copies are in detections, JSON lines are in found.jsonl" in output
    assert "network is what limits them" in output
    rows = [json.loads(line) for line in Path("found.jsonl").read_text("utf-8").splitlines()]
    capture, count = cv2.VideoCapture("detections/clip.mp4"), 0
    while capture.read()[0]:
        count += 1
    assert [row["frame"] for row in rows] == list(range(count))
    assert 10 <= count < 600


def test_the_profile_lists_the_stages(capsys, place):
    video("clip.mp4")
    main(["dog.png", "clip.mp4", "--profile", "--weights", "m.keras"])
    lines = capsys.readouterr().out.splitlines()
    stages = [line.split()[0] for line in lines[-8:-1]]
    assert stages == ["stage", "read", "prepare", "network", "nms", "draw", "write"]
    assert "pictures/s" in lines[-1]


def test_two_cameras_have_a_line_a_copy_and_rows_each(capsys, monkeypatch):
    for number in (0, 1):
        video(f"{number}.avi", frames=5 + number)
    for module in ("live_feed", "video"):
        opened = "yolo.inference.sources." + module + ".open_capture"
        monkeypatch.setattr(opened, lambda address: cv2.VideoCapture(f"{address}.avi"))
    main(["0", "1", "gone.png", "--weights", "m.keras", "--json", "found.jsonl", "--reconnect", "0"])
    output = capsys.readouterr().out
    assert "1 of 3 could not be read" in output
    assert "webcam-0 200 x 120: " in output
    assert "webcam-1 200 x 120: " in output
    assert visible("detections") == ["webcam-0.mkv", "webcam-1.mkv"]
    rows = [json.loads(line) for line in Path("found.jsonl").read_text("utf-8").splitlines()]
    last = {row["source"]: row["frame"] for row in rows}
    assert last == {"webcam-0": 4, "webcam-1": 5}  # the newest is always seen
    assert all([found["label"] for found in row["detections"]] == ["red"] for row in rows)


def test_a_file_of_the_user_in_the_output_folder_is_kept(place):
    (place / "detections").mkdir()
    (place / "detections" / "dog.png").write_bytes(b"the user's own")
    for _ in range(2):
        main(["dog.png", "--weights", "m.keras"])
        assert visible("detections") == ["dog-2.png", "dog.png"]
    assert (place / "detections" / "dog.png").read_bytes() == b"the user's own"


def test_an_address_that_cannot_be_read_ends_with_one_line_and_exit_code_2(repository):
    command = [sys.executable, repository / "predict.py", "rtsp://[bad"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "rtsp://camera.local" in done.stderr


RECORDED = """
import sys
sys.path.insert(0, {root!r})
from tests.yolo.inference.fake import ColorRuntime
from yolo import cli
from yolo.inference import runtimes
runtimes.open_runtime = lambda model, *settings: ColorRuntime()
cli.run("predict", [*sys.argv[1:], "--weights", "m.keras", "--json", "found.jsonl", "--crops"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_of_a_killed_process_all_lines_and_all_but_the_last_second_of_a_stream_are_there(repository, server):
    address = f"http://admin:SECRET@127.0.0.1:{server.port}/mjpg?channel=1&pwd=SECRET"
    command = [sys.executable, "-c", RECORDED.format(root=str(repository)), address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not Path("found.jsonl").exists() or Path("found.jsonl").read_text("utf-8").count("\n") < 60:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.kill()
        output, errors = process.communicate()
    rows = [json.loads(line) for line in Path("found.jsonl").read_text("utf-8").splitlines()]
    assert rows[-1]["time"] > rows[0]["time"] == 0
    [copy] = Path("detections").glob("*.mkv")
    capture, count = cv2.VideoCapture(str(copy)), 0
    while capture.read()[0]:
        count += 1
    assert count >= rows[-1]["time"] * capture.get(cv2.CAP_PROP_FPS) - 40  # 25 a second, and what was on its way
    everything = output + errors + Path("found.jsonl").read_text("utf-8") + copy.name
    assert "SECRET" not in everything
    assert "admin" not in everything


def test_when_all_is_done_the_exit_code_is_0_and_1_when_something_could_not_be_read_or_decoded(place, capsys):
    video(place / "clip.mp4")
    assert main(["dog.png", "clip.mp4", "--weights", "m.keras"]) == 0
    assert main(["dog.png", "gone.png", "--weights", "m.keras"]) == 1
    content = (place / "clip.mp4").read_bytes()
    video(place / "long.avi", frames=40)
    content = bytearray((place / "long.avi").read_bytes())
    content[len(content) // 2 : -2000] = bytes(len(content) - 2000 - len(content) // 2)
    (place / "long.avi").write_bytes(content)
    capsys.readouterr()
    assert main(["dog.png", "long.avi", "--weights", "m.keras"]) == 1


def test_a_user_who_names_a_file_as_output_is_told_that_it_is_a_folder(place):
    for name in ("found.jpg", "found.mp4"):
        with pytest.raises(UserError, match=r"--output wants a folder.*such as found"):
            main(["dog.png", "--output", name, "--weights", "m.keras"])
    assert visible(place) == ["dog.png", "m.keras", "model.keras"]


def test_notes_of_the_user_are_not_overwritten_by_json_lines(place, capsys):
    (place / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="holds something else"):
        main(["dog.png", "--json", "notes.txt", "--weights", "m.keras"])
    assert (place / "notes.txt").read_text() == "mine"
    assert capsys.readouterr().out == ""  # before the model is loaded


def test_what_is_seen_at_once_is_told_apart_from_what_is_seen_in_all(place, capsys):
    writer = cv2.VideoWriter("clip.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 12.5, (200, 120))
    for number in range(4):
        writer.write(scene(red=[10, 20, 60, 80], blue=[100, 30, 150, 90] if number else None)[..., ::-1].copy())
    writer.release()
    main(["clip.mp4", "--weights", "m.keras", "--no-save"])
    assert "clip.mp4 200 x 120: 7 detections in 4 frames, at most 1 red, 1 blue at once; " in capsys.readouterr().out


def test_with_tta_each_picture_goes_in_three_times_and_lines_say_so(capsys, place, monkeypatch):
    runtime = ColorRuntime()
    monkeypatch.setattr(runtimes, "open_runtime", lambda model, *settings: runtime)
    writer = cv2.VideoWriter("clip.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 12.5, (200, 120))
    for number in range(6):
        writer.write(scene(red=[10 + number, 20, 60, 80])[..., ::-1].copy())
    writer.release()
    asked = ["dog.png", "clip.mp4", "--weights", "m.keras", "--no-save", "--json", "found.jsonl"]
    rows = []
    for tta in ([], ["--tta"]):
        runtime.batches.clear()
        main([*asked, *tta])
        told = capsys.readouterr().out
        assert ("test-time augmentation: each picture is also detected in mirrored and smaller" in told) == bool(tta)
        assert sum(runtime.batches) == (3 * 8 if tta else 8)  # with a gray picture before the first one
        rows.append([json.loads(line) for line in Path("found.jsonl").read_text("utf-8").splitlines()])
    for plain, both in zip(*rows, strict=True):
        assert ("tta" in plain, both["tta"]) == (False, True)
        assert [one["label"] for one in plain["detections"]] == [one["label"] for one in both["detections"]] != []
        for one, other in zip(plain["detections"], both["detections"], strict=True):
            assert other["box"] == pytest.approx(one["box"], abs=1)  # the smaller view has larger pixels


@pytest.mark.parametrize(("name", "warned"), [("turn left", True), ("hand_RIGHT", True), ("bright", False)])
def test_tta_warns_of_classes_with_a_side(name, warned, caplog, monkeypatch):
    monkeypatch.setattr(runtimes, "open_runtime", lambda model, *settings: ColorRuntime(class_names=("red", name)))
    main(["dog.png", "--weights", "m.keras", "--no-save", "--tta"])
    assert (f"mirrored, {name} will be taken for the other side: leave out --tta" in caplog.text) == warned
