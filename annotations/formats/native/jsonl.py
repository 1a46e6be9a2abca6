"""JSON Lines: a line an article. As the workbench writes it, a canonical record a line, it holds everything.

Any JSON Lines with a `text` a line are read as texts; lines of an export are read with what was annotated.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from annotations.formats.axes import Axes
from annotations.formats.documents import (
    Block,
    Document,
    Judgement,
    Marking,
    find_name_problem,
    read_name,
)
from annotations.formats.errors import Refusal, RefusedError, placed, shorten
from annotations.formats.files.content import Content
from annotations.formats.files.decoding import find_encoding_of_lines, split_lines
from annotations.formats.levels import ContentLevel
from annotations.formats.ports import NOTHING_SAID, Format, ReadingOptions, TextOptions
from annotations.formats.tabular.objects import read_object
from annotations.formats.texts.articles import check_article
from annotations.markup import Origin

GOLD = "gold"
"""Who the spans of a line of gold are said to be by, in messages."""
ENDS_AND_KIND = ("source", "target", "kind")
REQUIRED = ("id", "round", "status", "annotations", "scheme", "text", "spans")
WHAT_TO_GIVE = "give a project's annotations, exported as JSONL"


def read_texts(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read a text a line, and refuse each line that cannot become an article."""
    try:
        found = find_encoding_of_lines(stream, options.encoding, may_guess=False)
    except RefusedError as error:
        yield Refusal.of(place, error)
        return
    for number, (raw, line) in enumerate(split_lines(stream, found, at_lone_cr=False), start=1):
        line_place = f"{place}:{number}"
        try:
            if isinstance(line, RefusedError):
                raise line
            if not line.strip():
                continue
            row = Document(
                place=line_place,
                original=raw.removesuffix(b"\n") if found.name.startswith("utf-8") else raw,
                encoding=found.name,
                source_format="jsonl",
                **read_object(line, options, what="a line"),
            )
            check_article(row)
        except RefusedError as error:
            yield Refusal.of(line_place, error)
        else:
            yield row


def read_records(content: Content, _options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read what one annotator submitted, or the gold, an article a line, as an export writes it.

    Lines of one article in one round that stand together are one document.
    """
    waiting: list[Document] = []
    for place, value in content.entries:
        with placed(place):
            read = _read_line(value, place)
            if waiting and not _belongs(waiting[0], read):
                yield _join(waiting)
                waiting = []
            waiting.append(read)
    if waiting:
        yield _join(waiting)


def _belongs(first: Document, other: Document) -> bool:
    """Whether another annotator's line is about the same document; gold stands alone."""
    if first.id != other.id or first.gold is not None or other.gold is not None:
        return False
    if first.text != other.text:
        raise RefusedError(f"document {first.id!r}: the text is not that of an earlier line")
    return first.labels == other.labels


def _join(parts: list[Document]) -> Document:
    judgements: dict[str, Judgement] = {}
    for part in parts:
        for annotator, judgement in part.judgements.items():
            if annotator in judgements:
                raise RefusedError(
                    f"{part.place}: document {part.id!r}: annotator {annotator!r} occurs twice"
                )
            judgements[annotator] = judgement
    return replace(parts[0], judgements=judgements)


def _read_line(value: Any, place: str) -> Document:
    if not isinstance(value, dict):
        raise RefusedError(f"this is no object, but {shorten(value)}; {WHAT_TO_GIVE}")
    if missing := [key for key in REQUIRED if key not in value]:
        raise RefusedError(f"there is no {missing[0]!r}; {WHAT_TO_GIVE}")
    name = f"article {read_name(value['id'], 'the id')}, round {read_name(value['round'], 'the round')}"
    if not isinstance(value["text"], str):
        raise RefusedError(f"document {name!r}: the text must be a text, not {shorten(value['text'])}")
    if not isinstance(value["status"], str):
        raise RefusedError(f"document {name!r}: the status must be a text, not {shorten(value['status'])}")
    is_gold = value["status"] != Origin.SUBMITTED
    annotator = GOLD if is_gold else _find_annotator(value["annotations"], name)
    judgement = _read_judgement(value, Marking(name, annotator, place=place), name)
    title, metadata = value.get("title"), value.get("metadata")
    return Document(
        place=place,
        id=name,
        text=value["text"],
        title=title if isinstance(title, str) else "",
        metadata=metadata if isinstance(metadata, dict) else {},
        blocks=_read_blocks(value.get("blocks"), name),
        source_format="jsonl",
        is_part=True,
        labels=_read_labels(value["scheme"]),
        asks_by_label=True,
        judgements={} if is_gold else {annotator: judgement},
        gold=judgement.markup if is_gold else None,
        status=value["status"],
    )


def _read_judgement(value: Mapping[str, Any], marking: Marking, name: str) -> Judgement:
    keys: dict[Any, str] = {}
    spans = value["spans"]
    if not isinstance(spans, list):
        marking.add_spans(spans)
    for index, span in enumerate(spans):
        if not isinstance(span, dict):
            raise RefusedError(f"{marking.where}: span number {index} is no object, but {shorten(span)}")
        if absent := {"start", "end", "label"} - set(span):
            raise RefusedError(f"{marking.where}: span number {index} has no {min(absent)!r}")
        key = read_name(span.get("key"), f"document {name!r}: the 'key' of a span")
        place = span["start"], span["end"], span["label"]
        keys[key] = marking.add_span(*place, attributes=span.get("attributes"), key=key)
    marking.add_relations(value.get("relations"), keys=keys, members=ENDS_AND_KIND)
    fields = value.get("fields") or {}
    if not isinstance(fields, dict):
        raise RefusedError(f"document {name!r}: 'fields' must be an object, not {shorten(fields)}")
    return marking.finish(fields=fields)


def _read_labels(scheme: Any) -> tuple[str, ...]:
    labels = scheme.get("labels") if isinstance(scheme, dict) else None
    if not isinstance(labels, list):
        raise RefusedError(f"'labels' must be a list of texts, not {shorten(labels)}")
    for label in labels:
        if problem := find_name_problem(label):
            raise RefusedError(f"'labels': {shorten(label)} {problem}")
    return tuple(labels)


def _read_blocks(blocks: Any, name: str) -> tuple[Block, ...]:
    try:
        return tuple(Block(block["start"], block["end"], block["kind"]) for block in blocks or ())
    except (TypeError, KeyError) as error:
        raise RefusedError(
            f"document {name!r}: 'blocks' must list objects with 'start', 'end' and 'kind', not {shorten(blocks)}"
        ) from error


def _find_annotator(annotations: Any, document: str) -> str:
    """Whose annotation it is: of what was submitted there is always one."""
    if not isinstance(annotations, list) or len(annotations) != 1 or not isinstance(annotations[0], dict):
        raise RefusedError(f"document {document!r}: 'annotations' must list the one annotation that this is")
    return read_name(annotations[0].get("annotator"), f"document {document!r}: the annotator")


def copy_records(lines: Iterable[str]) -> Iterator[bytes]:
    """Write canonical lines of records as JSONL, which holds them as they are stored."""
    for line in lines:
        yield f"{line}\n".encode()


JSONL = Format(
    name="jsonl",
    title="JSON Lines, a line an article",
    short="JSONL",
    holds="with texts; or texts alone",
    axes=Axes(),
    suits="programs of your own, and whatever has to have everything: an article a line",
    media_type="application/jsonl",
    extension="jsonl",
    suffixes=(".jsonl", ".ndjson"),
    read_texts=read_texts,
    is_of_rows=True,
    recognises=lambda content: "spans" in content.keys and bool(content.keys & {"scheme", "status", "round"}),
    read_documents=read_records,
    copy=copy_records,
    levels=tuple(ContentLevel),
)
