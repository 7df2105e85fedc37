"""The examples in the docstrings give what they say."""

import doctest
import sys

import cv2
import PIL.Image
import pytest

from tests.yolo.inference.fake import ColorRuntime, scene
from yolo import picture_files
from yolo.inference import detector, draw, inputs, nms, output_files, pipeline, sinks, video_file
from yolo.inference.sink import FrameResult
from yolo.inference.sources import address, open_sources

RUNNABLE = [
    nms.nms,
    inputs.as_image,
    draw.color,
    output_files.picture_name,
    output_files.video_name,
    video_file.possible_size,
    video_file.possible_rate,
    address.public,
    address.without_password,
]
WITH_PICTURES = [detector.Detector, pipeline.DetectionPipeline, sinks.JsonLines]


def run(documented, **names):
    """Run the examples of a class or function with the names of its module and some others."""
    module = sys.modules[documented.__module__]
    tests = doctest.DocTestFinder(recurse=False).find(documented, globs=vars(module) | names, module=False)
    result = doctest.DocTestRunner().run(tests[0])
    assert result.attempted > 0
    assert result.failed == 0  # what differs is printed


@pytest.mark.parametrize("documented", RUNNABLE, ids=lambda documented: documented.__name__)
def test_the_example_of_a_function_gives_what_it_says(documented):
    run(documented)


@pytest.mark.parametrize("documented", WITH_PICTURES, ids=lambda documented: documented.__name__)
def test_an_example_gives_what_it_says_with_a_picture_of_a_dog_and_one_of_a_cat(documented, tmp_path, monkeypatch):
    runtime = ColorRuntime(class_names=("dog", "cat"))
    picture_files.write(tmp_path / "dog.png", scene(416, 416, red=[96, 112, 208, 304]))
    picture_files.write(tmp_path / "cat.png", scene(416, 416, blue=[96, 112, 208, 304]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(detector, "load_runtime", lambda path, *settings: runtime)
    run(
        documented,
        cv2=cv2,
        PIL=PIL,
        detector=detector.Detector(runtime),
        open_sources=open_sources,
        FrameResult=FrameResult,
    )
