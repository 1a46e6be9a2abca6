"""Which label one annotator gave in place of another's: what both marked there is in nobody's place."""

import pytest

from annotations.agreement import read_plain, summarize
from annotations.reliability.confusion import count_cell, find_confusions

Spans = list[tuple[int, int, str]]
LABELS = ["Claim", "Source", "Stance"]


def count(*readings: Spans) -> dict[str, dict[str, int]]:
    """The cells of one document of 100 characters that are not empty; each pair is read from either side."""
    marked = {
        name: [{"start": start, "end": end, "label": label} for start, end, label in spans]
        for name, spans in zip("abc", readings, strict=False)
    }
    corpus = read_plain({"documents": [{"id": "d", "length": 100, "annotators": marked}]})
    statistics = summarize(corpus, metrics=["alpha_nominal", "cohen_kappa"], by=["pair"])
    found = find_confusions(statistics, LABELS)
    for row in found:
        for other, number in row.others.items():
            assert count_cell(statistics, row.label, other) == ({"d": number} if number else {})
    return {row.label: {other: n for other, n in row.others.items() if n} for row in found}


def test_labels_that_three_annotators_nest_alike_are_not_taken_for_each_other() -> None:
    nested: Spans = [(0, 40, "Claim"), (5, 11, "Source")]
    assert count(nested, nested, nested) == {"Claim": {"Claim": 240}, "Source": {"Source": 36}}


def test_a_label_that_one_of_three_leaves_out_of_a_shared_one_has_nothing_in_its_place() -> None:
    nested: Spans = [(0, 40, "Claim"), (5, 11, "Source")]
    assert count(nested, nested, [(0, 40, "Claim")]) == {
        "Claim": {"Claim": 240},
        "Source": {"Source": 12, "": 12},
    }


def test_another_label_within_a_shared_one_is_taken_for_it() -> None:
    source: Spans = [(0, 40, "Claim"), (5, 11, "Source")]
    stance: Spans = [(0, 40, "Claim"), (5, 11, "Stance")]
    assert count(source, source, stance) == {
        "Claim": {"Claim": 240},
        "Source": {"Source": 12, "Stance": 12},
        "Stance": {"Source": 12},
    }


@pytest.mark.parametrize("inner", [[], [(5, 11, "Source")]])
def test_a_label_beside_nothing_has_nothing_in_its_place(inner: Spans) -> None:
    claims = count([(0, 40, "Claim"), *inner], [])["Claim"]
    assert claims == {"": 40}


def test_a_label_in_place_of_two_is_taken_for_both() -> None:
    assert count([(0, 10, "Claim"), (0, 10, "Source")], [(0, 10, "Stance")]) == {
        "Claim": {"Stance": 10},
        "Source": {"Stance": 10},
        "Stance": {"Claim": 10, "Source": 10},
    }
