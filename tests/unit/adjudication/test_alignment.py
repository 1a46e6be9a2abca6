"""Which spans are about the same thing: the best partition, by a rule that a search through all of them confirms."""

from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.adjudication import alignment
from annotations.adjudication.alignment import Cluster, Member, align_spans, weigh_cluster
from annotations.spans import Span


def claim(start: int, end: int, key: str = "") -> Span:
    return Span(start, end, "Claim", key=key)


@st.composite
def some_spans(draw: st.DrawFn, *, most: int = 3, length: int = 24) -> list[Span]:
    spans = []
    for index in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, length - 1))
        end = draw(st.integers(start + 1, length))
        spans.append(Span(start, end, draw(st.sampled_from(["Claim", "Stance"])), key=f"k{index}"))
    return spans


def annotators(*, most: int) -> st.SearchStrategy[list[list[Span]]]:
    return st.lists(some_spans(), min_size=1, max_size=most)


def partitions(members: list[Member]) -> Iterator[list[list[Member]]]:
    """Every partition into clusters that are allowed."""
    if not members:
        yield []
        return
    first, rest = members[0], members[1:]
    for partition in partitions(rest):
        yield [[first], *partition]
        for index, cluster in enumerate(partition):
            if all(
                first.annotator != other.annotator and first.span.overlap(other.span) for other in cluster
            ):
                yield [*partition[:index], [first, *cluster], *partition[index + 1 :]]


def worth_of_pair(one: Span, other: Span) -> int:
    first, second = set(range(one.start, one.end)), set(range(other.start, other.end))
    weight = 1_000_000 * len(first & second) // len(first | second)
    return weight if one.label == other.label else weight - 500_000


def best_worth(spans: list[list[Span]]) -> int:
    members = [Member(place, span) for place, group in enumerate(spans) for span in group]
    return max(
        sum(
            worth_of_pair(one.span, other.span)
            for cluster in partition
            for index, one in enumerate(cluster)
            for other in cluster[:index]
        )
        for partition in partitions(members)
    )


def worth(clusters: tuple[Cluster, ...]) -> int:
    return sum(map(weigh_cluster, clusters))


def content(clusters: tuple[Cluster, ...]) -> set[frozenset[tuple[int, int, int, str]]]:
    return {
        frozenset(
            (member.annotator, member.span.start, member.span.end, member.span.label) for member in cluster
        )
        for cluster in clusters
    }


@given(annotators(most=4))
@settings(max_examples=150, deadline=None)
def test_no_partition_is_worth_more(spans: list[list[Span]]) -> None:
    spans = [group[:2] for group in spans] if len(spans) > 3 else spans
    assert worth(align_spans(spans)) == best_worth(spans)


@given(annotators(most=7))
@settings(max_examples=100, deadline=None)
def test_every_span_is_in_one_cluster_and_an_annotator_once_in_each(spans: list[list[Span]]) -> None:
    clusters = align_spans(spans)
    placed = sorted((member.annotator, member.span.key) for member in chain.from_iterable(clusters))
    assert placed == sorted((place, span.key) for place, group in enumerate(spans) for span in group)
    for cluster in clusters:
        assert len({member.annotator for member in cluster}) == len(cluster)
        assert max(member.span.start for member in cluster) < min(member.span.end for member in cluster)


@given(annotators(most=5), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_spans_come_changes_nothing(spans: list[list[Span]], random: object) -> None:
    shuffled = [sorted(group, key=lambda _: random.random()) for group in spans]  # type: ignore[attr-defined]
    assert align_spans(shuffled) == align_spans(spans)


@given(st.lists(some_spans(), min_size=2, max_size=2))
@settings(max_examples=80, deadline=None)
def test_two_annotators_are_aligned_at_best_even_when_there_is_no_time_to_try_all(
    spans: list[list[Span]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "MAX_STEPS", 0)
        assert worth(align_spans(spans)) == best_worth(spans)


@given(st.lists(some_spans(), min_size=3, max_size=3))
@settings(max_examples=80, deadline=None)
def test_without_time_to_try_all_the_partition_is_still_allowed_and_never_worth_less_than_nothing(
    spans: list[list[Span]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "MAX_STEPS", 0)
        clusters = align_spans(spans)
    assert 0 <= worth(clusters) <= best_worth(spans)
    assert sum(map(len, clusters)) == sum(map(len, spans))
    assert all(len({member.annotator for member in cluster}) == len(cluster) for cluster in clusters)


def test_a_greedy_choice_would_lose() -> None:
    # The best single pair, [10, 24) with [5, 18), would leave two spans alone.
    clusters = align_spans([[claim(0, 10), claim(10, 24)], [claim(5, 18), claim(18, 26)]])
    assert content(clusters) == {
        frozenset({(0, 0, 10, "Claim"), (1, 5, 18, "Claim")}),
        frozenset({(0, 10, 24, "Claim"), (1, 18, 26, "Claim")}),
    }


def test_the_same_words_under_two_labels_are_one_question() -> None:
    clusters = align_spans([[Span(0, 20, "Claim")], [Span(0, 20, "Concession")], [Span(1, 20, "Claim")]])
    assert [len(cluster) for cluster in clusters] == [3]


def test_a_short_span_inside_a_long_one_of_another_label_is_a_thing_of_its_own() -> None:
    clusters = align_spans([[Span(0, 40, "Concession")], [Span(5, 15, "Source")]])
    assert [len(cluster) for cluster in clusters] == [1, 1]


def test_nested_spans_are_matched_to_their_own_kind() -> None:
    marked = [Span(0, 40, "Concession"), Span(5, 15, "Source")]
    clusters = align_spans([marked, marked, [Span(4, 15, "Source")]])
    assert [[member.span.label for member in cluster] for cluster in clusters] == [
        ["Concession", "Concession"],
        ["Source", "Source", "Source"],
    ]


def test_a_claim_that_one_annotator_split_goes_with_the_larger_half() -> None:
    clusters = align_spans([[claim(0, 30)], [claim(0, 8), claim(10, 30)]])
    assert content(clusters) == {
        frozenset({(0, 0, 30, "Claim"), (1, 10, 30, "Claim")}),
        frozenset({(1, 0, 8, "Claim")}),
    }


def test_of_two_equal_partners_the_earlier_is_taken() -> None:
    clusters = align_spans([[claim(0, 10), claim(10, 20)], [claim(5, 15)]])
    assert frozenset({(0, 0, 10, "Claim"), (1, 5, 15, "Claim")}) in content(clusters)


def test_one_annotator_is_aligned_with_nobody() -> None:
    assert [len(cluster) for cluster in align_spans([[claim(0, 5), claim(3, 9)]])] == [1, 1]
    assert align_spans([]) == ()
    assert align_spans([[], []]) == ()


def test_a_long_chain_of_shifted_spans_of_seven_annotators_is_aligned_in_a_moment() -> None:
    spans = [[claim(10 * index + place, 10 * index + place + 9) for index in range(60)] for place in range(7)]
    clusters = align_spans(spans)
    assert sum(map(len, clusters)) == 420
    assert sum(len(cluster) == 7 for cluster in clusters) >= 59
