"""Which spans of different annotators are about the same thing.

Spans are gathered into clusters: each span is in exactly one, a cluster holds at most one span of an annotator, and all
its spans have a character in common. Of all such partitions the one is taken whose clusters are worth most in sum:

    worth(cluster) = sum of weight(a, b) over the pairs of its spans
    weight(a, b)   = shared characters / characters covered by either, less one half where the labels differ

So spans of one label belong together if they touch at all, and the better the more they share; spans of different labels
do only if they share more than half of what they cover (a Source inside a Concession is a thing of its own, the same
words once as Claim and once as Concession are a question of the label). Weights are whole millionths, hence sums are exact.

Of several best partitions the one is taken that, span by span in reading order, puts the span into the largest and then
the earliest cluster. This is exact for components (spans linked by positive weights) that one finds in texts; a component
that takes more than `MAX_STEPS` is aligned one annotator at a time, each by an optimal assignment to the clusters so
far, and then annotators are taken out and assigned anew as long as that is worth more. With two annotators the first such
assignment is the optimum already.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotations.spans import Span

WHOLE = 1_000_000
DIFFERENT_LABELS = WHOLE // 2
MAX_STEPS = 50_000
IMPOSSIBLE = -WHOLE * WHOLE


@dataclass(frozen=True, slots=True)
class Member:
    """A span of a cluster, and the place of its annotator among those who were aligned."""

    annotator: int
    span: Span


Cluster = tuple[Member, ...]
"""Spans of different annotators about one thing, in the order of the annotators."""


class TooManyStepsError(Exception):
    """A component has more partitions than are worth trying one by one."""


def align_spans(annotators: Sequence[Iterable[Span]]) -> tuple[Cluster, ...]:
    """The best partition of all annotators' spans, in reading order; the order of each one's spans does not matter."""
    members = sorted(
        (Member(place, span) for place, spans in enumerate(annotators) for span in spans), key=_reading_order
    )
    clusters = [cluster for component in _split(members) for cluster in _align_component(component)]
    return tuple(sorted(clusters, key=_order_of_cluster))


def weigh(one: Span, other: Span) -> int:
    """What it is worth to see two spans as about the same thing, in millionths."""
    shared = one.overlap(other)
    covered = one.length + other.length - shared
    return WHOLE * shared // covered - (0 if one.label == other.label else DIFFERENT_LABELS)


def weigh_cluster(cluster: Iterable[Member]) -> int:
    """What it is worth to see these spans as one thing: the sum over their pairs, in millionths."""
    return sum(weigh(one.span, other.span) for one, other in combinations(cluster, 2))


def _align_component(members: list[Member]) -> list[Cluster]:
    if _is_one_cluster(members):
        return [tuple(sorted(members, key=_by_annotator))]
    try:
        return _Partition(members).solve()
    except TooManyStepsError:
        return _align_one_by_one(members)


def _split(members: list[Member]) -> Iterator[list[Member]]:
    """The components: members that a chain of positive weights between annotators joins. Members come sorted."""
    roots = list(range(len(members)))

    def find(index: int) -> int:
        while roots[index] != index:
            roots[index] = roots[roots[index]]
            index = roots[index]
        return index

    reaching: list[int] = []
    for index, member in enumerate(members):
        reaching = [earlier for earlier in reaching if members[earlier].span.end > member.span.start]
        for earlier in reaching:
            if _join(members[earlier], member):
                low, high = sorted((find(earlier), find(index)))
                roots[high] = low
        reaching.append(index)
    components: dict[int, list[Member]] = {}
    for index, member in enumerate(members):
        components.setdefault(find(index), []).append(member)
    yield from components.values()


def _list_overlapping(members: Sequence[Member]) -> Iterator[tuple[int, int]]:
    """The pairs of places of members, in reading order, whose spans share a character."""
    for one, member in enumerate(members):
        for other in range(one + 1, len(members)):
            if members[other].span.start >= member.span.end:
                break
            yield one, other


def _join(one: Member, other: Member) -> bool:
    return one.annotator != other.annotator and weigh(one.span, other.span) > 0


def _is_one_cluster(members: Sequence[Member]) -> bool:
    """Whether nothing is better than to keep all together: each annotator once, and no pair that takes away."""
    if len({member.annotator for member in members}) < len(members):
        return False
    if max(member.span.start for member in members) >= min(member.span.end for member in members):
        return False
    return all(weigh(one.span, other.span) >= 0 for one, other in combinations(members, 2))


class _Partition:
    """The best partition of one component, by going through its spans from the left.

    The first span that is left joins some cluster of what is left; what remains then is a smaller question of the same
    kind, and its answer is remembered. Overlap is local, so there are few different remainders.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = members
        count = len(members)
        self.weights: list[dict[int, int]] = [{} for _ in range(count)]
        self.compatible = [0] * count
        for pairs, (one, other) in enumerate(_list_overlapping(members)):
            if pairs >= MAX_STEPS:
                raise TooManyStepsError
            first, second = members[one], members[other]
            if first.annotator != second.annotator:
                self.weights[one][other] = self.weights[other][one] = weigh(first.span, second.span)
                self.compatible[one] |= 1 << other
                self.compatible[other] |= 1 << one
        self.best: dict[int, tuple[int, int]] = {0: (0, 0)}
        self.steps = 0

    def solve(self) -> list[Cluster]:
        remaining = (1 << len(self.members)) - 1
        self._fill(remaining)
        clusters = []
        while remaining:
            chosen = self.best[remaining][1]
            members = [member for index, member in enumerate(self.members) if chosen >> index & 1]
            clusters.append(tuple(sorted(members, key=_by_annotator)))
            remaining &= ~chosen
        return clusters

    def _fill(self, remaining: int) -> None:
        """Answer for a set of members all smaller questions first, on a stack of our own: components may be long."""
        stack = [remaining]
        while stack:
            question = stack[-1]
            if question in self.best:
                stack.pop()
                continue
            first = (question & -question).bit_length() - 1
            options = list(self._clusters_of(first, question))
            open_questions = [
                question & ~chosen for chosen, _ in options if question & ~chosen not in self.best
            ]
            if open_questions:
                stack += open_questions
                continue
            self.best[question] = max(
                (
                    (worth + self.best[question & ~chosen][0], chosen.bit_count(), -position, chosen)
                    for position, (chosen, worth) in enumerate(options)
                ),
                key=lambda option: option[:3],
            )[0::3]
            stack.pop()

    def _clusters_of(self, first: int, question: int) -> Iterator[tuple[int, int]]:
        """Every cluster of a span with others that are left, and its worth; earlier members come first."""
        start: tuple[int, ...] = (first,)
        stack = [(start, 1 << first, 0, self.compatible[first] & question)]
        while stack:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise TooManyStepsError
            places, chosen, worth, others = stack.pop()
            yield chosen, worth
            added = []
            while others:
                low = others & -others
                others ^= low
                place = low.bit_length() - 1
                gain = sum(self.weights[place].get(other, 0) for other in places)
                added.append(((*places, place), chosen | low, worth + gain, others & self.compatible[place]))
            stack += reversed(added)


def _align_one_by_one(members: Sequence[Member]) -> list[Cluster]:
    annotators = sorted({member.annotator for member in members})
    clusters: list[list[Member]] = []
    for annotator in annotators:
        clusters = _assign([member for member in members if member.annotator == annotator], clusters)
    worth = sum(map(weigh_cluster, clusters))
    is_better = len(annotators) > len("AB")
    while is_better:
        is_better = False
        for annotator in annotators:
            own = [member for member in members if member.annotator == annotator]
            others = [[member for member in cluster if member.annotator != annotator] for cluster in clusters]
            renewed = _assign(own, [cluster for cluster in others if cluster])
            if sum(map(weigh_cluster, renewed)) > worth:
                clusters, worth, is_better = renewed, sum(map(weigh_cluster, renewed)), True
    return [tuple(sorted(cluster, key=_by_annotator)) for cluster in clusters]


def _assign(own: list[Member], clusters: list[list[Member]]) -> list[list[Member]]:
    """Give one annotator's spans to clusters, or clusters of their own, so that the gain in worth is greatest."""
    if not clusters:
        return [[member] for member in own]
    from scipy.optimize import (
        linear_sum_assignment,  # late: every process of the workbench imports this module
    )

    gains = np.array([[_gain(member, cluster) for cluster in clusters] for member in own])
    rows, columns = linear_sum_assignment(np.maximum(gains, 0), maximize=True)
    taken = {row: column for row, column in zip(rows, columns, strict=True) if gains[row, column] > 0}
    grown = [list(cluster) for cluster in clusters]
    for row, column in taken.items():
        grown[column].append(own[row])
    return grown + [[member] for row, member in enumerate(own) if row not in taken]


def _gain(member: Member, cluster: Sequence[Member]) -> int:
    if any(not member.span.overlap(other.span) for other in cluster):
        return IMPOSSIBLE
    return sum(weigh(member.span, other.span) for other in cluster)


def _reading_order(member: Member) -> tuple[int, int, str, tuple[tuple[str, str], ...], int, str]:
    span = member.span
    return span.start, -span.end, span.label, span.attributes, member.annotator, span.key


def _order_of_cluster(cluster: Cluster) -> tuple[int, int, str, int, str]:
    first = min(cluster, key=_reading_order)
    return (
        min(member.span.start for member in cluster),
        -max(member.span.end for member in cluster),
        first.span.label,
        first.annotator,
        first.span.key,
    )


def _by_annotator(member: Member) -> int:
    return member.annotator
