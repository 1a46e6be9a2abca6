"""What is written in a format is read as it was, but for what was counted: one suite over all formats that have both."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from pathlib import Path

import pytest

from annotations.formats.annotation_tools.brat import AS_NOTES, BRAT, NO_NAME
from annotations.formats.annotation_tools.brat import NAME as BRAT_NAME
from annotations.formats.annotation_tools.doccano import DOCCANO
from annotations.formats.annotation_tools.label_studio import LABEL_STUDIO
from annotations.formats.documents import Block
from annotations.formats.errors import RefusedError
from annotations.formats.files.written_xml import UNWRITABLE
from annotations.formats.losses import (
    AS_METADATA,
    ATTRIBUTES,
    ESCAPED,
    FIELDS,
    MOVED,
    NAMES,
    NO_XML,
    RELATIONS,
    RENAMED,
    SPLIT,
    UNKNOWN_LABEL,
    UNLINKED,
    WITHOUT_TOKEN,
)
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Format, Loss, Losses, ReadingOptions
from annotations.formats.record import AnnotationReference, Record
from annotations.formats.registry import FORMATS, WRITTEN
from annotations.formats.sources import read_annotated
from annotations.formats.training.conll import CONLL, OVERLAPPING
from annotations.formats.training.conll2003 import CONLL2003_BILOU, CONLL2003_BIO, SHARING
from annotations.formats.training.docbin import DOCBIN
from annotations.formats.training.docbin_writer import _Tokens
from annotations.formats.uima.uima_cas import UIMA_CAS_JSON
from annotations.formats.uima.webanno_tsv import WEBANNO_TSV
from annotations.formats.uima.webanno_tsv_writer import BEFORE_FIRST
from annotations.markup import Markup, Relation
from annotations.spans import Span
from tests.unit.formats.lossy import LIMITS
from tests.unit.formats.samples import SCHEME, article, empty_record, news_record, plain_record, span
from tests.unit.formats.seeds import submitted_seeds

BOTH = [known for known in WRITTEN if known.is_read_back]
ONLY_WRITTEN = [known for known in WRITTEN if not known.is_read_back]
ANNOTATORS = ("A", "B", "C", "D", "E")
WITHOUT_TEXT = (CONLL2003_BIO, CONLL2003_BILOU)
"""Formats that have neither the text nor offsets, so that spans are compared by the words of their tokens."""
NAMELESS = (DOCCANO, CONLL2003_BIO, CONLL2003_BILOU)
"""Formats that do not say whose annotations they hold, so that each annotator's are a document."""

Marked = tuple[tuple[int, int, str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True)
class Said:
    """What one annotator, or the gold, says of a text, whatever the keys of spans are."""

    spans: Marked
    relations: tuple[tuple[tuple[int, int, str], str, tuple[int, int, str]], ...]
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of_markup(cls, markup: Markup) -> "Said":
        places = {one.key: (one.start, one.end, one.label) for one in markup.spans}
        return cls(
            tuple(sorted((*places[one.key], one.attributes) for one in markup.spans)),
            tuple(sorted((places[link.source], link.kind, places[link.target]) for link in markup.relations)),
            tuple(sorted(markup.fields)),
        )


# the records

ODD = '=SUM(A1) "Kyiv\'s" <b>&amp; 🤝👩‍👩‍👧 נאט״ו\tمفاوضات\u2028 é\u0301 end\r\nlast | line_ \\n'


def odd_record() -> Record:
    """Words and names that some formats have another use for, in several scripts, with spans that nest and overlap."""
    markup = Markup(
        spans=(
            span(ODD, '=SUM(A1) "Kyiv\'s"', "Claim", "k 1", type="=cmd|' /C", note="a b\tc"),
            span(ODD, "Kyiv's", "Source", "k|2", kind="a&<b>"),
            span(ODD, "🤝👩‍👩‍👧 נאט״ו", "Stance", "ק"),
            span(ODD, "👩‍👩‍👧", "Claim", "_"),
            span(ODD, "مفاوضات", "Source", "5"),
            span(ODD, "end\r\nlast", "Stance", "6", kind="x"),
        ),
        relations=(
            Relation("k 1", "k|2", "held_by"),
            Relation("ק", "_", "supports"),
            Relation("_", "ק", "supports"),
        ),
        fields=(("genre", "+news"), ("note", 'a "b"\nc')),
    )
    return replace(plain_record(), article=article(9, 'Odd\t"title"', ODD), markup=markup, scheme=SCHEME)


def record_in_any_script() -> Record:
    """Names of labels, values and relations in scripts that have no ASCII letters, no two of one length, since brat rewrites them."""
    text = "Kyiv agreed. Moscow did not."
    markup = Markup(
        spans=(
            span(text, "Kyiv", "Θέση", "1", kind="主张"),
            span(text, "agreed", "主张", "2", kind="вид"),
            span(text, "Moscow", "दावा_", "3"),
            span(text, "did", "Утверждение", "4"),
        ),
        relations=(Relation("1", "2", "与"), Relation("3", "4", "относится")),
        fields=(("genre", "новость"),),
    )
    scheme = replace(SCHEME, labels=("Θέση", "主张", "दावा_", "Утверждение"))
    return replace(plain_record(), article=article(10, "Names", text), markup=markup, scheme=scheme)


def long_record() -> Record:
    """A text of a megabyte with spans at its beginning, in its middle and at its end, some of them linked across all of it."""
    words = "Kyiv agreed, “said” Novak 🤝 at\tnoon.\r\nמוסקבה לא. "
    text = words * (1_000_000 // len(words.encode()) + 1)
    places = [len(words) * number for number in (0, text.count(words) // 2, text.count(words) - 1)]
    markup = Markup(
        spans=tuple(
            Span(start + begin, start + end, label, (), f"{label}{start}")
            for start in places
            for begin, end, label in ((0, 11, "Claim"), (20, 25, "Source"), (39, 45, "Stance"))
        ),
        relations=(Relation(f"Claim{places[0]}", f"Source{places[-1]}", "held_by"),),
    )
    return replace(plain_record(), article=article(11, "Long", text), markup=markup, scheme=SCHEME)


def submitted() -> list[Record]:
    """Five annotators of two texts, the last of whom found nothing."""
    lines = []
    for record in (plain_record(), odd_record()):
        for number, letter in enumerate(ANNOTATORS):
            by = (AnnotationReference(letter, 1, "a" * 64),)
            markup = Markup() if letter == ANNOTATORS[-1] else drop(record.markup, number)
            lines.append(replace(record, markup=markup, status="submitted", annotations=by))
    return lines


def drop(markup: Markup, number: int) -> Markup:
    """A markup without one of its spans and what hangs on that."""
    left_out = markup.spans[number % len(markup.spans)].key
    return Markup(
        tuple(one for one in markup.spans if one.key != left_out),
        tuple(link for link in markup.relations if left_out not in (link.source, link.target)),
        markup.fields,
    )


DATASETS = {
    "gold": lambda: [news_record(), plain_record(), empty_record(), odd_record()],
    "annotators": submitted,
    "any script": lambda: [record_in_any_script()],
    "a megabyte": lambda: [long_record()],
    "seeds": lambda: list(submitted_seeds()),
    **{limit.title: partial(list, limit.records) for limit in LIMITS},
}

# what the losses of a format say that becomes of a markup


def fit(markup: Markup, places: list[tuple[int, int]], *, divides: bool) -> Markup:
    """The spans fitted to the tokens that they touch, or to their parts; one that touches none is left out with its relations."""
    spans = []
    for one in markup.spans:
        touched = [place for place in places if place[0] < one.end and place[1] > one.start]
        if touched:
            start, end = touched[0][0], touched[-1][1]
            inner = max(start, one.start), min(end, one.end)
            spans.append(replace(one, start=inner[0] if divides else start, end=inner[1] if divides else end))
    known = {one.key for one in spans}
    links = tuple(link for link in markup.relations if {link.source, link.target} <= known)
    return Markup(tuple(spans), links, markup.fields)


def split(markup: Markup, blocks: Sequence[Block], places: list[tuple[int, int]]) -> Markup:
    """The spans with a new one from each border of a block on."""
    spans = []
    for one in markup.spans:
        parts: dict[object, list[tuple[int, int]]] = {}
        for place in places:
            if one.start <= place[0] and place[1] <= one.end:
                around = next((block for block in blocks if block.start <= place[0] < block.end), None)
                parts.setdefault(around, []).append(place)
        spans += [
            replace(one, start=part[0][0], end=part[-1][1], key=f"{one.key}{part}") for part in parts.values()
        ]
    return replace(markup, spans=tuple(spans))


def without_attributes(markup: Markup) -> Markup:
    return replace(markup, spans=tuple(replace(one, attributes=()) for one in markup.spans))


def name_as_controls(markup: Markup) -> Markup:
    """Attributes as the labeling config of a scheme calls their controls."""
    return replace(
        markup,
        spans=tuple(
            replace(one, attributes=tuple((f"{one.label}.{name}", value) for name, value in one.attributes))
            for one in markup.spans
        ),
    )


class Names(dict[str, str]):
    """A name each for what a format calls otherwise; the first that would have a name of another gets a number."""

    def __init__(self, spell: Callable[[str], str], joint: str, *taken: str) -> None:
        self.spell, self.joint, self.taken = spell, joint, set(taken)

    def __missing__(self, given: str) -> str:
        bare = self.spell(given)
        numbered = (f"{bare}{self.joint}{number}" for number in count(2))
        self[given] = next(name for name in chain([bare], numbered) if name not in self.taken)
        self.taken.add(self[given])
        return self[given]


def spell_feature(given: str) -> str:
    bare = re.sub(r"[^A-Za-z0-9_]", "_", given)
    return bare if bare[0].isalpha() else f"f_{bare}"


def name_as_features(markup: Markup) -> Markup:
    """Attributes and fields with the letters that names of features can have."""
    taken = ("begin", "end", "sofa", "value")
    of_spans, of_fields = Names(spell_feature, "_", *taken), Names(spell_feature, "_", *taken)

    def name(names: Names, pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted([(names[key], value) for key, value in sorted(pairs)]))

    spans = tuple(replace(one, attributes=name(of_spans, one.attributes)) for one in markup.spans)
    return replace(markup, spans=spans, fields=name(of_fields, markup.fields))


def rename(markup: Markup) -> Markup:
    """Names in the letters of brat, and no value that is none."""
    names = Names(partial(NO_NAME.sub, "_"), "-")

    def name(one: Span) -> Span:
        label = names[one.label]
        kept = [(key, value) for key, value in sorted(one.attributes) if BRAT_NAME.fullmatch(value)]
        return replace(
            one, label=label, attributes=tuple(sorted([(names[key], value) for key, value in kept]))
        )

    spans = tuple(map(name, markup.spans))
    links = tuple(replace(link, kind=names[link.kind]) for link in markup.relations)
    return replace(markup, spans=spans, relations=links)


def write_as_xml(markup: Markup) -> Markup:
    """Answers with another character for each that XML does not have."""

    def write(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((key, show_as_xml(value)) for key, value in pairs)

    spans = tuple(replace(one, attributes=write(one.attributes)) for one in markup.spans)
    return replace(markup, spans=spans, fields=write(markup.fields))


def show_as_xml(text: str) -> str:
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def keep_known(markup: Markup, labels: Sequence[str]) -> Markup:
    return replace(markup, spans=tuple(one for one in markup.spans if one.label in labels))


def keep_first(markup: Markup, chosen: Format) -> Markup:
    """The spans of CoNLL: none that shares a token with an earlier one, of its label or of any."""
    kept: list[Span] = []
    for one in sorted(markup.spans, key=lambda one: (one.start, -one.end, one.label, one.key)):
        rivals = [other for other in kept if chosen is not CONLL or other.label == one.label]
        if all(other.overlap(one) == 0 for other in rivals):
            kept.append(one)
    return replace(markup, spans=tuple(kept))


def expect(record: Record, losses: frozenset[Loss], chosen: Format) -> Markup:
    """What is left of what a record says by the losses that were counted, with the names that the format has."""
    markup = call(record.markup, losses, chosen)
    if RELATIONS in losses:
        markup = replace(markup, relations=())
    if ATTRIBUTES in losses:
        markup = without_attributes(markup)
    if FIELDS in losses:
        markup = replace(markup, fields=())
    if UNKNOWN_LABEL in losses:
        markup = keep_known(markup, record.scheme.labels)
    if NO_XML in losses:
        markup = write_as_xml(markup)
    tokens = find_tokens(record.article.text)
    if chosen is DOCBIN:
        words = _Tokens(record.article.text)
        tokens = list(zip(words.starts, words.ends, strict=True))
    if losses & {MOVED, WITHOUT_TOKEN}:
        markup = fit(markup, tokens, divides=chosen is WEBANNO_TSV)
    if losses & {OVERLAPPING, SHARING}:
        markup = keep_first(markup, chosen)
    if SPLIT in losses:
        markup = split(markup, record.article.blocks, tokens)
    return markup


def call(markup: Markup, losses: frozenset[Loss], chosen: Format) -> Markup:
    """A markup with the names of attributes, labels and fields that a format has for them."""
    if chosen is LABEL_STUDIO:
        return name_as_controls(markup)
    if chosen in (UIMA_CAS_JSON, WEBANNO_TSV):
        return name_as_features(markup)
    return rename(markup) if chosen is BRAT and losses & {AS_NOTES, RENAMED} else markup


HANDLED = frozenset(
    {
        RELATIONS,
        ATTRIBUTES,
        FIELDS,
        MOVED,
        WITHOUT_TOKEN,
        SPLIT,
        OVERLAPPING,
        SHARING,
        NAMES,
        AS_METADATA,
        ESCAPED,
        RENAMED,
        AS_NOTES,
        UNKNOWN_LABEL,
        UNLINKED,
        NO_XML,
        BEFORE_FIRST,
    }
)


@pytest.mark.parametrize("records", DATASETS.values(), ids=DATASETS)
@pytest.mark.parametrize("chosen", BOTH, ids=lambda chosen: chosen.name)
def test_what_is_written_is_read_as_it_was_but_for_what_was_counted(
    chosen: Format, records: Callable[[], list[Record]], tmp_path: Path
) -> None:
    losses = Losses()
    path = tmp_path / f"file.{chosen.extension}"
    path.write_bytes(b"".join(chosen.write_lines((one.to_line() for one in records()), losses=losses)))
    expected = [describe_record(one, losses.kinds, chosen) for one in records()]
    assert list(list_read(path, chosen)) == expected
    assert losses.kinds <= HANDLED


def describe_record(
    record: Record, losses: frozenset[Loss], chosen: Format
) -> tuple[str, str, Said | list[str]]:
    """The text, the annotator and what they say, as far as the format has these."""
    text = record.article.text
    who = "gold" if record.status != "submitted" else record.annotations[0].annotator
    markup = expect(record, losses, chosen)
    if chosen in WITHOUT_TEXT:
        return "", "", list_words(markup, text)
    return show_text(text, losses, chosen), "" if chosen in NAMELESS else who, Said.of_markup(markup)


def show_text(text: str, losses: frozenset[Loss], chosen: Format) -> str:
    """A text as it is read by the losses that were counted."""
    if NO_XML in losses:
        text = show_as_xml(text)
    if BEFORE_FIRST in losses:
        text = f"{' ' * (len(text) - len(text.lstrip()))}{text.lstrip()}"
    return "".join(" " if mark.isspace() else mark for mark in text).rstrip() if chosen is CONLL else text


def list_words(markup: Markup, text: str) -> list[str]:
    """The label of each span and the tokens in it."""
    ordered = sorted(markup.spans, key=lambda one: one.start)
    tokens = find_tokens(text)
    return [
        " ".join([one.label, *(text[start:end] for start, end in tokens if one.start <= start < one.end)])
        for one in ordered
    ]


def list_read(path: Path, chosen: Format) -> Iterator[tuple[str, str, Said | list[str]]]:
    """What is read of a file; Label Studio's annotations of gold are by nobody."""
    options = ReadingOptions(models=frozenset(ANNOTATORS))
    for part in read_annotated(path, options):
        for document in part.documents:
            text = document.text or ""
            said = [("gold", document.gold)] if document.gold is not None else []
            for annotator, judgement in document.judgements.items():
                said.append((annotator if annotator in ANNOTATORS else "gold", judgement.markup))
            for who, markup in said:
                if chosen in WITHOUT_TEXT:
                    yield "", "", list_words(markup, text)
                else:
                    yield text, "" if chosen in NAMELESS else who, Said.of_markup(markup)


def test_no_reader_takes_a_file_of_a_format_that_says_it_is_only_written(tmp_path: Path) -> None:
    for chosen in ONLY_WRITTEN:
        path = tmp_path / f"file.{chosen.extension}"
        path.write_bytes(b"".join(chosen.write_lines([plain_record().to_line()], losses=Losses())))
        with pytest.raises(RefusedError):
            list(list_read(path, chosen))


def test_a_format_that_another_one_reads_names_one_with_a_reader() -> None:
    readers = {known.name for known in FORMATS if known.read_documents or known.read_bundle}
    assert {known.read_by for known in FORMATS if known.read_by} <= readers
