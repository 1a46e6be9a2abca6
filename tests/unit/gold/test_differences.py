"""What counts as a change between two releases."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.gold.changelog import plain, write_changelog
from annotations.gold.differences import (
    ArticleChange,
    DifferenceCounts,
    RelationChange,
    SpanChange,
    compare_records,
    match_spans,
)
from annotations.gold.versions import InvalidVersionError, check_version, propose_version, read_version

TEXT = "Kyiv may soon agree to a pause, and Moscow will not."


def span(key: str, start: int, end: int, label: str = "Claim", **attributes: str) -> dict[str, Any]:
    return {
        "key": key,
        "start": start,
        "end": end,
        "label": label,
        "quote": TEXT[start:end],
        "attributes": attributes,
        "provenance": None,
    }


def record(*spans: dict[str, Any], relations: Any = (), fields: Any = None) -> dict[str, Any]:
    links = [{"kind": kind, "source": source, "target": target} for kind, source, target in relations]
    return {
        "id": 7,
        "title": "Pause",
        "text": TEXT,
        "spans": list(spans),
        "relations": links,
        "fields": fields or {},
    }


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, span("x", 0, 4), SpanChange.ADDED),
        (span("x", 0, 4), None, SpanChange.REMOVED),
        (span("x", 0, 4), span("y", 0, 8), SpanChange.MOVED),
        (span("x", 0, 4), span("x", 0, 4, "Stance"), SpanChange.RELABELLED),
        (span("x", 0, 4, polarity="for"), span("x", 0, 4, polarity="against"), SpanChange.REATTRIBUTED),
    ],
)
def test_a_span_changes_in_one_of_five_ways(before: Any, after: Any, change: SpanChange) -> None:
    found = compare_records(*(record(*filter(None, [one])) for one in (before, after)))
    (changed,) = found.spans
    assert (changed.change, changed.before, changed.after) == (change, before, after)
    assert found.change == ArticleChange.CHANGED


def test_a_span_with_another_key_is_the_same_span() -> None:
    found = compare_records(record(span("x", 0, 4)), record(span("other", 0, 4)))
    assert (found.spans, found.change) == ((), ArticleChange.SAME_MARKUP)


def test_of_spans_that_overlap_the_most_alike_is_the_one_that_moved() -> None:
    before = [span("a", 0, 10), span("b", 11, 30)]
    after = [span("c", 2, 12), span("d", 5, 30)]
    changed, keys = match_spans(before, after)
    assert keys == {"a": "c", "b": "d"}
    assert [one.change for one in changed] == [SpanChange.MOVED, SpanChange.MOVED]


def test_a_span_that_moved_and_has_another_label_was_removed_and_another_added() -> None:
    changed, keys = match_spans([span("a", 0, 10)], [span("a", 0, 12, "Stance")])
    assert {one.change for one in changed} == {SpanChange.REMOVED, SpanChange.ADDED}
    assert keys == {}


def test_a_relation_between_spans_that_moved_is_the_same_relation() -> None:
    before = record(span("a", 0, 4), span("b", 5, 8), relations=[("for", "a", "b")])
    after = record(span("x", 0, 8), span("b", 5, 9), relations=[("for", "x", "b")])
    found = compare_records(before, after)
    assert found.relations == ()
    assert len(found.spans) == 2


def test_a_relation_that_keeps_its_type_and_an_end_or_both_ends_is_relinked() -> None:
    spans = span("a", 0, 4), span("b", 5, 8), span("c", 9, 13)
    before = record(*spans, relations=[("for", "a", "b"), ("for", "b", "c")])
    after = record(*spans, relations=[("for", "a", "c"), ("against", "b", "c")])
    relinked = compare_records(before, after).relations
    assert [one.change for one in relinked] == [RelationChange.RELINKED] * 2
    assert relinked[0].to_json()["after"] == {"kind": "for", "source": "Kyiv", "target": "soon"}
    gone = compare_records(before, record(*spans)).relations
    assert [one.change for one in gone] == [RelationChange.REMOVED] * 2


def test_a_relation_of_a_span_that_is_gone_is_removed() -> None:
    before = record(span("a", 0, 4), span("b", 5, 8), relations=[("for", "a", "b")])
    found = compare_records(before, record(span("b", 5, 8)))
    assert [one.change for one in found.relations] == [RelationChange.REMOVED]


def test_an_answer_about_the_article_that_changed_is_named_with_both_values() -> None:
    found = compare_records(
        record(fields={"genre": "news", "tone": "calm"}), record(fields={"genre": "opinion"})
    )
    assert found.fields == (("genre", "news", "opinion"), ("tone", "calm", None))


def test_an_article_that_came_or_went_counts_with_all_its_spans() -> None:
    counts = DifferenceCounts()
    counts.add(compare_records(None, record(span("a", 0, 4), span("b", 5, 8, "Stance"))))
    counts.add(compare_records(record(span("a", 0, 4)), None))
    written = counts.to_json()
    assert written["articles"] == {"added": 1, "removed": 1, "changed": 0, "same markup": 0}
    assert written["spans_by_label"] == {"Claim": {"added": 1, "removed": 1}, "Stance": {"added": 1}}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_nothing_is_lost_and_nothing_is_counted_twice(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - it draws test cases

    def draw(side: str) -> list[dict[str, Any]]:
        found = []
        for number in range(drawn.randrange(8)):
            start = drawn.randrange(len(TEXT) - 1)
            end = drawn.randrange(start + 1, len(TEXT) + 1)
            found.append(span(f"{side}{number}", start, end, drawn.choice("AB")))
        return found

    before, after = draw("old"), draw("new")
    changed, keys = match_spans(before, after)
    unchanged = len(keys) - sum(bool(one.before and one.after) for one in changed)
    assert sum(one.before is not None for one in changed) + unchanged == len(before)
    assert sum(one.after is not None for one in changed) + unchanged == len(after)
    assert len(set(keys.values())) == len(keys)
    assert match_spans(before, before) == ([], {one["key"]: one["key"] for one in before}) or any(
        one != other and one["start"] == other["start"] and one["end"] == other["end"]
        for one in before
        for other in before
    )


def test_a_changelog_says_what_changed_in_words_that_markdown_leaves_alone() -> None:
    before = record(span("a", 0, 4), fields={"tone": "*calm*"})
    after = record(span("a", 0, 8), fields={"tone": "loud"})
    counts, found = DifferenceCounts(), compare_records(before, after)
    counts.add(found)
    old, new = ({"number": n, "title": f"No_{n}", "version": f"1.{n}.0"} for n in (1, 2))
    written = list(write_changelog(old, new, counts.to_json(), [found]))
    assert written == [
        r"# Changes from release 1 (No\_1, 1.1.0) to release 2 (No\_2, 1.2.0)",
        "",
        "- articles: 1 changed",
        "- spans: 1 moved",
        "- relations: no change",
        "- answers about articles: tone 1",
        "",
        "## Pause (7): changed",
        "",
        "- moved Claim: “Kyiv” (0–4) became “Kyiv may” (0–8)",
        r"- tone: \*calm\* became loud",
    ]
    assert plain("<b>\n| x") == r"\<b\> \| x"


def manifest(version: str, scheme: str = "s", records: str = "r") -> dict[str, Any]:
    return {"version": version, "schemes": [{"sha256": scheme}], "checksums": {"records": records}}


@pytest.mark.parametrize(
    ("after", "version"),
    [
        (manifest("", "other"), "2.0.0"),
        (manifest("", "s", "more"), "1.3.0"),
        (manifest("", "s", "r"), "1.2.4"),
    ],
)
def test_the_version_that_is_proposed_follows_from_what_changed(after: Any, version: str) -> None:
    assert propose_version(manifest("1.2.3"), after) == version
    assert propose_version(None, after) == "1.0.0"


@pytest.mark.parametrize("written", ["1.2", "1.2.3.4", "v1.2.3", "1.02.3", "1.2.3\n", "9999999.0.0"])
def test_what_is_no_version_is_refused(written: str) -> None:
    with pytest.raises(InvalidVersionError, match="write three numbers"):
        read_version(written)


def test_a_version_must_be_later_than_the_last() -> None:
    assert check_version("1.10.0", before=manifest("1.9.9")) == "1.10.0"
    with pytest.raises(InvalidVersionError, match=r"does not follow 1\.9\.9"):
        check_version("1.9.9", before=manifest("1.9.9"))
