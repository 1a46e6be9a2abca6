"""Ordinal and interval alpha of long scales, against the whole coincidence matrix and its definition."""

from itertools import combinations

import numpy as np
import pytest

from annotations.agreement import Items, compare, estimate_documents_needed, evaluate, summarize
from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.report import name_pair

LEVELS = ("ordinal", "interval")


def make_ratings(seed: int, *, items: int, annotators: int, values: int, missing: float) -> FloatArray:
    """Ratings with errors, some of them missing: an array of shape (item, annotator) with NaN."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, values, (items, 1))
    ratings = (truth + generator.integers(-2, 3, (items, annotators))) * 1.25 - 3
    return np.where(generator.random(ratings.shape) < missing, np.nan, ratings)


def as_items(ratings: FloatArray) -> Items:
    return Items.from_rows(
        [
            {f"annotator {number}": None if np.isnan(one) else float(one) for number, one in enumerate(row)}
            for row in ratings
        ]
    )


def dense_alpha(ratings: FloatArray, level: str) -> float:
    """Krippendorff's alpha (2011) over the whole matrix of coincidences and of distances."""
    numbers = np.unique(ratings[~np.isnan(ratings)])
    coincidences = np.zeros((len(numbers), len(numbers)))
    for row in ratings:
        given = np.searchsorted(numbers, row[~np.isnan(row)])
        for one, other in combinations(given.tolist(), 2):
            coincidences[one, other] += 1 / (len(given) - 1)
            coincidences[other, one] += 1 / (len(given) - 1)
    marginal = coincidences.sum(axis=0)
    if level == "interval":
        distance = (numbers[:, None] - numbers) ** 2
    else:
        ranks = np.cumsum(marginal) - marginal / 2
        distance = (ranks[:, None] - ranks) ** 2
    expected = (np.outer(marginal, marginal) * distance).sum() / (marginal.sum() - 1)
    return float(1 - (coincidences * distance).sum() / expected)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_alpha_equals_the_one_of_the_whole_matrix(level: str, seed: int, missing: float) -> None:
    ratings = make_ratings(seed, items=30, annotators=4, values=12, missing=missing)
    report = evaluate(as_items(ratings), metrics=[f"alpha_{level}"], by=["pair"], samples=0)[f"alpha_{level}"]
    assert report.value == pytest.approx(dense_alpha(ratings, level), abs=1e-12)
    assert report.by_pair[name_pair(("annotator 0", "annotator 1"))].value == pytest.approx(
        dense_alpha(ratings[:, :2], level), abs=1e-12
    )


@pytest.mark.parametrize("level", LEVELS)
def test_ratings_of_a_long_scale_have_alpha_with_an_interval(level: str) -> None:
    generator = np.random.default_rng(1)
    truth = generator.random((1500, 1)) * 100
    ratings = np.round(truth + generator.normal(0, 20, (1500, 2)), 4)
    report = evaluate(as_items(ratings), metrics=[f"alpha_{level}"], by=["document"])[f"alpha_{level}"]
    assert report.value == pytest.approx(dense_alpha(ratings, level), abs=1e-9)
    assert report.value is not None
    assert report.interval is not None
    assert report.interval[0] < report.value < report.interval[1]


@pytest.mark.parametrize("factor", [1e-200, 1e-7, 1e80])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_interval_alpha_depends_on_neither_unit_nor_zero_of_the_numbers(factor: float, shift: float) -> None:
    ratings = make_ratings(3, items=40, annotators=3, values=9, missing=0.2)
    moved = (ratings + shift) * factor
    value, same = (
        evaluate(as_items(each), metrics=["alpha_interval"], samples=0)["alpha_interval"].value
        for each in (ratings, moved)
    )
    assert value is not None
    assert same == pytest.approx(value, abs=1e-9)


def test_numbers_that_differ_only_in_writing_do_not_vary() -> None:
    items = Items.from_rows([{"a": "0.1", "b": "0.10"}, {"a": "0.10", "b": "0.1"}, {"a": "0.1", "b": "0.1"}])
    report = evaluate(items, metrics=["alpha_interval"], samples=0)["alpha_interval"]
    assert report.value is None
    assert "no variation" in (report.undefined or "")


def test_close_numbers_vary_beside_a_distant_one() -> None:
    near = {"a": 1e-6, "b": 2e-6}, {"a": 2e-6, "b": 2e-6}, {"a": 1e-6, "b": 1e-6}
    alone = evaluate(Items.from_rows(near), metrics=["alpha_interval"], samples=0)["alpha_interval"].value
    items = Items.from_rows([*near, {"a": 1e3}])
    beside = evaluate(items, metrics=["alpha_interval"], samples=0)["alpha_interval"].value
    assert alone == pytest.approx(4 / 9)
    assert beside == pytest.approx(alone)


@pytest.mark.parametrize("level", LEVELS)
def test_rounds_of_ratings_on_a_long_scale_are_compared(level: str) -> None:
    rounds = [
        summarize(as_items(make_ratings(seed, items=1000, annotators=2, values=900, missing=0)))
        for seed in (1, 2)
    ]
    comparison = compare(*rounds, metric=f"alpha_{level}", permutations=50)
    assert comparison.p_value is not None
    curve = estimate_documents_needed(rounds[0], metric=f"alpha_{level}", width=0.01, samples=50)
    assert curve.needed is not None
