"""Conversations for tuning language models, a line each: guidelines as the system's message, a text as the user's, what was marked as the answer.

The answer is JSON. A span is its words and which occurrence of them it is, counted from 1 with those that overlap, because a
model that reads text cannot count characters.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotations.formats.axes import Axes
from annotations.formats.canonical import join_members, write_canonical, write_members
from annotations.formats.documents import (
    UNKNOWN,
    Document,
    Judgement,
    Marking,
    join_parts,
    read_name,
    require_list,
    require_object,
)
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.content import Content
from annotations.formats.ports import Format, Losses, ReadingOptions
from annotations.formats.scalars import is_whole
from annotations.limits import MAX_TEXT_LENGTH
from annotations.markup import Markup, Origin
from annotations.spans import InvalidSpanError, find_occurrence
from annotations.strict_json import StrictJsonError, read_strict

GOLD = "gold"
SYSTEM, USER, ASSISTANT = "system", "user", "assistant"
MESSAGES = "messages"
TASK = (
    "Mark the text by the guidelines. Answer with one JSON object: `spans`, a list of objects with `id`, `label`, `quote` (the "
    "exact words), `occurrence` (which of the places where these words stand, counted from 1) and `attributes`; `relations`, a list of "
    "objects with `type`, `source` and `target` (ids of spans); and `fields`, an object with the answers about the whole text."
)


def write_conversations(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:  # noqa: ARG001 - none
    """Write a conversation for each annotator of a document, or for its gold."""
    told, system = None, ""
    for document in documents:
        text = document.text or ""
        labels = f"Labels: {', '.join(document.labels)}." if document.labels else ""
        if told != (told := document.guidelines or labels):
            system = _write_message(SYSTEM, f"{told}\n\n{TASK}".strip())
        user = _write_message(USER, text)
        for annotators, markup in document.markups:
            answer = _write_message(ASSISTANT, write_canonical(describe_answer(markup, text)))
            about = {
                "document": document.name,
                "annotator": GOLD if document.gold is not None else annotators[0],
                "status": document.status,
                "text_sha256": document.text_sha256,
            }
            messages = f'"{MESSAGES}":[{system},{user},{answer}]'
            yield f"{join_members([messages, *write_members(about).split(chr(10))])}\n".encode()


def _write_message(role: str, content: str) -> str:
    """A message as canonical JSON, which is written once for all lines that it stands in."""
    return write_canonical({"role": role, "content": content})


def describe_answer(markup: Markup, text: str) -> dict[str, Any]:
    """What was marked in a text, by words."""
    names: dict[str, str] = {}
    counted: dict[str, tuple[int, int]] = {}
    spans = []
    for number, span in enumerate(
        sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)), start=1
    ):
        quote = text[span.start : span.end]
        names[span.key] = f"s{number}"
        spans.append(
            {
                "id": names[span.key],
                "label": span.label,
                "quote": quote,
                "occurrence": count_occurrences(text, quote, span.start, counted),
                "attributes": dict(span.attributes),
            }
        )
    relations = [
        {"type": link.kind, "source": names[link.source], "target": names[link.target]}
        for link in sorted(markup.relations)
    ]
    return {"spans": spans, "relations": relations, "fields": dict(markup.fields)}


def count_occurrences(text: str, quote: str, start: int, counted: dict[str, tuple[int, int]]) -> int:
    """Count the places at which words stand in a text up to the one that starts here.

    `counted` keeps how far the words were counted, so that those of a later place are counted from there.

    >>> count_occurrences("to be or not to be", "to be", 13, {})
    2
    """
    number, at = counted.get(quote) or (1, text.find(quote))
    while at < start:
        number, at = number + 1, text.find(quote, at + 1)
    counted[quote] = number, at
    return number


def read_conversations(content: Content, _options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read conversations whose last message is such an answer; whose it is says `annotator`.

    Those of one document that stand together are one.
    """
    return join_parts(_read_entries(content))


def _read_entries(content: Content) -> Iterator[Document]:
    for number, (place, value) in enumerate(content.entries, start=1):
        entry = require_object(value, place, (MESSAGES,))
        with placed(place):
            read = _read_conversation(entry, number, place)
        yield read


def _read_conversation(entry: Mapping[str, Any], number: int, place: str) -> Document:
    said: dict[str, str] = {}
    for one in require_list(entry[MESSAGES], "the messages"):
        message = require_object(one, "a message", ("role", "content"))
        if isinstance(message["content"], str):
            said[str(message["role"])] = message["content"]
    if missing := {USER, ASSISTANT} - set(said):
        raise RefusedError(f"there is no message of the {min(missing)} that is a text")
    if len(said[USER]) > MAX_TEXT_LENGTH:
        raise RefusedError(f"the text has more than {MAX_TEXT_LENGTH:,} characters; give it in parts")
    given, by = entry.get("document", entry.get("id")), entry.get("annotator")
    name = str(number) if given is None else read_name(given, "the document")
    annotator = UNKNOWN if by is None else read_name(by, "the annotator")
    judgement = _read_answer(Marking(name, annotator, place=place), said[USER], said[ASSISTANT])
    is_gold = annotator == GOLD
    return Document(
        place=place,
        id=name,
        text=said[USER],
        source_format="instruct",
        judgements={} if is_gold else {annotator: judgement},
        gold=judgement.markup if is_gold else None,
        status=str(entry.get("status") or Origin.ADJUDICATED) if is_gold else "",
    )


def _read_answer(marking: Marking, text: str, answer: str) -> Judgement:
    try:
        said = read_strict(answer)
    except StrictJsonError as error:
        raise RefusedError(f"{marking.where}: the answer is no JSON: {error.detail}") from error
    found = require_object(said, f"{marking.where}: the answer", ("spans",))
    keys: dict[Any, str] = {}
    for one in require_list(found["spans"], f"{marking.where}: the spans"):
        span = require_object(one, f"{marking.where}: a span", ("label", "quote"))
        quote, occurrence = span["quote"], span.get("occurrence", 1)
        if not isinstance(quote, str) or not is_whole(occurrence) or not 1 <= occurrence <= MAX_TEXT_LENGTH:
            raise RefusedError(f"{marking.where}: a span needs words and the number of their occurrence")
        try:
            start, end = find_occurrence(text, quote, occurrence)
        except InvalidSpanError as error:
            raise RefusedError(f"{marking.where}: {shorten(quote)}: {error}") from error
        key = marking.add_span(start, end, span["label"], attributes=span.get("attributes"))
        if isinstance(span.get("id"), str):
            keys[span["id"]] = key
    marking.add_relations(found.get("relations"), keys=keys, members=("source", "target", "type"))
    fields = require_object(found.get("fields") or {}, f"{marking.where}: the fields")
    return marking.finish(fields=fields)


INSTRUCT = Format(
    name="instruct",
    title="Conversations for tuning language models, as JSON Lines",
    short="Messages",
    holds="with texts and guidelines; spans are quotes",
    axes=Axes(),
    suits="tuning language models: each article as a question with its answer",
    media_type="application/jsonl",
    extension="messages.jsonl",
    recognises=lambda content: MESSAGES in content.keys,
    read_documents=read_conversations,
    write=write_conversations,
    writes_guidelines=True,
)
