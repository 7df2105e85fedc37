from scipy import stats

from benchmarks.paired_difference import paired_difference

OWN = {0: 0.52, 1: 0.48, 2: 0.55, 3: 0.9}
BASE = {2: 0.51, 1: 0.47, 0: 0.5, 7: 0.1}


def test_the_interval_is_that_of_a_paired_t_test_over_the_seeds_of_both():
    low, high = stats.ttest_rel([0.52, 0.48, 0.55], [0.5, 0.47, 0.51]).confidence_interval(0.95)
    assert paired_difference(OWN, BASE) == f"+0.023 [{low:+.3f}, {high:+.3f}]"


def test_without_a_second_seed_there_is_no_interval_and_without_one_no_difference():
    assert paired_difference({1: 0.48, 5: 0.1}, BASE) == "+0.010"
    assert paired_difference({5: 0.1}, BASE) == ""
