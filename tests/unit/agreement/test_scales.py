"""In which order values stand, and what has no order."""

from collections.abc import Callable
from typing import Any

import pytest

from annotations.agreement import InvalidOptionError, Items, MetricReport, Statistics, evaluate, summarize
from annotations.agreement.coding.scales import ORDER_WANTED


def measured(items: Items, metric: str) -> MetricReport:
    return evaluate(items, metrics=[metric], samples=0)[metric]


def test_ordinal_texts_follow_the_order_given() -> None:
    rows = [
        {"a": "low", "b": "mid"},
        {"a": "high", "b": "high"},
        {"a": "mid", "b": "mid"},
        {"a": "low", "b": "low"},
    ]
    as_numbers = [
        {name: {"low": 1, "mid": 2, "high": 3}[value] for name, value in row.items()} for row in rows
    ]
    texts = Items.from_rows(rows, order=["low", "mid", "high"])
    numbers = Items.from_rows(as_numbers)
    assert measured(texts, "alpha_ordinal").value == pytest.approx(measured(numbers, "alpha_ordinal").value)
    assert measured(texts, "alpha_interval").undefined is not None


@pytest.mark.parametrize("values", [("low", "medium", "high"), (True, False), (1, 2, "unsure"), ("1_0", "9")])
def test_texts_without_an_order_have_no_ordinal_alpha(values: tuple[Any, ...]) -> None:
    rows = [{"a": value, "b": value} for value in values]
    assert measured(Items.from_rows(rows), "alpha_ordinal").undefined == ORDER_WANTED
    assert measured(Items.from_rows(rows, order=values), "alpha_ordinal").value == 1
    kept = Items.from_rows([{**row, "c": values[0]} for row in rows], order=values).select(annotators="ab")
    assert measured(kept, "alpha_ordinal").value == 1


@pytest.mark.parametrize("write", [str, lambda number: f" {number}.0"])
def test_numbers_written_as_texts_are_ordered_as_numbers_whole_and_merged(
    write: Callable[[int], str],
) -> None:
    numbers = [(10, 9), (1, 2), (10, 10), (2, 2), (9, 9), (1, 1)]
    as_numbers, as_texts = (
        [{"a": kind(one), "b": kind(other)} for one, other in numbers] for kind in (int, write)
    )
    names = [f"i{number}" for number in range(6)]
    parts = [
        summarize(Items.from_rows(as_texts[rows], names=names[rows])) for rows in (slice(0, 2), slice(2, 6))
    ]
    merged, whole = parts[0].merge(parts[1]), summarize(Items.from_rows(as_texts, names=names))
    assert merged.axes == whole.axes
    for metric in ("alpha_ordinal", "alpha_interval"):
        expected = measured(Items.from_rows(as_numbers), metric).value
        for found in (merged, whole):
            assert evaluate(found, metrics=[metric], samples=0)[metric].value == pytest.approx(expected)


def test_statistics_of_one_scale_add_up_and_those_of_two_do_not() -> None:
    def counted(name: str, *order: str) -> Statistics:
        return summarize(Items.from_rows([{"a": "low", "b": "high"}], order=order, names=[name]))

    merged = counted("x", "low", "mid", "high").merge(counted("y", "low", "mid", "high"))
    assert merged.axes["value"] == ("low", "mid", "high")
    assert Statistics.from_bytes(merged.to_bytes()).merge(counted("z", "low", "mid", "high")).n_documents == 3
    with pytest.raises(InvalidOptionError, match="different options"):
        merged.merge(counted("z", "high", "mid", "low"))
