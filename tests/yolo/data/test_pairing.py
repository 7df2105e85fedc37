"""Annotations whose names are not quite those of their pictures."""

import pytest

from tests.yolo.data.folders import DOG, write_picture, write_text, xml
from yolo.data import data_folder
from yolo.data.pairing import pair


@pytest.mark.parametrize(
    ("picture", "annotation"),
    [("p.jpg", "p.jpg.xml"), ("IMG_0.JPG", "img_0.xml"), ("day/p.png", "p.xml"), ("p.png", "day/p.xml"),
     ("day/P.JPG", "day/p.jpg.xml")],
)  # fmt: skip
def test_an_annotation_of_nearly_the_name_of_one_picture_is_taken_and_it_is_said(tmp_path, picture, annotation):
    write_picture(tmp_path / "images" / picture)
    write_text(tmp_path / "annotations" / annotation, xml(DOG))
    dataset = data_folder.load(tmp_path, "all")
    assert [len(known.boxes) for known in dataset.annotations] == [1]
    assert not any("left out" in problem for problem in dataset.problems)
    said = f"1 annotation paired with pictures of nearly the same name: {annotation} with {picture}"
    assert said in dataset.notes


@pytest.mark.parametrize(
    ("pictures", "annotations"),
    [
        (["a/p", "b/p"], ["p"]),  # which of the two pictures?
        (["a/p"], ["b/p"]),  # two folders
        (["Pic"], ["PIC", "pic.jpg"]),  # which of the two annotations?
        (["p", "a/p"], ["p", "P"]),  # the first picture has one
    ],
)
def test_where_more_than_one_can_be_meant_none_is_paired(tmp_path, pictures, annotations):
    given = {stem: tmp_path / f"{stem}.xml" for stem in annotations}
    assert pair({stem: tmp_path / f"{stem}.png" for stem in pictures}, given)[0] == given


def test_those_in_two_folders_are_told_apart_by_the_folder(tmp_path):
    pictures = {stem: tmp_path / f"{stem}.jpg" for stem in ("a/p", "b/p")}
    given = {stem: tmp_path / f"{stem}.xml" for stem in ("a/p.jpg", "b/p.jpg")}
    assert pair(pictures, given)[0] == {"a/p": given["a/p.jpg"], "b/p": given["b/p.jpg"]}
