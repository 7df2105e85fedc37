"""Copies of videos can be written at any rate and size, and played even if the process was killed."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from yolo.errors import UserError
from yolo.inference.video_file import VideoFile


def pictures(path):
    capture, found = cv2.VideoCapture(str(path)), []
    while (read := capture.read())[0]:
        found.append(read[1])
    return found


def rate(path):
    return cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FPS)


def write(path, fps, size, frames=5, **settings):
    video = VideoFile(path, fps, size, **settings)
    for index in range(frames):
        video.write(np.full((*size, 3), 20 * index, np.uint8), index)
    video.close()
    return path


@pytest.mark.parametrize(("suffix", "live"), [(".mp4", False), (".mkv", True), (".webm", False), (".webm", True)])
@pytest.mark.parametrize(
    ("fps", "written"),
    [
        *((29.97, 29.97), (66.667, 66.67), (196.263, 196.26), (211.222, 211.22)),
        *((1e6, 1000), (np.nan, 25), (0, 25), (0.001, 0.1)),
    ],
)
def test_the_rate_is_the_nearest_that_the_codec_takes(tmp_path, suffix, live, fps, written):
    path = write(tmp_path / f"v{suffix}", fps, (48, 64), live=live)
    assert len(pictures(path)) == 5
    assert rate(path) == pytest.approx(written, rel=1e-4)


@pytest.mark.parametrize(
    ("size", "written"),
    [((1, 1), (2, 2)), ((49, 63), (48, 62)), ((10, 20_000), (4, 8190)), ((9000, 1), (8190, 2)), ((1, 300), (2, 300))],
)
def test_the_size_is_one_that_the_codec_takes(tmp_path, size, written):
    found = pictures(write(tmp_path / "v.mp4", 25.0, size))
    assert [picture.shape[:2] for picture in found] == [written] * 5


def test_a_tiny_webm_can_be_read(tmp_path):
    assert [picture.shape[:2] for picture in pictures(write(tmp_path / "v.webm", 25.0, (2, 2)))] == [(16, 16)] * 5


KILLED = """
import os, signal, sys, time
import numpy as np
from yolo.inference.video_file import VideoFile
video = VideoFile(sys.argv[1], 25.0, (48, 64), live=True)
for index in range(100):
    video.write(np.full((48, 64, 3), 2 * index, np.uint8), index)
time.sleep(0.5)  # as a camera that sends nothing new
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("suffix", [".mkv", ".webm"])
def test_a_recording_of_a_process_that_is_killed_plays_but_for_its_last_second(tmp_path, repository, suffix):
    path = tmp_path / f"v{suffix}"
    done = subprocess.run([sys.executable, "-c", KILLED, path], cwd=repository, capture_output=True, timeout=60)
    assert done.returncode == -9
    assert done.stderr == b""  # also OpenCV says nothing
    found = pictures(path)
    assert 75 <= len(found) <= 100
    np.testing.assert_allclose([picture.mean() for picture in found], 2 * np.arange(len(found)), atol=6)


def test_frames_that_are_left_out_show_the_one_before_and_those_too_early_are_dropped(tmp_path):
    video = VideoFile(tmp_path / "v.mp4", 25.0, (48, 64), first=0)
    for index, brightness in ((1, 50), (2, 100), (2, 250), (5, 150)):
        video.write(np.full((48, 64, 3), brightness, np.uint8), index)
    video.close()
    means = [picture.mean() for picture in pictures(tmp_path / "v.mp4")]
    np.testing.assert_allclose(means, [50, 50, 100, 100, 100, 150], atol=6)


def test_a_long_gap_is_filled_for_a_minute_only(tmp_path):
    video = VideoFile(tmp_path / "v.mkv", 1.0, (48, 64), live=True)
    for index in (0, 10_000, 10_001):
        video.write(np.zeros((48, 64, 3), np.uint8), index)
    video.close()
    assert len(pictures(tmp_path / "v.mkv")) == 62


FULL = """
import resource, sys
import numpy as np
from yolo.errors import UserError
from yolo.inference.video_file import VideoFile
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
video = VideoFile(sys.argv[1], 25.0, (96, 128), live=True)
try:
    for index in range(600):
        video.write(np.random.default_rng(index).integers(0, 256, (96, 128, 3), np.uint8), index)
except UserError as error:
    print(index < 599, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
def test_a_recording_that_finds_no_room_says_so_at_once(tmp_path, repository):
    command = [sys.executable, "-c", FULL, tmp_path / "a.mkv"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith(f"True cannot write the video {tmp_path / 'a.mkv'}: File too large")


@pytest.mark.parametrize("live", [False, True])
def test_a_video_in_a_folder_that_is_not_there_is_said(tmp_path, live):
    with pytest.raises(UserError, match="cannot write the video"):
        VideoFile(tmp_path / "gone" / "v.mkv", 25.0, (48, 64), live=live)
