"""One-to-one matchings: the optimum however it is found, the same whatever else is matched beside it."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.spans import assignment as knots
from annotations.agreement.spans import matching
from annotations.agreement.spans.matching import match_edges

WEIGHTS = (0.5, 1.0, 1.25, 0.1 + 0.2, 0.3)

graphs = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.sampled_from(WEIGHTS), min_size=1, max_size=16
)


def split_edges(weights: dict[tuple[int, int], float]) -> tuple[IntArray, IntArray, FloatArray]:
    """The names of the right side are made to differ from those of the left one."""
    edges = sorted(weights)
    left, right = np.array(edges, dtype=np.int64).T
    return left, right + 100, np.array([weights[edge] for edge in edges])


def best_total(weights: dict[tuple[int, int], float]) -> float:
    """Over all permutations of one side."""
    return max(
        sum(weights.get((left, right), 0.0) for left, right in enumerate(order))
        for order in permutations(range(5))
    )


def is_matching(left: IntArray, right: IntArray) -> bool:
    return len(set(left.tolist())) == len(left) and len(set(right.tolist())) == len(right)


@given(graphs, st.sampled_from(["folded", "permuted", "swept", "assigned"]))
def test_a_matching_is_the_best_of_all_however_it_is_found(
    weights: dict[tuple[int, int], float], way: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "MAX_FOLDS", 24 if way == "folded" else 0)
        patch.setattr(knots, "PERMUTED", 5 if way in {"folded", "permuted"} else 0)
        patch.setattr(knots, "MAX_WAYS", 0 if way == "assigned" else 200)
        left, right, weight = split_edges(weights)
        chosen = match_edges(left, right, weight)
    assert is_matching(left[chosen], right[chosen])
    assert weight[chosen].sum() == pytest.approx(best_total(weights))


@pytest.mark.parametrize("size", [30, 400])
def test_large_knots_are_matched_as_well_as_by_the_table_of_all_weights(size: int) -> None:
    generator = np.random.default_rng(size)
    left = np.repeat(np.arange(size), 6)
    right = (left + generator.integers(0, 12, len(left))) % size
    left, right = np.divmod(np.unique(left * size + right), size)
    weight = generator.choice(WEIGHTS, len(left))
    table = np.zeros((size, size))
    table[left, right] = weight
    best = table[linear_sum_assignment(table, maximize=True)].sum()
    chosen = match_edges(left, right + size, weight)
    assert is_matching(left[chosen], right[chosen])
    assert weight[chosen].sum() == pytest.approx(best)


@given(st.lists(graphs, min_size=2, max_size=4), st.sampled_from([0, 4]), st.sampled_from([0, 4, 200]))
def test_a_matching_does_not_depend_on_its_neighbours(
    several: list[dict[tuple[int, int], float]], permuted: int, ways: int
) -> None:
    parts = [split_edges(weights) for weights in several]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(knots, "PERMUTED", permuted)
        patch.setattr(knots, "MAX_WAYS", ways)
        together = match_edges(
            np.concatenate([left + 1000 * number for number, (left, _, _) in enumerate(parts)]),
            np.concatenate([right + 1000 * number for number, (_, right, _) in enumerate(parts)]),
            np.concatenate([weight for _, _, weight in parts]),
        )
        alone = [match_edges(*part) for part in parts]
    assert together.tolist() == np.concatenate(alone).tolist()


@pytest.mark.parametrize("size", [3, 5])
def test_of_equal_knots_the_first_span_gets_the_first_partner(size: int) -> None:
    left, right = np.divmod(np.arange(size**2), size)
    chosen = match_edges(left, right + 10, np.ones(size**2))
    assert left[chosen].tolist() == right[chosen].tolist() == list(range(size))


def test_a_span_that_has_one_choice_only_yields_to_a_better_one() -> None:
    left, right = np.array([0, 1, 1]), np.array([10, 10, 11])
    assert match_edges(left, right, np.array([1.0, 2.0, 0.5])).tolist() == [False, True, False]
    assert match_edges(left, right, np.array([1.0, 1.0, 0.5])).tolist() == [True, False, True]
