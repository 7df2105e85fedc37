import dataclasses
import logging

import numpy as np
import pytest

from tests.yolo.evaluation.scenes import NAMES, Answers, found, known, perfect
from tests.yolo.inference.fake import ColorRuntime, scene
from yolo import picture_files
from yolo.data import data_folder
from yolo.data.clip_boxes import clip_to_pictures
from yolo.data.picture_sizes import picture_heads
from yolo.errors import UserError
from yolo.evaluation.evaluate import evaluate
from yolo.inference.detector import Detector

H, W = 60, 150
OBJECTS = (
    [(0, (0, 0, 20, 40)), (2, (100, 10, 150, 60))],
    [],
    [(1, (30, 0, 90, 30)), (0, (0, 40, 50, 60)), (0, (60, 40, 80, 60), True)],
)


@pytest.fixture
def annotations(tmp_path):
    """Three pictures whose names are not ASCII, each of one grey of its own; the second holds no object."""
    pictures = []
    for i, rows in enumerate(OBJECTS):
        path = tmp_path / f"bilde_ø_猫_{i}.png"
        picture_files.write(path, np.full((H, W, 3), 10 * i, np.uint8))
        pictures.append(known(*rows, path=path))
    return pictures


def test_a_detector_that_answers_the_truth_scores_one(annotations):
    report = evaluate(Answers(map(perfect, annotations)), annotations, NAMES)
    assert report.ap50 == report.ap50_voc07 == 1
    assert [row["ap50"] for row in report.per_class] == [1, 1, 1]
    assert [row["objects"] for row in report.per_class] == [2, 1, 1]
    assert report.coco["AP"] == pytest.approx(1)
    assert report.images == 3
    assert report.seconds > 0


def test_pictures_arrive_in_order_in_batches_as_they_are_on_disk(annotations):
    detector = Answers(map(perfect, annotations))
    evaluate(detector, annotations, NAMES, batch_size=2, score_threshold=0.25, iou_threshold=0.6, max_detections=7)
    assert [len(batch) for batch in detector.batches] == [2, 1]
    assert [image.shape for batch in detector.batches for image in batch] == [(H, W, 3)] * 3
    assert [image.max() for batch in detector.batches for image in batch] == [0, 10, 20]
    assert detector.settings == [(0.25, 0.6, 7)] * 2


def test_many_small_batches_keep_the_order(annotations):
    many = annotations * 20
    detector = Answers(map(perfect, many))
    assert evaluate(detector, many, NAMES, batch_size=1).ap50 == 1
    assert [batch[0].max() for batch in detector.batches] == [0, 10, 20] * 20


def test_progress_sees_every_picture_once(annotations):
    seen = []

    def progress(sequence):
        assert len(sequence) == 3  # a bar needs the number
        for item in sequence:
            seen.append(item.path)
            yield item

    evaluate(Answers(map(perfect, annotations)), annotations, NAMES, progress=progress)
    assert seen == [annotation.path for annotation in annotations]


def test_a_detector_with_another_order_of_classes_is_matched_by_name(annotations):
    names = ("fox", "hen", "dog", "cat")  # fox is no class of the data

    def renamed(annotation):
        same = perfect(annotation)
        labels = [names.index(NAMES[label]) for label in same.labels]
        rows = zip(labels, same.scores, same.boxes, strict=True)
        return found((0, 0.95, (0, 0, 5, 5)), *rows, names=names)

    report = evaluate(Answers(map(renamed, annotations)), annotations, NAMES)
    assert [row["ap50"] for row in report.per_class] == [1, 1, 1]


def test_a_detector_that_lacks_a_class_with_objects_is_refused_by_name(annotations):
    answers = [found(names=("cat", "fox"))] * 3
    with pytest.raises(UserError, match=r"objects of dog, hen.* it knows cat, fox"):
        evaluate(Answers(answers), annotations, NAMES)


def test_a_detector_may_lack_a_class_without_objects(annotations):
    names = (*NAMES, "unicorn")
    assert evaluate(Answers(map(perfect, annotations)), annotations, names).ap50 == 1


def test_a_picture_that_cannot_be_read_is_named_counted_and_left_out(annotations, caplog):
    annotations[0].path.write_bytes(b"no picture")
    with caplog.at_level(logging.WARNING, "yolo"):
        report = evaluate(Answers(map(perfect, annotations[1:])), annotations, NAMES, batch_size=1)
    assert report.images == 2
    assert report.per_class[0]["objects"] == 1
    assert str(annotations[0].path) in caplog.text
    assert "1 of 3 pictures" in caplog.text


def test_no_readable_picture_at_all_is_a_users_mistake(annotations):
    missing = [dataclasses.replace(annotations[0], path=annotations[0].path.with_name("absent.png"))]
    with pytest.raises(UserError, match="at least one readable picture"):
        evaluate(Answers([]), missing, NAMES)


def test_pictures_whose_boxes_reach_out_of_them_are_left_out_until_these_are_clipped(annotations, caplog):
    # 150 wide: (130, 0, 170, 60) becomes (130, 0, 150, 60), which is what the detector answers; IoU uncut would be 1/2
    reaching_out = known((0, (130, 0, 170, 60)), (1, (200, 0, 220, 20)), path=annotations[0].path)
    answer = found((0, 0.9, (130, 0, 150, 60)))
    with pytest.raises(UserError, match="at least one readable picture"):
        evaluate(Answers([answer]), [reaching_out], NAMES)
    assert "the box (130, 0, 170, 60) of " in caplog.text
    assert "_0.png does not lie in the 150 x 60 pixels" in caplog.text
    caplog.clear()
    clipped, problems = clip_to_pictures([reaching_out], picture_heads([reaching_out.path]))
    assert len(problems) == 2
    with caplog.at_level(logging.WARNING, "yolo"):
        report = evaluate(Answers([answer]), clipped, NAMES)
    assert report.coco["AP"] == pytest.approx(1)
    assert [row["objects"] for row in report.per_class] == [1, 0, 0]
    assert not caplog.text


@pytest.mark.parametrize("answers", [2, 4])
def test_a_detector_that_answers_too_few_or_too_many_pictures_is_caught(annotations, answers):
    class Miscounts(Answers):
        def detect(self, images, **settings):
            return [found()] * answers

    with pytest.raises(ValueError, match="zip"):
        evaluate(Miscounts([]), annotations, NAMES)


def test_perfect_answers_on_real_pictures_score_one(real_data):
    dataset = data_folder.load(real_data / "bccd", "test")
    answers = (perfect(annotation, dataset.class_names) for annotation in dataset.annotations)
    report = evaluate(Answers(answers), dataset.annotations, dataset.class_names)
    assert report.images == 72
    assert report.ap50 == report.ap50_voc07 == 1
    assert [report.coco[name] for name in ("AP", "AP50", "AP75")] == pytest.approx([1, 1, 1])
    assert report.coco["AR_1"] < report.coco["AR_10"] < report.coco["AR_100"] == 1


def test_a_crowded_picture_is_asked_for_more_detections_and_told(annotations, caplog):
    boxes = [(x, y, x + 4, y + 4) for x in range(0, 150, 5) for y in range(0, 60, 5)]
    crowd = known(*((0, box) for box in boxes), path=annotations[0].path)
    detector = Answers([perfect(crowd)])
    with caplog.at_level(logging.WARNING, "yolo"):
        report = evaluate(detector, [crowd], NAMES)
    assert len(boxes) == 360
    assert detector.settings[0][2] == 720
    assert report.ap50 == pytest.approx(1)
    assert "1 picture holds more objects of one (360 of cat" in caplog.text


def test_every_score_is_asked_of_the_detector_so_that_recall_is_not_cut(annotations):
    detector = Answers(map(perfect, annotations))
    evaluate(detector, annotations, NAMES)
    assert detector.settings == [(0.0, 0.5, 300)]


def test_pictures_without_objects_are_told_where_ap_would_be_no_number(annotations, caplog):
    evaluate(Answers([found()]), [annotations[1]], NAMES)
    assert "there are no objects to find in these pictures, so there is no AP" in caplog.text
    caplog.clear()
    evaluate(Answers([found()]), [annotations[1]], NAMES, warn=False)
    assert not caplog.text


def test_thresholds_and_temperature_of_the_model_change_no_score_of_it(tmp_path):
    boxes = {"red": (10, 20, 60, 80), "blue": (100, 30, 150, 90)}
    picture_files.write(tmp_path / "a.png", scene(**boxes))
    picture_files.write(tmp_path / "b.png", scene(red=boxes["red"]))
    annotations = [
        known((0, boxes["red"]), (1, boxes["blue"]), path=tmp_path / "a.png"),
        known((1, (150, 0, 190, 20)), path=tmp_path / "b.png"),
    ]
    plain, trained = ColorRuntime(), ColorRuntime()
    trained.score_thresholds, trained.temperature = (0.99, 0.6), 2.0
    assert Detector(trained)(tmp_path / "a.png").names == ["blue"]  # odds of 2 to 1 for blue, of 3 to 1 for red
    expected, report = (evaluate(Detector(runtime), annotations, ("red", "blue")) for runtime in (plain, trained))
    assert 0 < expected.ap50 < 1
    assert (report.ap50, report.coco) == (expected.ap50, pytest.approx(expected.coco, nan_ok=True))
    assert report.ap50_interval == expected.ap50_interval
    assert [row["threshold"] for row in report.per_class] == [0.99, 0.6]
    assert report.per_class[1]["best_score"] == pytest.approx(2 / 3)
