"""What changed of a span, a relation or a figure of agreement, in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annotations.gold.agreement_changes import METRICS_IN_WORDS, AgreementChange, say_figure
from annotations.gold.differences import ChangedRelation, ChangedSpan, SpanChange, compare_values
from annotations.gold.markdown import plain
from annotations.plurals import write_decimal

MAX_QUOTE = 120


def describe_agreement(change: AgreementChange) -> str:
    """A figure of agreement in two releases, in a line."""
    of_label = f" of {plain(change.label)}" if change.label else ""
    differs = "" if change.difference is None else f" ({write_decimal(change.difference, sign='+')})"
    return (
        f"agreement, {METRICS_IN_WORDS.get(change.metric, change.metric)}{of_label}: "
        f"{say_figure(change.before)} became {say_figure(change.after)}{differs}"
    )


def describe_span(span: ChangedSpan) -> str:
    """A changed span in a line, with everything that happened to it."""
    old, new = span.before or {}, span.after or {}
    there = new or old
    name = [] if SpanChange.RELABELLED in span.changes else [plain(there["label"])]
    if SpanChange.MOVED in span.changes:
        told = [f"{_quote(old['quote'])} {_place(old)} became {_quote(new['quote'])} {_place(new)}"]
    else:
        told = []
        name += [_quote(there["quote"]), _place(there)]
    told += describe_values(span)
    return f"{' '.join([say_changes(span.changes), *name])}{': ' if told else ''}{'; '.join(told)}"


def describe_values(span: ChangedSpan, write: Callable[[object], str] = plain) -> list[str]:
    """The label and the answers of a span that are others than before, each as it was and as it is; none of a span that came or went."""
    if not span.before or not span.after:
        return []
    old, new = span.before, span.after
    labels = [(None, old["label"], new["label"])]
    answers = compare_values(old["attributes"], new["attributes"])
    return [
        f"{f'{write(name)}: ' if name else ''}{say_value(was, write)} became {say_value(now, write)}"
        for name, was, now in (*labels, *answers)
        if was != now
    ]


def describe_relation(relation: ChangedRelation, write: Callable[[object], str] = plain) -> str:
    """A changed relation in a line, with everything that happened to it."""
    ends = [
        f"{write(link['kind'])} from {_quote(link['source'], write)} to {_quote(link['target'], write)}"
        for link in (relation.before, relation.after)
        if link
    ]
    return f"{say_changes(relation.changes)} {' became '.join(ends)}"


def say_changes(changes: Sequence[str]) -> str:
    """All that happened to something, in words.

    >>> say_changes(["moved", "relabelled", "re-attributed"])
    'moved, relabelled and re-attributed'
    """
    *others, last = changes
    return f"{', '.join(others)} and {last}" if others else last


def say_value(value: object, write: Callable[[object], str] = plain) -> str:
    """The value of an attribute or of an answer; none is told, too."""
    return "nothing" if value is None else write(value)


def _quote(text: str, write: Callable[[object], str] = plain) -> str:
    short = text if len(text) <= MAX_QUOTE else f"{text[: MAX_QUOTE // 2]} … {text[-MAX_QUOTE // 2 :]}"
    return f"“{write(short)}”"


def _place(span: Mapping[str, Any]) -> str:
    return f"({span['start']}–{span['end']})"
