"""What the figures and the test of a model say, in sentences for somebody who knows texts and not statistics."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from annotations.agreement import AlternativeTest, ModelReport
from annotations.agreement.registry import find_metric
from annotations.plurals import write_decimal

LITTLE = 0.005
"""Figures that differ by less are shown as the same."""


def present_test(test: AlternativeTest, people: Mapping[int, str]) -> AlternativeTest:
    """The alternative annotator test of a model, with people's names in place of their numbers."""
    rows = [
        replace(row, annotator=people.get(int(row.annotator), row.annotator))
        for row in test.by_human.values()
    ]
    return replace(
        test,
        model=people.get(int(test.model), test.model),
        by_human={row.annotator: row for row in sorted(rows, key=lambda row: row.annotator)},
    )


def write_test_in_words(test: AlternativeTest) -> dict[str, Any]:
    """The test as plain data, with what it says."""
    return {**test.to_json(), "words": describe_test(test)}


def describe_test(test: AlternativeTest) -> list[str]:
    """What the alternative annotator test says of a model."""
    if test.winning_rate is None or test.advantage_probability is None:
        return [f"There is no answer yet: {test.undefined}."]
    tested = [row for row in test.by_human.values() if row.wins is not None]
    won = sum(bool(row.wins) for row in tested)
    verdict = (
        f"so {test.model} could stand in for one of them"
        if test.passes
        else f"so nothing shows that {test.model} could stand in for one of them"
    )
    of_hundred = round(100 * test.advantage_probability)
    agrees = (
        f"On {of_hundred} of 100 articles {test.model} agrees with the other people at least as well as the person whose "
        f"place it takes does (advantage probability {test.advantage_probability:.2f})."
    )
    wins = (
        f"It holds its own against {won} of {len(tested)} people (winning rate {test.winning_rate:.2f}; half is enough), "
        f"{verdict}."
    )
    allowed = (
        f"For what it saves, the share of articles on which it is at least as good may be up to {round(100 * test.epsilon)} "
        f"points smaller than the person's; the tests of {len(tested)} people are corrected for their number."
    )
    return [agrees, wins, allowed]


def describe_ceiling(name: str, model: str, part: ModelReport) -> str:
    """How a metric of a model and the people stands to that of the people among themselves."""
    title = find_metric(name).title
    if part.value is None:
        return f"{title} of {model} and the people is undefined: {part.undefined}."
    if part.ceiling.value is None:
        return (
            f"{title} of {model} and the people is {write_decimal(part.value)}; of the people among themselves it is undefined: "
            f"{part.ceiling.undefined}."
        )
    distance = part.value - part.ceiling.value
    if abs(distance) < LITTLE:
        stands = "as far as they agree with each other"
    elif distance < 0:
        stands = f"{-distance:.2f} less than they agree with each other"
    else:
        stands = f"{distance:.2f} more than they agree with each other"
    return (
        f"{model} and the people agree to {write_decimal(part.value)}, {stands} on the articles that it completed "
        f"({write_decimal(part.ceiling.value)}, the human ceiling)."
    )
