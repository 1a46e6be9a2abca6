"""What files of annotations hold, counted in one pass over their documents: what a mapping or a new scheme is made of."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TypeVar

from annotations.formats.canonical import checksum_text
from annotations.formats.documents import SEPARATOR, Document, Judgement
from annotations.formats.places.offsets import Utf16Places, reads_as
from annotations.formats.ports import ReadingOptions
from annotations.formats.sources import Source, list_sources, name_annotators, read_source
from annotations.limits import MAX_FOUND_NAMES, MAX_FOUND_VALUES
from annotations.schemes.check import shorten
from annotations.snapping import Snap, snap
from annotations.spans import Span

MAX_EXAMPLES = 3
Kept = TypeVar("Kept")


@dataclass(slots=True)
class Occurrences:
    """How often something was found, and where first."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def takes_examples(self) -> bool:
        """Whether fewer are kept than may be."""
        return len(self.examples) < MAX_EXAMPLES

    def note(self, example: str) -> None:
        """Count one more; the first few are kept as examples."""
        self.count += 1
        if self.takes_examples and example not in self.examples:
            self.examples.append(example)


@dataclass(slots=True)
class FoundQuestion(Occurrences):
    """An attribute of spans or a field of documents, with the values that it was found with, as files write them."""

    values: Counter[str] = field(default_factory=Counter)
    has_several: bool = False
    has_more_values: bool = False
    """Whether there are more values than are kept."""

    def add(self, value: str, example: str) -> None:
        """Count an answer; of several choices, each."""
        self.note(example)
        parts = value.split(SEPARATOR)
        self.has_several = self.has_several or len(parts) > 1
        for part in parts:
            if part in self.values or len(self.values) < MAX_FOUND_VALUES:
                self.values[part] += 1
            else:
                self.has_more_values = True


@dataclass(slots=True)
class FoundLabel(Occurrences):
    """A label of spans, with the attributes that its spans were found with."""

    attributes: dict[str, FoundQuestion] = field(default_factory=dict)
    cut_words: int = 0
    """How many of its spans begin or end within a word, where somebody asked for that."""


@dataclass(slots=True)
class FoundRelation(Occurrences):
    """A type of relation, with the labels that it was found to lead from and to."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class Found:
    """Everything that some files hold, by the names that the files use."""

    documents: int = 0
    without_text: Occurrences = field(default_factory=Occurrences)
    without_judgement: int = 0
    gold: Occurrences = field(default_factory=Occurrences)
    labels: dict[str, FoundLabel] = field(default_factory=dict)
    relations: dict[str, FoundRelation] = field(default_factory=dict)
    fields: dict[str, FoundQuestion] = field(default_factory=dict)
    annotators: dict[str, Occurrences] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    misread: Occurrences = field(default_factory=Occurrences)
    """Spans that read otherwise than the file says they do."""
    misread_but_in_utf16: int = 0
    """Those that read as the file says if offsets count UTF-16 units."""
    unnamed: int = 0
    """What was found beyond the most names that are kept."""
    called: list[Mapping[str, str]] = field(default_factory=list)
    """What the annotators of each part are called in the whole."""

    @property
    def are_offsets_utf16(self) -> bool:
        """Whether every span that reads otherwise than it says would read so in UTF-16 units."""
        return 0 < self.misread.count == self.misread_but_in_utf16

    @property
    def cut_words(self) -> int:
        """How many spans begin or end within a word."""
        return sum(label.cut_words for label in self.labels.values())

    def list_questions(self) -> Iterator[tuple[str, FoundQuestion]]:
        """Every attribute and field, as a message names it."""
        for name, label in self.labels.items():
            for attribute, question in label.attributes.items():
                yield f"the attribute {attribute!r} of {name!r}", question
        for name, question in self.fields.items():
            yield f"the field {name!r} of documents", question


class Survey:
    """Takes in documents part by part, and says in the end what was found."""

    def __init__(self, *, looks_at_words: bool = False) -> None:
        self._looks_at_words = looks_at_words
        self._found = Found()
        self._paths: list[str] = []
        self._judged: list[set[tuple[str, str]]] = []
        self._counts: list[dict[str, Occurrences]] = []

    def begin_part(self, where: str) -> None:
        """Say that the documents that follow are of this file."""
        self._paths.append(where)
        self._judged.append(set())
        self._counts.append({})

    def take(self, document: Document) -> None:
        """Count what a document holds."""
        found = self._found
        place = name_document(document)
        if not document.is_part:
            found.documents += 1
        if document.text is None:
            found.without_text.note(place)
        for reason, number in document.left_out.items():
            found.left_out[reason] += number
        if document.gold is not None:
            found.gold.note(place)
            self._take_markup(document, Judgement(document.gold), place)
        elif not document.judgements:
            found.without_judgement += 1
        key = checksum_text(document.text) if document.text is not None else document.id
        for annotator, judgement in document.judgements.items():
            self._judged[-1].add((key, annotator))
            where = judgement.place or place
            self._counts[-1].setdefault(annotator, Occurrences()).note(where)
            self._take_markup(document, judgement, where)

    def _take_markup(self, document: Document, judgement: Judgement, place: str) -> None:
        found, text = self._found, document.text
        markup = judgement.markup
        labels = {span.key: span.label for span in markup.spans}
        for span in markup.spans:
            label = self._keep(found.labels, span.label, FoundLabel)
            if label is None:
                continue
            self._note_span(label, judgement, text, span, place)
            for name, value in span.attributes:
                question = self._keep(label.attributes, name, FoundQuestion)
                if question is not None:
                    question.add(value, f"{place}: {shorten(value)}")
            if text is not None:
                self._check_place(text, span, judgement.said.get(span.key), place, label)
        for link in markup.relations:
            relation = self._keep(found.relations, link.kind, FoundRelation)
            if relation is not None:
                relation.note(place)
                relation.pairs[labels[link.source], labels[link.target]] += 1
        for name, value in markup.fields:
            question = self._keep(found.fields, name, FoundQuestion)
            if question is not None:
                question.add(value, f"{place}: {shorten(value)}")

    def _note_span(
        self, label: FoundLabel, judgement: Judgement, text: str | None, span: Span, place: str
    ) -> None:
        """Count a span; what it says is put together only while examples are wanted."""
        if label.takes_examples:
            label.note(_show(place, judgement.places.get(span.key, ""), text, span))
        else:
            label.count += 1

    def _check_place(self, text: str, span: Span, said: str | None, place: str, label: FoundLabel) -> None:
        if said is not None and not reads_as(text, span.start, span.end, said):
            places = Utf16Places.of_text(text)
            first, last = places.find_code_point(span.start), places.find_code_point(span.end)
            self._found.misread.note(place)
            self._found.misread_but_in_utf16 += reads_as(text, first, last, said)
        elif self._looks_at_words and span.end <= len(text):
            label.cut_words += _cuts_word(text, span)

    def _keep(self, kept: dict[str, Kept], name: str, kind: type[Kept]) -> Kept | None:
        """What is known under a name, made where it is new; None beyond the most names that are kept."""
        known = kept.get(name)
        if known is None and len(kept) < MAX_FOUND_NAMES:
            known = kept[name] = kind()
        if known is None:
            self._found.unnamed += 1
        return known

    def finish(self) -> Found:
        """Name the annotators, and give all that was found."""
        found = self._found
        found.called = list(name_annotators(self._paths, self._judged)) if self._paths else []
        for called, counts in zip(found.called, self._counts, strict=True):
            for name, counted in counts.items():
                kept = found.annotators.setdefault(called.get(name, name), Occurrences())
                kept.count += counted.count
                kept.examples = [*kept.examples, *counted.examples][:MAX_EXAMPLES]
        return found


def name_document(document: Document) -> str:
    """The words by which a message says which document of a file it is about."""
    return document.place or f"document {document.id!r}"


def _cuts_word(text: str, span: Span) -> bool:
    return snap(text, span.start, span.end, Snap.WORD) != snap(text, span.start, span.end, Snap.CHARACTER)


def _show(place: str, line: str, text: str | None, span: Span) -> str:
    where = f"{place}, {line}" if line else place
    words = f": “{shorten(text[span.start : span.end])}”" if text is not None else ""
    return f"{where}{words}"


def survey_files(paths: Sequence[PathLike[str] | str], options: ReadingOptions) -> Found:
    """Count what files, folders and archives at some paths hold."""
    return survey_sources(list_sources(paths), options)


def survey_sources(
    sources: Sequence[Source],
    options: ReadingOptions,
    *,
    looks_at_words: bool = False,
    advance: Callable[[int], object] = lambda _: None,
) -> Found:
    """Count the labels, attributes, relations, fields and annotators that files of annotations hold; `advance` is told the characters of each text."""
    survey = Survey(looks_at_words=looks_at_words)
    for source in sources:
        for part in read_source(source, options):
            survey.begin_part(part.where)
            for document in part.documents:
                survey.take(document)
                advance(len(document.text or ""))
    return survey.finish()
