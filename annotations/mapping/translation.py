"""What one annotator said of one text, in the words of a scheme; whatever does not fit is named, and nothing is guessed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from annotations.formats.documents import SEPARATOR, Judgement
from annotations.formats.places.offsets import Utf16Places, reads_as
from annotations.limits import MAX_RELATIONS, MAX_SPAN_KEY_LENGTH, MAX_SPANS
from annotations.mapping.definition import LabelMapping, LabelSplit, MarkupMapping, QuestionMapping
from annotations.markup import Markup, Problem, Relation, sort_pairs
from annotations.schemes.check import (
    check_markup,
    check_relations,
    name_answer,
    name_link,
    name_span,
    refuse_answer,
    say_condition,
    show,
)
from annotations.schemes.problems import Code
from annotations.schemes.scheme import Label, Question, Scheme
from annotations.schemes.snapped import MovedSpan, snap_spans
from annotations.snapping import is_blank
from annotations.spans import Span

FALLING = frozenset(
    {Code.WRONG_ENDS, Code.FORBIDDEN_RELATION, Code.REPEATED_RELATION, Code.RELATION_TO_ITSELF}
)
"""What a relation cannot be kept with."""


class TooMuchMarkedError(ValueError):
    """An annotation has more spans or relations than one may have."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A judgement in the words of a scheme; `misfits` are parts that could not be kept."""

    markup: Markup
    moved: tuple[MovedSpan, ...] = ()
    misfits: tuple[Problem, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    """What the mapping says is to be left out."""


class Translator:
    """Says judgements in the words of a scheme, as a mapping tells."""

    def __init__(self, mapping: MarkupMapping, scheme: Scheme) -> None:
        self.scheme = scheme
        self._counts_utf16 = mapping.offsets == "utf16"
        self._labels = {label.found: label for label in mapping.labels}
        self._attributes = {
            label.found: {attribute.found: attribute for attribute in label.attributes}
            for label in mapping.labels
        }
        self._relations = {relation.found: relation for relation in mapping.relations}
        self._fields = {one.found: one for one in mapping.fields}
        self._asked = _list_asked(mapping)

    def translate(self, text: str, judgement: Judgement) -> Translation:
        """Say what somebody made of a text in the words of the scheme."""
        work = _Work(text, judgement)
        for one in judgement.unplaced:
            work.misfits.append(Problem(Code.INVALID_SPAN, f"{one.place}: {one.message}", dict(one.payload)))
        spans = [span for found in judgement.markup.spans for span in self._translate_span(found, work)]
        if len(spans) > MAX_SPANS:
            raise TooMuchMarkedError(
                f"there are {len(spans):,} spans, more than the {MAX_SPANS:,} of one annotation"
            )
        kept = {span.key: span for span in spans}
        relations = list(self._translate_relations(judgement.markup.relations, kept, work))
        if len(relations) > MAX_RELATIONS:
            raise TooMuchMarkedError(
                f"there are {len(relations):,} relations, more than the {MAX_RELATIONS:,} of one annotation"
            )
        fields = dict(self._translate_fields(judgement.markup.fields, work))
        spans.sort(key=lambda span: (span.start, span.end, span.label, span.key))
        markup, moved = snap_spans(
            self.scheme, text, Markup(tuple(spans), tuple(sorted(relations)), sort_pairs(fields))
        )
        markup = self._drop_forbidden(markup, work)
        return Translation(markup, moved, tuple(work.misfits), work.left_out)

    def find_unmet(self, text: str, made: Translation) -> list[Problem]:
        """The rules of the scheme that what was kept breaks, which adjudication settles."""
        return check_markup(self.scheme, text, made.markup)

    def _drop_forbidden(self, markup: Markup, work: "_Work") -> Markup:
        """Take away relations that the scheme forbids."""
        fallen: set[Relation] = set()
        for problem in check_relations(self.scheme, work.text, markup):
            if problem.code in FALLING:
                work.misfits.append(problem)
                ends = problem.payload
                fallen.add(Relation(ends["source"], ends["target"], ends["kind"]))
        if not fallen:
            return markup
        return replace(markup, relations=tuple(one for one in markup.relations if one not in fallen))

    def _translate_span(self, found: Span, work: "_Work") -> Iterator[Span]:
        mapped = self._labels.get(found.label)
        decided = mapped.choose(dict(found.attributes)) if mapped is not None and mapped.splits else mapped
        if decided is not None and decided.is_left_out:
            work.leave_out(found.key, f"spans of {found.label!r}")
            return
        label = self.scheme.label(decided.becomes) if decided else None
        if mapped is None or label is None:
            work.refuse_span(
                Code.UNKNOWN_LABEL, f"{found.label!r} has no place in {self.scheme.identifier}.", found
            )
            return
        place = self._place(found, work)
        if place is None:
            return
        if len(found.key) > MAX_SPAN_KEY_LENGTH:
            work.refuse_span(
                Code.MALFORMED, f"The key of a span is longer than {MAX_SPAN_KEY_LENGTH}.", found
            )
            return
        start, end = place
        if is_blank(work.text[start:end]):
            work.refuse_span(Code.BLANK_SPAN, f"A {label.name} marks nothing but white space.", found)
            return
        answers: dict[str, str] = {}
        said = {name for name, _ in decided.when} if isinstance(decided, LabelSplit) else set()
        if found.attributes or mapped.gives or self._asked[found.label]:
            owner = Span(start, end, label.name)
            answers = self._translate_attributes(found, mapped, label, owner, work, said=said)
        yield Span(start, end, label.name, sort_pairs(answers), found.key)

    def _place(self, found: Span, work: "_Work") -> tuple[int, int] | None:
        """Where a span lies in code points; None where it lies outside of the text, or reads otherwise than the file says."""
        said = work.judgement.said.get(found.key)
        start, end = found.start, found.end
        text = work.text
        if self._counts_utf16 and not (said is not None and reads_as(text, start, end, said)):
            first, last = work.places.find_code_point(start), work.places.find_code_point(end)
            if first is None or last is None:
                message = f"{found.label} [{start}, {end}) divides a character or ends past the text, in UTF-16 units."
                work.refuse_span(Code.SPAN_OUTSIDE_TEXT, message, found)
                return None
            start, end = first, last
        if end > len(text):
            message = f"{found.label} ends at {end:,}, but the text has {len(text):,} characters."
            work.refuse_span(Code.SPAN_OUTSIDE_TEXT, message, found)
            return None
        if said is not None and not reads_as(text, start, end, said):
            there = show(text[start:end])
            message = f"{found.label} [{start}, {end}) says {show(said)}, but the text has {there} there."
            work.refuse_span(Code.QUOTE_DIFFERS, message, found)
            return None
        return start, end

    def _translate_attributes(
        self, found: Span, mapped: LabelMapping, label: Label, owner: Span, work: "_Work", *, said: set[str]
    ) -> dict[str, str]:
        """The answers of a span; what a split asked for is `said` by the label where that does not ask for it."""
        answers = dict(mapped.gives)
        if label.name != mapped.becomes:  # one of its splits, which may not ask for all that the others do
            answers = {name: value for name, value in mapped.gives if label.attribute(name)}
        questions = self._attributes[found.label]
        for name, value in found.attributes:
            asked = questions.get(name)
            if asked is not None and asked.is_left_out:
                work.left_out[f"answers to {name!r} of {found.label!r}"] += 1
                continue
            question = label.attribute(asked.becomes) if asked else None
            if name in said and question is None:
                continue
            if asked is None or question is None:
                message = (
                    f"{work.name(owner)} has an answer to {show(name)}, which a {label.name} does not ask."
                )
                work.refuse(Code.UNKNOWN_ATTRIBUTE, message, {name: value}, found.key)
            else:
                work.answer(answers, asked, question, value, owner=owner, key=found.key)
        for name in self._asked.get(found.label, ()):
            question = label.attribute(name)
            meant = (question.default or question.unanswered) if question else ""
            if question is not None and meant and name not in answers and question.applies(answers):
                answers[name] = meant
        for name in list(answers):
            question = label.attribute(name)
            if question is not None and not question.applies(answers):
                when = " or ".join(say_condition(condition, label) for condition in question.applies_when)
                message = f"{name_answer(question, work.name(owner))} makes sense only where {when}."
                work.refuse(Code.INAPPLICABLE_ATTRIBUTE, message, {name: answers.pop(name)}, found.key)
        return answers

    def _translate_relations(
        self, found: Iterable[Relation], kept: Mapping[str, Span], work: "_Work"
    ) -> Iterator[Relation]:
        seen: set[Relation] = set()
        for link in found:
            mapped = self._relations.get(link.kind)
            payload = {"kind": link.kind, "source": link.source, "target": link.target}
            if mapped is not None and mapped.is_left_out:
                work.left_out[f"relations {link.kind!r}"] += 1
            elif mapped is None or self.scheme.relation(mapped.becomes) is None:
                message = f"The relation {show(link.kind)} has no place in {self.scheme.identifier}."
                work.refuse(Code.UNKNOWN_RELATION, message, payload)
            elif link.source not in kept or link.target not in kept:
                gone = {link.source, link.target} - kept.keys()
                if gone <= work.gone:
                    work.left_out[f"relations {link.kind!r} of spans that are left out"] += 1
                else:
                    message = f"A relation {show(link.kind)} leads to a span that could not be kept."
                    work.refuse(Code.MISSING_SPAN, message, payload)
            else:
                ends = (link.target, link.source) if mapped.is_reversed else (link.source, link.target)
                relation = Relation(*ends, mapped.becomes)
                name = name_link(kept[relation.source], kept[relation.target], work.text)
                if relation.source == relation.target:
                    work.refuse(
                        Code.RELATION_TO_ITSELF, f"The link {name} leads from a span to itself.", payload
                    )
                elif relation in seen:
                    work.refuse(Code.REPEATED_RELATION, f"The link {name} is there twice.", payload)
                else:
                    seen.add(relation)
                    yield relation

    def _translate_fields(self, found: Iterable[tuple[str, str]], work: "_Work") -> Iterator[tuple[str, str]]:
        answers: dict[str, str] = {}
        for name, value in found:
            asked = self._fields.get(name)
            if asked is not None and asked.is_left_out:
                work.left_out[f"answers to {name!r} of documents"] += 1
                continue
            question = self.scheme.field(asked.becomes) if asked else None
            if asked is None or question is None:
                message = f"The field {show(name)} has no place in {self.scheme.identifier}."
                work.refuse(Code.UNKNOWN_FIELD, message, {name: value})
            else:
                work.answer(answers, asked, question, value)
        yield from answers.items()


@dataclass(slots=True)
class _Work:
    """What comes up while one judgement is translated."""

    text: str
    judgement: Judgement
    misfits: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    gone: set[str] = field(default_factory=set)
    """Keys of spans that are to be left out."""
    _places: Utf16Places | None = None

    @property
    def places(self) -> Utf16Places:
        if self._places is None:
            self._places = Utf16Places.of_text(self.text)
        return self._places

    def name(self, owner: Span | None) -> str:
        """What an answer is of, for a message; nothing where it is of the document."""
        return name_span(owner, self.text) if owner else ""

    def leave_out(self, key: str, what: str) -> None:
        self.gone.add(key)
        self.left_out[what] += 1

    def refuse(self, code: Code, message: str, payload: object, key: str = "") -> None:
        line = self.judgement.places.get(key, "")
        self.misfits.append(Problem(code, f"{line}: {message}" if line else message, payload))

    def refuse_span(self, code: Code, message: str, span: Span) -> None:
        payload = {
            "key": span.key,
            "start": span.start,
            "end": span.end,
            "label": span.label,
            "attributes": {name: value.replace(SEPARATOR, ", ") for name, value in span.attributes},
        }
        self.refuse(code, message, payload, span.key)

    def answer(
        self,
        answers: dict[str, str],
        asked: QuestionMapping,
        question: Question,
        value: str,
        *,
        owner: Span | None = None,
        key: str = "",
    ) -> None:
        """Take over one answer, if its value is one of the question's."""
        values = dict(asked.values)
        parts = [values.get(part, part) for part in value.split(SEPARATOR)]
        written = question.kind.adapt(SEPARATOR.join(part for part in parts if part), separator=SEPARATOR)
        shown = value.replace(SEPARATOR, ", ")
        if not written:
            self.left_out[f"answers {show(shown)} to {asked.found!r}"] += 1
        elif refuse_answer(question, written) and (
            refusal := refuse_answer(question, written, self.name(owner))
        ):  # whose it is is named only where it is refused
            self.refuse(Code(refusal.code), refusal.message, {asked.found: shown}, key)
        elif answers.setdefault(question.name, written) != written:
            both = f"{show(answers[question.name])} and {show(written)}"
            message = f"{name_answer(question, self.name(owner))} has two answers, {both}."
            self.refuse(Code.REPEATED_ANSWER, message, {asked.found: shown}, key)


def _list_asked(mapping: MarkupMapping) -> dict[str, tuple[str, ...]]:
    """The attributes that the files ask about, by the label that was found.

    What they ask and a span leaves unanswered is answered as the scheme says; what they never ask stays open.
    """
    return {
        label.found: tuple(attribute.becomes for attribute in label.attributes if attribute.becomes)
        for label in mapping.labels
    }
