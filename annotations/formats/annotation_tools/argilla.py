"""Argilla's records as JSON: a record with the answers of each of its users to each question.

Answers to a question about spans are lists of `start`, `end` and `label`; other answers are fields of the document. Where a
record has several questions about spans, each span says in its attribute `question` which it answers. Suggestions are
predictions of their agents. Datasets of versions before 2 have a column for each field and each question, which is read too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from annotations.formats.axes import Axes, Extent
from annotations.formats.documents import (
    Document,
    Judgement,
    Marking,
    read_name,
    require_list,
    require_object,
)
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.content import Content
from annotations.formats.ports import Format, ReadingOptions

SUBMITTED = "submitted"
TEXT = "text"
SUGGESTION = "-suggestion"
"""Behind the name of a question, in the column of what was suggested."""
PLACE = frozenset({"start", "end", "label"})
Answers = dict[str, dict[str, Any]]
"""By user: the answer to each question."""


def read_argilla(content: Content, options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read a list of records, or a record a line; answers that were not submitted are left out and counted."""
    for number, (place, value) in enumerate(content.entries, start=1):
        record = require_object(value, place)
        with placed(place):
            record = record if "fields" in record else _gather_columns(record)
            read = _read_record(record, number, options)
        yield read


def is_argilla(content: Content) -> bool:
    """Whether the first entry of a file looks like Argilla's: a record with fields and responses, or, of versions before 2, a row with a column named for a question and `-suggestion`."""
    return {"fields", "responses"} <= content.keys or any(
        isinstance(key, str) and key.endswith(SUGGESTION) for key in content.keys
    )


def _gather_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a dataset before version 2 as a record: its texts are fields, its lists of answers are those to a question."""
    record: dict[str, Any] = {"fields": {}, "responses": {}, "suggestions": {}, "id": row.get("external_id")}
    for name, value in row.items():
        if name.endswith(SUGGESTION):
            if value is not None:
                record["suggestions"][name.removesuffix(SUGGESTION)] = {"value": _join_columns(value)}
        elif isinstance(value, list) and all(isinstance(one, Mapping) and "user_id" in one for one in value):
            record["responses"][name] = [{**one, "value": _join_columns(one.get("value"))} for one in value]
        elif isinstance(value, str) and name not in ("external_id", "metadata"):
            record["fields"][name] = value
    return record


def _join_columns(value: Any) -> Any:
    """A list of spans, which some tables hold as a list for each of their members."""
    if (
        not isinstance(value, Mapping)
        or not set(value) >= PLACE
        or not all(isinstance(part, list) for part in value.values())
    ):
        return value
    return [dict(zip(value, parts, strict=False)) for parts in zip(*value.values(), strict=False)]


def _read_record(record: Mapping[str, Any], number: int, options: ReadingOptions) -> Document:
    given = record.get("id")
    name = str(number) if given is None else read_name(given, "the id")
    left_out: Counter[str] = Counter()
    answers = _list_answers(record.get("responses"), name, left_out)
    suggested: Answers = defaultdict(dict)
    for question, agent, value in _list_suggestions(record.get("suggestions"), name):
        model = options.name_model(agent)
        if model is None:
            left_out["predictions"] += 1
        else:
            suggested[model][question] = value
    if suggested and options.wants_predictions:
        left_out["annotations beside predictions"] += len(answers)
        answers.clear()
    for model, suggestions in suggested.items():
        answers[model] |= suggestions
    questions = sorted(
        {question for given in answers.values() for question in given if _is_spans(given[question])}
    )
    metadata = record.get("metadata")
    return Document(
        id=name,
        text=_find_text(record["fields"], name),
        metadata=metadata if isinstance(metadata, dict) else {},
        source_format="argilla",
        judgements={user: _mark(Marking(name, user), given, questions) for user, given in answers.items()},
        left_out=left_out,
    )


def _find_text(fields: Any, name: str) -> str:
    """The text that was annotated: the field that is called so, or the only one that is a text."""
    texts = {
        key: value
        for key, value in require_object(fields, f"record {name!r}: 'fields'").items()
        if isinstance(value, str)
    }
    key = TEXT if TEXT in texts else next(iter(texts), TEXT)
    if key not in texts or (key != TEXT and len(texts) > 1):
        raise RefusedError(
            f"record {name!r} has {len(texts)} texts among its fields, and none is called {TEXT!r}; call that one so "
            "which was annotated"
        )
    return texts[key]


def _list_answers(responses: Any, name: str, left_out: Counter[str]) -> Answers:
    answers: Answers = defaultdict(dict)
    for question, given in require_object(responses or {}, f"record {name!r}: 'responses'").items():
        for one in require_list(given, f"record {name!r}: the answers to {shorten(question)}"):
            answer = require_object(one, f"record {name!r}: an answer to {shorten(question)}", ("value",))
            user = read_name(answer.get("user_id"), f"record {name!r}: the 'user_id' of an answer")
            if answer.get("status") not in (None, SUBMITTED):
                left_out["answers that were not submitted"] += 1
            elif question in answers[user]:
                raise RefusedError(f"record {name!r}: user {user!r} answers {question!r} twice")
            else:
                answers[user][question] = answer["value"]
    return answers


def _list_suggestions(suggestions: Any, name: str) -> Iterator[tuple[str, str, Any]]:
    """The question, the agent and the value of each."""
    given = suggestions or {}
    if isinstance(given, list):
        pairs = [(one.get("question_name"), one) for one in given if isinstance(one, Mapping)]
    else:
        pairs = list(require_object(given, f"record {name!r}: 'suggestions'").items())
    for question, one in pairs:
        suggestion = require_object(one, f"record {name!r}: a suggestion", ("value",))
        yield str(question), str(suggestion.get("agent") or ""), suggestion["value"]


def _is_spans(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, Mapping) and set(one) >= PLACE for one in value)
    )


def _mark(marking: Marking, answers: Mapping[str, Any], questions: list[str]) -> Judgement:
    fields: dict[str, Any] = {}
    for question, value in answers.items():
        if question in questions:
            about = {"question": question} if len(questions) > 1 else {}
            for one in require_list(value, f"{marking.where}: the spans of {question!r}"):
                span = require_object(
                    one, f"{marking.where}: a span of {question!r}", ("start", "end", "label")
                )
                marking.add_span(
                    span["start"], span["end"], span["label"], attributes=about, said=span.get("text")
                )
        elif value not in ([], None):
            fields[question] = value
    return marking.finish(fields=fields)


ARGILLA = Format(
    name="argilla",
    title="Argilla's records as JSON",
    short="Argilla",
    holds="with texts; other answers are fields of the document",
    axes=Axes(attributes=Extent.NO, relations=Extent.NO),
    media_type="application/json",
    extension="argilla.json",
    recognises=is_argilla,
    read_documents=read_argilla,
)
