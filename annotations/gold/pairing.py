"""Which span of an article in one release is which in the next, and which relation."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

Part = Mapping[str, Any]
Name = TypeVar("Name")

ENDS = ("start", "end")
MIN_SHARE = 0.5
"""What two spans of different labels must share of what either covers to be one that was moved and relabelled."""
MAX_NEIGHBOURS = 50
"""Of the spans that overlap one, how many are looked at that begin before it, and how many that begin after; the nearest are."""


def pair_spans(before: Iterable[Part], after: Iterable[Part]) -> dict[str, str]:
    """The key that each span of before has after, where it is still there.

    Spans with the same ends and label are one; then those with the same ends; then those of one label that overlap, and
    of different labels those that share half of what either covers; in both the most alike first.

    In each step time and memory grow with the spans and not with their square: at most 2 x MAX_NEIGHBOURS pairs a span are weighed.
    """
    old, new = {span["key"]: span for span in before}, {span["key"]: span for span in after}
    pairs: dict[str, str] = {}

    def pair(found: Iterable[tuple[str, str]]) -> None:
        for one, other in found:
            if one in old and other in new:
                pairs[one] = other
                del old[one], new[other]

    for members in ((*ENDS, "label", "attributes"), (*ENDS, "label"), ENDS):
        pair(_pair_alike(old, new, members))
    pair(_pair_overlapping(old, new, lambda span: span["label"], least=0))
    pair(_pair_overlapping(old, new, lambda _: None, least=MIN_SHARE))
    return pairs


def _pair_alike(
    old: Mapping[str, Part], new: Mapping[str, Part], members: Sequence[str]
) -> list[tuple[str, str]]:
    return _pair_first(
        [(key, repr([span[member] for member in members])) for key, span in old.items()],
        [(key, repr([span[member] for member in members])) for key, span in new.items()],
    )


def _pair_overlapping(
    old: Mapping[str, Part], new: Mapping[str, Part], group: Callable[[Part], Hashable], *, least: float
) -> list[tuple[str, str]]:
    """Spans of one group that overlap, the most alike first; a span stands in as many pairs as there are to choose from."""
    groups: defaultdict[Hashable, list[Part]] = defaultdict(list)
    for span in new.values():
        groups[group(span)].append(span)
    places = {name: _InTextOrder(spans) for name, spans in groups.items()}
    found = sorted(
        (-share, one["start"], other["start"], one["key"], other["key"])
        for one in old.values()
        if (there := places.get(group(one)))
        for other in there.find_overlapping(one)
        if (share := _share(one, other)) >= least
    )
    return [(one, other) for *_, one, other in found]


class _InTextOrder:
    """Spans in the order of the text, among which those are found that overlap one."""

    def __init__(self, spans: Iterable[Part]) -> None:
        self._spans = sorted(spans, key=lambda span: (span["start"], span["end"], span["key"]))
        self._starts = [span["start"] for span in self._spans]
        self._furthest: list[int] = []
        """Of each span, how far it and those before it reach."""
        reach = 0
        for span in self._spans:
            reach = max(reach, span["end"])
            self._furthest.append(reach)

    def find_overlapping(self, span: Part) -> Iterator[Part]:
        middle = bisect_left(self._starts, span["start"])
        for other in self._spans[middle : middle + MAX_NEIGHBOURS]:
            if other["start"] >= span["end"]:
                break
            yield other
        for place in range(middle - 1, max(middle - MAX_NEIGHBOURS, 0) - 1, -1):
            if self._furthest[place] <= span["start"]:
                break
            if self._spans[place]["end"] > span["start"]:
                yield self._spans[place]


def _share(one: Part, other: Part) -> float:
    """What two spans that overlap both cover, as a share of what either covers."""
    shared: int = min(one["end"], other["end"]) - max(one["start"], other["start"])
    either: int = max(one["end"], other["end"]) - min(one["start"], other["start"])
    return shared / either


Link = tuple[str, str | None, str | None]
"""The type of a relation and its ends, by the keys that they have after; None of an end that is gone."""


def pair_relations(
    before: Sequence[Part], after: Sequence[Part], keys: Mapping[str, str]
) -> list[tuple[Part | None, Part | None]]:
    """Each relation of before with what it is after, in their order, and then those that are new.

    A relation with the same type and ends is the same; then one with the ends exchanged, one of another type, and one of
    another type with the ends exchanged; then one that keeps its type and an end.
    """
    olds = {
        place: (link["kind"], keys.get(link["source"]), keys.get(link["target"]))
        for place, link in enumerate(before)
    }
    news = {place: (link["kind"], link["source"], link["target"]) for place, link in enumerate(after)}
    pairs: dict[int, int] = {}
    for of_old, of_new in _STEPS:
        found = _pair_first(
            [(place, of_old(link)) for place, link in olds.items()],
            [(place, of_new(link)) for place, link in news.items()],
        )
        for one, other in found:
            pairs[one] = other
            del olds[one], news[other]
    paired = [(link, after[pairs[place]] if place in pairs else None) for place, link in enumerate(before)]
    return [*paired, *((None, after[place]) for place in news)]


def _same(link: Link) -> Link:
    return link


def _exchanged(link: Link) -> Link:
    kind, source, target = link
    return kind, target, source


_STEPS: tuple[tuple[Callable[[Link], Hashable], Callable[[Link], Hashable]], ...] = (
    (_same, _same),
    (_exchanged, _same),
    (lambda link: link[1:], lambda link: link[1:]),
    (lambda link: _exchanged(link)[1:], lambda link: link[1:]),
    (lambda link: link[:2], lambda link: link[:2]),
    (lambda link: (link[0], link[2]), lambda link: (link[0], link[2])),
)
"""What of a relation before and of one after must be the same, the most first."""


def _pair_first(
    old: Iterable[tuple[Name, Hashable]], new: Iterable[tuple[Name, Hashable]]
) -> list[tuple[Name, Name]]:
    """Each of before with the first of after that has the same value and is still free."""
    waiting: defaultdict[Hashable, list[Name]] = defaultdict(list)
    for name, value in new:
        waiting[value].append(name)
    free = {value: iter(names) for value, names in waiting.items()}
    found = ((name, next(free[value], None)) for name, value in old if value in free)
    return [(one, other) for one, other in found if other is not None]
