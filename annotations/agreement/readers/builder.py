"""What every reader fills: documents, judgements, spans and relations by name, each checked on the way."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotations.agreement.data.checking import MAX_JUDGEMENTS, MAX_OFFSET, check_size
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.trimming import note_blank_edges
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.formats.documents import (
    UNPLACED,
    Document,
    JudgedItems,
    Judgement,
    find_name_problem,
)
from annotations.formats.errors import RefusedError
from annotations.formats.places.offsets import Utf16Places, reads_as
from annotations.formats.scalars import is_whole

AttributeValues = Mapping[str, str]
AS_UTF16 = "offsets='utf16' (--offsets utf16)"
GOLD_BESIDE = "curated versions"
MISREAD = "regions that read otherwise than they say"
MISREAD_BUT_IN_UTF16 = f"{MISREAD}, but as they say if offsets count UTF-16 units: read them with {AS_UTF16}"


@dataclass(slots=True)
class CorpusBuilder:
    """Collects documents with what each annotator said of them, in any order, and makes a corpus of them.

    Examples
    --------
    >>> from annotations.formats.documents import Marking
    >>> marking = Marking("d1", "ann")
    >>> key = marking.add_span(0, 4, "Claim")
    >>> builder = CorpusBuilder()
    >>> builder.add(Document(id="d1", length=12, judgements={"ann": marking.finish()}))
    >>> builder.build().n_spans
    1
    """

    lengths: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    judgements: set[tuple[str, str]] = field(default_factory=set)
    rows: list[tuple[str, str, int, int, str]] = field(default_factory=list)
    attributes: list[AttributeValues] = field(default_factory=list)
    links: list[tuple[int, int, str]] = field(default_factory=list)
    left_out_of: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    labels: set[str] | None = None
    counts_utf16: bool = False
    misread: Counter[str] = field(default_factory=Counter)
    misread_but_in_utf16: Counter[str] = field(default_factory=Counter)
    _places: dict[str, Utf16Places] = field(default_factory=dict, repr=False)

    def add_document(self, document: str, *, length: Any = None, text: Any = None) -> None:
        """Declare a document by its text, or by its length in characters where there is no text.

        Raises
        ------
        InvalidCorpusError
            There is one of this name already, or the length is no whole number or not that of the text.
        """
        if document in self.lengths:
            raise InvalidCorpusError(
                f"document {document!r} occurs twice; give each document an id of its own"
            )
        if text is not None:
            if not isinstance(text, str):
                raise InvalidCorpusError(
                    f"document {document!r}: the text must be a text, not {shorten(text)}"
                )
            self.texts[document] = text
            length = len(text) if length is None else length
        if not is_whole(length) or not 0 <= length <= MAX_OFFSET:
            raise InvalidCorpusError(
                f"document {document!r} needs a text, or as its length a whole number up to {MAX_OFFSET}"
            )
        if text is not None and length != len(text):
            raise InvalidCorpusError(
                f"document {document!r} has length {length}, but its text has {len(text)}"
            )
        self.lengths[document] = int(length)

    @classmethod
    def of(cls, documents: Iterable[Document], *, counts_utf16: bool = False) -> "CorpusBuilder":
        """All documents of a file, taken in as they come."""
        builder = cls(counts_utf16=counts_utf16)
        with as_invalid_corpus():
            for document in documents:
                builder.add(document)
        return builder

    def add(self, document: Document) -> None:
        """Take in a document, or a further part of one, with what each annotator said of it.

        Raises
        ------
        InvalidCorpusError
            It holds gold, contradicts an earlier part, or has a span that is not in its text.
        """
        with as_invalid_corpus(document.place):
            self._add_text(document)
        for annotator, judgement in document.judgements.items():
            with as_invalid_corpus(judgement.place):
                self._add_judgement(document, annotator, judgement)
        for reason, number in document.left_out.items():
            if number:
                self.leave_out(document.id, reason, number)

    def _add_text(self, document: Document) -> None:
        if document.gold is not None and document.may_have_both:
            self.leave_out(document.id, GOLD_BESIDE)
        elif document.gold is not None:
            raise InvalidCorpusError(
                f"the status is {shorten(document.status)}, so this is gold: what was decided, not what each annotator "
                "marked; give a project's annotations, exported as JSONL instead"
            )
        name = document.id
        if name not in self.lengths or not document.is_part:
            self.add_document(name, length=document.length, text=document.text)
        elif self.texts.get(name) != document.text:
            raise InvalidCorpusError(f"document {name!r}: the text is not that of an earlier line")
        if document.labels is not None:
            self.declare_labels(list(document.labels))

    def _add_judgement(self, document: Document, annotator: str, judgement: Judgement) -> None:
        self.add_judgement(document.id, annotator)
        numbers: dict[str, int] = {}
        for span in judgement.markup.spans:
            values = dict(span.attributes)
            if document.asks_by_label:
                values = {f"{span.label}.{name}": value for name, value in values.items()}
            place = span.start, span.end, span.label
            said = judgement.said.get(span.key)
            try:
                number = self._add_span((document.id, annotator), place, values, said=said)
            except InvalidCorpusError as error:
                where = judgement.places.get(span.key)
                raise InvalidCorpusError(f"{where}: {error}" if where else str(error)) from error
            numbers[span.key] = number
        for relation in judgement.markup.relations:
            self.links.append((numbers[relation.source], numbers[relation.target], relation.kind))
        if judgement.unplaced:
            self.leave_out(document.id, UNPLACED, len(judgement.unplaced))
        if judgement.markup.fields:
            self.leave_out(document.id, "document fields", len(judgement.markup.fields))

    def declare_labels(self, labels: Any) -> None:
        """Know these labels, used or not, beside those declared before, and refuse others from now on."""
        if not isinstance(labels, list):
            raise InvalidCorpusError(f"'labels' must be a list of texts, not {shorten(labels)}")
        for label in labels:
            if problem := find_name_problem(label):
                raise InvalidCorpusError(f"'labels': {shorten(label)} {problem}")
        self.labels = (self.labels or set()) | set(labels)

    def add_judgement(self, document: str, annotator: str) -> None:
        """Note that the annotator completed the document, whether or not any span follows."""
        if not annotator:
            raise InvalidCorpusError(f"document {document!r}: an annotator has an empty name; name each one")
        if (document, annotator) in self.judgements:
            raise InvalidCorpusError(f"document {document!r}: annotator {annotator!r} occurs twice")
        self.judgements.add((document, annotator))

    def _add_span(
        self,
        judgement: tuple[str, str],
        span: tuple[int, int, str],
        attributes: AttributeValues,
        *,
        said: str | None,
    ) -> int:
        """Add a span that is one; whether it fits into its text is still to be seen."""
        document, annotator = judgement
        start, end = self._place_in_text(document, span[0], span[1], said)
        if problem := self._find_misfit(document, end, span[2]):
            raise _refuse_span(document, annotator, (start, end, span[2]), problem)
        self.rows.append((document, annotator, start, end, span[2]))
        self.attributes.append(attributes)
        return len(self.rows) - 1

    def _place_in_text(self, document: str, start: int, end: int, said: str | None) -> tuple[int, int]:
        """A span's offsets in code points; and note whether it reads there as it says."""
        if said is None and not self.counts_utf16:
            return start, end
        text = self.texts.get(document)
        if text is None:
            if self.counts_utf16:
                raise InvalidCorpusError(
                    f"document {document!r} has no text, so offsets in UTF-16 units cannot be placed in it"
                )
            return start, end
        if said is not None and reads_as(text, start, end, said):
            return start, end
        places = self._find_places(document)
        first, last = places.find_code_point(start), places.find_code_point(end)
        would_fit = said is not None and reads_as(text, first, last, said)
        if self.counts_utf16:
            if first is None or last is None:
                raise InvalidCorpusError(
                    f"document {document!r}: [{start}, {end}) lies past the text of {places.length} UTF-16 units, or "
                    "divides a character; correct the offsets"
                )
            self.misread[document] += said is not None and not would_fit
            return first, last
        self.misread[document] += 1
        self.misread_but_in_utf16[document] += would_fit
        return start, end

    def _find_places(self, document: str) -> Utf16Places:
        if document not in self._places:
            self._places[document] = Utf16Places.of_text(self.texts[document])
        return self._places[document]

    def _find_misfit(self, document: str, end: int, label: str) -> str:
        """Why a span can be none of its document, if it cannot."""
        if self.labels is not None and label not in self.labels:
            return f"the label is unknown; the file declares {', '.join(sorted(self.labels))}"
        if end > self.lengths[document]:
            in_utf16 = document in self.texts and end <= self._find_places(document).length
            hint = f", or read offsets in UTF-16 units with {AS_UTF16}" if in_utf16 else ""
            return f"it ends past the text of {self.lengths[document]} characters; correct the offsets or the length{hint}"
        return ""

    def leave_out(self, document: str, reason: str, number: int = 1) -> None:
        """Count something of a document that a corpus cannot hold."""
        self.left_out_of[reason][document] += number

    def take(
        self, other: "CorpusBuilder", *, documents: Mapping[str, str], annotators: Mapping[str, str]
    ) -> None:
        """Take over what another has gathered, under the names that its documents and annotators have here.

        Parameters
        ----------
        other : CorpusBuilder
        documents : mapping of each of its documents to one of these
        annotators : mapping of some of its annotators to their names here
        """
        first = len(self.rows)
        self.judgements |= {
            (documents[document], annotators.get(name, name)) for document, name in other.judgements
        }
        self.rows += [
            (documents[document], annotators.get(name, name), start, end, label)
            for document, name, start, end, label in other.rows
        ]
        self.attributes += other.attributes
        self.links += [(source + first, target + first, kind) for source, target, kind in other.links]
        for reason, parts in other.left_out_of.items():
            for document, number in parts.items():
                self.leave_out(documents[document], reason, number)
        for own, others in (
            (self.misread, other.misread),
            (self.misread_but_in_utf16, other.misread_but_in_utf16),
        ):
            for document, number in others.items():
                own[documents[document]] += number
        if other.labels is not None:
            self.labels = (self.labels or set()) | other.labels

    def _note_misread(self) -> dict[str, Mapping[str, int]]:
        """What was left out, and beside it the regions that read otherwise than they say."""
        explained = self.misread.total() == self.misread_but_in_utf16.total()
        return {**self.left_out_of, MISREAD_BUT_IN_UTF16 if explained else MISREAD: self.misread}

    def build(self) -> Corpus:
        """Check all that was added together and make a corpus of it.

        Raises
        ------
        InvalidCorpusError
            As from `Corpus.from_arrays`.
        """
        documents = sorted(self.lengths)
        annotators = sorted({annotator for _, annotator in self.judgements})
        labels = sorted({row[4] for row in self.rows} | (self.labels or set()))
        document_at = {name: index for index, name in enumerate(documents)}
        annotator_at = {name: index for index, name in enumerate(annotators)}
        label_at = {name: index for index, name in enumerate(labels)}
        check_size(len(documents), len(annotators), "documents", most=MAX_JUDGEMENTS)
        completed = np.zeros((len(documents), len(annotators)), dtype=bool)
        for document, annotator in self.judgements:
            completed[document_at[document], annotator_at[annotator]] = True
        names = sorted({name for attributes in self.attributes for name in attributes})
        corpus = Corpus.from_arrays(
            documents=documents,
            lengths=[self.lengths[name] for name in documents],
            annotators=annotators,
            labels=labels,
            document=[document_at[row[0]] for row in self.rows],
            annotator=[annotator_at[row[1]] for row in self.rows],
            start=[row[2] for row in self.rows],
            end=[row[3] for row in self.rows],
            label=[label_at[row[4]] for row in self.rows],
            completed=completed,
            attributes={name: [attributes.get(name) for attributes in self.attributes] for name in names},
            links=self.links,
            texts=[self.texts[name] for name in documents] if len(self.texts) == len(documents) else None,
            left_out_of=self._note_misread(),
        )
        return note_blank_edges(corpus)


@contextmanager
def as_invalid_corpus(place: str = "") -> Iterator[None]:
    """Say a refusal of a reader of formats as this library's own, after its place in the file.

    Raises
    ------
    InvalidCorpusError
    """
    try:
        yield
    except RefusedError as error:
        raise InvalidCorpusError(str(error)) from error
    except InvalidCorpusError as error:
        if not place:
            raise
        raise InvalidCorpusError(f"{place}: {error}") from error


def make_items(read: JudgedItems) -> Items:
    """Make items for agreement of the values that a reader found, an item a row.

    Raises
    ------
    InvalidCorpusError
        A value can be no value of an item.
    """
    return Items.from_rows(list(read.rows), names=read.names, order=read.order)


def _refuse_span(
    document: str, annotator: str, span: tuple[Any, Any, Any], problem: str
) -> InvalidCorpusError:
    place = f"[{shorten(span[0])}, {shorten(span[1])}) {shorten(span[2])}"
    return InvalidCorpusError(f"{_place(document, annotator)}, span {place}: {problem}")


def _place(document: str, annotator: str) -> str:
    return f"document {document!r}, annotator {annotator!r}"
