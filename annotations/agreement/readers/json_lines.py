"""Our own export of a project's annotations as JSON Lines, read into a corpus."""

from collections.abc import Iterable, Mapping
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.agreement.readers.builder import CorpusBuilder, add_relations, add_spans, read_name
from annotations.agreement.readers.format import Format, Parsed, ReaderOptions
from annotations.agreement.readers.parsing import parse_lines

SUBMITTED = "submitted"
ENDS_AND_KIND = ("source", "target", "kind")
REQUIRED = ("id", "round", "status", "annotations", "scheme", "text", "spans")
WHAT_TO_GIVE = "give a project's annotations, exported as JSONL"


def read_jsonl(lines: Iterable[str]) -> Corpus:
    """Read what one annotator submitted about one article a line, as an export of annotations writes it.

    The lines of one article in one round are a document; each is the judgement of another annotator. Attributes are
    named `Label.name`, since each label has its own, and the labels of the scheme count whether or not somebody used
    them. Fields of the document are no part of a corpus, and are counted in `Corpus.left_out`.

    Parameters
    ----------
    lines : iterable of str

    Raises
    ------
    InvalidCorpusError
        A line is none of an export of annotations, holds gold, or contradicts an earlier one; the message has its number.

    Examples
    --------
    >>> import json
    >>> line = {"id": 7, "round": 1, "status": "submitted", "scheme": {"labels": ["Claim"]}, "text": "Yes"}
    >>> corpus = read_jsonl([json.dumps({**line, "annotations": [{"annotator": "A"}], "spans": []})])
    >>> corpus.documents, corpus.annotators
    (('article 7, round 1',), ('A',))
    """
    return _gather_lines(parse_lines(lines), ReaderOptions()).build()


def _gather_lines(parsed: Parsed, options: ReaderOptions) -> CorpusBuilder:
    builder = options.begin()
    for place, entry in parsed.entries:
        try:
            _add_line(builder, _check_line(entry))
        except InvalidCorpusError as error:
            raise InvalidCorpusError(f"{place}: {error}") from error
    return builder


def _check_line(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise InvalidCorpusError(f"this is no object, but {shorten(entry)}; {WHAT_TO_GIVE}")
    if missing := [key for key in REQUIRED if key not in entry]:
        raise InvalidCorpusError(f"there is no {missing[0]!r}; {WHAT_TO_GIVE}")
    if entry["status"] != SUBMITTED:
        raise InvalidCorpusError(
            f"the status is {shorten(entry['status'])}, so this is gold: what was decided, not what each annotator "
            f"marked; {WHAT_TO_GIVE} instead"
        )
    return entry


def _add_line(builder: CorpusBuilder, entry: Mapping[str, Any]) -> None:
    document = f"article {read_name(entry['id'], 'the id')}, round {read_name(entry['round'], 'the round')}"
    text = entry["text"]
    if document not in builder.lengths:
        builder.add_document(document, text=text)
    elif builder.texts[document] != text:
        raise InvalidCorpusError(f"document {document!r}: the text is not that of an earlier line")
    scheme = entry["scheme"]
    builder.declare_labels(scheme.get("labels") if isinstance(scheme, dict) else None)
    annotator = _find_annotator(entry["annotations"], document)
    numbers = add_spans(builder, document, annotator, _name_attributes_by_label(entry["spans"]))
    by_key: dict[str, int] = {}
    for number, span in zip(numbers, entry["spans"], strict=True):
        key = read_name(span.get("key"), f"document {document!r}: the 'key' of a span")
        if by_key.setdefault(key, number) != number:
            raise InvalidCorpusError(f"document {document!r}: two spans have the key {key!r}")
    add_relations(builder, document, annotator, entry.get("relations"), spans=by_key, keys=ENDS_AND_KIND)
    fields = entry.get("fields") or {}
    if not isinstance(fields, dict):
        raise InvalidCorpusError(f"document {document!r}: 'fields' must be an object, not {shorten(fields)}")
    for _ in fields:
        builder.leave_out(document, "document fields")


def _find_annotator(annotations: Any, document: str) -> str:
    """Whose annotation it is: of what was submitted there is always one."""
    if not isinstance(annotations, list) or len(annotations) != 1 or not isinstance(annotations[0], dict):
        raise InvalidCorpusError(
            f"document {document!r}: 'annotations' must list the one annotation that this is"
        )
    return read_name(annotations[0].get("annotator"), f"document {document!r}: the annotator")


def _name_attributes_by_label(spans: Any) -> Any:
    """The same name under two labels is two questions."""
    if not isinstance(spans, list):
        return spans
    return [
        {
            **span,
            "attributes": {
                f"{span.get('label')}.{name}" if name else "": value
                for name, value in span["attributes"].items()
            },
        }
        if isinstance(span, dict) and isinstance(span.get("attributes"), dict)
        else span
        for span in spans
    ]


OWN = Format(
    "jsonl",
    "a project's annotations, exported as JSONL",
    "spans, attributes and relations of several annotators, with texts; fields of the document are counted",
    lambda parsed: "spans" in parsed.keys and bool(parsed.keys & {"scheme", "status", "round"}),
    _gather_lines,
)
