"""Prodigy's JSON Lines: a text a line with the spans that one session marked in it."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import Any

from annotations.formats.axes import Axes, Extent
from annotations.formats.canonical import (
    checksum_text,
    escape_separators,
    join_members,
    write_canonical,
    write_members,
)
from annotations.formats.documents import (
    UNKNOWN,
    Document,
    Judgement,
    Marking,
    read_name,
    require_list,
    require_object,
)
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.content import Content
from annotations.formats.losses import ATTRIBUTES, FIELDS, drop_attributes
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Format, Losses, ReadingOptions
from annotations.formats.scalars import is_whole
from annotations.spans import Span

Entry = Mapping[str, Any]
MARKS = frozenset(
    {"answer", "_input_hash", "_task_hash", "_view_id", "_session_id", "_annotator_id", "spans"}
)
ANSWERS = {"accept": None, "reject": "rejected annotations", "ignore": "skipped annotations"}
OF_TEXTS = ("accept", "cats", "user_input")
"""Answers about a whole text: options that were chosen, categories, words that were written."""
LABEL = "label"
"""Under which name one label of a whole text is asked about, a line a label."""
STARTED = re.compile(r"(^|-)\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d$")


def read_prodigy(content: Content, _options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read lines with `text`, `spans` and `answer`; lines of one text are one document.

    Who annotated is the name of the annotator or of the session; a session that is only named by when it started has no
    name. Of several lines of one annotator on one text the last counts, so all are read before the first document is
    given; but where each asks about one label of the whole text, all that were accepted count. What was accepted counts, with
    or without spans; what was rejected or ignored is no judgement and is left out. Answers about the whole text are fields.
    """
    names: dict[str, str] = {}
    left_out: dict[str, Counter[str]] = defaultdict(Counter)
    latest: dict[str, dict[str, dict[str, tuple[str, Entry]]]] = defaultdict(lambda: defaultdict(dict))
    for number, (place, value) in enumerate(content.entries, start=1):
        entry = require_object(value, place, ("text",))
        text, answer = entry["text"], entry.get("answer", "accept")
        if not isinstance(text, str):
            raise RefusedError(f"{place}: the text must be a text, not {shorten(text)}")
        if not isinstance(answer, str) or answer not in ANSWERS:
            raise RefusedError(f"{place}: the answer must be accept, reject or ignore, not {shorten(answer)}")
        if text not in names:
            names[text] = _name_document(entry, number, names.values())
        if (reason := ANSWERS[answer]) is not None:
            left_out[text][reason] += 1
            continue
        annotator, asked = _name_annotator(entry, place), _find_asked(entry, place)
        if asked in latest[text][annotator]:
            left_out[text]["superseded annotations"] += 1
        latest[text][annotator][asked] = place, entry
    for text, name in names.items():
        judgements = {}
        for annotator, entries in latest[text].items():
            place, entry = entries.get("") or next(iter(entries.values()))
            with placed(place):
                judgements[annotator] = _read_judgement(
                    Marking(name, annotator, place=place),
                    entry,
                    sorted(filter(None, entries)),
                    left_out[text],
                )
        yield Document(
            id=name, text=text, source_format="prodigy", judgements=judgements, left_out=left_out[text]
        )


def _name_document(entry: Entry, number: int, taken: Collection[str]) -> str:
    """The id or the hash of the input, unless another text has it already."""
    given = next((entry[key] for key in ("id", "_input_hash") if entry.get(key) is not None), None)
    name = f"text {number}" if given is None else read_name(given, f"entry number {number}: the id")
    return name if name not in taken else f"{name} (text {number})"


def _name_annotator(entry: Entry, place: str) -> str:
    given = next((entry[key] for key in ("_annotator_id", "_session_id") if entry.get(key) is not None), None)
    if given is None:
        return UNKNOWN
    name = read_name(given, f"{place}: the annotator")
    return UNKNOWN if STARTED.search(name) else name


def _find_asked(entry: Entry, place: str) -> str:
    """The label of the whole text about which a line asks, if it does."""
    if entry.get("spans") or entry.get(LABEL) is None:
        return ""
    return read_name(entry[LABEL], f"{place}: the label")


def _read_judgement(marking: Marking, entry: Entry, labels: list[str], left_out: Counter[str]) -> Judgement:
    keys: dict[tuple[Any, Any, Any], str] = {}
    for one in require_list(entry.get("spans"), f"{marking.where}: the spans"):
        span = require_object(one, f"{marking.where}: a span", ("start", "end"))
        place = span["start"], span["end"]
        if span.get("label") is None:
            left_out["regions without a label"] += 1
            continue
        key = marking.add_span(*place, span["label"], said=span.get("text"))
        keys[(*place, span["label"])] = key
    for one in require_list(entry.get("relations"), f"{marking.where}: the relations"):
        relation = require_object(one, f"{marking.where}: a relation", ("label",))
        source, target = (_find_end(relation.get(name), keys) for name in ("head_span", "child_span"))
        if source is None or target is None:
            left_out["relations to a missing region"] += 1
        else:
            ends = {source: source, target: target}
            marking.add_relation(source, target, relation["label"], keys=ends)
    fields = {key: entry[key] for key in OF_TEXTS if entry.get(key)}
    given = entry.get(LABEL)
    found = sorted({*labels, *([given] if isinstance(given, str) and given else ())})
    return marking.finish(fields={**fields, LABEL: found} if found else fields)


def _find_end(end: Any, keys: Mapping[tuple[Any, Any, Any], str]) -> str | None:
    """The key of the span at an end of a relation, if somebody marked one there: an end may be a mere word."""
    if not isinstance(end, Mapping):
        return None
    start, stop, label = (end.get(name) for name in ("start", "end", "label"))
    known = is_whole(start) and is_whole(stop) and isinstance(label, str)
    return keys.get((start, stop, label)) if known else None


def write_prodigy(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write a line for each annotator of a document, with the tokens by which Prodigy shows and links spans."""
    for document in documents:
        text = document.text or ""
        places = find_tokens(text)
        starts, ends = [start for start, _ in places], [end for _, end in places]
        about = write_members(
            {
                "meta": {"document": document.name, "title": document.title},
                "_input_hash": _hash(text),
                "_view_id": "relations",
                "answer": "accept",
            }
        ).split("\n")
        shown = [f'"text":{write_canonical(text)}', f'"tokens":[{_write_tokens(text, places)}]']
        for annotators, markup in document.markups:
            drop_attributes(markup, losses)
            losses.add(FIELDS, len(markup.fields))
            spans = {
                span.key: _place_span(span, starts, ends)
                for span in sorted(
                    markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)
                )
            }
            said: dict[str, Any] = {
                "spans": list(spans.values()),
                "relations": [
                    {
                        "head": spans[link.source]["token_end"],
                        "child": spans[link.target]["token_end"],
                        "head_span": spans[link.source],
                        "child_span": spans[link.target],
                        "label": link.kind,
                    }
                    for link in sorted(markup.relations)
                ],
            }
            if document.gold is None:
                said["_annotator_id"] = annotators[0]
            members = [*about, *write_members(said).split("\n")]
            task = write_members({"_task_hash": _hash(join_members(members))})
            yield f"{join_members([*members, *shown, task])}\n".encode()


def _write_tokens(text: str, places: list[tuple[int, int]]) -> str:
    """The tokens as canonical JSON: where each stands, what it is, and whether a blank follows."""
    written = ",".join(
        f'{{"end":{end},"id":{number},"start":{start},"text":{encode_basestring(text[start:end])},"ws":'
        f"{'true' if text.startswith(' ', end) else 'false'}}}"
        for number, (start, end) in enumerate(places)
    )
    return escape_separators(written)


def _place_span(span: Span, starts: list[int], ends: list[int]) -> dict[str, Any]:
    """A span with the first and the last token that it touches; with that after it where it touches none."""
    first = min(bisect_right(ends, span.start), max(0, len(ends) - 1))
    return {
        "start": span.start,
        "end": span.end,
        "label": span.label,
        "token_start": first,
        "token_end": max(first, bisect_left(starts, span.end) - 1),
    }


def _hash(text: str) -> int:
    """A number that stands for a text, as Prodigy wants one of 32 bits."""
    return int(checksum_text(text)[:8], 16) - (1 << 31)


PRODIGY = Format(
    name="prodigy",
    title="Prodigy's JSONL",
    short="Prodigy",
    holds="with texts; answers about a whole text are read as fields",
    axes=Axes(attributes=Extent.NO, fields=Extent.NO),
    suits="importing into Prodigy",
    media_type="application/jsonl",
    extension="prodigy.jsonl",
    recognises=lambda content: "text" in content.keys and bool(content.keys & MARKS),
    read_documents=read_prodigy,
    write=write_prodigy,
    cannot_hold=(ATTRIBUTES, FIELDS),
    reads_ahead=True,
)
