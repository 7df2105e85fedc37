"""The stratified split: cases worked out by hand, and a comparison with chance and with another implementation."""

from collections import Counter

import numpy as np
import pytest

from yolo.data.stratified_split import split_sizes, stratified_split

THREE = (0.8, 0.1, 0.1)


def split(classes, shares=THREE, units=None, seed=0):
    names = [f"{i:05d}" for i in range(len(classes))]
    return stratified_split(names, classes, units or range(len(classes)), shares, seed)


def shown(classes, pictures):
    """The number of the pictures that show each class; None stands for pictures without objects."""
    return Counter(label for i in pictures for label in set(classes[i]) or {None})


def drawn(seed, number, classes, per_picture=3):
    """Pictures that show some of the classes, of which the later ones are rare."""
    rng = np.random.default_rng(seed)
    chance = 1 / np.arange(1, classes + 1)
    return [set(rng.choice(classes, rng.poisson(per_picture), p=chance / chance.sum()).tolist()) for _ in range(number)]


def share_error(classes, splits, shares):
    """The mean difference between the share of a class's pictures in a split and the share of the split."""
    totals = shown(classes, range(len(classes)))
    found = [shown(classes, pictures) for pictures in splits]
    errors = [
        abs(numbers[label] / totals[label] - share)
        for label in totals
        for numbers, share in zip(found, shares, strict=True)
    ]
    return np.mean(errors)


@pytest.mark.parametrize(
    ("number", "shares", "sizes"),
    [
        (10, (0.8, 0.1, 0.1), [8, 1, 1]),
        (364, (0.8, 0.1, 0.1), [291, 37, 36]),  # 291.2, 36.4, 36.4: the picture left over goes to the first of two
        (7, (0.7, 0.3), [5, 2]),
        (4, (0.8, 0.1, 0.1), [2, 1, 1]),  # one at least
        (3, (0.9, 0.05, 0.05), [1, 1, 1]),
        (2, (0.8, 0.1, 0.1), [1, 1, 0]),
        (1, (0.5, 0.5), [1, 0]),
        (5, (0.8, 0.2, 0.0), [4, 1, 0]),
        (100, (0.29, 0.71), [29, 71]),  # 0.29 * 100 is 28.999999999999996
        (0, (0.5, 0.5), [0, 0]),
    ],
)
def test_sizes_are_whole_pictures_and_no_wanted_split_is_empty_if_that_is_possible(number, shares, sizes):
    assert split_sizes(number, shares) == sizes


def test_one_class_in_every_picture_gives_the_sizes_that_were_asked_for():
    assert [len(pictures) for pictures in split([[0]] * 50, (0.6, 0.2, 0.2))] == [30, 10, 10]


def test_two_classes_that_never_meet_are_each_split_by_the_shares():
    classes = [[0]] * 60 + [[1]] * 20
    found = [shown(classes, pictures) for pictures in split(classes, (0.5, 0.25, 0.25))]
    assert found == [{0: 30, 1: 10}, {0: 15, 1: 5}, {0: 15, 1: 5}]


def test_pictures_without_objects_are_split_by_the_shares_too():
    classes = [[0]] * 40 + [[]] * 20
    found = [shown(classes, pictures)[None] for pictures in split(classes, (0.5, 0.25, 0.25))]
    assert found == [10, 5, 5]


def test_a_group_with_a_rare_class_is_not_kept_from_training_by_groups_without_objects():
    classes = [[0, 1], [0], [0, 1], [0], [0], [0], [], []]
    splits = split(classes, (0.5, 0.25, 0.25), units=[0, 0, 1, 1, 2, 2, 3, 3])
    assert [shown(classes, found)[1] for found in splits][::2] == [1, 1]


@pytest.mark.parametrize(
    ("pictures", "counts"), [(1, [1, 0, 0]), (2, [1, 0, 1]), (3, [1, 1, 1]), (4, [2, 1, 1]), (5, [3, 1, 1])]
)
def test_a_rare_class_is_first_in_training_then_in_test_then_in_validation(pictures, counts):
    classes = [[0, 1]] * pictures + [[0]] * 95
    for seed in range(10):
        assert [shown(classes, found)[1] for found in split(classes, seed=seed)] == counts


def test_a_class_of_two_pictures_is_in_both_of_two_splits():
    classes = [[0]] * 30 + [[0, 1], [1]]
    assert [shown(classes, found)[1] for found in split(classes, (0.9, 0.1))] == [1, 1]


@pytest.mark.parametrize("seed", range(20))
def test_classes_of_two_pictures_that_share_pictures_are_all_in_training_and_test_where_that_is_possible(seed):
    chain = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (0, 6)]  # the pictures of each class
    classes = [[0] for _ in range(100)]
    for label, pair in enumerate(chain, 1):
        for picture in pair:
            classes[picture].append(label)
    train, _, test = (shown(classes, found) for found in split(classes, seed=seed))
    assert all(train[label] == test[label] == 1 for label in range(1, 1 + len(chain)))


def test_a_picture_with_many_rare_classes_serves_them_all():
    classes = [[0]] * 18 + [[0, *range(1, 9)], [0, *range(1, 9)]]
    train, _, test = (shown(classes, found) for found in split(classes, (0.9, 0.05, 0.05)))
    assert all(train[label] == test[label] == 1 for label in range(1, 9))


def test_too_small_a_test_set_is_not_enlarged_for_rare_classes():
    classes = [[label] for label in range(10) for _ in range(2)]  # ten classes of two pictures, room for two
    assert [len(found) for found in split(classes)] == [16, 2, 2]


def test_the_frames_of_a_video_stay_together_and_fill_the_splits():
    units = [i // 10 for i in range(100)]
    splits = split([[0]] * 100, units=units)
    assert [len(found) for found in splits] == [80, 10, 10]
    assert [len({units[i] for i in found}) for found in splits] == [8, 1, 1]


def test_single_pictures_make_up_for_a_group_that_is_too_large():
    classes = [[0, 1]] * 30 + [[0]] * 70
    units = [0] * 30 + list(range(1, 71))
    assert [len(found) for found in split(classes, units=units)] == [80, 10, 10]


def test_no_split_is_empty_if_there_are_as_many_groups():
    splits = split([[0]] * 30, units=[i // 10 for i in range(30)])
    assert [len(found) for found in splits] == [10, 10, 10]


def test_no_split_is_empty_if_each_group_has_a_class_of_its_own():
    splits = split([[i // 10] for i in range(30)], units=[i // 10 for i in range(30)])
    assert [len(found) for found in splits] == [10, 10, 10]


def test_small_groups_are_moved_when_the_last_large_one_finds_no_room():
    classes = [[0], [], [0], [0], [], [0], [0], [0], [], [0], [0], [], [0], [0], [0], [0], []]
    splits = split(classes, units=[9, 0, 9, 1, 11, 11, 10, 11, 10, 5, 10, 0, 3, 6, 3, 3, 11])
    assert [len(found) for found in splits] == [13, 2, 2]


def test_no_split_loses_a_class_for_the_sake_of_its_size():
    classes = [[0, 1], [1], [0], [2], [2], [1], [0, 2], [1], [2], [2], [0], [2], [0], [2]]
    splits = split(classes, units=[4, 4, 0, 6, 0, 5, 5, 4, 6, 5, 2, 0, 4, 0])
    assert [len(found) for found in splits] == [7, 3, 4]  # 11, 1 and 2 were wanted
    assert all(shown(classes, found)[0] for found in splits)


def test_all_pictures_in_one_group_are_all_for_training():
    assert [len(found) for found in split([[0]] * 20, units=[3] * 20)] == [20, 0, 0]


def test_no_pictures_make_empty_splits():
    assert split([]) == [[], [], []]


def test_the_folders_of_the_pictures_do_not_matter():
    classes = drawn(0, 60, 4)
    plain = [f"{i:05d}.jpg" for i in range(60)]
    moved = [f"{'val' if i % 3 else 'train'}/{name}" for i, name in enumerate(plain)]
    for units in (range(60), [i // 3 for i in range(60)]):
        one, other = (stratified_split(names, classes, units, THREE) for names in (plain, moved))
        assert one == other


def test_pictures_of_one_name_in_two_folders_are_different_pictures():
    names = ["a/1.jpg", "b/1.jpg", "c/1.jpg", "d/1.jpg"]
    splits = stratified_split(names, [[0]] * 4, range(4), (0.5, 0.5))
    assert [len(found) for found in splits] == [2, 2]
    assert splits == stratified_split(names, [[0]] * 4, range(4), (0.5, 0.5))


def test_another_seed_gives_another_split_and_the_same_one_the_same():
    classes = drawn(0, 60, 4)
    assert split(classes, seed=1) == split(classes, seed=1) != split(classes, seed=2)


@pytest.mark.parametrize(("number", "classes"), [(300, 20), (1000, 60)])
def test_classes_are_spread_three_times_as_evenly_as_by_chance(number, classes):
    own, chance = [], []
    for seed in range(5):
        pictures = drawn(seed, number, classes)
        splits = split(pictures, seed=seed)
        own.append(share_error(pictures, splits, THREE))
        order = np.random.default_rng(seed).permutation(number).tolist()
        first, second = np.cumsum(split_sizes(number, THREE))[:2]
        chance.append(share_error(pictures, [order[:first], order[first:second], order[second:]], THREE))
    assert 3 * np.mean(own) < np.mean(chance)


def test_classes_are_spread_as_evenly_as_by_iterative_stratification_but_with_exact_sizes():
    other = pytest.importorskip("iterstrat.ml_stratifiers")
    own, theirs, missing = [], [], []
    for seed in range(5):
        pictures = drawn(seed, 500, 20)
        matrix = np.array([[label in each for label in range(20)] for each in pictures], int)
        splitter = other.MultilabelStratifiedShuffleSplit(n_splits=1, test_size=0.2, random_state=seed)
        train, test = next(splitter.split(matrix, matrix))
        theirs.append(share_error(pictures, [train, test], (0.8, 0.2)))
        splits = split(pictures, (0.8, 0.2), seed=seed)
        own.append(share_error(pictures, splits, (0.8, 0.2)))
        missing += [label for label in range(20) for found in splits if not shown(pictures, found)[label]]
    assert np.mean(own) < 1.2 * np.mean(theirs)
    assert missing == []
