"""Splits that keep groups together, and near-duplicates as groups."""

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from yolo.data.near_duplicates import near_groups
from yolo.data.split_groups import units
from yolo.data.stratified_split import split_sizes, stratified_split

SHARES = st.sampled_from([(0.8, 0.1, 0.1), (0.5, 0.5), (0.7, 0.3, 0.0), (0.34, 0.33, 0.33), (1.0, 0.0)])
PICTURES = st.lists(st.tuples(st.frozensets(st.integers(0, 6), max_size=4), st.integers(0, 25)), max_size=60)


def split(classes, shares, numbers, seed=0):
    return stratified_split([f"{i:05d}" for i in range(len(classes))], classes, numbers, shares, seed)


@given(PICTURES, SHARES, st.integers(0, 5))
def test_every_picture_is_in_one_split_and_no_group_is_divided(pictures, shares, seed):
    classes, numbers = [list(each) for each, _ in pictures], [unit for _, unit in pictures]
    splits = split(classes, shares, numbers, seed)
    assert sorted(itertools.chain(*splits)) == list(range(len(pictures)))
    for one, other in itertools.combinations(splits, 2):
        assert {numbers[i] for i in one}.isdisjoint(numbers[i] for i in other)
    largest = max(Counter(numbers).values(), default=0)
    for found, size in zip(splits[1:], split_sizes(len(pictures), shares)[1:], strict=True):
        assert abs(len(found) - size) <= largest


@given(PICTURES, SHARES)
def test_without_groups_the_sizes_are_exact(pictures, shares):
    splits = split([list(each) for each, _ in pictures], shares, range(len(pictures)))
    assert [len(found) for found in splits] == split_sizes(len(pictures), shares)


@given(PICTURES, SHARES, st.randoms(use_true_random=False))
def test_the_order_of_the_pictures_and_the_numbers_of_the_groups_do_not_matter(pictures, shares, random):
    names = [f"{i * 7919 % 1000}.jpg" for i in range(len(pictures))]
    order = random.sample(range(len(pictures)), len(pictures))

    def named(order, renumbered):
        splits = stratified_split(
            [names[i] for i in order],
            [pictures[i][0] for i in order],
            [renumbered(pictures[i][1]) for i in order],
            shares,
        )
        return [[names[order[i]] for i in found] for found in splits]

    assert named(range(len(pictures)), lambda unit: unit) == named(order, lambda unit: 1000 - 3 * unit)


@given(st.lists(st.lists(st.integers(0, 19), min_size=1, max_size=5), max_size=12))
def test_two_items_have_one_number_exactly_if_a_path_of_groups_leads_from_one_to_the_other(groups):
    reached = {i: {i} for i in range(20)}
    for _ in range(20):
        for group in groups:
            whole = set().union(*(reached[i] for i in group))
            for i in whole:
                reached[i] = whole
    numbers = units(range(20), groups)
    assert all((numbers[i] == numbers[j]) == (j in reached[i]) for i in range(20) for j in range(20))


def by_all_pairs(codes, limit):
    """Groups by comparing every pair, and joining groups until nothing changes."""
    groups = [{i} for i in range(len(codes))]
    for i, j in itertools.combinations(range(len(codes)), 2):
        if bin(codes[i] ^ codes[j]).count("1") <= limit:
            one, other = (next(group for group in groups if k in group) for k in (i, j))
            if one is not other:
                groups.remove(other)
                one |= other
    return sorted(sorted(group) for group in groups if len(group) > 1)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 63), max_size=4)), max_size=40),
    st.integers(0, 8),
)
def test_groups_are_those_of_comparing_all_pairs(drawn, limit):
    centers = [0x0123456789ABCDEF, 0xFEDCBA9876543210, 0x00FF00FF00FF00FF, 0xF0F0F0F00F0F0F0F]
    codes = [centers[center] ^ sum(1 << bit for bit in flipped) for center, flipped in drawn]
    assert near_groups(codes, limit) == by_all_pairs(codes, limit)
