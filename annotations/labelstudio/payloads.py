"""Label Studio's result JSON and our markup: what the editor wrote is read without guessing, and can be written back.

A result is a list of entries. A span is one entry from the labels control and one more, under the same id, for each
answer about it; a link is an entry of type `relation`; an answer about the document has no span. Whatever cannot be
read becomes a problem that carries the entry itself, and everything else is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from annotations.collection.ports import StudioReading
from annotations.labelstudio.label_config import LABELS, TEXT, attribute_control, name_control
from annotations.limits import MAX_SPAN_KEY_LENGTH
from annotations.markup import Markup, Problem, Relation, sort_pairs
from annotations.schemes.check import name_answer, name_link, name_span, refuse_answer, show
from annotations.schemes.problems import MENDABLE, Code
from annotations.schemes.scheme import Label, Question, Scheme
from annotations.schemes.values import MAIN, UnreadableAnswerError
from annotations.spans import Span

Entry = Mapping[str, Any]
RIGHT, LEFT = "right", "left"


def escape_line_breaks(quote: str) -> str:
    r"""A slice of the text as the editor writes it: each CR and each LF becomes a backslash and an n.

    >>> print(escape_line_breaks("at once.\r\nMoscow"))
    at once.\n\nMoscow
    """
    return quote.replace("\r", "\\n").replace("\n", "\\n")


def read_result(result: Any, text: str, scheme: Scheme) -> StudioReading:
    """Read the `result` of a Label Studio annotation of a text."""
    reader = _Reader(text, scheme)
    if not isinstance(result, list):
        reader.report(Code.MALFORMED, "The result is not a list.", result)
        return reader.finish()
    # Spans come first, since answers and links refer to them in any order.
    entries = [entry for entry in result if isinstance(entry, dict)]
    for entry in filter(_is_span, entries):
        reader.read_span(entry)
    for entry in filter(_is_answer, entries):
        reader.read_answer(entry)
    reader.settle_answers()
    for entry in filter(_is_relation, entries):
        reader.read_relation(entry)
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
    spans: dict[str, Span] = field(default_factory=dict)
    asked: dict[str, "_Asked"] = field(default_factory=dict)
    parts: dict[tuple[str, str], dict[str, Entry]] = field(default_factory=dict)
    """The entries about each question of each span, by the suffix of their control; the document has no key."""
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asked = {control: asked for asked in _list_asked(self.scheme) for control in asked.controls}

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
        elif len(key) > MAX_SPAN_KEY_LENGTH:
            message = f"The id of a span has {len(key):,} characters, more than {MAX_SPAN_KEY_LENGTH}."
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
        asked = self.asked.get(control)
        if asked is None:
            message = f"There is no question {show(control)} in {self.scheme.identifier}."
            self.report(Code.UNKNOWN_CONTROL, message, entry)
            return
        span = self.spans.get(_key(entry, "id"))
        if asked.label is None:
            self._keep_part(entry, control, asked, None)
        elif span is None:
            self.report(Code.MISSING_SPAN, f"An answer to {control!r} belongs to no span.", entry)
        elif span.label != asked.label.name:
            message = f"{name_span(span, self.text)} has an answer to {control!r}, which is for a {asked.label.name}."
            self.report(Code.UNKNOWN_ATTRIBUTE, message, entry)
        else:
            self._keep_part(entry, control, asked, span)

    def _keep_part(self, entry: Entry, control: str, asked: "_Asked", span: Span | None) -> None:
        parts = self.parts.setdefault((span.key if span else "", asked.name), {})
        suffix = control.removeprefix(asked.name).removeprefix(".")
        if suffix in parts:
            message = f"{self._name_answer(asked.question, span)} is answered twice."
            self.report(Code.REPEATED_ANSWER, message, entry)
        else:
            parts[suffix] = entry

    def _name_answer(self, question: Question, span: Span | None) -> str:
        return name_answer(question, name_span(span, self.text) if span else "")

    def settle_answers(self) -> None:
        """Make a value of what each question was answered with; a part without the main one was left behind."""
        for (key, name), parts in self.parts.items():
            if MAIN not in parts:
                continue
            question, span = self.asked[name].question, self.spans.get(key)
            owner = name_span(span, self.text) if span else ""
            try:
                value = question.kind.read_answer({suffix: part["value"] for suffix, part in parts.items()})
            except UnreadableAnswerError as error:
                self.report(error.code, f"{name_answer(question, owner)} {error}.", parts[MAIN])
                continue
            refusal = refuse_answer(question, value, owner)
            if refusal is not None and refusal.code not in MENDABLE:
                self.report(Code(refusal.code), refusal.message, parts[MAIN])
            else:
                (self.answers[key] if span else self.fields)[question.name] = value

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

    def finish(self) -> StudioReading:
        spans = tuple(sorted((self._complete(span) for span in self.spans.values()), key=_by_place))
        markup = Markup(spans, tuple(sorted(self.relations)), sort_pairs(self.fields))
        return StudioReading(markup, tuple(self.problems))

    def _complete(self, span: Span) -> Span:
        label, answers = self.scheme.label(span.label), self.answers[span.key]
        return replace(span, attributes=sort_pairs(label.complete(answers) if label else answers))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with the name of its main control, and the label that it is asked for, if it is about spans."""

    name: str
    question: Question
    label: Label | None = None

    @property
    def controls(self) -> list[str]:
        parts = self.question.kind.list_controls(title="", description="", is_of_span=self.label is not None)
        return [name_control(self.name, part.suffix) for part in parts]

    def write(self, key: str, value: str, place: Entry) -> Iterator[dict[str, Any]]:
        """The results of a value, one a control that has part of it."""
        written = self.question.kind.write_answer(value)
        for part in self.question.kind.list_controls(
            title="", description="", is_of_span=self.label is not None
        ):
            if part.suffix in written:
                content = {**place, part.key: written[part.suffix]}
                yield _entry(key, name_control(self.name, part.suffix), part.result, content)


def _list_asked(scheme: Scheme) -> Iterator[_Asked]:
    for label in scheme.labels:
        for attribute in label.attributes:
            yield _Asked(attribute_control(label, attribute), attribute, label)
    for document_field in scheme.fields:
        yield _Asked(document_field.name, document_field)


def _key(entry: Entry, name: str) -> str:
    key = entry.get(name)
    return key if isinstance(key, str) else ""


def _by_place(span: Span) -> tuple[int, int, str, str]:
    return span.start, span.end, span.label, span.key


def _is_shown_as(text: str, start: int, end: int, shown: Any) -> bool:
    """Whether the editor shows these words; a slice is compared only with what is long enough to show it."""
    length = end - start
    return (
        isinstance(shown, str)
        and length <= len(shown) <= 2 * length
        and shown == escape_line_breaks(text[start:end])
    )


def snap_result(result: Any, text: str, scheme: Scheme) -> Any:
    """The result with the ends of its spans where the scheme's rule puts them; what is no span stays as it is."""
    if not isinstance(result, list):
        return result
    reading = read_result(result, text, scheme).snapped(text=text, scheme=scheme)
    places = {moved.span.key: moved.span for moved in reading.moved}
    return [_snap_entry(entry, places, text) if isinstance(entry, dict) else entry for entry in result]


def _snap_entry(entry: Entry, places: Mapping[str, Span], text: str) -> Entry:
    span, value = places.get(_key(entry, "id")), entry.get("value")
    if span is None or not isinstance(value, dict) or "start" not in value:
        return entry
    place = {"start": span.start, "end": span.end}
    kept = {key: item for key, item in value.items() if key != "globalOffsets"}
    return {**entry, "value": {**kept, **place, "text": escape_line_breaks(span.quote(text))}}


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
        if label is not None and attribute is not None:
            asked = _Asked(attribute_control(label, attribute), attribute, label)
            yield from asked.write(span.key, value, place)


def _write_fields(markup: Markup, scheme: Scheme) -> Iterator[dict[str, Any]]:
    for name, value in markup.fields:
        document_field = scheme.field(name)
        if document_field is not None:
            yield from _Asked(name, document_field).write(f"field-{name}", value, {})


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
