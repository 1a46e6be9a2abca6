"""Attributes of spans in common are compared on the level of their values."""

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
import pytest

from annotations.agreement import Report, Statistics, evaluate, read_plain, summarize
from annotations.agreement.errors import InvalidOptionError

ALPHA = ["attribute_alpha"]

FIRST = [1, 2, 3, 3, 2, 1, 4, 1, 2]
SECOND = [1, 2, 3, 3, 2, 2, 4, 1, 2]
THIRD = [2, 3, 3, 3, 2, 3, 4, 2, 2]


def count(*annotators: Mapping[str, Sequence[str]]) -> Statistics:
    """One document a value, in which everybody marks the same span and gives it the attributes."""
    length = len(next(iter(annotators[0].values())))
    documents = [
        {
            "id": f"d{place:03d}",
            "length": 9,
            "annotators": {
                f"a{number}": [
                    {
                        "start": 0,
                        "end": 4,
                        "label": "Claim",
                        "attributes": {name: values[place] for name, values in given.items()},
                    }
                ]
                for number, given in enumerate(annotators)
            },
        }
        for place in range(length)
    ]
    return summarize(read_plain({"documents": documents}), metrics=ALPHA)


def compare(statistics: Statistics, **levels: str) -> Report:
    return evaluate(statistics.scale_attributes(levels), metrics=ALPHA, by=["label"], samples=20)


def alpha(first: Sequence[float], second: Sequence[float], level: str) -> float:
    """Krippendorff's alpha of two complete observers, as its definition says: every pair of values, one by one."""
    values = [*first, *second]

    def distance(one: float, other: float) -> float:
        if level == "interval":
            return (one - other) ** 2
        low, high = min(one, other), max(one, other)
        between = sum(low <= value <= high for value in values)
        ends = (values.count(low) + values.count(high)) / 2
        return (between - ends) ** 2 if one != other else 0.0

    observed = sum(distance(one, other) for one, other in zip(first, second, strict=True)) / len(first)
    pairs = list(permutations(range(len(values)), 2))
    expected = sum(distance(values[one], values[other]) for one, other in pairs) / len(pairs)
    return 1 - observed / expected


@pytest.mark.parametrize("level", ["ordinal", "interval"])
@pytest.mark.parametrize(
    ("one", "other"), [(FIRST, SECOND), (FIRST, THIRD), ([2, 10, 9, 2.5, 100], [2, 9, 10, 3, 40])]
)
def test_one_attribute_has_the_alpha_of_its_level(
    level: str, one: Sequence[float], other: Sequence[float]
) -> None:
    statistics = count({"size": [*map(str, one)]}, {"size": [*map(str, other)]})
    report = compare(statistics, size=level)["attribute_alpha"]
    assert report.value == pytest.approx(alpha(one, other, level))
    assert report.by_label["size"].value == pytest.approx(alpha(one, other, level))
    assert report.interval is not None


def test_an_attribute_whose_level_is_not_told_is_nominal() -> None:
    statistics = count({"size": ["1", "2", "3", "1"]}, {"size": ["1", "2", "2", "3"]})
    assert compare(statistics)["attribute_alpha"].value == pytest.approx(1 - (4 / 8) / ((64 - 22) / 56))
    assert compare(statistics, size="nominal")["attribute_alpha"].value == pytest.approx(
        1 - (4 / 8) / (42 / 56)
    )


@pytest.mark.parametrize("level", ["ordinal", "interval"])
def test_the_unit_of_a_number_moves_nothing_not_even_among_other_attributes(level: str) -> None:
    kinds = ["fact", "value", "fact", "fact", "value", "fact", "fact", "value", "fact"]
    others = ["fact", "fact", "fact", "fact", "value", "value", "fact", "value", "fact"]
    values = []
    for unit in (1, 1000):
        statistics = count(
            {"size": [str(unit * value) for value in FIRST], "kind": kinds},
            {"size": [str(unit * value) for value in THIRD], "kind": others},
        )
        values.append(compare(statistics, size=level)["attribute_alpha"].value)
    assert values[0] == pytest.approx(values[1])


def test_attributes_are_pooled_by_the_sums_of_their_disagreements() -> None:
    kinds, others = ["fact", "value", "fact", "value"], ["fact", "value", "value", "value"]
    sizes, different = ["0", "10", "5", "10"], ["0", "10", "10", "0"]
    statistics = count({"kind": kinds, "size": sizes}, {"kind": others, "size": different})
    numbers = np.array([0, 10, 5, 10, 0, 10, 10, 0]) / 10
    observed = 2 / 8 * 8 + np.mean([0, 0, 0.25, 1]) * 8
    expected = (64 - 25 - 9) / 56 * 8 + 2 * 8 * ((numbers - numbers.mean()) ** 2).sum() / 56 * 8
    assert compare(statistics, size="interval")["attribute_alpha"].value == pytest.approx(
        1 - observed / expected
    )


def test_a_level_that_does_not_fit_is_refused_with_what_would() -> None:
    statistics = count({"kind": ["fact", "fact"]}, {"kind": ["fact", "value"]})
    with pytest.raises(InvalidOptionError, match="choose from nominal, ordinal, interval"):
        statistics.scale_attributes({"kind": "ratio"})
    with pytest.raises(InvalidOptionError, match="the value 'fact', which is no number; call it nominal"):
        compare(statistics, kind="ordinal")


def test_one_value_alone_leaves_nothing_to_tell() -> None:
    statistics = count({"size": ["3", "3"]}, {"size": ["3", "3"]})
    for level in ("ordinal", "interval"):
        assert compare(statistics, size=level)["attribute_alpha"].undefined
