"""What the rules mark in a text, in the words of a scheme; every step is linear in the text."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from annotations.cues.rules import CueRule, RuleSet
from annotations.limits import MAX_SPANS
from annotations.markup import Markup, sort_pairs
from annotations.schemes.scheme import Label, Scheme
from annotations.schemes.snapped import snap_spans
from annotations.snapping import is_blank
from annotations.spans import Span

LEADING = " \t\r\n.,;:!?…”’\"'–—-“•\u2018"
TRAILING = " \t\r\n.,;:!?…”’\"'–—-"
MAX_NAME_LENGTH = 200
MAX_GAP_TO_GRANTED = 4
"""Characters within which what a word grants begins behind it."""
NAME = re.compile(
    r"(?:(?:the|The|[A-ZÀ-ÖØ-Þ][\w’'.-]*)\s)*[A-ZÀ-ÖØ-Þ][\w’'-]*\s+"
    r"(?:(?:has|have|had|also|recently|later|repeatedly|firmly)\s+){0,3}$"
)
HELPERS = re.compile(r"\s+(?:(?:has|have|had|also|recently|later|repeatedly|firmly)\s+){0,3}$")
SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\bSt)[.!?…][”’\"')\]]{0,3}(?=\s{1,9}[^\sa-z])|\n"
)
"""Where a sentence ends, near enough: initials and titles end none, nor does a point before a small letter."""
PRONOUNS = frozenset({"He", "She", "It", "They", "We", "I", "This", "That", "These", "Those", "The"})


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int


def fits_scheme(rules: RuleSet, scheme: Scheme) -> bool:
    """Whether a scheme has the label of at least one of the rules."""
    return any(scheme.label(rule.label) for rule in rules.rules)


def mark_by_rules(
    text: str, scheme: Scheme, rules: RuleSet, *, skipped: Sequence[tuple[int, int]] = ()
) -> Markup:
    """Mark a text by the rules whose labels a scheme has; stretches that are `skipped`, such as headings, are in order and not looked at."""
    kept: list[Span] = []
    taken = _Taken()
    sentences = [found.end() for found in SENTENCE_END.finditer(text)]
    places: dict[str, list[Span]] = {}
    for rule in rules.rules:
        label = scheme.label(rule.label)
        if label is None:
            continue
        for start, end in _find_stretches(rule, text, sentences, skipped, places):
            span = Span(start, end, label.name, _answer(rule, label), f"{rule.name}-{len(kept) + 1}")
            if len(kept) < MAX_SPANS and taken.takes(span, label):
                kept.append(span)
                places.setdefault(rule.name, []).append(span)
    kept.sort(key=lambda span: (span.start, span.end, span.label, span.key))
    return snap_spans(scheme, text, Markup(tuple(kept)))[0]


def _find_stretches(
    rule: CueRule,
    text: str,
    sentences: Sequence[int],
    skipped: Sequence[tuple[int, int]],
    places: dict[str, list[Span]],
) -> Iterator[tuple[int, int]]:
    granted = {span.start for span in places.get(rule.beside, ())}
    for found in islice(_pattern(rule.words).finditer(text), MAX_SPANS):
        if _is_in(skipped, found.start(), found.end()):
            continue
        number = bisect_right(sentences, found.start())
        sentence = _Sentence(
            sentences[number - 1] if number else 0,
            sentences[number] if number < len(sentences) else len(text),
        )
        stretch = _find_stretch(rule, text, found.start(), found.end(), sentence)
        if stretch is None:
            continue
        if rule.beside and granted.isdisjoint(range(found.end(), found.end() + MAX_GAP_TO_GRANTED)):
            continue
        yield stretch


def _is_in(stretches: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a place shares a letter with one of some stretches, which are in order and lie apart."""
    after = bisect_left(stretches, (end, 0))
    return after > 0 and stretches[after - 1][1] > start


def _find_stretch(
    rule: CueRule, text: str, start: int, end: int, sentence: _Sentence
) -> tuple[int, int] | None:
    match rule.mark:
        case "words":
            return start, end
        case "after":
            last = _find_end(rule, text, end, sentence.end)
            return None if last is None else _trim(text, end, last)
        case "clause":
            last = _find_end(rule, text, end, sentence.end)
            first = _find_beginning(rule.begins, text, sentence.start, start)
            return None if last is None else _trim(text, first, last)
        case "name":
            return _find_name(text, max(sentence.start, start - MAX_NAME_LENGTH), start)


def _find_end(rule: CueRule, text: str, start: int, most: int) -> int | None:
    found = [place for sign in rule.ends if (place := text.find(sign, start, most)) >= 0]
    if not found:
        return None if rule.needs_end else most
    return min(found)


def _find_beginning(signs: Iterable[str], text: str, least: int, end: int) -> int:
    found = [place + len(sign) for sign in signs if (place := text.rfind(sign, least, end)) >= 0]
    return max(found, default=least)


def _find_name(text: str, least: int, end: int) -> tuple[int, int] | None:
    found = NAME.search(text[least:end])
    if found is None:
        return None
    start = least + found.start()
    helpers = HELPERS.search(text[start:end])
    last = start + helpers.start() if helpers else end
    words = text[start:last].split()
    return None if not words or words[-1] in PRONOUNS else _trim(text, start, last)


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Take white space and the signs off that end a sentence or a quotation; None where nothing is left."""
    while start < end and text[start] in LEADING:
        start += 1
    while start < end and text[end - 1] in TRAILING:
        end -= 1
    return None if start >= end or is_blank(text[start:end]) else (start, end)


def _answer(rule: CueRule, label: Label) -> tuple[tuple[str, str], ...]:
    """The answers that the scheme knows; whoever takes the suggestion over gives the others."""
    given = {
        name: value
        for name, value in rule.answers.items()
        if (asked := label.attribute(name)) is not None and asked.accepts(value)
    }
    return sort_pairs(given)


class _Taken:
    """The stretches that are marked, by label; those of one label share no letter, so two neighbours tell."""

    def __init__(self) -> None:
        self._by_label: dict[str, list[tuple[int, int]]] = {}

    def takes(self, span: Span, label: Label) -> bool:
        """Take a span in, unless it shares a letter with one of its own label or of a label that must stay apart."""
        if any(self._is_met(span, name) for name in (label.name, *label.outside)):
            return False
        insort(self._by_label.setdefault(label.name, []), (span.start, span.end))
        return True

    def _is_met(self, span: Span, label: str) -> bool:
        return _is_in(self._by_label.get(label, []), span.start, span.end)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in longest_first)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
