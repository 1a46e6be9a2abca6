"""Coefficients over positions and items against loops over single judgements, for two to five annotators and many sparse ones."""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from itertools import combinations, permutations

import pytest

from annotations.agreement import Corpus, Items, evaluate, read_plain
from tests.unit.agreement.corpora import random_plain
from tests.unit.agreement.test_against_brute_force import paint

Distance = Callable[[Hashable, Hashable], float]
Rows = list[dict[str, Hashable]]


def nominal(one: Hashable, other: Hashable) -> float:
    return float(one != other)


def linear(one: Hashable, other: Hashable) -> float:
    return abs(number(one) - number(other))


def quadratic(one: Hashable, other: Hashable) -> float:
    return (number(one) - number(other)) ** 2


def ratio(one: Hashable, other: Hashable) -> float:
    return 0.0 if one == other else quadratic(one, other) / (number(one) + number(other)) ** 2


def number(value: Hashable) -> float:
    assert isinstance(value, int | float)
    return float(value)


def mean(numbers: Iterable[float]) -> float:
    every = list(numbers)
    return sum(every) / len(every)


def slow_kappa(rows: Rows, distance: Distance) -> float:
    """One less the mean distance of two judgements of one item by that of any two by different annotators in what is compared."""
    compared = [
        (one, row[one], other, row[other]) for row in rows for one, other in combinations(sorted(row), 2)
    ]
    observed = mean(distance(first, second) for _, first, _, second in compared)
    made = Counter(
        judgement for one, first, other, second in compared for judgement in ((one, first), (other, second))
    )
    drawn = [
        (times * as_often, distance(first, second))
        for ((one, first), times), ((other, second), as_often) in permutations(made.items(), 2)
        if one != other
    ]
    return 1 - observed / (sum(times * apart for times, apart in drawn) / sum(times for times, _ in drawn))


def slow_alpha(rows: Rows, distance: Distance) -> float:
    """One less the mean distance of pairable values within items by that of any two pairable values."""
    pairable = [list(row.values()) for row in rows if len(row) > 1]
    n = sum(map(len, pairable))
    observed = sum(
        distance(one, other) / (len(row) - 1) for row in pairable for one, other in permutations(row, 2)
    )
    every = Counter(value for row in pairable for value in row)
    apart = sum(every[one] * every[other] * distance(one, other) for one, other in permutations(every, 2))
    return 1 - (observed / n) / (apart / (n * (n - 1)))


def slow_gwet(rows: Rows, distance: Distance, *, reach: float | None = None) -> float:
    """Gwet (2014, chapters 2 and 4): prevalence of all items, weights of 1 less the distance by the largest one."""
    judged = [row for row in rows if row]
    values = {value for row in judged for value in row.values()}
    largest = reach or max(distance(one, other) for one, other in permutations(values, 2))

    def weigh(one: Hashable, other: Hashable) -> float:
        return 1 - distance(one, other) / largest

    observed = mean(
        mean(weigh(one, other) for one, other in permutations(row.values(), 2))
        for row in judged
        if len(row) > 1
    )
    share = {
        value: mean(sum(one == value for one in row.values()) / len(row) for row in judged)
        for value in values
    }
    every_weight = sum(weigh(one, other) for one in values for other in values)
    expected = (
        every_weight
        / (len(values) * (len(values) - 1))
        * sum(share[value] * (1 - share[value]) for value in values)
    )
    return (observed - expected) / (1 - expected)


BY_DEFINITION: dict[str, tuple[Callable[[Rows, Distance], float], Distance]] = {
    "cohen_kappa": (slow_kappa, nominal),
    "weighted_kappa_linear": (slow_kappa, linear),
    "weighted_kappa_quadratic": (slow_kappa, quadratic),
    "alpha_nominal": (slow_alpha, nominal),
    "alpha_interval": (slow_alpha, quadratic),
    "alpha_ratio": (slow_alpha, ratio),
    "gwet_ac1": (slow_gwet, nominal),
    "gwet_ac2_linear": (slow_gwet, linear),
    "gwet_ac2_quadratic": (slow_gwet, quadratic),
}
every_coefficient = pytest.mark.parametrize("metric", BY_DEFINITION)


def make_rows(seed: int, *, annotators: int, present: float, n_rows: int = 14) -> Rows:
    """Ratings with some missing, some by one annotator alone, and one by nobody."""
    order = random.Random(seed)  # noqa: S311  (no secret)
    rows: Rows = [{}, {"r0": 9}]
    for _ in range(n_rows):
        rating = order.choice([0, 1, 1, 1, 2, 5])
        judged = [f"r{who}" for who in range(annotators) if order.random() < present]
        rows.append({who: rating if order.random() < 0.6 else order.choice([0, 1, 2, 5]) for who in judged})
    return rows


@every_coefficient
@pytest.mark.parametrize(("annotators", "present"), [(2, 1.0), (2, 0.8), (3, 0.8), (5, 0.6), (40, 0.08)])
def test_a_coefficient_of_items_equals_its_definition(metric: str, annotators: int, present: float) -> None:
    compute, distance = BY_DEFINITION[metric]
    rows = make_rows(annotators, annotators=annotators, present=present)
    items = Items.from_rows(rows)
    report = evaluate(items, metrics=[metric], by=["pair"], samples=0)[metric]
    assert report.value == pytest.approx(compute(rows, distance), abs=1e-9)
    for name, pair in report.by_pair.items():
        own = [{who: row[who] for who in name.split("|") if who in row} for row in rows]
        if pair.value is not None:
            assert pair.value == pytest.approx(compute(own, distance), abs=1e-9), name


def columns_of(corpus: Corpus) -> Rows:
    """Each position of each document as an item of its own."""
    rows: Rows = []
    for document, painted in enumerate(paint(corpus)):
        done = {
            who: values
            for who, values, judged in zip(
                corpus.annotators, painted, corpus.completed[document], strict=True
            )
            if judged
        }
        rows += [dict(zip(done, column, strict=True)) for column in zip(*done.values(), strict=True)]
    return rows


@pytest.mark.parametrize("metric", ["cohen_kappa", "alpha_nominal", "gwet_ac1"])
@pytest.mark.parametrize("annotators", [2, 3, 5])
def test_a_coefficient_of_spans_is_that_of_their_positions(metric: str, annotators: int) -> None:
    plain = random_plain(annotators, documents=3, annotators=annotators, spans=3, length=24, missing=0.4)
    plain = {"documents": [{**entry, "relations": {}} for entry in plain["documents"]]}
    plain["documents"][1]["annotators"]["r0"] = []
    plain["documents"].append({"id": "alone", "length": 5, "annotators": {"r1": []}})
    corpus = read_plain(plain)
    rows = columns_of(corpus)
    compute, distance = BY_DEFINITION[metric]
    report = evaluate(corpus, metrics=[metric], samples=0)[metric]
    assert report.value == pytest.approx(compute(rows, distance), abs=1e-9)
