"""What counts as a change between two releases."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.gold.changelog import write_changelog
from annotations.gold.changes_in_words import describe_relation, describe_span
from annotations.gold.differences import (
    ArticleChange,
    DifferenceCounts,
    RelationChange,
    SpanChange,
    compare_records,
)
from annotations.gold.markdown import plain
from annotations.gold.pairing import MAX_NEIGHBOURS, pair_spans
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
    ("before", "after", "changes"),
    [
        (None, span("x", 0, 4), "added"),
        (span("x", 0, 4), None, "removed"),
        (span("x", 0, 4), span("y", 0, 8), "moved"),
        (span("x", 0, 4), span("x", 0, 4, "Stance"), "relabelled"),
        (span("x", 0, 4, polarity="for"), span("x", 0, 4, polarity="against"), "re-attributed"),
        (span("x", 0, 4, polarity="for"), span("x", 0, 8), "moved, re-attributed"),
        (span("x", 0, 4), span("x", 0, 4, "Stance", tone="calm"), "relabelled, re-attributed"),
        (span("x", 0, 4), span("x", 0, 8, "Stance"), "moved, relabelled"),
        (span("x", 0, 4, tone="a"), span("x", 1, 5, "Stance", tone="b"), "moved, relabelled, re-attributed"),
    ],
)
def test_a_span_is_told_with_all_that_happened_to_it(before: Any, after: Any, changes: str) -> None:
    found = compare_records(*(record(*filter(None, [one])) for one in (before, after)))
    (changed,) = found.spans
    assert (", ".join(changed.changes), changed.before, changed.after) == (changes, before, after)
    assert found.change == ArticleChange.CHANGED
    written = changed.to_json()
    assert (", ".join(written["changes"]), written["change"]) == (changes, changes.split(", ", maxsplit=1)[0])
    counts = DifferenceCounts()
    counts.add(found)
    told = counts.to_json()
    assert {name for name, number in told["spans"].items() if number} == set(changes.split(", "))
    assert told["spans_by_label"] == {(after or before)["label"]: dict.fromkeys(changes.split(", "), 1)}
    assert told["spans_in_several_ways"] == int("," in changes)


def test_a_changelog_says_all_that_happened_to_a_span_in_a_line() -> None:
    before = span("x", 0, 4, tone="calm")
    lines = {
        (
            "Claim",
            8,
            "loud",
        ): "moved and re-attributed Claim: “Kyiv” (0–4) became “Kyiv may” (0–8); tone: calm became loud",
        (
            "Stance",
            4,
            "loud",
        ): "relabelled and re-attributed “Kyiv” (0–4): Claim became Stance; tone: calm became loud",
        (
            "Stance",
            8,
            "calm",
        ): "moved and relabelled: “Kyiv” (0–4) became “Kyiv may” (0–8); Claim became Stance",
        ("Claim", 4, "loud"): "re-attributed Claim “Kyiv” (0–4): tone: calm became loud",
        ("Stance", 4, "calm"): "relabelled “Kyiv” (0–4): Claim became Stance",
    }
    for (label, end, tone), line in lines.items():
        (changed,) = compare_records(record(before), record(span("x", 0, end, label, tone=tone))).spans
        assert describe_span(changed) == line


def test_a_span_with_another_key_is_the_same_span() -> None:
    found = compare_records(record(span("x", 0, 4)), record(span("other", 0, 4)))
    assert (found.spans, found.change) == ((), ArticleChange.SAME_MARKUP)


def test_of_spans_that_overlap_the_most_alike_is_the_one_that_moved() -> None:
    before = [span("a", 0, 10), span("b", 11, 30)]
    after = [span("c", 2, 12), span("d", 5, 30)]
    assert pair_spans(before, after) == {"a": "c", "b": "d"}
    changed = compare_records(record(*before), record(*after)).spans
    assert [one.changes for one in changed] == [(SpanChange.MOVED,), (SpanChange.MOVED,)]


def test_a_span_under_another_label_that_shares_less_than_half_is_another_span() -> None:
    assert pair_spans([span("a", 0, 10)], [span("b", 0, 20, "Stance")]) == {"a": "b"}
    assert pair_spans([span("a", 0, 10)], [span("b", 0, 21, "Stance")]) == {}
    assert pair_spans([span("a", 0, 10)], [span("b", 9, 40)]) == {"a": "b"}


def test_however_many_spans_overlap_the_nearest_are_found() -> None:
    """All overlap all; each moved by one character, so that the nearest neighbour is the most alike."""
    before = [span(f"a{n}", n, 10_000 + n) for n in range(0, 20 * MAX_NEIGHBOURS, 10)]
    after = [{**one, "key": f"b{one['start']}", "end": one["end"] + 1} for one in before]
    assert pair_spans(before, after) == {f"a{one['start']}": f"b{one['start']}" for one in before}


def test_a_long_span_that_began_far_before_is_found_behind_spans_that_end_sooner() -> None:
    before = [span("long", 30, 52), span("x", 22, 24)]
    after = [span("new", 10, 52), *(span(f"s{n}", n, n + 1) for n in range(11, 29))]
    assert pair_spans(before, after)["long"] == "new"


def test_a_relation_between_spans_that_moved_is_the_same_relation() -> None:
    before = record(span("a", 0, 4), span("b", 5, 8), relations=[("for", "a", "b")])
    after = record(span("x", 0, 8), span("b", 5, 9), relations=[("for", "x", "b")])
    found = compare_records(before, after)
    assert found.relations == ()
    assert len(found.spans) == 2


@pytest.mark.parametrize(
    ("after", "changes", "line"),
    [
        (("for", "b", "a"), "reversed", "reversed for from “Kyiv” to “may” became for from “may” to “Kyiv”"),
        (("for", "a", "c"), "relinked", "relinked for from “Kyiv” to “may” became for from “Kyiv” to “soon”"),
        (("for", "c", "b"), "relinked", "relinked for from “Kyiv” to “may” became for from “soon” to “may”"),
        (("of", "a", "b"), "retyped", "retyped for from “Kyiv” to “may” became of from “Kyiv” to “may”"),
        (
            ("of", "b", "a"),
            "reversed, retyped",
            "reversed and retyped for from “Kyiv” to “may” became of from “may” to “Kyiv”",
        ),
        (("of", "a", "c"), "", ""),
    ],
)
def test_a_relation_is_told_with_all_that_happened_to_it(after: Any, changes: str, line: str) -> None:
    spans = span("a", 0, 4), span("b", 5, 8), span("c", 9, 13)
    found = compare_records(
        record(*spans, relations=[("for", "a", "b")]), record(*spans, relations=[after])
    ).relations
    if not changes:
        assert [one.changes for one in found] == [(RelationChange.REMOVED,), (RelationChange.ADDED,)]
        return
    (changed,) = found
    assert (", ".join(changed.changes), describe_relation(changed)) == (changes, line)


def test_the_ends_of_a_relation_are_named_so_that_a_program_finds_them() -> None:
    before = record(span("a", 0, 4), span("b", 5, 8, "Cue"), relations=[("for", "a", "b")])
    (gone,) = compare_records(before, record()).relations
    assert gone.to_json() == {
        "change": "removed",
        "changes": ["removed"],
        "before": {
            "kind": "for",
            "source": "Kyiv",
            "target": "may",
            "source_span": {"key": "a", "label": "Claim", "start": 0, "end": 4, "quote": "Kyiv"},
            "target_span": {"key": "b", "label": "Cue", "start": 5, "end": 8, "quote": "may"},
        },
        "after": None,
    }


def test_a_relation_is_the_same_whatever_happened_to_the_spans_at_its_ends() -> None:
    before = record(span("a", 0, 4, tone="calm"), span("b", 5, 13), relations=[("for", "a", "b")])
    after = record(span("x", 0, 8, "Stance"), span("y", 5, 8), relations=[("for", "x", "y")])
    assert compare_records(before, after).relations == ()


def test_a_relation_between_other_spans_is_another_though_their_keys_are_the_same() -> None:
    before = record(span("a", 0, 4), span("b", 5, 8), relations=[("for", "a", "b")])
    after = record(span("a", 15, 20), span("b", 21, 23), relations=[("for", "a", "b")])
    found = compare_records(before, after).relations
    assert [one.changes for one in found] == [(RelationChange.REMOVED,), (RelationChange.ADDED,)]


def test_a_relation_of_a_span_that_is_gone_is_removed() -> None:
    before = record(span("a", 0, 4), span("b", 5, 8), relations=[("for", "a", "b")])
    found = compare_records(before, record(span("b", 5, 8)))
    assert [one.changes for one in found.relations] == [(RelationChange.REMOVED,)]


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
    changed, keys = compare_records(record(*before), record(*after)).spans, pair_spans(before, after)
    unchanged = len(keys) - sum(bool(one.before and one.after) for one in changed)
    assert sum(one.before is not None for one in changed) + unchanged == len(before)
    assert sum(one.after is not None for one in changed) + unchanged == len(after)
    assert len(set(keys.values())) == len(keys)
    assert compare_records(record(*before), record(*reversed(before))).spans == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_spans_that_moved_are_paired_as_by_weighing_all_with_all(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - it draws test cases
    starts = drawn.sample(range(400), 80)
    before = [{**span(f"a{n}", n, n + drawn.randrange(1, 40)), "quote": ""} for n in starts[:40]]
    after = [{**span(f"b{n}", n, n + drawn.randrange(1, 40)), "quote": ""} for n in starts[40:]]

    def share(one: dict[str, Any], other: dict[str, Any]) -> float:
        mine, theirs = (set(range(span["start"], span["end"])) for span in (one, other))
        return len(mine & theirs) / len(mine | theirs)

    weighed = sorted(
        (-share(one, other), one["start"], other["start"], one["key"], other["key"])
        for one in before
        for other in after
        if share(one, other)
    )
    expected: dict[str, str] = {}
    for *_, one, other in weighed:
        if one not in expected and other not in expected.values():
            expected[one] = other
    assert pair_spans(before, after) == expected


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
