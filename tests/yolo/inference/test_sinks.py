"""What is written can be read again, is complete, and overwrites nothing."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from tests.yolo.inference.fake import color_detector, scene, visible
from yolo import picture_files
from yolo.errors import FULL as FULL_DISK
from yolo.errors import UserError
from yolo.inference.sink import FrameResult
from yolo.inference.sinks import AnnotatedCopies, Crops, JsonLines
from yolo.inference.sources import Frame, open_sources
from yolo.inference.video_file import VideoFile

detector = color_detector()


def result(source="a/dog.png", index=0, fps=0.0, image=None):
    image = scene(red=[10, 20, 60, 80], blue=[100, 30, 150, 90]) if image is None else image
    return FrameResult(Frame(image, source, index, fps), detector(image))


def probe(path):
    """Frames, frames per second, (height, width) and all pictures of a video, read by OpenCV itself."""
    capture = cv2.VideoCapture(str(path))
    fps = capture.get(cv2.CAP_PROP_FPS)
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(read[1])
    return len(pictures), fps, pictures[0].shape[:2], pictures


def test_a_copy_has_the_boxes_painted_on_it_and_the_source_is_untouched(tmp_path):
    image = scene(red=[10, 20, 60, 80])
    before = image.copy()
    with AnnotatedCopies(tmp_path / "out") as sink:
        sink.write(result("here/dog.png", image=image))
    copy = picture_files.read(tmp_path / "out" / "dog.png")
    assert copy.shape == image.shape
    assert (copy != image).any()
    np.testing.assert_array_equal(image, before)


FULL = """
import resource, sys
import numpy as np
from yolo.errors import UserError
from yolo.inference.video_file import VideoFile
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
video = VideoFile(sys.argv[1], 25.0, (96, 128))
for index in range(60):
    video.write(np.random.default_rng(index).integers(0, 256, (96, 128, 3), np.uint8), index)
try:
    video.close()
except UserError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
def test_a_video_that_found_no_room_is_said(tmp_path, repository):
    command = [sys.executable, "-c", FULL, tmp_path / "a.mp4"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"the video {tmp_path / 'a.mp4'} holds ")
    assert "of 60 frames: is the disk full?" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_json_lines_that_find_no_room_are_said():
    with pytest.raises(UserError, match=r"cannot write /dev/full: No space"), JsonLines("/dev/full") as sink:
        sink.write(result())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("size", [1, 1000, 100_000])
def test_a_picture_of_any_size_that_finds_no_room_is_said_with_the_reason(size):
    with pytest.raises(UserError, match=r"cannot write the picture /dev/full: No space") as caught:
        picture_files.save("/dev/full", np.zeros(size, np.uint8))
    assert caught.value.__cause__.errno in FULL_DISK


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_picture_that_is_cut_by_a_full_disk_is_removed(tmp_path):
    program = """
import resource, signal, sys
import numpy as np
from yolo import picture_files
from yolo.errors import UserError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    picture_files.save(sys.argv[1], np.zeros(100_000, np.uint8))
except UserError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a.png"], check=True, capture_output=True, text=True
    )
    assert run.stdout.startswith(f"cannot write the picture {tmp_path / 'a.png'}: ")
    assert not visible(tmp_path)


@pytest.mark.parametrize("is_full", [True, False])
def test_a_video_that_cannot_be_begun_is_told_with_the_reason_and_not_as_written(tmp_path, monkeypatch, is_full):
    monkeypatch.setattr(cv2.VideoWriter, "isOpened", lambda writer: False)
    free = SimpleNamespace(free=0 if is_full else 10**12)
    monkeypatch.setattr("yolo.inference.video_file.shutil.disk_usage", lambda folder: free)
    sink = AnnotatedCopies(tmp_path)
    if is_full:
        with pytest.raises(UserError, match="no space left on device"), sink:
            sink.write(result("a/dog.mp4", 0, 25.0))
    else:
        with sink:
            sink.write(result("a/dog.mp4", 0, 25.0))
    assert sink.outcome() == "no annotated copy was written"


def test_two_sources_with_one_name_give_two_files(tmp_path):
    with AnnotatedCopies(tmp_path) as sink:
        for source in ("a/dog.png", "b/dog.png", "c/Dog.PNG"):
            sink.write(result(source))
        for source in ("a/dog.mp4", "b/dog.avi"):
            for index in range(3):
                sink.write(result(source, index, 25.0))
    assert visible(tmp_path) == ["Dog-3.PNG", "dog-2.mp4", "dog-2.png", "dog.mp4", "dog.png"]
    assert [probe(tmp_path / name)[0] for name in ("dog.mp4", "dog-2.mp4")] == [3, 3]


def test_a_video_named_twice_gives_two_whole_copies(tmp_path):
    with AnnotatedCopies(tmp_path) as sink:
        for _ in range(2):
            for index in range(3):
                sink.write(result("a/dog.mp4", index, 25.0))
    assert [probe(tmp_path / name)[0] for name in visible(tmp_path)] == [3, 3]


def test_live_sources_side_by_side_have_a_whole_copy_each(tmp_path):
    with AnnotatedCopies(tmp_path) as sink:
        for index in range(4):
            for number in (0, 1):
                frame = Frame(scene(64 + 32 * number, 96), f"webcam-{number}", index, 25.0, live=True)
                sink.write(FrameResult(frame, detector(frame.image)))
    assert visible(tmp_path) == ["webcam-0.mkv", "webcam-1.mkv"]
    assert [probe(tmp_path / name)[::2][:2] for name in visible(tmp_path)] == [(4, (64, 96)), (4, (96, 96))]


@pytest.mark.parametrize("sink", [AnnotatedCopies, Crops])
@pytest.mark.parametrize("folder", [".", "b", "c/../b"])
def test_a_folder_that_holds_a_source_is_refused_before_anything_is_written(tmp_path, monkeypatch, sink, folder):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c").mkdir()
    sources = [Path("x.png"), tmp_path / "b" / "x.png"]
    for source in sources:
        source.parent.mkdir(exist_ok=True)
        picture_files.write(source, scene())
    with pytest.raises(UserError, match=r"x\.png.*--output"):
        sink(folder, sources)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_copy_is_never_written_through_a_link_to_a_source(tmp_path):
    source, output = tmp_path / "a" / "x.png", tmp_path / "out"
    for folder in (source.parent, output):
        folder.mkdir()
    picture_files.write(source, scene())
    before = source.read_bytes()
    (output / "x.png").symlink_to(source)
    with AnnotatedCopies(output, [source]) as sink:
        sink.write(result(str(source)))
    assert source.read_bytes() == before
    assert visible(output) == ["x-2.png", "x.png"]


def test_a_second_run_replaces_the_copies_of_the_first(tmp_path):
    picture_files.write(tmp_path / "dog.png", scene())
    for _ in range(2):
        with AnnotatedCopies(tmp_path / "out", [tmp_path / "dog.png"]) as sink:
            sink.write(result(str(tmp_path / "dog.png")))
    assert visible(tmp_path / "out") == ["dog.png"]


def test_json_lines_never_replace_a_source(tmp_path):
    picture_files.write(tmp_path / "dog.png", scene())
    before = (tmp_path / "dog.png").read_bytes()
    with pytest.raises(UserError, match=r"dog\.png.*--json"):
        JsonLines(tmp_path / "dog.png", [tmp_path / "dog.png"])
    assert (tmp_path / "dog.png").read_bytes() == before


@pytest.mark.parametrize("size", [(241, 320), (240, 321), (241, 321)])
def test_a_video_of_odd_height_or_width_keeps_every_frame_and_loses_one_row_or_column(tmp_path, size):
    video = VideoFile(tmp_path / "odd.mp4", 25.0, size)
    for index in range(9):
        video.write(scene(*size, red=[6 + 20 * index, 50, 66 + 20 * index, 150]), index)
    video.close()
    frames, _, found_size, pictures = probe(tmp_path / "odd.mp4")
    assert (frames, found_size) == (9, (240, 320))
    for index, picture in enumerate(pictures):
        [box] = detector(picture[..., ::-1]).boxes
        np.testing.assert_allclose(box, [6 + 20 * index, 50, 66 + 20 * index, 150], atol=4)


@pytest.mark.parametrize(("fps", "size"), [(12.5, (48, 64)), (29.97, (90, 120)), (60, (64, 48))])
def test_a_video_keeps_frames_rate_and_size(tmp_path, fps, size):
    with AnnotatedCopies(tmp_path) as sink:
        for index in range(7):
            sink.write(result("клип.mov", index, fps, scene(*size, red=[5 + index, 5, 20 + index, 30])))
    frames, found_fps, found_size, _ = probe(tmp_path / "клип.mp4")
    assert (frames, found_size) == (7, size)
    assert found_fps == pytest.approx(fps, abs=0.01)


def test_a_real_video_keeps_frames_rate_and_size(tmp_path, real_data):
    [source] = open_sources([real_data / "video" / "bottle-detection.mp4"])
    with AnnotatedCopies(tmp_path) as sink:
        for _, frame in zip(range(30), source, strict=False):
            sink.write(FrameResult(frame, detector(frame.image)))
    frames, fps, size, pictures = probe(tmp_path / "bottle-detection.mp4")
    assert fps == pytest.approx(source.fps, abs=0.01)
    first = next(iter(source)).image
    assert (frames, size) == (30, first.shape[:2])
    assert np.abs(pictures[0][..., ::-1].astype(int) - first).mean() < 6


def test_a_video_stopped_by_ctrl_c_can_be_played(tmp_path):
    def stopped():
        with AnnotatedCopies(tmp_path) as sink:
            for index in range(5):
                sink.write(result("clip.mp4", index, 25.0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert probe(tmp_path / "clip.mp4")[0] == 5


def test_frames_that_a_live_source_left_out_are_filled_so_that_time_is_kept(tmp_path):
    with AnnotatedCopies(tmp_path) as sink:
        for index in (2, 3, 7):
            sink.write(result("webcam-0", index, 25.0))
    assert probe(tmp_path / "webcam-0.mp4")[0] == 6


def test_a_stream_that_changes_its_size_stays_one_video(tmp_path):
    video = VideoFile(tmp_path / "v.mp4", 25.0, (48, 64))
    video.write(scene(48, 64), 0)
    video.write(scene(100, 100), 1)
    video.close()
    assert probe(tmp_path / "v.mp4")[::2][:2] == (2, (48, 64))


def test_an_address_becomes_a_file_name(tmp_path):
    with AnnotatedCopies(tmp_path) as sink:
        sink.write(result("rtsp://10.0.0.7:554/live?channel=1", 0, 25.0))
    assert visible(tmp_path) == ["rtsp_10.0.0.7_554_live_channel_1.mp4"]


def test_json_lines_hold_boxes_in_pixels_of_the_original(tmp_path):
    with JsonLines(tmp_path / "new" / "found.jsonl") as sink:
        sink.write(result("ü/dog.png"))
        sink.write(result("clip.mp4", 3, 25.0, scene(60, 90)))
    first, second = [json.loads(line) for line in (tmp_path / "new" / "found.jsonl").read_text("utf-8").splitlines()]
    assert list(first) == ["source", "frame", "width", "height", "detections"]
    assert (first["source"], first["frame"], first["width"], first["height"]) == ("ü/dog.png", 0, 200, 120)
    red, blue = first["detections"]
    assert (red["label"], blue["label"]) == ("red", "blue")
    assert red["score"] == pytest.approx(0.9)
    np.testing.assert_allclose(red["box"], [10, 20, 60, 80], atol=1)
    np.testing.assert_allclose(blue["box"], [100, 30, 150, 90], atol=1)
    assert second == {"source": "clip.mp4", "frame": 3, "width": 90, "height": 60, "detections": []}


def test_every_line_of_json_is_in_the_file_at_once_with_the_time_of_its_frame(tmp_path):
    with JsonLines(tmp_path / "found.jsonl") as sink:
        for index in range(3):
            image = scene(60, 90)
            sink.write(FrameResult(Frame(image, "webcam-0", index, 25.0, live=True, time=index * 0.1), detector(image)))
            rows = [json.loads(line) for line in (tmp_path / "found.jsonl").read_text("utf-8").splitlines()]
            assert [row["frame"] for row in rows] == list(range(index + 1))
    assert [row["time"] for row in rows] == [0, 0.1, 0.2]


@pytest.mark.parametrize("content", ["my notes\n", '{"name": 1}\n', "\n"])
def test_json_lines_never_replace_what_is_something_else(tmp_path, content):
    path = tmp_path / "found.jsonl"
    path.write_text(content)
    with pytest.raises(UserError, match="holds something else than JSON lines of detections"):
        JsonLines(path)
    assert path.read_text() == content


def test_json_lines_of_an_earlier_run_are_replaced(tmp_path):
    for _ in range(2):
        with JsonLines(tmp_path / "found.jsonl") as sink:
            sink.write(result())
    assert (tmp_path / "found.jsonl").read_text("utf-8").count("\n") == 1


@pytest.mark.parametrize(("size", "source"), [((3, 70_000), "a.jpg"), ((3, 17_000), "a.webp")])
def test_a_copy_that_its_format_does_not_take_is_named_and_counted(tmp_path, caplog, size, source):
    with AnnotatedCopies(tmp_path) as sink:
        for name, image in ((source, np.zeros((*size, 3), np.uint8)), ("b.png", scene())):
            made = result(name, image=image)
            sink.prepare(made)
            sink.write(made)
    assert sink.failures == 1
    assert f"{size[1]} x {size[0]} pixels" in caplog.text
    assert visible(tmp_path) == ["b.png"]


def test_a_video_too_wide_for_the_codec_has_a_smaller_copy_and_that_is_said(tmp_path, caplog):
    caplog.set_level("INFO")
    with AnnotatedCopies(tmp_path) as sink:
        sink.write(result("line-scan.avi", 0, 25.0, scene(100, 16_380)))
    assert probe(tmp_path / "line-scan.mp4")[2] == (50, 8190)
    assert "the copy of line-scan.avi has 8190 x 50 pixels" in caplog.text


def test_a_video_that_cannot_be_written_is_named_once_and_the_next_is(tmp_path, caplog):
    with AnnotatedCopies(tmp_path) as sink:
        for source in ("c" * 252 + ".avi", "d.avi"):
            for index in range(3):
                sink.write(result(source, index, 25.0))
    assert (sink.failures, caplog.text.count("cannot write the video")) == (1, 1)
    assert visible(tmp_path) == ["d.mp4"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no quotas to stand in for")
def test_a_full_disk_ends_all(tmp_path, monkeypatch):
    def full(path, content):
        raise UserError("cannot write the picture: No space left on device.") from OSError(
            28, "No space left on device"
        )

    monkeypatch.setattr(picture_files, "save", full)
    with pytest.raises(UserError, match="No space"), AnnotatedCopies(tmp_path) as sink:
        sink.write(result())


def test_the_copy_of_a_live_source_lasts_as_long_as_it_did_whatever_rate_it_claims(tmp_path):
    with AnnotatedCopies(tmp_path) as sink:
        for index in range(10):  # one a second, of a camera that claims 25
            image = scene(48, 64)
            sink.write(FrameResult(Frame(image, "webcam-0", index, 25.0, live=True, time=index * 1.0), detector(image)))
    frames, fps, _, _ = probe(tmp_path / "webcam-0.mkv")
    assert frames / fps == pytest.approx(9.0, abs=0.1)


def test_videos_become_webm_where_that_is_asked_for(tmp_path, capfd):
    with AnnotatedCopies(tmp_path, webm=True) as sink:
        for index in range(3):
            sink.write(result("clip.mp4", index, 25.0))
            sink.write(FrameResult(Frame(scene(48, 64), "webcam-0", index, 25.0, live=True), detector(scene(48, 64))))
    assert visible(tmp_path) == ["clip.webm", "webcam-0.webm"]
    assert [probe(tmp_path / name)[0] for name in visible(tmp_path)] == [3, 3]
    assert capfd.readouterr().err == ""


def test_crops_have_names_of_their_own_and_hold_the_object(tmp_path):
    with Crops(tmp_path) as sink:
        sink.write(result("a/dog.png"))
        sink.write(result("b/dog.png"))
        sink.write(result("clip.mp4", 12, 25.0))
    assert visible(tmp_path) == [
        "clip-000012_0_red.jpg", "clip-000012_1_blue.jpg",
        "dog_0_red-2.jpg", "dog_0_red.jpg", "dog_1_blue-2.jpg", "dog_1_blue.jpg",
    ]  # fmt: skip
    red = picture_files.read(tmp_path / "dog_0_red.jpg")
    np.testing.assert_allclose(red.shape[:2], (60, 50), atol=2)
    np.testing.assert_allclose(red[30, 25], (220, 0, 0), atol=20)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for sink in (AnnotatedCopies, JsonLines, Crops):
        with pytest.raises(UserError, match="file"):
            sink(tmp_path / "file" / "out")
