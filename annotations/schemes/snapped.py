"""The spans of a markup as a scheme lets them begin and end, beside the places where they were drawn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotations.markup import Markup
from annotations.schemes.check import name_span, shorten
from annotations.schemes.scheme import Scheme
from annotations.snapping import snap
from annotations.spans import Span


@dataclass(frozen=True, slots=True)
class MovedSpan:
    """A span whose ends were moved by its scheme's rule, with the place at which it was drawn."""

    span: Span
    drawn_start: int
    drawn_end: int


def snap_spans(scheme: Scheme, text: str, markup: Markup) -> tuple[Markup, tuple[MovedSpan, ...]]:
    """Move the ends of all spans as the scheme says; those that were moved come with where they were drawn."""
    spans, moved = [], []
    for span in markup.spans:
        start, end = snap(text, span.start, span.end, scheme.snap)
        if (start, end) == (span.start, span.end):
            spans.append(span)
        else:
            spans.append(Span(start, end, span.label, span.attributes, span.key))
            moved.append(MovedSpan(spans[-1], span.start, span.end))
    return Markup(tuple(spans), markup.relations, markup.fields) if moved else markup, tuple(moved)


def tell_moved(moved: Iterable[MovedSpan], text: str) -> Iterator[str]:
    """What an annotator is told of each span that was moved.

    >>> next(tell_moved([MovedSpan(Span(0, 9, "Source"), 2, 6)], "Friedrich agreed."))
    'Source “iedr” is now “Friedrich”.'
    """
    for each in moved:
        drawn = shorten(text[each.drawn_start : each.drawn_end])
        now = shorten(text[each.span.start : each.span.end])
        if drawn == now:
            yield f"{name_span(each.span, text)} is now without the white space at its ends."
        else:
            yield f"{each.span.label} “{drawn}” is now “{now}”."
