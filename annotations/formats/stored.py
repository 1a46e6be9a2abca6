"""The documents that stored records are about, as every writer gets them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from annotations.formats.documents import Block, Document, Judgement
from annotations.markup import Markup, Origin

try:
    import pydantic_core
except ImportError:  # the library of agreement is installed without it, and reads no stored records
    read_json: Callable[[str], Any] = json.loads
else:
    read_json = pydantic_core.from_json


def read_stored(lines: Iterable[str]) -> Iterator[Document]:
    """Read the canonical lines of records; lines of one article in one round that stand together are one document.

    The lines are ours, so nothing is checked. What other installations wrote is read by the reader of JSONL.
    """
    waiting: tuple[str, int] | None = None
    judgements: dict[str, Judgement] = {}
    document: Document | None = None
    for line in lines:
        record = read_json(line)
        markup, people = Markup.from_json(record), [one["annotator"] for one in record["annotations"]]
        is_gold = record["status"] != Origin.SUBMITTED
        if waiting is not None and not is_gold and waiting == (record["id"], record["round"]):
            judgements[people[0]] = Judgement(markup)
            continue
        if document is not None:
            yield document
        if is_gold:
            waiting, document = None, _describe(record, gold=markup, annotators=tuple(people))
        else:
            waiting, judgements = (record["id"], record["round"]), {people[0]: Judgement(markup)}
            document = _describe(record, judgements=judgements)
    if document is not None:
        yield document


def _describe(record: Mapping[str, Any], **said: Any) -> Document:
    return Document(
        id=str(record["id"]),
        text=record["text"],
        title=record["title"],
        blocks=tuple(Block(**block) for block in record["blocks"]),
        metadata=record["metadata"],
        source_format=record["source_format"],
        labels=tuple(record["scheme"]["labels"]),
        scheme=record["scheme"]["sha256"],
        status=record["status"],
        round=record["round"],
        external_id=record["external_id"],
        text_sha256=record["text_sha256"],
        votes=record.get("votes"),
        **said,
    )
