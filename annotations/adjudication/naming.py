"""Units in the words of the people who decide about them."""

from collections import Counter
from collections.abc import Iterable

from annotations.adjudication.units import AttributeUnit, FieldUnit, Link, RelationUnit, SpanUnit, Unit
from annotations.plurals import count_things
from annotations.schemes.check import name_span
from annotations.schemes.scheme import Scheme
from annotations.spans import Span

KINDS = (
    (SpanUnit, "span", ""),
    (RelationUnit, "link", ""),
    (AttributeUnit, "answer about a span", "answers about spans"),
    (FieldUnit, "answer about the article", "answers about the article"),
)


def name_unit(unit: Unit, text: str) -> str:
    """A short name of a unit for messages and pages, by its words in the text."""
    match unit:
        case SpanUnit():
            return name_span(show_span(unit), text)
        case AttributeUnit():
            return f"{unit.attribute.title.lower()} of {name_span(unit.span, text)}"
        case RelationUnit():
            first, second = show_span(unit.first), show_span(unit.second)
            return f"the link between {name_span(first, text)} and {name_span(second, text)}"
        case FieldUnit():
            return f"“{unit.field.title}”"


def name_rule(unit: Unit, scheme: Scheme) -> str:
    """The part of the guidelines that a unit is about: a label, an attribute of one, a link or a field."""
    match unit:
        case SpanUnit():
            return " or ".join(unit.labels) or show_span(unit).label
        case AttributeUnit():
            return f"{unit.span.label}: {unit.attribute.title}"
        case RelationUnit():
            links = unit.result or tuple(link for each in unit.candidates for link in each.links)
            titles = (known.title for link in links if (known := scheme.relation(link.kind)))
            return " or ".join(dict.fromkeys(titles))
        case FieldUnit():
            return unit.field.title


def count_kinds(units: Iterable[Unit]) -> list[str]:
    """How many units of each kind there are, in words: spans, links, answers about spans and about the article."""
    counts = Counter(type(unit) for unit in units)
    return [count_things(counts[kind], one, several) for kind, one, several in KINDS if counts[kind]]


def show_span(unit: SpanUnit) -> Span:
    """The span that stands for a unit: its result, else what most annotators marked."""
    if unit.result is not None:
        return unit.result
    if unit.candidates:
        return unit.candidates[0].span
    return Span(unit.start, unit.end, "Span")


def name_links(unit: RelationUnit, links: tuple[Link, ...], scheme: Scheme) -> list[tuple[Span, str, Span]]:
    """Each link as its source, its title and its target."""
    first, second = show_span(unit.first), show_span(unit.second)
    named = []
    for link in links:
        known = scheme.relation(link.kind)
        title = known.title if known else link.kind
        named.append((second, title, first) if link.is_reversed else (first, title, second))
    return named
