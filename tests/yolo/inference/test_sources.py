"""Everything a user may name is opened and read to its last frame, or refused in a sentence."""

import cv2
import numpy as np
import pytest

from tests.yolo.inference.fake import scene
from yolo import picture_files
from yolo.errors import UserError
from yolo.inference.sources import UnreadableSourceError, open_sources
from yolo.inference.sources.pictures import PictureFiles
from yolo.inference.sources.video import VideoSource


def make_video(path, frames=10, fps=12.5, size=(48, 64)):
    """A video whose frame k has the brightness 20 k."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, size[::-1])
    for number in range(frames):
        writer.write(np.full((*size, 3), number * 20, np.uint8))
    writer.release()
    return path


def names(sources):
    return [frame.source.rsplit("/", 1)[-1] for source in sources for frame in source]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "фото 1"
    (folder / "deeper").mkdir(parents=True)
    for name in ("b.jpg", "a.PNG", "ö ä.png"):
        picture_files.write(folder / name, scene(30, 40))
    picture_files.write(folder / "deeper" / "d.jpg", scene(30, 40))
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_a_picture_is_one_frame(folder):
    [source] = open_sources([folder / "b.jpg"])
    [frame] = source
    assert (source.total, source.fps, frame.index, frame.fps) == (1, 0, 0, 0)
    assert frame.image.shape == (30, 40, 3)
    assert frame.source == str(folder / "b.jpg")


def test_a_folder_gives_its_pictures_in_order_and_nothing_else(folder):
    [source] = open_sources([str(folder)])
    assert source.total == 3
    assert names([source]) == ["a.PNG", "b.jpg", "ö ä.png"]


def test_a_glob_gives_what_it_matches(folder):
    make_video(folder / "clip.mp4")
    assert names(open_sources([f"{folder}/*.jpg"])) == ["b.jpg"]
    assert names(open_sources([f"{folder}/**/*.jpg"])) == ["b.jpg", "d.jpg"]
    assert [type(source) for source in open_sources([f"{folder}/*"])] == [PictureFiles, VideoSource, PictureFiles]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path):
    picture_files.write(tmp_path / "a[1].png", scene(30, 40))
    assert names(open_sources([tmp_path / "a[1].png"])) == ["a[1].png"]


def test_several_sources_come_in_turn(folder, tmp_path):
    video = make_video(tmp_path / "v.mp4", frames=2)
    sources = open_sources([folder / "b.jpg", folder / "a.PNG", video, folder])
    assert [source.total for source in sources] == [2, 2, 1]
    assert names(sources) == ["b.jpg", "a.PNG", "v.mp4", "v.mp4", "ö ä.png"]  # each once


def test_every_frame_of_a_video_is_read_from_the_first_on(tmp_path):
    [source] = open_sources([make_video(tmp_path / "película.mp4")])
    assert (source.total, source.fps) == (10, 12.5)
    for _ in range(2):  # a file can be read again
        frames = list(source)
        assert [frame.index for frame in frames] == list(range(10))
        assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
        np.testing.assert_allclose([frame.image.mean() for frame in frames], np.arange(10) * 20, atol=4)


@pytest.mark.parametrize("told", [5, 50])
def test_all_frames_are_read_whatever_their_number_is_said_to_be(tmp_path, caplog, told):
    writer = cv2.VideoWriter(str(tmp_path / "v.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 12.5, (64, 48))
    for number in range(20):
        writer.write(np.full((48, 64, 3), number * 10, np.uint8))
    writer.release()
    content = bytearray((tmp_path / "v.avi").read_bytes())
    for header, offset in ((b"avih", 24), (b"strh", 40)):  # where AVI keeps the number of frames
        start = content.index(header) + offset
        assert content[start : start + 4] == (20).to_bytes(4, "little")
        content[start : start + 4] = told.to_bytes(4, "little")
    (tmp_path / "v.avi").write_bytes(content)
    [source] = open_sources([tmp_path / "v.avi"])
    assert source.total == told
    assert [frame.index for frame in source] == list(range(20))
    assert ("ended after 20 of 50 frames" in caplog.text) == (told == 50)


def test_a_video_cut_off_is_read_as_far_as_it_goes_and_that_is_said(tmp_path, caplog):
    content = make_video(tmp_path / "v.mkv", frames=10).read_bytes()
    (tmp_path / "v.mkv").write_bytes(content[: len(content) // 2])
    [source] = open_sources([tmp_path / "v.mkv"])
    count = len(list(source))
    assert 0 < count < 10
    assert f"ended after {count} of 10 frames" in caplog.text


def test_video_colours_are_rgb(tmp_path):
    writer = cv2.VideoWriter(str(tmp_path / "red.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 25, (64, 48))
    writer.write(np.full((48, 64, 3), (0, 0, 200), np.uint8))  # OpenCV writes BGR
    writer.release()
    [frame] = next(iter(open_sources([tmp_path / "red.mp4"])))
    red, green, blue = frame.image.reshape(-1, 3).mean(axis=0)
    assert red > 150
    assert max(green, blue) < 60


def test_real_videos_are_read_whole(real_data):
    [source] = open_sources([real_data / "video" / "car-detection.mp4"])
    assert (source.total, source.fps) == (377, 12.5)
    shapes = [frame.image.shape for frame in source]
    assert (len(shapes), set(shapes)) == (377, {(432, 768, 3)})


def test_a_bad_picture_among_others_is_named_counted_and_left_out(folder, caplog):
    (folder / "bad.jpg").write_bytes(b"no picture")
    [source] = open_sources([folder])
    assert names([source]) == ["a.PNG", "b.jpg", "ö ä.png"]
    assert [path.name for path in source.skipped] == ["bad.jpg"]
    assert "bad.jpg" in caplog.text


def test_a_bad_picture_alone_is_an_error(tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    [source] = open_sources([tmp_path / "bad.jpg"])
    with pytest.raises(UnreadableSourceError, match=r"bad\.jpg"):
        list(source)


def test_several_pictures_none_of_which_can_be_read_are_named_and_an_error(tmp_path, caplog):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"no picture")
    [source] = open_sources([tmp_path])
    with pytest.raises(UnreadableSourceError, match="none of the 2 pictures"):
        list(source)
    assert "a.jpg" in caplog.text
    assert "b.jpg" in caplog.text


def test_what_cannot_be_opened_among_others_is_named_counted_and_left_out(folder, tmp_path, caplog):
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    good = make_video(tmp_path / "good.mp4", frames=2)
    assert names(open_sources([tmp_path / "broken.mp4", folder / "b.jpg", good])) == ["b.jpg", "good.mp4", "good.mp4"]
    assert "1 of 3" in caplog.text
    assert "broken.mp4" in caplog.text


def test_nothing_that_can_be_opened_is_an_error_that_names_all(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(b"no video")
    with pytest.raises(UserError, match=r"a\.mp4.*b\.mp4"):
        open_sources([tmp_path / "a.mp4", tmp_path / "b.mp4"])


def test_a_folder_or_file_called_like_a_webcam_number_is_that_folder_or_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2024").mkdir()
    picture_files.write("2024/a.png", scene(30, 40))
    make_video(tmp_path / "v.mp4", frames=3).rename("2025")
    assert names(open_sources(["2024", "2025"])) == ["a.png", "2025", "2025", "2025"]


def test_the_files_of_a_source_are_known(folder, tmp_path):
    video = make_video(tmp_path / "v.mp4", frames=1)
    pictures, clip = open_sources([folder / "b.jpg", folder / "a.PNG", video])
    assert pictures.paths == [folder / "b.jpg", folder / "a.PNG"]
    assert clip.paths == [video]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}/gone.jpg", "there is no picture, folder or video"),
        ("{}/*.jpg", "no picture or video is named like"),
        ("{}/empty", "holds no picture"),
        ("{}/notes.txt", "neither a picture nor a video"),
        ("{}/broken.mp4", "neither a picture nor a video"),
        ("97", "no webcam number 97"),
        ("http://user:secret@127.0.0.1:9/stream", "stream http://127.0.0.1:9/stream cannot be opened"),
    ],
)
def test_what_cannot_be_opened_is_said(tmp_path, text, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("text")
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypmp42 and no more")
    with pytest.raises(UserError, match=message) as caught:
        open_sources([text.format(tmp_path)])
    assert "secret" not in str(caught.value)
