"""Splits by hash; the hashes were computed with `printf dog | openssl dgst -blake2s256`."""

import unicodedata

import pytest

from yolo.data import hash_split


def test_the_position_is_the_first_eight_bytes_of_blake2s():
    assert hash_split.position("dog") == 0xD7C7457CF955C4D3 / 2**64
    assert hash_split.position("c") == 0xF7190570B0DED84B / 2**64


def test_known_stems_fall_into_known_splits():
    found = hash_split.by_hash({"dog", "a", "b", "c", "img_0001", "scan 7.b", "äpfel"})
    assert found["train"] == ("a", "b", "img_0001", "scan 7.b", "äpfel")
    assert found["val"] == ("dog",)
    assert found["test"] == ("c",)
    assert found["trainval"] == ("a", "b", "dog", "img_0001", "scan 7.b", "äpfel")


def test_both_spellings_of_an_accent_get_the_same_position():
    assert hash_split.position(unicodedata.normalize("NFD", "äpfel")) == hash_split.position("äpfel")


def test_the_shares_are_80_10_10_and_disjoint():
    stems = {f"{number:05d}" for number in range(10000)}
    found = hash_split.by_hash(stems)
    assert len(found["train"]) == pytest.approx(8000, abs=150)
    assert len(found["val"]) == pytest.approx(1000, abs=120)
    assert set(found["train"]) | set(found["val"]) == set(found["trainval"])
    assert set(found["trainval"]) | set(found["test"]) == stems
    assert sum(len(found[name]) for name in ("train", "val", "test")) == len(stems)


def test_a_picture_keeps_its_split_when_others_are_added():
    few, many = hash_split.by_hash({"a", "c", "dog"}), hash_split.by_hash({"a", "c", "dog", *map(str, range(99))})
    assert all(set(few[name]) <= set(many[name]) for name in few)


def test_splits_that_would_be_empty_are_left_out():
    assert hash_split.by_hash({"a"}) == {"train": ("a",), "trainval": ("a",)}


def test_those_with_the_highest_hash_are_held_out():
    assert hash_split.hold_out(["c", "a", "dog", "b"], 0.5) == [0, 2]


@pytest.mark.parametrize(("number", "share", "expected"), [(2, 0.1, 1), (3, 0.99, 2), (240, 0.1, 24)])
def test_at_least_one_and_never_all_are_held_out(number, share, expected):
    assert len(hash_split.hold_out([str(i) for i in range(number)], share)) == expected


def test_a_single_picture_cannot_be_shared_out():
    with pytest.raises(ValueError, match="two"):
        hash_split.hold_out(["a"], 0.1)


def test_pictures_that_cannot_be_used_are_never_alone_in_val_or_test():
    """By their hashes, dog belongs to val and c to test."""
    assert hash_split.by_hash({"a", "b", "c", "dog"}, {"a"}) == dict.fromkeys(
        ["train", "trainval"], ("a", "b", "c", "dog")
    )
    found = hash_split.by_hash({"a", "c", "dog", *map(str, range(12))}, set(map(str, range(12))))
    assert "dog" in found["val"]
    assert "c" in found["test"]
