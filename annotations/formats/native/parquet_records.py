"""Records as Parquet: a row for each annotator of a document, or for its gold, with the features that Hugging Face's `datasets` reads.

Spans, relations and blocks are lists of structures; attributes and fields are lists of `name` and `value`, since every row
of a column has the same members. `annotator` is `gold` for gold.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice, repeat
from typing import Any

from annotations.formats.canonical import write_canonical
from annotations.formats.documents import (
    Block,
    Document,
    Judgement,
    Marking,
    join_parts,
    read_name,
    require_list,
    require_object,
)
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.archives import Drain
from annotations.formats.files.bundles import Bundle, BundledFile
from annotations.formats.libraries import PYARROW
from annotations.formats.ports import Losses, ReadingOptions
from annotations.limits import MAX_ARCHIVE_BYTES, MAX_ROWS, MAX_TEXT_LENGTH
from annotations.markup import Origin
from annotations.strict_json import StrictJsonError, read_strict

BEGIN = b"PAR1"
GOLD = "gold"
ROWS_A_GROUP, ROWS_AT_ONCE, READ_AT_ONCE = 1_000, 50, 16
WEIGHT_A_GROUP, WEIGHT_AT_ONCE = 16_000_000, 2_000_000
"""Long texts, and rows with very many spans, make a group sooner, since all of it is held until it is written."""
WEIGHT_OF_A_PART = 100
"""Of a span or a relation, where a character weighs 1."""
STRING, WHOLE = "string", "int64"
PAIR = {"name": STRING, "value": STRING}
COLUMNS: Mapping[str, Any] = {
    **dict.fromkeys(("document", "annotator", "status"), STRING),
    "round": WHOLE,
    **dict.fromkeys(("external_id", "title", "text", "text_sha256", "metadata"), STRING),
    "annotators": [STRING],
    "labels": [STRING],
    "blocks": [{"kind": STRING, "start": WHOLE, "end": WHOLE}],
    "spans": [
        {"key": STRING, "label": STRING, "start": WHOLE, "end": WHOLE, "quote": STRING, "attributes": [PAIR]}
    ],
    "relations": [{"kind": STRING, "source": STRING, "target": STRING}],
    "fields": [PAIR],
}
"""The type of each column; a list has one type of entries, and a structure the types of its members."""
TEXT, SPANS, RELATIONS = (list(COLUMNS).index(name) for name in ("text", "spans", "relations"))
NEEDED = ("document", "annotator", "text", "spans")


def write_parquet(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:  # noqa: ARG001 - none
    """Write documents a group of rows at a time."""
    arrow, parquet = PYARROW.load(), PYARROW.load("pyarrow.parquet")
    waiting = iter(documents)
    first = next(waiting, None)
    has_votes = first is not None and first.votes is not None
    columns = {**COLUMNS, "votes": STRING} if has_votes else COLUMNS
    schema = arrow.schema(
        [(name, _name_type(arrow, kind)) for name, kind in columns.items()],
        metadata={
            "huggingface": json.dumps({"info": {"features": describe_features(columns)}}, sort_keys=True)
        },
    )
    drain = Drain()
    everything = chain([first] if first else [], waiting)
    rows = (row for document in everything for row in _list_rows(document))
    with parquet.ParquetWriter(drain, schema, compression="none", write_statistics=False) as writer:
        yield from drain.take()
        while batches := list(
            _build_batches(arrow, columns, schema, _take(rows, ROWS_A_GROUP, WEIGHT_A_GROUP))
        ):
            writer.write_table(arrow.Table.from_batches(batches, schema=schema))
            yield from drain.take()
    yield from drain.take()


def _build_batches(
    arrow: Any, columns: Mapping[str, Any], schema: Any, rows: Iterator[tuple[Any, ...]]
) -> Iterator[Any]:
    """Rows as arrays, a few rows at a time: Python's search for garbage looks through all that are waiting again and again."""
    while some := list(_take(rows, ROWS_AT_ONCE, WEIGHT_AT_ONCE)):
        by_column = zip(columns.values(), zip(*some, strict=True), strict=True)
        built = [_build_array(arrow, kind, values) for kind, values in by_column]
        yield arrow.RecordBatch.from_arrays(built, schema=schema)


def _take(rows: Iterator[tuple[Any, ...]], most: int, weight: int) -> Iterator[tuple[Any, ...]]:
    """The next rows, as many as are asked for, or fewer that weigh enough."""
    for row in islice(rows, most):
        yield row
        weight -= len(row[TEXT]) + WEIGHT_OF_A_PART * (len(row[SPANS]) + len(row[RELATIONS]))
        if weight <= 0:
            return


def _name_type(arrow: Any, kind: Any) -> Any:
    if isinstance(kind, list):
        return arrow.list_(_name_type(arrow, kind[0]))
    if isinstance(kind, Mapping):
        return arrow.struct([(name, _name_type(arrow, one)) for name, one in kind.items()])
    return arrow.string() if kind == STRING else arrow.int64()


def _build_array(arrow: Any, kind: Any, values: Sequence[Any]) -> Any:
    """The values of a column as arrays, those of the entries of lists and of the members of structures one after the other."""
    if isinstance(kind, list):
        offsets = arrow.array([0, *accumulate(map(len, values))], arrow.int32())
        entries = list(chain.from_iterable(values))
        return arrow.ListArray.from_arrays(offsets, _build_array(arrow, kind[0], entries))
    if isinstance(kind, Mapping):
        members = zip(*values, strict=True) if values else repeat((), len(kind))
        arrays = [
            _build_array(arrow, one, member) for one, member in zip(kind.values(), members, strict=True)
        ]
        return arrow.StructArray.from_arrays(arrays, names=list(kind))
    return arrow.array(values, _name_type(arrow, kind))


def describe_features(kind: Any = COLUMNS) -> Any:
    """The types of the columns as Hugging Face's `datasets` says them.

    >>> describe_features(["string"])
    [{'dtype': 'string', '_type': 'Value'}]
    """
    if isinstance(kind, list):
        return [describe_features(kind[0])]
    if isinstance(kind, Mapping):
        return {name: describe_features(one) for name, one in kind.items()}
    return {"dtype": kind, "_type": "Value"}


def _list_rows(document: Document) -> Iterator[tuple[Any, ...]]:
    """The values of the columns, in their order, for each annotator or for the gold; structures are values in the order of their members."""
    text = document.text or ""
    metadata = write_canonical(document.metadata)
    labels = document.labels or ()
    blocks = [(block.kind, block.start, block.end) for block in document.blocks]
    votes = () if document.votes is None else (write_canonical(document.votes),)
    for annotators, markup in document.markups:
        spans = sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key))
        yield (
            document.name,
            GOLD if document.gold is not None else annotators[0],
            document.status,
            document.round,
            document.external_id,
            document.title,
            text,
            document.text_sha256,
            metadata,
            annotators,
            labels,
            blocks,
            [
                (span.key, span.label, span.start, span.end, text[span.start : span.end], span.attributes)
                for span in spans
            ],
            [(link.kind, link.source, link.target) for link in sorted(markup.relations)],
            markup.fields,
            *votes,
        )


def opens_parquet(bundle: Bundle) -> bool:
    """Whether a file is Parquet."""
    return bundle.only is not None and bundle.only.read_begin(len(BEGIN)) == BEGIN


def read_parquet(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with what each annotator marked; rows of one document that stand together are one."""
    return (document for file in bundle.files.values() for document in join_parts(_read_parts(file)))


def _read_parts(file: BundledFile) -> Iterator[Document]:
    for number, row in enumerate(_read_rows(file), start=1):
        place = f"{file.where}, row {number}"
        with placed(place):
            read = _read_row(row, place)
        yield read


def _read_rows(file: BundledFile) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, a few at a time; whatever its library says of a damaged one is a refusal."""
    arrow, parquet = PYARROW.load(), PYARROW.load("pyarrow.parquet")
    with file.reading() as stream, placed(file.where):
        try:
            opened = parquet.ParquetFile(stream, pre_buffer=False)
            about = opened.metadata
            missing = [name for name in NEEDED if name not in opened.schema_arrow.names]
            if missing:
                raise RefusedError(
                    f"there is no column {missing[0]!r}; give a project's annotations, exported as Parquet"
                )
            size = sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
            if about.num_rows > MAX_ROWS or size > MAX_ARCHIVE_BYTES:
                raise RefusedError(
                    f"there are more than {MAX_ROWS:,} rows or {MAX_ARCHIVE_BYTES:,} bytes; give it in parts"
                )
            columns = [name for name in COLUMNS if name in opened.schema_arrow.names]
            for batch in opened.iter_batches(READ_AT_ONCE, columns=columns, use_threads=False):
                yield from batch.to_pylist()
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            raise RefusedError(f"it is no whole Parquet file: {error}") from error


def _read_row(row: Mapping[str, Any], place: str) -> Document:
    name = read_name(row["document"], "the document")
    annotator = read_name(row["annotator"], f"document {name!r}: the annotator")
    text = row["text"]
    if not isinstance(text, str) or len(text) > MAX_TEXT_LENGTH:
        raise RefusedError(
            f"document {name!r}: the text must be a text of at most {MAX_TEXT_LENGTH:,} characters"
        )
    judgement = _read_judgement(row, Marking(name, annotator))
    is_gold = row.get("status") != Origin.SUBMITTED if row.get("status") else annotator == GOLD
    number = row.get("round")
    return Document(
        place=place,
        id=name,
        text=text,
        title=str(row.get("title") or ""),
        blocks=tuple(_read_block(block) for block in require_list(row.get("blocks"), "the blocks")),
        metadata=_read_metadata(row.get("metadata")),
        source_format="parquet",
        labels=tuple(map(str, row.get("labels") or ())) or None,
        judgements={} if is_gold else {annotator: judgement},
        gold=judgement.markup if is_gold else None,
        status=str(row.get("status") or ""),
        annotators=tuple(map(str, row.get("annotators") or ())) if is_gold else (),
        round=number if is_gold else None,
        external_id=str(row.get("external_id") or ""),
        text_sha256=str(row.get("text_sha256") or ""),
    )


def _read_judgement(row: Mapping[str, Any], marking: Marking) -> Judgement:
    keys: dict[Any, str] = {}
    for one in require_list(row["spans"], f"{marking.where}: the spans"):
        span = require_object(one, f"{marking.where}: a span", ("start", "end", "label"))
        key = span.get("key") or str(len(keys))
        about = _read_pairs(span.get("attributes"), marking.where)
        said = span.get("quote")
        keys[key] = marking.add_span(
            span["start"], span["end"], span["label"], attributes=about, said=said, key=key
        )
    relations = row.get("relations")
    marking.add_relations(
        None if relations is None else list(relations), keys=keys, members=("source", "target", "kind")
    )
    return marking.finish(fields=_read_pairs(row.get("fields"), marking.where))


def _read_pairs(pairs: Any, where: str) -> dict[str, Any]:
    read = (
        require_object(one, f"{where}: an answer", ("name", "value"))
        for one in require_list(pairs, f"{where}: the answers")
    )
    return {str(pair["name"]): pair["value"] for pair in read}


def _read_block(value: Any) -> Block:
    block = require_object(value, "a block", ("start", "end", "kind"))
    return Block(block["start"], block["end"], block["kind"])


def _read_metadata(value: Any) -> Mapping[str, Any]:
    if not value:
        return {}
    try:
        found = read_strict(value)
    except (TypeError, StrictJsonError) as error:
        raise RefusedError(f"the metadata must be an object of JSON, not {shorten(value)}") from error
    return found if isinstance(found, dict) else {}
