"""Prodigy's JSON Lines: a text a line with the spans that one session marked in it."""

import re
from collections.abc import Mapping
from typing import Any

from annotations.agreement.data.scalars import is_whole
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.agreement.readers.builder import UNKNOWN, CorpusBuilder, read_name
from annotations.agreement.readers.format import (
    Entry,
    Format,
    Parsed,
    ReaderOptions,
    require_list,
    require_object,
)

MARKS = frozenset(
    {"answer", "_input_hash", "_task_hash", "_view_id", "_session_id", "_annotator_id", "spans"}
)
ANSWERS = {"accept": None, "reject": "rejected annotations", "ignore": "skipped annotations"}
WHOLE_TEXT = ("label", "accept", "cats")
STARTED = re.compile(r"(^|-)\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d$")


def gather_prodigy(parsed: Parsed, options: ReaderOptions) -> CorpusBuilder:
    """Read lines with `text`, `spans` and `answer`; lines of one text are one document.

    Who annotated is the name of the annotator or of the session; a session that is only named by when it started has no
    name. Of several lines of one annotator on one text the last counts. What was accepted counts, with or without spans;
    what was rejected or ignored is no judgement, and is counted in `Corpus.left_out` with answers about the whole text.

    Raises
    ------
    InvalidCorpusError
        A line is no text with its spans; the message has its number.
    """
    builder = options.begin()
    names: dict[str, str] = {}
    latest: dict[tuple[str, str], tuple[str, Entry]] = {}
    for number, (place, value) in enumerate(parsed.entries, start=1):
        entry = require_object(value, place, ("text",))
        text, answer = entry["text"], entry.get("answer", "accept")
        if not isinstance(text, str):
            raise InvalidCorpusError(f"{place}: the text must be a text, not {shorten(text)}")
        if not isinstance(answer, str) or answer not in ANSWERS:
            raise InvalidCorpusError(
                f"{place}: the answer must be accept, reject or ignore, not {shorten(answer)}"
            )
        if text not in names:
            names[text] = _name_document(entry, number, builder)
            builder.add_document(names[text], text=text)
        if (reason := ANSWERS[answer]) is not None:
            builder.leave_out(names[text], reason)
            continue
        key = names[text], _name_annotator(entry, place)
        if key in latest:
            builder.leave_out(names[text], "superseded annotations")
        latest[key] = place, entry
    for (document, annotator), (place, entry) in latest.items():
        try:
            _add_judgement(builder, document, annotator, entry)
        except InvalidCorpusError as error:
            raise InvalidCorpusError(f"{place}: {error}") from error
    return builder


def _name_document(entry: Entry, number: int, builder: CorpusBuilder) -> str:
    """The id or the hash of the input, unless another text has it already."""
    given = next((entry[key] for key in ("id", "_input_hash") if entry.get(key) is not None), None)
    name = f"text {number}" if given is None else read_name(given, f"entry number {number}: the id")
    return name if name not in builder.lengths else f"{name} (text {number})"


def _name_annotator(entry: Entry, place: str) -> str:
    given = next((entry[key] for key in ("_annotator_id", "_session_id") if entry.get(key) is not None), None)
    if given is None:
        return UNKNOWN
    name = read_name(given, f"{place}: the annotator")
    return UNKNOWN if STARTED.search(name) else name


def _add_judgement(builder: CorpusBuilder, document: str, annotator: str, entry: Entry) -> None:
    where = f"document {document!r}, annotator {annotator!r}"
    builder.add_judgement(document, annotator)
    numbers: dict[tuple[Any, Any, Any], int] = {}
    for one in require_list(entry.get("spans"), f"{where}: the spans"):
        span = require_object(one, f"{where}: a span", ("start", "end"))
        place = span["start"], span["end"]
        if span.get("label") is None:
            builder.leave_out(document, "regions without a label")
            continue
        number = builder.add_span(document, annotator, *place, span["label"], said=span.get("text"))
        numbers[(*place, span["label"])] = number
    for one in require_list(entry.get("relations"), f"{where}: the relations"):
        _add_relation(builder, document, require_object(one, f"{where}: a relation", ("label",)), numbers)
    for key in WHOLE_TEXT:
        if entry.get(key):
            builder.leave_out(document, "document fields")


def _add_relation(
    builder: CorpusBuilder, document: str, relation: Entry, numbers: Mapping[tuple[Any, Any, Any], int]
) -> None:
    """Link the spans at its ends; an end may be a mere word, which nobody marked."""
    ends = [_find_end(relation.get(name), numbers) for name in ("head_span", "child_span")]
    if ends[0] is None or ends[1] is None:
        builder.leave_out(document, "relations to a missing region")
    else:
        builder.add_link(ends[0], ends[1], relation["label"])


def _find_end(end: Any, numbers: Mapping[tuple[Any, Any, Any], int]) -> int | None:
    """The number of the span at an end of a relation, if somebody marked one there."""
    if not isinstance(end, Mapping):
        return None
    start, stop, label = (end.get(name) for name in ("start", "end", "label"))
    known = is_whole(start) and is_whole(stop) and isinstance(label, str)
    return numbers.get((start, stop, label)) if known else None


PRODIGY = Format(
    "prodigy",
    "Prodigy's JSONL",
    "spans and relations of several annotators, with texts; answers about a whole text are counted",
    lambda parsed: "text" in parsed.keys and bool(parsed.keys & MARKS),
    gather_prodigy,
)
