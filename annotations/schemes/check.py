"""The rules of a scheme that can be checked without understanding the text."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from annotations.limits import MAX_ANSWER_LENGTH
from annotations.markup import Markup, Problem, Relation
from annotations.plurals import count_things
from annotations.schemes.choice_kinds import FLAG_IS_SET
from annotations.schemes.problems import Code
from annotations.schemes.scheme import Condition, DocumentField, Label, Question, RelationType, Scheme
from annotations.snapping import is_blank
from annotations.spans import Span

MAX_QUOTE_LENGTH = 60
LOOKED_AT = 500
"""Characters at either end of a long span among which the words that name it are sought."""


def check_markup(scheme: Scheme, text: str, markup: Markup) -> list[Problem]:
    """Everything in a markup that breaks a rule of the scheme, each with a message that names the words."""
    return [
        *_check_spans(scheme, text, markup),
        *_check_overlaps(scheme, text, markup),
        *check_relations(scheme, text, markup),
        *_check_required_relations(scheme, text, markup),
        *_check_fields(scheme, markup),
    ]


def name_span(span: Span, text: str) -> str:
    """A span as an annotator knows it: its label and its words.

    >>> name_span(Span(0, 4, "Source"), "Kyiv agreed.")
    'Source “Kyiv”'
    """
    return f"{span.label} “{shorten(text[span.start : span.end])}”"


def shorten(passage: str) -> str:
    """The first and last words of a passage on one line, in time that does not grow with it."""
    if len(passage) > 2 * LOOKED_AT:
        passage = f"{passage[:LOOKED_AT]}\n{passage[-LOOKED_AT:]}"
    words = " ".join(passage.split())
    if len(words) > MAX_QUOTE_LENGTH:
        words = f"{words[: MAX_QUOTE_LENGTH // 2].rstrip()} … {words[-MAX_QUOTE_LENGTH // 2 :].lstrip()}"
    return words


def show(value: Any) -> str:
    """What a program sent, as a message can quote it: whatever it is, not more than a line."""
    shown = repr(value[: MAX_QUOTE_LENGTH + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= MAX_QUOTE_LENGTH else f"{shown[:MAX_QUOTE_LENGTH]}…"


def name_answer(question: Question, owner: str = "") -> str:
    """An answer as an annotator knows it: the question, and of which span it is."""
    return f"“{question.title}” of {owner}" if owner else f"“{question.title}”"


def say_condition(condition: Condition, label: Label | None) -> str:
    """A condition in the words that the editor shows: the titles of attributes and of their values."""
    parts = []
    for name, values in condition.allowed:
        attribute = label.attribute(name) if label else None
        title = attribute.title if attribute else name
        shown = (attribute.kind.show(value) if attribute else value for value in values)
        parts.append(f"“{title}” is {' or '.join(f'“{value}”' for value in shown)}")
    return " and ".join(parts)


def refuse_answer(question: Question, value: str, owner: str = "") -> Problem | None:
    """What is wrong with an answer that was given, wherever it comes from: an editor, a file or an adjudicator."""
    if problem := question.find_problem(value):
        name = name_answer(question, owner)
        return Problem(question.kind.refusal, f"{name} is {show(value)}, which {problem}.")
    if len(value) > MAX_ANSWER_LENGTH:
        name = name_answer(question, owner)
        message = f"{name} has {len(value):,} characters, more than {MAX_ANSWER_LENGTH:,}: shorten it."
        return Problem(Code.ANSWER_TOO_LONG, message)
    return None


def name_link(source: Span, target: Span, text: str) -> str:
    """The two spans of a link, as a message to a person names them."""
    return f"from {name_span(source, text)} to {name_span(target, text)}"


def _check_spans(scheme: Scheme, text: str, markup: Markup) -> Iterator[Problem]:
    for span in markup.spans:
        if span.end > len(text):
            message = f"{name_span(span, text)} ends at {span.end}, but the text has {len(text)} characters."
            yield Problem(Code.SPAN_OUTSIDE_TEXT, message, _payload(span))
        elif is_blank(text[span.start : span.end]):
            message = f"A {span.label} at character {span.start:,} marks nothing but white space. Delete it."
            yield Problem(Code.BLANK_SPAN, message, _payload(span))
        label = scheme.label(span.label)
        if label is None:
            message = f"{name_span(span, text)} has a label that {scheme.identifier} lacks."
            yield Problem(Code.UNKNOWN_LABEL, message, _payload(span))
        elif label.attributes or span.attributes:
            yield from _check_attributes(label, span, text)


def _check_attributes(label: Label, span: Span, text: str) -> Iterator[Problem]:
    values = dict(span.attributes)
    for attribute in label.attributes:
        if attribute.applies(values) and attribute.lacks(values.get(attribute.name, "")):
            message = f"{name_answer(attribute, name_span(span, text))} is not answered yet."
            yield Problem(Code.MISSING_ATTRIBUTE, message, _payload(span))
    for key, value in values.items():
        known = label.attribute(key)
        if known is None:
            message = f"{name_span(span, text)} has an attribute {show(key)} that a {label.name} has not."
            yield Problem(Code.UNKNOWN_ATTRIBUTE, message, _payload(span))
        elif refuse_answer(known, value) and (
            refusal := refuse_answer(known, value, name_span(span, text))
        ):  # the span is named only where something is wrong
            yield replace(refusal, payload=_payload(span))
        elif not known.applies(values):
            when = " or ".join(say_condition(condition, label) for condition in known.applies_when)
            message = f"{name_answer(known, name_span(span, text))} makes sense only where {when}: remove it."
            yield Problem(Code.INAPPLICABLE_ATTRIBUTE, message, _payload(span))


def _check_overlaps(scheme: Scheme, text: str, markup: Markup) -> Iterator[Problem]:
    """Name each span that overlaps an earlier one which it must keep apart from, with the one that reaches furthest.

    A sweep over the spans in reading order: of each label only the span with the furthest end can still be overlapped
    by all that the others can, so a span is compared with one span a label and not with all that share its place.
    """
    if not markup.spans[1:]:
        return
    apart = _find_labels_apart(scheme)
    furthest: dict[str, Span] = {}
    for after in sorted(markup.spans):
        for label in apart.get(after.label, (after.label,)):
            before = furthest.get(label)
            if before is not None and before.end > after.start:
                yield _name_overlap(before, after, text)
        reaching = furthest.get(after.label)
        if reaching is None or reaching.end < after.end:
            furthest[after.label] = after


def _find_labels_apart(scheme: Scheme) -> dict[str, list[str]]:
    """For each label those whose spans must not share a character with its spans, itself among them."""
    apart = {label.name: {label.name, *label.outside} for label in scheme.labels}
    for label in scheme.labels:
        for other in label.outside:
            apart[other].add(label.name)
    return {name: sorted(others) for name, others in apart.items()}


def _name_overlap(before: Span, after: Span, text: str) -> Problem:
    names = f"{name_span(before, text)} and {name_span(after, text)}"
    both = [_payload(before), _payload(after)]
    if before.label == after.label:
        message = f"{names} overlap: two spans of the same label must not. Shorten or delete one."
        return Problem(Code.SAME_LABEL_OVERLAP, message, both)
    message = f"{names} overlap, but these two labels stay beside each other. Shorten or delete one."
    return Problem(Code.FORBIDDEN_OVERLAP, message, both)


def check_relations(scheme: Scheme, text: str, markup: Markup) -> Iterator[Problem]:
    """The links of a markup that the scheme does not allow, one by one; what it misses among them is not asked."""
    seen: set[Relation] = set()
    spans = {span.key: span for span in markup.spans}
    for relation in markup.relations:
        payload = {"kind": relation.kind, "source": relation.source, "target": relation.target}
        source, target = spans[relation.source], spans[relation.target]
        name = name_link(source, target, text)
        known = scheme.relation(relation.kind)
        if known is None:
            message = f"The link {name} has the type {show(relation.kind)}, which {scheme.identifier} lacks."
            yield Problem(Code.UNKNOWN_RELATION, message, payload)
            continue
        if relation in seen:
            message = f"The link “{known.title}” {name} is drawn twice: delete one."
            yield Problem(Code.REPEATED_RELATION, message, payload)
            continue
        seen.add(relation)
        for refusal in _find_link_problems(scheme, known, source, target, text):
            yield replace(refusal, payload=payload)


def refuse_link(
    scheme: Scheme, relation: RelationType, source: Span, target: Span, text: str
) -> Problem | None:
    """Why no link of this type may lead from one span to another, or None where it may.

    Spans that share a key are one span.
    """
    return next(_find_link_problems(scheme, relation, source, target, text), None)


def _find_link_problems(
    scheme: Scheme, relation: RelationType, source: Span, target: Span, text: str
) -> Iterator[Problem]:
    if source.key == target.key:
        message = f"{name_span(source, text)} is linked to itself: delete that link."
        yield Problem(Code.RELATION_TO_ITSELF, message)
    elif source.label not in relation.sources or target.label not in relation.targets:
        name = name_link(source, target, text)
        message = f"The link “{relation.title}” {name} does not fit: it leads {_name_ends(relation)}."
        yield Problem(Code.WRONG_ENDS, message)
    for condition in relation.forbidden_when:
        if source.label in relation.sources and condition.holds(dict(source.attributes)):
            message = (
                f"{name_span(source, text)} has a link “{relation.title}”, but its "
                f"{say_condition(condition, scheme.label(source.label))}: "
                "delete the link or change the attribute."
            )
            yield Problem(Code.FORBIDDEN_RELATION, message)
            break


def _name_ends(relation: RelationType) -> str:
    return f"from {' or '.join(relation.sources)} to {' or '.join(relation.targets)}"


def _check_required_relations(scheme: Scheme, text: str, markup: Markup) -> Iterator[Problem]:
    drawn = {(relation.source, relation.kind) for relation in markup.relations}
    for span in markup.spans:
        for relation in scheme.relations:
            if span.label not in relation.sources or (span.key, relation.name) in drawn:
                continue
            for condition in relation.required_when:
                if condition.holds(dict(span.attributes)):
                    message = (
                        f"{name_span(span, text)} needs a link “{relation.title}” to a "
                        f"{' or '.join(relation.targets)}, because its "
                        f"{say_condition(condition, scheme.label(span.label))}."
                    )
                    payload = {**_payload(span), "relation": relation.name}
                    yield Problem(Code.MISSING_RELATION, message, payload)
                    break


def _check_fields(scheme: Scheme, markup: Markup) -> Iterator[Problem]:
    answers = dict(markup.fields)
    for field in scheme.fields:
        if field.lacks(answers.get(field.name, "")):
            message = f"{name_answer(field)} is not answered yet."
            yield Problem(Code.MISSING_FIELD, message, {"field": field.name})
    for name, value in answers.items():
        known = scheme.field(name)
        if known is None:
            message = f"There is no field {show(name)} in {scheme.identifier}."
            yield Problem(Code.UNKNOWN_FIELD, message, {"field": name, "value": value})
        elif refusal := refuse_answer(known, value):
            yield replace(refusal, payload={"field": name, "value": value})
    for field in scheme.fields:
        if field.means_no_spans:
            yield from _check_emptiness(
                field, markup, is_empty_on_purpose=answers.get(field.name) == FLAG_IS_SET
            )


def _check_emptiness(field: DocumentField, markup: Markup, *, is_empty_on_purpose: bool) -> Iterator[Problem]:
    if is_empty_on_purpose and markup.spans:
        message = f"“{field.title}” is ticked, but {count_things(len(markup.spans), 'span is', 'spans are')} marked."
        yield Problem(Code.SOMETHING_MARKED, message, {"field": field.name})
    elif not is_empty_on_purpose and not markup.spans:
        message = f"Nothing is marked. If no rule applies anywhere, tick “{field.title}”."
        yield Problem(Code.NOTHING_MARKED, message, {"field": field.name})


def _payload(span: Span) -> dict[str, object]:
    return {
        "key": span.key,
        "start": span.start,
        "end": span.end,
        "label": span.label,
        "attributes": dict(span.attributes),
    }
