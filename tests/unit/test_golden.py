import golden


def test_the_permutations_of_seed_0_are_for_ever():
    assert golden.permutations() == golden.PERMUTATIONS


def test_the_digits_end_where_they_always_did():
    assert golden.metrics() == golden.METRICS
