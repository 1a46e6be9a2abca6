"""What is exported for Label Studio is imported by a real one, and exported from there as it was."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from annotations.formats.files.content import Content
from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.record import AnnotationReference, Record
from annotations.formats.registry import find_format
from annotations.labelstudio.access import StudioConnection
from annotations.labelstudio.label_config import render
from annotations.markup import Markup, Relation
from annotations.schemes.definition import load_shipped
from annotations.spans import Span
from tests.unit.formats.samples import plain_record

SCHEME = load_shipped("argument-v1")
MARKUP = Markup(
    (
        Span(21, 29, "Claim", (("holder", "named"), ("modality", "asserted"), ("type", "fact")), "c1"),
        Span(14, 20, "Source", (("kind", "person"),), "s1"),
    ),
    (Relation("c1", "s1", "held_by"),),
)


def ask(service: StudioConnection, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {service.bearer()}"}
    return service.client.request(method, path, json=body, headers=headers).raise_for_status().json()


def write(records: Iterable[Record]) -> Any:
    chosen, losses = find_format("label_studio"), Losses()
    return json.loads(b"".join(chosen.write_lines((record.to_line() for record in records), losses=losses)))


def bring_there_and_back(service: StudioConnection, tasks: Any) -> Any:
    made = ask(service, "POST", "/api/projects/", {"title": "Again", "label_config": render(SCHEME)})
    ask(service, "POST", f"/api/projects/{made['id']}/import", tasks)
    tasks = ask(service, "GET", f"/api/projects/{made['id']}/export?exportType=JSON&download_all_tasks=true")
    for task in tasks:  # an export leaves predictions out
        task["predictions"] = ask(service, "GET", f"/api/tasks/{task['id']}/")["predictions"]
    return tasks


def read(tasks: Any) -> dict[str, Markup]:
    chosen = find_format("label_studio")
    assert chosen.read_documents
    [document] = chosen.read_documents(Content(tasks), ReadingOptions(frozenset("AB")))
    return {annotator: judgement.markup for annotator, judgement in document.judgements.items()}


def say(markup: Markup) -> Any:
    """What a markup says, whatever its spans are called and whichever label their attributes are named after."""
    spans = sorted((*span_place(span), sorted(dict(span.attributes).values())) for span in markup.spans)
    links = [
        (span_place(markup.span(link.source)), span_place(markup.span(link.target)), link.kind)
        for link in markup.relations
    ]
    return spans, links


def span_place(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label


def test_gold_comes_back_as_an_annotation(service: StudioConnection) -> None:
    tasks = write([replace(plain_record(), markup=MARKUP)])
    [markup] = read(bring_there_and_back(service, tasks)).values()
    assert say(markup) == say(MARKUP)


def test_what_annotators_marked_comes_back_as_predictions_under_their_letters(
    service: StudioConnection,
) -> None:
    records = [
        replace(
            plain_record(),
            markup=MARKUP,
            status="submitted",
            annotations=(AnnotationReference(letter, 1, "a"),),
        )
        for letter in "AB"
    ]
    found = read(bring_there_and_back(service, write(records)))
    assert {letter: say(markup) for letter, markup in found.items()} == dict.fromkeys("AB", say(MARKUP))
