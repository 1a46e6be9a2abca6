"""How the annotators voted on each part of a gold: soft labels beside what was settled.

Distributions have the form of the shared tasks on learning with disagreements: `annotations` has the answer of each
annotator, and `soft_label` the share of each answer. An annotator who gave none counts as the answer `""`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotations.markup import Markup
from annotations.spans import Span

NONE = ""
"""The answer of who marked nothing, or answered nothing."""
DIGITS = 6


def count_votes(gold: Markup, annotations: Mapping[str, Markup]) -> dict[str, Any]:
    """How the annotators of an article voted: on each character, on each span of the gold with its attributes, and on each field.

    >>> from annotations.spans import Span
    >>> marked = Markup((Span(0, 4, "Claim", key="a"),))
    >>> count_votes(marked, {"A": marked, "B": Markup()})["characters"]
    {'Claim': [{'start': 0, 'end': 4, 'votes': 1}]}
    """
    return {
        "annotators": list(annotations),
        "number_of_annotations": len(annotations),
        "characters": dict(_count_characters(annotations.values())),
        "spans": [_describe_span(span, _find_counterparts(span, gold, annotations)) for span in gold.spans],
        "fields": _distribute_answers(gold.fields, {name: one.fields for name, one in annotations.items()}),
    }


def _count_characters(markups: Iterable[Markup]) -> Iterator[tuple[str, list[dict[str, int]]]]:
    """By label, the stretches that equally many annotators marked; who marked a character twice counts once."""
    borders: dict[str, Counter[int]] = {}
    for markup in markups:
        by_label: dict[str, list[Span]] = {}
        for span in markup.spans:
            by_label.setdefault(span.label, []).append(span)
        for label, spans in by_label.items():
            steps = borders.setdefault(label, Counter())
            for start, end in _join(spans):
                steps[start] += 1
                steps[end] -= 1
    for label in sorted(borders):
        yield label, list(_list_stretches(borders[label]))


def _join(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """The stretches that spans cover together, without those that touch or overlap apart."""
    begin, finish = -1, -1
    for span in sorted(spans):
        if span.start > finish:
            if finish > begin:
                yield begin, finish
            begin = span.start
        finish = max(finish, span.end)
    if finish > begin:
        yield begin, finish


def _list_stretches(steps: Mapping[int, int]) -> Iterator[dict[str, int]]:
    votes, since = 0, 0
    for place in sorted(place for place, step in steps.items() if step):
        if votes:
            yield {"start": since, "end": place, "votes": votes}
        votes, since = votes + steps[place], place


def _find_counterparts(span: Span, gold: Markup, annotations: Mapping[str, Markup]) -> dict[str, Span | None]:
    """Each annotator's span that stands for a span of the gold: the most alike under its label, or else under another."""
    return {name: _find_counterpart(span, gold.spans, markup.spans) for name, markup in annotations.items()}


def _find_counterpart(span: Span, gold: Sequence[Span], spans: Sequence[Span]) -> Span | None:
    """A span under another label stands for one of the gold only where the gold has none of its own label for it."""
    near = [one for one in spans if one.overlap(span)]
    own = [one for one in near if one.label == span.label]
    others = [
        one for one in near if not any(known.label == one.label and known.overlap(one) for known in gold)
    ]
    return max(own or others, key=lambda one: (_likeness(one, span), -one.start, one.key), default=None)


def _likeness(one: Span, other: Span) -> float:
    shared = one.overlap(other)
    return shared / (one.length + other.length - shared)


def _describe_span(span: Span, found: Mapping[str, Span | None]) -> dict[str, Any]:
    marked = {name: one for name, one in found.items() if one is not None}
    return {
        "key": span.key,
        **_distribute({name: one.label if one else NONE for name, one in found.items()}),
        "votes": sum(one.label == span.label for one in marked.values()),
        "starts": _count_places(one.start for one in marked.values()),
        "ends": _count_places(one.end for one in marked.values()),
        "attributes": _distribute_answers(
            span.attributes, {name: one.attributes for name, one in marked.items()}
        ),
    }


def _count_places(places: Iterable[int]) -> dict[str, int]:
    return {str(place): number for place, number in sorted(Counter(places).items())}


def _distribute_answers(
    settled: Iterable[tuple[str, str]], answers: Mapping[str, Iterable[tuple[str, str]]]
) -> dict[str, Any]:
    """The distribution of each question that the gold or somebody answered."""
    given = {name: dict(pairs) for name, pairs in answers.items()}
    questions = sorted({question for question, _ in settled}.union(*given.values()))
    return {
        question: _distribute({name: values.get(question, NONE) for name, values in given.items()})
        for question in questions
    }


def _distribute(answers: Mapping[str, str]) -> dict[str, Any]:
    counted = Counter(answers.values())
    return {
        "annotations": dict(answers),
        "soft_label": {
            answer: round(number / len(answers), DIGITS) for answer, number in sorted(counted.items())
        },
    }
