"""Label Studio's result JSON and our markup: what the editor wrote is read without guessing, and can be written back.

A result is a list of entries. A span is one entry from the labels control and one more, under the same id, for each
answer about it; a link is an entry of type `relation`; an answer about the document has no span. Whatever cannot be
read becomes a problem that carries the entry itself, and everything else is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotations.collection.ports import Reading
from annotations.labelstudio.label_config import LABELS, TEXT, attribute_control, own_words_control
from annotations.limits import LONGEST_SPAN_KEY
from annotations.markup import Markup, Problem, Relation, freeze
from annotations.schemes.check import name_link, name_span, show
from annotations.schemes.problems import Code
from annotations.schemes.scheme import (
    FLAG_IS_SET,
    OWN_WORDS,
    Attribute,
    DocumentField,
    FieldKind,
    Label,
    Scheme,
)
from annotations.spans import Span

Entry = Mapping[str, Any]
Question = tuple[Label, Attribute, bool]
"""What a control asks: an attribute of a label, or for the annotator's own words about it."""
RIGHT, LEFT = "right", "left"


def escape_line_breaks(quote: str) -> str:
    r"""A slice of the text as the editor writes it: each CR and each LF becomes a backslash and an n.

    >>> print(escape_line_breaks("at once.\r\nMoscow"))
    at once.\n\nMoscow
    """
    return quote.replace("\r", "\\n").replace("\n", "\\n")


def read_result(result: Any, text: str, scheme: Scheme) -> Reading:
    """Read the `result` of a Label Studio annotation of a text."""
    reader = _Reader(text, scheme, questions=_list_questions(scheme))
    if not isinstance(result, list):
        reader.report(Code.MALFORMED, "The result is not a list.", result)
        return reader.finish()
    # Spans come first, since answers and links refer to them in any order.
    for handles, read in (
        (_is_span, reader.read_span),
        (_is_answer, reader.read_answer),
        (_is_relation, reader.read_relation),
    ):
        for entry in result:
            if isinstance(entry, dict) and handles(entry):
                read(entry)
    for entry in result:
        if not isinstance(entry, dict):
            reader.report(Code.MALFORMED, "A part of the result is not an object.", entry)
    return reader.finish()


def _is_relation(entry: Entry) -> bool:
    return entry.get("type") == "relation"


def _is_span(entry: Entry) -> bool:
    return not _is_relation(entry) and entry.get("from_name") == LABELS


def _is_answer(entry: Entry) -> bool:
    return not _is_relation(entry) and not _is_span(entry)


@dataclass(slots=True)
class _Reader:
    text: str
    scheme: Scheme
    questions: dict[str, Question] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    own_words: dict[tuple[str, str], str] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: Code, message: str, payload: Any) -> None:
        self.problems.append(Problem(code, message, payload))

    def read_span(self, entry: Entry) -> None:
        key, value = entry.get("id"), entry.get("value")
        if not isinstance(key, str) or not key or not isinstance(value, dict) or entry.get("to_name") != TEXT:
            self.report(Code.MALFORMED, "A span has no id, no value, or belongs to another text.", entry)
            return
        labels = value.get("labels")
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            self.report(Code.MALFORMED, "The labels of a span are not a list of names.", entry)
        elif len(labels) != 1:
            self.report(Code.SEVERAL_LABELS, f"A span has {len(labels)} labels instead of one.", entry)
        elif self.scheme.label(labels[0]) is None:
            message = f"There is no label {show(labels[0])} in {self.scheme.identifier}."
            self.report(Code.UNKNOWN_LABEL, message, entry)
        elif len(key) > LONGEST_SPAN_KEY:
            message = f"The id of a span has {len(key):,} characters, more than {LONGEST_SPAN_KEY}."
            self.report(Code.MALFORMED, message, entry)
        elif key in self.spans:
            self.report(Code.REPEATED_ANSWER, f"Two spans have the id {key!r}.", entry)
        else:
            self._place_span(entry, key, labels[0], value)

    def _place_span(self, entry: Entry, key: str, label: str, value: Entry) -> None:
        start, end, shown = value.get("start"), value.get("end"), value.get("text")
        if type(start) is not int or type(end) is not int or not 0 <= start < end:
            self.report(Code.INVALID_SPAN, f"A {label} goes from {show(start)} to {show(end)}.", entry)
            return
        if end > len(self.text):
            message = f"A {label} ends at {show(end)}, but the text has {len(self.text)} characters."
            self.report(Code.SPAN_OUTSIDE_TEXT, message, entry)
            return
        if shown is not None and not _is_shown_as(self.text, start, end, shown):
            words = show(self.text[start:end])
            message = f"A {label} from {start} to {end} shows {show(shown)}, but the text has {words} there."
            self.report(Code.QUOTE_DIFFERS, message, entry)
            return
        self.spans[key] = Span(start, end, label, key=key)
        self.answers[key] = {}

    def read_answer(self, entry: Entry) -> None:
        control, value = entry.get("from_name"), entry.get("value")
        if not isinstance(control, str) or not isinstance(value, dict):
            self.report(Code.MALFORMED, "An answer names no control or has no value.", entry)
            return
        document_field = self.scheme.field(control)
        if document_field is not None:
            self._read_field(entry, document_field, value)
            return
        found = self.questions.get(control)
        if found is None:
            message = f"There is no question {show(control)} in {self.scheme.identifier}."
            self.report(Code.UNKNOWN_CONTROL, message, entry)
            return
        label, attribute, is_own_words = found
        span = self.spans.get(_key(entry, "id"))
        if span is None:
            self.report(Code.MISSING_SPAN, f"An answer to {control!r} belongs to no span.", entry)
        elif span.label != label.name:
            message = (
                f"{name_span(span, self.text)} has an answer to {control!r}, which is for a {label.name}."
            )
            self.report(Code.UNKNOWN_ATTRIBUTE, message, entry)
        elif is_own_words:
            self.own_words[span.key, attribute.name] = _join_texts(value)
        else:
            self._read_attribute(entry, span, attribute, value)

    def _read_attribute(self, entry: Entry, span: Span, attribute: Attribute, value: Entry) -> None:
        choice = _only_choice(value)
        name = name_span(span, self.text)
        if choice is None:
            message = f"{name} has no single answer to {attribute.title!r}."
            self.report(Code.MALFORMED, message, entry)
        elif not any(choice == known.name for known in attribute.values) and not (
            attribute.is_open and choice == OWN_WORDS
        ):
            message = (
                f"{name} has {show(choice)} as its {attribute.title.lower()}, which is none of the choices."
            )
            self.report(Code.UNKNOWN_VALUE, message, entry)
        elif attribute.name in self.answers[span.key]:
            self.report(Code.REPEATED_ANSWER, f"{name} has two answers to {attribute.title!r}.", entry)
        else:
            self.answers[span.key][attribute.name] = choice

    def _read_field(self, entry: Entry, document_field: DocumentField, value: Entry) -> None:
        answer = _read_field_value(document_field, value)
        if answer is None or not document_field.accepts(answer):
            message = f"{show(value)} is no possible answer to “{document_field.title}”."
            self.report(Code.UNKNOWN_VALUE, message, entry)
        elif document_field.name in self.fields:
            self.report(Code.REPEATED_ANSWER, f"“{document_field.title}” is answered twice.", entry)
        else:
            self.fields[document_field.name] = answer

    def read_relation(self, entry: Entry) -> None:
        source, target = self.spans.get(_key(entry, "from_id")), self.spans.get(_key(entry, "to_id"))
        if source is None or target is None:
            self.report(Code.MISSING_SPAN, "A link leads from or to a span that is not there.", entry)
            return
        direction, labels = entry.get("direction", RIGHT), entry.get("labels") or []
        if direction == LEFT:
            source, target = target, source
        name = name_link(source, target, self.text)
        if direction not in (RIGHT, LEFT):
            self.report(Code.BOTH_DIRECTIONS, f"The link {name} points in both directions.", entry)
        elif not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            self.report(Code.MALFORMED, f"The types of the link {name} are not a list of names.", entry)
        elif not labels:
            self.report(Code.UNTYPED_RELATION, f"The link {name} has no type yet: choose one.", entry)
        elif len(labels) > 1:
            self.report(
                Code.SEVERAL_TYPES, f"The link {name} has several types: {show(', '.join(labels))}.", entry
            )
        else:
            known = next((r for r in self.scheme.relations if labels[0] in {r.title, r.name}), None)
            if known is None:
                message = (
                    f"The link {name} has the type {show(labels[0])}, which {self.scheme.identifier} lacks."
                )
                self.report(Code.UNKNOWN_RELATION, message, entry)
            else:
                self.relations.append(Relation(source.key, target.key, known.name))

    def finish(self) -> Reading:
        spans = tuple(sorted((self._complete(span) for span in self.spans.values()), key=_by_place))
        markup = Markup(spans, tuple(sorted(self.relations)), freeze(self.fields))
        return Reading(markup, tuple(self.problems))

    def _complete(self, span: Span) -> Span:
        """The span with its answers: own words in their place, and defaults where nothing was chosen."""
        answers = self.answers[span.key]
        label = self.scheme.label(span.label)
        for attribute in label.attributes if label else ():
            if answers.get(attribute.name) == OWN_WORDS and attribute.is_open:
                words = self.own_words.get((span.key, attribute.name), "")
                del answers[attribute.name]
                if words:
                    answers[attribute.name] = words
                else:
                    message = f"{name_span(span, self.text)} has “something else” as its {attribute.title.lower()}: say what."
                    self.report(Code.MISSING_WORDS, message, {"key": span.key, "attribute": attribute.name})
            if attribute.default and attribute.name not in answers and attribute.applies(answers):
                answers[attribute.name] = attribute.default
        return Span(span.start, span.end, span.label, freeze(answers), span.key)


def _key(entry: Entry, name: str) -> str:
    key = entry.get(name)
    return key if isinstance(key, str) else ""


def _by_place(span: Span) -> tuple[int, int, str, str]:
    return span.start, span.end, span.label, span.key


def _list_questions(scheme: Scheme) -> dict[str, Question]:
    questions: dict[str, Question] = {}
    for label in scheme.labels:
        for attribute in label.attributes:
            questions[attribute_control(label, attribute)] = label, attribute, False
            if attribute.is_open:
                questions[own_words_control(label, attribute)] = label, attribute, True
    return questions


def _is_shown_as(text: str, start: int, end: int, shown: Any) -> bool:
    """Whether the editor shows these words; a slice is compared only with what is long enough to show it."""
    length = end - start
    return (
        isinstance(shown, str)
        and length <= len(shown) <= 2 * length
        and shown == escape_line_breaks(text[start:end])
    )


def _only_choice(value: Entry) -> str | None:
    choices = value.get("choices")
    if isinstance(choices, list) and len(choices) == 1 and isinstance(choices[0], str):
        return choices[0]
    return None


def _join_texts(value: Entry) -> str:
    texts = value.get("text")
    if isinstance(texts, list):
        return "\n".join(str(part) for part in texts).strip()
    return str(texts or "").strip()


def _read_field_value(document_field: DocumentField, value: Entry) -> str | None:
    match document_field.kind:
        case FieldKind.CHOICE | FieldKind.FLAG:
            return _only_choice(value)
        case FieldKind.RATING:
            rating = value.get("rating")
            return str(rating) if type(rating) is int else None
        case FieldKind.TEXT:
            return _join_texts(value)


def write_result(markup: Markup, text: str, scheme: Scheme) -> list[dict[str, Any]]:
    """Write a markup as the `result` that the editor of this scheme opens."""
    return [
        *(entry for span in markup.spans for entry in _write_span(span, text, scheme)),
        *_write_fields(markup, scheme),
        *(_write_relation(relation, scheme) for relation in markup.relations),
    ]


def _write_span(span: Span, text: str, scheme: Scheme) -> Iterator[dict[str, Any]]:
    place = {"start": span.start, "end": span.end, "text": escape_line_breaks(span.quote(text))}
    yield _entry(span.key, LABELS, "labels", {**place, "labels": [span.label]})
    label = scheme.label(span.label)
    for name, value in span.attributes:
        attribute = label.attribute(name) if label else None
        if label is None or attribute is None:
            continue
        is_listed = any(value == known.name for known in attribute.values)
        choice = value if is_listed or not attribute.is_open else OWN_WORDS
        yield _entry(span.key, attribute_control(label, attribute), "choices", {**place, "choices": [choice]})
        if choice == OWN_WORDS and not is_listed:
            control = own_words_control(label, attribute)
            yield _entry(span.key, control, "textarea", {**place, "text": [value]})


def _write_fields(markup: Markup, scheme: Scheme) -> Iterator[dict[str, Any]]:
    for name, value in markup.fields:
        document_field = scheme.field(name)
        if document_field is None:
            continue
        key = f"field-{name}"
        match document_field.kind:
            case FieldKind.CHOICE:
                yield _entry(key, name, "choices", {"choices": [value]})
            case FieldKind.FLAG:
                yield _entry(key, name, "choices", {"choices": [FLAG_IS_SET]})
            case FieldKind.RATING:
                yield _entry(key, name, "rating", {"rating": int(value)})
            case FieldKind.TEXT:
                yield _entry(key, name, "textarea", {"text": [value]})


def _write_relation(relation: Relation, scheme: Scheme) -> dict[str, Any]:
    known = scheme.relation(relation.kind)
    return {
        "type": "relation",
        "from_id": relation.source,
        "to_id": relation.target,
        "direction": RIGHT,
        "labels": [known.title if known else relation.kind],
    }


def _entry(key: str, control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, "from_name": control, "to_name": TEXT, "type": kind, "value": value}
