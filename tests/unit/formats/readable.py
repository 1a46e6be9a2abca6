"""How files of each format that is read are made; every suite of readers runs over what stands here."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from tests.unit.agreement.corpora import TEXT
from tests.unit.formats.foreign_files import (
    Printed,
    make_atom,
    make_docx,
    make_page,
    make_parquet,
    make_pdf,
    make_warc,
    make_xlsx,
)

Spans = Mapping[str, Sequence[tuple[int, int, str]]]
"""By annotator: start, end, label."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document to be written: its name, its text, and what each annotator marked."""

    name: str
    text: str
    spans: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """What makes files of a format: of texts as bytes, of annotations as the JSON values of lines or as one value."""

    texts: Callable[[Sequence[str]], bytes] | None = None
    most_texts: int | None = None
    as_read: Callable[[str], str] = str
    """What becomes of a text where the format has no place for all white space."""
    values: Callable[[Sequence[Sheet]], Any] | None = None
    is_lines: bool = False
    one_annotator: bool = False
    has_offsets: bool = True


def make_sheets(number: int, *, annotators: Sequence[str] = ("ann", "bob")) -> list[Sheet]:
    """Documents of different texts, each marked once by everybody and twice by the first."""
    sheets = []
    for place in range(1, number + 1):
        spans: dict[str, list[tuple[int, int, str]]] = {name: [(0, 4, "Claim")] for name in annotators}
        spans[annotators[0]].append((17, 23, "Stance"))
        sheets.append(Sheet(str(place), f"{TEXT} {place}", spans))
    return sheets


def list_spans(spans: Sequence[tuple[int, int, str]]) -> list[dict[str, Any]]:
    return [{"start": start, "end": end, "label": label} for start, end, label in spans]


def write_table(texts: Sequence[str]) -> bytes:
    table = io.StringIO(newline="")
    csv.writer(table).writerows([["text"], *([text] for text in texts)])
    return table.getvalue().encode()


def write_feed(texts: Sequence[str]) -> bytes:
    return make_atom(f'<content type="text">{escape(text)}</content>' for text in texts)


def collapse_white(text: str) -> str:
    return " ".join(text.split())


def write_records(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    return [
        {
            "id": sheet.name,
            "round": 1,
            "status": "submitted",
            "scheme": {"labels": ["Claim", "Stance"]},
            "text": sheet.text,
            "annotations": [{"annotator": annotator}],
            "spans": [{**span, "key": f"s{number}"} for number, span in enumerate(list_spans(spans))],
        }
        for sheet in sheets
        for annotator, spans in sheet.spans.items()
    ]


def write_plain(sheets: Sequence[Sheet]) -> dict[str, Any]:
    return {
        "documents": [
            {
                "id": sheet.name,
                "text": sheet.text,
                "annotators": {annotator: list_spans(spans) for annotator, spans in sheet.spans.items()},
            }
            for sheet in sheets
        ]
    }


def write_rows(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    return [
        {"document": sheet.name, "annotator": annotator, "text": sheet.text, **span}
        for sheet in sheets
        for annotator, spans in sheet.spans.items()
        for span in list_spans(spans)
    ]


def write_prodigy(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    return [
        {
            "id": sheet.name,
            "text": sheet.text,
            "_annotator_id": annotator,
            "answer": "accept",
            "spans": list_spans(spans),
        }
        for sheet in sheets
        for annotator, spans in sheet.spans.items()
    ]


def write_doccano(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    return [
        {"id": sheet.name, "text": sheet.text, "label": [list(span) for span in spans]}
        for sheet in sheets
        for spans in sheet.spans.values()
    ]


def write_argilla(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    return [
        {
            "id": sheet.name,
            "fields": {"text": sheet.text},
            "metadata": {},
            "suggestions": {},
            "responses": {
                "spans": [
                    {"value": list_spans(spans), "user_id": annotator}
                    for annotator, spans in sheet.spans.items()
                ]
            },
        }
        for sheet in sheets
    ]


def write_web_annotations(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    """Two lists for each document: its text, and its spans, each with the address of the document and with its creator."""
    annotations: list[dict[str, Any]] = []
    for sheet in sheets:
        target = {"id": sheet.name, "source": sheet.name}
        text = {"type": "TextualBody", "format": "text/plain", "value": sheet.text}
        annotations.append({"type": "Annotation", "motivation": "describing", "body": text, "target": target})
        for annotator, spans in sheet.spans.items():
            for start, end, label in spans:
                place = {"type": "TextPositionSelector", "start": start, "end": end}
                annotations.append(
                    {
                        "type": "Annotation",
                        "creator": annotator,
                        "body": [{"purpose": "tagging", "value": label}],
                        "target": {**target, "selector": [place]},
                    }
                )
    return annotations


def write_conversations(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    lines = []
    for sheet in sheets:
        for annotator, spans in sheet.spans.items():
            marked = [{"label": label, "quote": sheet.text[start:end]} for start, end, label in spans]
            messages = [
                {"role": "user", "content": sheet.text},
                {"role": "assistant", "content": json.dumps({"spans": marked})},
            ]
            lines.append({"id": sheet.name, "annotator": annotator, "messages": messages})
    return lines


def write_tasks(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    return [
        {
            "id": sheet.name,
            "data": {"text": sheet.text},
            "annotations": [
                {
                    "completed_by": annotator,
                    "result": [
                        {
                            "id": f"r{number}",
                            "type": "labels",
                            "value": {"start": start, "end": end, "labels": [label]},
                        }
                        for number, (start, end, label) in enumerate(spans)
                    ],
                }
                for annotator, spans in sheet.spans.items()
            ],
        }
        for sheet in sheets
    ]


READABLE: dict[str, Readable] = {
    "text": Readable(texts=lambda texts: "".join(texts).encode(), most_texts=1),
    "markdown": Readable(texts=lambda texts: "".join(texts).encode(), most_texts=1),
    "html": Readable(texts=lambda texts: make_page(texts[0]), most_texts=1, as_read=collapse_white),
    "docx": Readable(texts=lambda texts: make_docx([("paragraph", text) for text in texts]), most_texts=1),
    "pdf": Readable(texts=lambda texts: make_pdf([[Printed(40, 500, texts[0])]]), most_texts=1),
    "csv": Readable(texts=write_table),
    "xlsx": Readable(texts=lambda texts: make_xlsx([("Articles", [["text"], *([text] for text in texts)])])),
    "parquet-rows": Readable(texts=lambda texts: make_parquet({"text": list(texts)})),
    "feed": Readable(texts=write_feed),
    "warc": Readable(
        texts=lambda texts: make_warc([(f"https://example.org/{text}", make_page(text)) for text in texts]),
        as_read=collapse_white,
    ),
    "json": Readable(texts=lambda texts: json.dumps([{"text": text} for text in texts], indent=1).encode()),
    "jsonl": Readable(
        texts=lambda texts: b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts),
        values=write_records,
        is_lines=True,
    ),
    "plain": Readable(values=write_plain),
    "rows": Readable(values=write_rows, is_lines=True),
    "prodigy": Readable(values=write_prodigy, is_lines=True),
    "doccano": Readable(values=write_doccano, is_lines=True, one_annotator=True),
    "label_studio": Readable(values=write_tasks),
    "argilla": Readable(values=write_argilla),
    "instruct": Readable(values=write_conversations, is_lines=True, has_offsets=False),
    "web-annotation": Readable(values=write_web_annotations),
}
