"""What a user names is found whole; what is passed over is named, counted, and told how to take."""

import os
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.yolo.inference.test_sources import make_video, names
from yolo import picture_files
from yolo.errors import UserError
from yolo.inference.output_files import picture_name
from yolo.inference.sources import open_and_count, open_sources
from yolo.inference.sources.expand import expand


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture_files.write(path, np.zeros((9, 12, 3), np.uint8))
    return path


def test_a_folder_gives_its_pictures_then_its_videos_and_says_what_lies_below(tmp_path, caplog):
    caplog.set_level("INFO")
    picture(tmp_path / "b.png")
    picture(tmp_path / "c.png")
    picture(tmp_path / "deeper" / "d.png")
    (tmp_path / ".git").mkdir()
    make_video(tmp_path / "a.mp4", frames=2)
    assert names(open_sources([tmp_path])) == ["b.png", "c.png", "a.mp4", "a.mp4"]
    assert "leaving out 1 subfolder; " in caplog.text
    assert f'"{tmp_path / "**"}" takes those below it' in caplog.text
    assert "d.png" in names(open_sources([tmp_path / "**"]))


def test_hidden_files_are_left_out_unless_they_are_named(tmp_path):
    picture(tmp_path / "a.png")
    hidden = picture(tmp_path / "._a.png")
    assert names(open_sources([tmp_path])) == names(open_sources([tmp_path / "*"])) == ["a.png"]
    assert names(open_sources([hidden])) == ["._a.png"]


@pytest.mark.parametrize("inner", ["JPEGImages", "images", "img", "Imgs", "PICTURES"])
def test_the_folder_of_a_data_set_stands_for_its_pictures(tmp_path, caplog, inner):
    caplog.set_level("INFO")
    picture(tmp_path / inner / "a.png")
    (tmp_path / "Annotations").mkdir()
    assert names(open_sources([tmp_path])) == ["a.png"]
    assert f"is a dataset: reading the pictures in {tmp_path / inner}" in caplog.text


@pytest.mark.parametrize("name", ["turned", "turned.photo", "IMG.0001"])
def test_a_picture_without_a_known_ending_is_a_picture_and_turned_upright(tmp_path, name):
    jpeg = picture_files.encode("a.jpg", np.zeros((9, 12, 3), np.uint8)).tobytes()
    tiff = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0" + b"\0\0\0\0"  # orientation 6
    exif = b"Exif\0\0" + tiff
    marker = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / name).write_bytes(jpeg[:2] + marker + jpeg[2:])
    [source] = open_sources([tmp_path / name])
    [frame] = source
    assert (source.fps, frame.image.shape) == (0, (12, 9, 3))
    assert picture_name(frame.source) == f"{name}.jpg"


def test_a_video_without_an_ending_stays_a_video(tmp_path):
    make_video(tmp_path / "a.mp4", frames=2).rename(tmp_path / "clip")
    [source] = open_sources([tmp_path / "clip"])
    assert source.fps == 12.5


def test_a_folder_with_pictures_below_it_only_tells_how_to_take_them(tmp_path):
    picture(tmp_path / "deeper" / "a.png")
    with pytest.raises(UserError, match=r"holds no picture itself; .*\*\*.* takes those below"):
        open_sources([tmp_path])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among files")
def test_what_is_no_regular_file_is_named_counted_and_left_out(tmp_path, caplog):
    picture(tmp_path / "a.png")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    for source in (tmp_path, tmp_path / "*"):
        caplog.clear()
        sources, failures = open_and_count([source])
        assert (names(sources), failures) == (["a.png"], 3)
        assert "3 of 4 left out: no regular file: " in caplog.text
        for told in (
            "folder.jpg (a folder)",
            "gone.jpg (a link to nothing)",
            "pipe.png (a pipe, a socket or a device)",
        ):
            assert told in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among files")
def test_of_several_names_those_that_are_nothing_are_told_and_the_others_looked_at(tmp_path, caplog):
    good = picture(tmp_path / "a.png")
    os.mkfifo(tmp_path / "pipe.png")
    sources, failures = open_and_count([tmp_path / "pipe.png", good, tmp_path / "gone.png"])
    assert (names(sources), failures) == (["a.png"], 2)
    assert "2 of 3 left out: " in caplog.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v4l2src ! videoconvert ! appsink", "pipeline"),
        ("rtspsrc location=rtsp://admin:SECRET@127.0.0.1:9/1 ! appsink", "pipeline rtspsrc|rtspsrc location=rtsp://127"),
        ("99999999999999999999", "there is no picture, folder or video 99999999999999999999"),
        ("rtsp:/admin:SECRET@camera/1", "video rtsp:/camera/1"),
        ("rtsp:/admin:a/SECRET@b%40camera/1?pwd=SECRET&mode=2", "video rtsp:/camera/1.pwd=&mode=2|like rtsp:/camera"),
        ("admin:SECRET@camera/1", "video camera/1"),
        ("admin:SECRET@camera/*", "is named like camera/"),
        ("rtsp:\\\\admin:SECRET@camera", r"video rtsp:\\\\camera\."),
        ("camera/1?password=SECRET&x=1", "video camera/1.password=&x=1|like camera/1.password=&x=1"),
        ("rtmp:/camera/live/SECRET", "video rtmp:/camera/live/"),
        ("photos/me@home.jpg", "video photos/me@home.jpg"),
        ("C:/photos/me@home.jpg", "video C:/photos/me@home.jpg"),
        ("a" * 5000, "there is no picture, folder or video"),
        ("~nobody-of-that-name/a.png", "there is no picture"),
    ],
)  # fmt: skip
def test_what_is_nothing_is_one_sentence(text, message):
    with pytest.raises(UserError, match=message) as caught:
        open_sources([text])
    assert "SECRET" not in str(caught.value)


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    picture(tmp_path / "a.png")
    for text in ("~", "~/a.png", "~/*.png"):
        assert names(open_sources([text])) == ["a.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /dev/video")
def test_a_webcam_may_be_named_by_its_device(tmp_path):
    (tmp_path / "camera").symlink_to("/dev/video3")
    assert expand("/dev/video3") == expand(str(tmp_path / "camera")) == (["3"], [])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_file_that_has_several_names_is_looked_at_once_by_the_shortest(tmp_path, caplog):
    caplog.set_level("INFO")
    path = picture(tmp_path / "sub" / "x.png")
    (tmp_path / "sub" / "again").symlink_to(tmp_path / "sub", target_is_directory=True)
    [source] = open_sources([tmp_path / "sub" / "**"])
    assert [frame.source for frame in source] == [str(path)]
    caplog.clear()
    [source] = open_sources([path, path])
    assert source.total == 1
    assert f"1 name left out, as each file is read once: {path}" in caplog.text


def test_two_streams_that_differ_in_their_passwords_alone_are_two_and_one_named_twice_is_one(server):
    one, two = (f"http://user:{password}@127.0.0.1:{server.port}/1" for password in ("SECRET1", "SECRET2"))
    [source] = open_sources([one, two, one], 0.0)
    assert source.name == f"http://127.0.0.1:{server.port}/1, http://127.0.0.1:{server.port}/1-2"


def test_a_picture_behind_an_address_is_a_picture(tmp_path):
    import functools
    import http.server

    picture(tmp_path / "a.png")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    handler.log_message = None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, args=(0.02,), daemon=True).start()
        [source] = open_sources([f"http://127.0.0.1:{served.server_port}/a.png?token=SECRET"])
        [frame] = source
        served.shutdown()
    assert (frame.fps, frame.time, source.live) == (0, None, False)
    assert frame.image.shape == (9, 12, 3)
    assert "SECRET" not in frame.source


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8")
def test_a_name_that_is_no_utf_8_is_read_where_that_can_be_and_else_told(tmp_path, caplog):
    """OpenCV ends the process on such a name."""
    folder = os.fsencode(tmp_path)
    picture(tmp_path / "a.png")
    os.rename(tmp_path / "a.png", folder + b"/caf\xe9.png")
    make_video(tmp_path / "a.mp4", frames=2)
    os.rename(tmp_path / "a.mp4", folder + b"/caf\xe9.mp4")
    sources, left_out = open_and_count([tmp_path])
    assert (names(sources), left_out) == ([os.fsdecode(b"caf\xe9.png")], 1)
    assert "caf�.mp4 is no UTF-8, which other libraries cannot take: rename it." in caplog.text
    (tmp_path / os.fsdecode(b"\xe9")).write_bytes(b"")
    with pytest.raises(UserError, match="is no UTF-8"):
        open_sources([tmp_path / os.fsdecode(b"\xe9")])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_below_a_folder_with_links_in_circles_each_file_is_found_once(tmp_path, caplog):
    picture(tmp_path / "deeper" / "a.png")
    for name in ("x", "y", "deeper/z"):
        (tmp_path / name).symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.png").symlink_to("self.png")
    sources, left_out = open_and_count([tmp_path / "**"])
    assert (names(sources), left_out) == (["a.png"], 1)
    assert "1 of 2 left out: no regular file: " in caplog.text


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("**", ["a.png", "b.jpg", "c.png"]),
        ("**/*.png", ["a.png", "c.png"]),
        ("*/*.png", ["c.png"]),
        ("*.[pj]*", ["a.png", "b.jpg"]),
        ("d*/**", ["c.png"]),
        ("**/deep?r/c.*", ["c.png"]),
    ],
)
def test_what_exists_is_taken_as_it_is_written_and_the_rest_is_a_pattern(tmp_path, pattern, found):
    folder = tmp_path / "photos [2023] *"
    for name in ("a.png", "b.jpg", "deeper/c.png", ".hidden/d.png"):
        picture(folder / name)
    assert names(open_sources([folder / pattern])) == found


@pytest.mark.parametrize("pattern", ["", "*", "**", "**/*"])
def test_pictures_in_a_folder_are_known_by_how_they_begin_too(tmp_path, pattern):
    os.rename(picture(tmp_path / "a.png"), tmp_path / "a")
    os.rename(picture(tmp_path / "b.jpg"), tmp_path / "b.photo")
    os.rename(picture(tmp_path / "c.bmp"), tmp_path / "c")
    os.rename(picture(tmp_path / "d.ppm"), tmp_path / "d.pnm")
    (tmp_path / "e.txt").write_bytes(b"no picture")
    assert names(open_sources([tmp_path / pattern])) == ["a", "b.photo", "c", "d.pnm"]


@pytest.mark.parametrize(
    "text", ["BMW and others", "P3 hello", "P1\t10\t20\nP2\t30\t40\n", "#?RADIANCE\n", "Pf", "GIF89a"]
)
def test_a_text_that_begins_as_a_picture_may_is_no_damaged_picture(tmp_path, text):
    picture(tmp_path / "a.png")
    for name in ("cars.txt", "x.sh", "README"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for source in (tmp_path, tmp_path / "**"):
        [source], left_out = open_and_count([source])
        assert (names([source]), source.skipped, left_out) == (["a.png"], [], 0)


@pytest.mark.parametrize("name", ["y.HEIC", "y.heif", "y.dng", "y.DNG", "y.nef", "y.Cr2"])
def test_what_cameras_write_and_opencv_does_not_read_is_one_sentence_for_file_folder_and_pattern(
    tmp_path, caplog, name
):
    os.rename(picture(tmp_path / "deeper" / "y.tif"), tmp_path / "deeper" / name)  # as raw files hold a thumbnail
    good = picture(tmp_path / "good.png")
    told = f"OpenCV does not read {name[2:].upper()}: save {tmp_path / 'deeper' / name} as JPEG."
    for text in (f"deeper/{name}", "deeper", "deeper/*", "deeper/**", f"**/{name}", f"d*/{name[:3]}*"):
        caplog.clear()
        with pytest.raises(UserError) as caught:
            open_sources([tmp_path / text])
        assert (str(caught.value), caplog.text) == (told, "")
        sources, left_out = open_and_count([good, tmp_path / text])
        assert (names(sources), left_out) == (["good.png"], 1)
        assert f"1 of 2 left out: {told}" in caplog.text
    with pytest.raises(UserError, match="OpenCV does not read"):
        picture_files.read(tmp_path / "deeper" / name)


def test_a_jpeg_that_is_called_as_before_it_was_one_is_read(tmp_path):
    os.rename(picture(tmp_path / "a.jpg"), tmp_path / "a.HEIC")
    for text in ("a.HEIC", "", "*", "**"):
        sources, left_out = open_and_count([tmp_path / text])
        assert (names(sources), left_out) == (["a.HEIC"], 0)
        assert [frame.image.ndim for source in sources for frame in source] == [3]


def test_what_is_left_out_is_counted_once_though_several_names_stand_for_it(tmp_path, caplog):
    picture(tmp_path / "good.png")
    for name in ("x.HEIC", "y.heic", "z.dng"):
        (tmp_path / name).write_bytes(b"")
    _, left_out = open_and_count([tmp_path, tmp_path / "*", tmp_path / "x.HEIC", *[tmp_path / "gone.png"] * 2])
    assert left_out == 4
    assert "4 of 5 left out: OpenCV does not read DNG, HEIC: save " in caplog.text
    assert caplog.text.count("gone.png") == 1


def test_what_is_left_out_beside_the_folder_of_a_data_set_is_counted_too(tmp_path):
    picture(tmp_path / "images" / "a.png")
    (tmp_path / "x.HEIC").write_bytes(b"")
    assert open_and_count([tmp_path])[1] == 1


@pytest.mark.parametrize("pattern", ["**", "**/*.png", "*/*.png"])
def test_a_folder_that_cannot_be_read_is_named_and_counted(tmp_path, caplog, monkeypatch, pattern):
    for name in ("locked", "open"):
        picture(tmp_path / name / "a.png")
    real = os.scandir

    def scandir(folder):
        if os.path.basename(folder) == "locked":
            raise PermissionError(13, "Permission denied", folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "listdir", lambda folder: [entry.name for entry in scandir(folder)])
    sources, left_out = open_and_count([tmp_path / pattern])
    assert (names(sources), left_out) == (["a.png"], 1)
    assert f"1 of 2 left out: cannot read the folder {tmp_path / 'locked'}: Permission denied." in caplog.text
    sources, left_out = open_and_count([tmp_path / "locked", tmp_path / "open"])
    assert (names(sources), left_out) == (["a.png"], 1)


@pytest.mark.parametrize("text", ["ok.mp4", "./ok.mp4", "o*.mp4", "./o*.mp4", "**/*.mp4", "./**", "**", ".", "*"])
def test_a_file_has_the_same_name_however_it_is_found(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / "ok.mp4", frames=1)
    [[frame]] = open_sources([text])
    assert frame.source == "ok.mp4"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["b.png"]),
        (".*/*", [".hidden/a.png"]),
        (".h*/**", [".hidden/a.png"]),
        ("**/.hidden/*", [".hidden/a.png"]),
        ("d*/*.png", ["deep/c.png"]),
        ("*/*/*.png", ["deep/deeper/d.png"]),
        ("**/deep?r/*", ["deep/deeper/d.png"]),
    ],
)
def test_a_pattern_goes_as_deep_as_it_is_written_and_hidden_names_need_a_dot(tmp_path, monkeypatch, pattern, found):
    monkeypatch.chdir(tmp_path)
    for name in (".hidden/a.png", "b.png", "deep/c.png", "deep/deeper/d.png"):
        picture(tmp_path / name)
    [source] = open_sources([pattern])
    assert [frame.source for frame in source] == [str(Path(name)) for name in found]


def test_a_file_whose_name_looks_like_a_pipeline_is_a_file(tmp_path):
    make_video(tmp_path / "Bravo ! fin.mp4", frames=2)
    assert names(open_sources([tmp_path / "Bravo ! fin.mp4"])) == ["Bravo ! fin.mp4"] * 2


def test_of_a_file_with_several_pictures_the_first_is_taken_and_that_is_said(tmp_path, caplog):
    first, second = (Image.new("RGB", (12, 9), color) for color in ("red", "blue"))
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second])
    [frame] = open_sources([tmp_path / "a.tif"])[0]
    assert frame.image[0, 0].tolist() == [255, 0, 0]
    assert "a.tif holds 2 pictures, of which only the first is read" in caplog.text


def test_a_pattern_with_a_name_that_is_too_long_names_nothing(tmp_path):
    with pytest.raises(UserError, match="no picture or video is named like"):
        open_sources([f"{tmp_path}/{'n' * 3000}/*/**"])


def test_the_threads_that_read_pictures_leave_the_filters_of_warnings_alone(tmp_path, monkeypatch):
    """`warnings.catch_warnings` exchanges those of the whole process, and two threads put back each other's."""
    pictures = [picture(tmp_path / f"{number}.png") for number in range(8)]
    before, real, elsewhere = list(warnings.filters), warnings.catch_warnings, []

    def catch_warnings(*args, **kwargs):
        elsewhere.append(threading.current_thread() is not threading.main_thread())
        return real(*args, **kwargs)

    monkeypatch.setattr(warnings, "catch_warnings", catch_warnings)
    [source] = open_sources(pictures)
    assert len(list(source)) == 8
    assert not any(elsewhere)
    assert warnings.filters == before
