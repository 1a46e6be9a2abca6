"""The documents that stored records are about, as every writer gets them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotations.formats.documents import Block, Document, Judgement
from annotations.markup import Markup, Origin


def read_stored(lines: Iterable[str]) -> Iterator[Document]:
    """Read the canonical lines of records; lines of one article in one round that stand together are one document.

    The lines are ours, so nothing is checked. What other installations wrote is read by the reader of JSONL.
    """
    waiting: Document | None = None
    for line in lines:
        document = _read_record(json.loads(line))
        if waiting is None:
            waiting = document
        elif _are_parts(waiting, document):
            waiting = replace(waiting, judgements={**waiting.judgements, **document.judgements})
        else:
            yield waiting
            waiting = document
    if waiting is not None:
        yield waiting


def _are_parts(one: Document, other: Document) -> bool:
    return one.gold is None and other.gold is None and (one.id, one.round) == (other.id, other.round)


def _read_record(record: Mapping[str, Any]) -> Document:
    markup = Markup.from_json(record)
    is_gold = record["status"] != Origin.SUBMITTED
    annotators = tuple(one["annotator"] for one in record["annotations"])
    return Document(
        id=str(record["id"]),
        text=record["text"],
        title=record["title"],
        blocks=tuple(Block(**block) for block in record["blocks"]),
        metadata=record["metadata"],
        source_format=record["source_format"],
        labels=tuple(record["scheme"]["labels"]),
        scheme=record["scheme"]["sha256"],
        judgements={} if is_gold else {annotators[0]: Judgement(markup)},
        gold=markup if is_gold else None,
        status=record["status"],
        annotators=annotators if is_gold else (),
        round=record["round"],
        external_id=record["external_id"],
        text_sha256=record["text_sha256"],
    )
