"""One frame that cannot be decoded does not end a video, and the others keep their numbers."""

import cv2
import numpy as np
import pytest

from yolo.errors import UserError
from yolo.inference.sink import FrameResult
from yolo.inference.sinks import AnnotatedCopies
from yolo.inference.sources import open_sources
from yolo.inference.sources.frame_numbers import FrameNumbers
from yolo.structures import Detections

NOTHING = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32), ("cat",))


def motion_jpeg(path, broken, frames=20):
    """A video whose frame k has the brightness 10 k; those of the numbers in `broken` cannot be decoded."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*"MJPG"), 10, (64, 48))
    for number in range(frames):
        writer.write(np.full((48, 64, 3), number * 10, np.uint8))
    writer.release()
    content = bytearray(path.read_bytes())
    starts = [at for at in range(len(content)) if content[at : at + 3] == b"\xff\xd8\xff"]
    assert len(starts) == frames
    for number in broken:
        end = starts[number + 1] - 16 if number + 1 < frames else starts[number] + 300
        content[starts[number] : end] = bytes(end - starts[number])
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("broken", [[7], [0], [0, 1, 5, 6, 7, 18]])
def test_the_other_frames_keep_their_numbers_and_times_and_the_copy_its_length(tmp_path, caplog, broken):
    [source] = open_sources([motion_jpeg(tmp_path / "v.avi", broken)])
    with AnnotatedCopies(tmp_path / "out") as copies:
        frames = list(source)
        for frame in frames:
            copies.write(FrameResult(frame, NOTHING))
    whole = [number for number in range(20) if number not in broken]
    assert [frame.index for frame in frames] == whole
    np.testing.assert_allclose([frame.image.mean() for frame in frames], np.multiply(whole, 10), atol=4)
    np.testing.assert_allclose([frame.time for frame in frames], np.divide(whole, 10), atol=0.001)
    assert f"{len(broken)} of 20 frames could not be decoded" in caplog.text
    assert source.lost == len(broken)
    copy, seen = cv2.VideoCapture(str(tmp_path / "out" / "v.mp4")), []
    while (read := copy.read())[0]:
        seen.append(read[1].mean())
    assert len(seen) == 20
    np.testing.assert_allclose(np.array(seen)[whole], np.multiply(whole, 10), atol=5)
    if broken == [7]:
        assert seen[7] == pytest.approx(60, abs=5)  # the one before stands for it


def test_a_video_of_which_no_frame_can_be_decoded_is_said(tmp_path):
    [source] = open_sources([motion_jpeg(tmp_path / "v.avi", range(20))])
    with pytest.raises(UserError, match="no frame of it can be decoded"):
        list(source)


def test_two_videos_in_a_row_that_begin_with_a_broken_frame_have_a_copy_each(tmp_path):
    sources = [motion_jpeg(tmp_path / f"{name}.avi", [0, 1]) for name in "ab"]
    with AnnotatedCopies(tmp_path / "out") as copies:
        for source in [*open_sources(sources), *open_sources(sources[:1])]:
            for frame in source:
                copies.write(FrameResult(frame, NOTHING))
    copies = {path.name: cv2.VideoCapture(str(path)) for path in (tmp_path / "out").glob("*.mp4")}
    lengths = {name: copy.get(cv2.CAP_PROP_FRAME_COUNT) for name, copy in copies.items()}
    assert lengths == {"a.mp4": 20, "a-2.mp4": 20, "b.mp4": 20}


@pytest.mark.parametrize("name", ["car-detection.mp4", "bottle-detection.mp4"])
def test_h264_with_damage_is_read_to_its_end_and_in_time(tmp_path, real_data, name):
    original = real_data / "video" / name
    content = bytearray(original.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = np.random.default_rng(0).integers(0, 256, 20_000, np.uint8).tobytes()
    (tmp_path / name).write_bytes(content)
    [source] = open_sources([tmp_path / name])
    frames = [(frame.index, frame.time) for frame in source]
    assert source.total * 0.9 < len(frames) < source.total
    assert frames[-1][0] == source.total - 1
    assert source.lost == source.total - len(frames)
    np.testing.assert_allclose([time * source.fps for _, time in frames], [index for index, _ in frames], atol=0.3)


def test_frames_that_the_decoder_of_a_damaged_video_drops_in_silence_are_counted_by_the_time():
    numbers = FrameNumbers(10.0)
    given = [numbers.give(*frame) for frame in ((0.0, 0), (0.1, 0), (0.3, 1), (0.7, 0), (0.8, 0), (1.2, 1))]
    assert given == [0, 1, 3, 7, 8, 12]


def test_where_frames_are_left_out_by_the_recorder_they_are_counted():
    numbers = FrameNumbers(10.0)
    assert [numbers.give(time, 0) for time in (0.0, 0.1, 0.4, 0.5)] == [0, 1, 2, 3]
    assert numbers.give(0.8, 1) == 5


def test_where_the_rate_varies_frames_are_counted():
    numbers = FrameNumbers(10.0)
    assert [numbers.give(time, 0) for time in (0.0, 0.04, 0.11, 0.41, 0.45)] == [0, 1, 2, 3, 4]
    assert numbers.give(0.9, 2) == 7
    assert (numbers.shortest, numbers.longest) == pytest.approx((0.04, 0.3))


def test_a_rate_that_varies_is_said_and_the_times_are_those_of_the_file(tmp_path, caplog):
    caplog.set_level("INFO")
    moments = [0, 1, 2, 5, 6, 10, 11, 12]  # in frames of 40 ms
    encoded, variable = tmp_path / "encoded.mp4", tmp_path / "variable.mkv"
    writer = cv2.VideoWriter(str(encoded), cv2.VideoWriter_fourcc(*"mp4v"), 25, (64, 48))
    for number in range(len(moments)):
        writer.write(np.full((48, 64, 3), number * 20, np.uint8))
    writer.release()
    capture = cv2.VideoCapture(str(encoded))
    capture.set(cv2.CAP_PROP_FORMAT, -1)  # the packets as they are
    fourcc = cv2.VideoWriter_fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(variable), cv2.CAP_FFMPEG, fourcc, 25, (64, 48), [cv2.VIDEOWRITER_PROP_RAW_VIDEO, 1])
    for moment in moments:
        _, packet = capture.read()
        writer.set(cv2.VIDEOWRITER_PROP_PTS, moment)
        writer.set(cv2.VIDEOWRITER_PROP_KEY_FLAG, int(moment == 0))
        writer.write(packet)
    writer.release()
    [source] = open_sources([variable])
    frames = list(source)
    assert [frame.index for frame in frames] == list(range(len(moments)))
    np.testing.assert_allclose([frame.time for frame in frames], np.multiply(moments, 0.04), atol=0.002)
    assert "its frame rate varies, from 40 to 160 ms between frames" in caplog.text
    assert source.lost == 0
