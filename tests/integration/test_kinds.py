"""Attributes and fields of every kind, from the database to the pages."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from annotations.adjudication.ledger import read_case
from annotations.adjudication.units import AttributeUnit, FieldUnit
from annotations.agreement import Items, evaluate
from annotations.formats.native.jsonl import copy_records
from annotations.formats.record import Record
from annotations.gold.records import read_annotations
from annotations.markup import Markup, sort_pairs
from annotations.models import Project, Role, Task
from annotations.projects.starting import create_project, store_scheme
from annotations.reliability.fields import report_fields
from annotations.reliability.reports import report
from annotations.reliability.selection import choose_selection
from annotations.spans import Span
from tests.factories import make_member
from tests.factories.adjudication import TEXT, make_annotated_task

pytestmark = pytest.mark.django_db
COLOURS = 'values = [{ name = "red", title = "Red" }, { name = "blue" }, { name = "green" }]'
KINDS = {
    "choice": COLOURS,
    "several": COLOURS,
    "flag": "",
    "rating": "maximum = 5",
    "number": "minimum = 0\nmaximum = 100\nstep = 0.5",
    "words": "",
}
KIND_OF = {"words": "text"}
ONE = {
    "choice": "red",
    "several": "blue,red",
    "flag": "yes",
    "rating": "4",
    "number": "2.5",
    "words": "so\nwhat",
}
OTHER = {"choice": "blue", "several": "red", "flag": "no", "rating": "2", "number": "30", "words": "because"}


def ask(table: str) -> str:
    return "\n".join(
        f'[[{table}]]\nname = "{name}"\ntitle = "{name.title()}"\nkind = "{KIND_OF.get(name, name)}"\n{parameters}'
        for name, parameters in KINDS.items()
    )


@pytest.fixture
def project() -> Project:
    definition = f"""
name = "every-kind"
version = 1
title = "Every kind"
[[labels]]
name = "Thing"
key = "1"
color = "#0072B2"
{ask("labels.attributes")}
{ask("fields")}
"""
    return create_project(name="Every kind", scheme=store_scheme(definition, by=None), by=None)


def mark(values: dict[str, str]) -> Markup:
    fields = {name: value for name, value in values.items() if value != "no"}
    return Markup((Span(0, 4, "Thing", sort_pairs(values), "a"),), fields=sort_pairs(fields))


def adjudicate(task: Task) -> Client:
    client = Client()
    client.force_login(make_member(task.round.project, Role.ADJUDICATOR))
    return client


def test_the_database_keeps_every_kind_and_the_export_holds_it(project: Project) -> None:
    make_annotated_task(mark(ONE), mark(OTHER), project=project)
    lines = list(read_annotations(project))
    markups = [Record.from_line(line).markup.to_json() for line in lines]
    assert markups == [mark(ONE).to_json(), mark(OTHER).to_json()]
    assert b"".join(copy_records(lines)) == "".join(f"{line}\n" for line in lines).encode()


def test_fields_are_compared_on_the_level_of_their_kind_and_text_is_not(project: Project) -> None:
    people = [make_member(project, Role.ANNOTATOR) for _ in range(2)]
    for number in range(3):
        one = {**ONE, "number": str(number), "rating": str(number + 1)}
        make_annotated_task(
            mark(one),
            mark(ONE if number else OTHER),
            project=project,
            annotators=people,
            text=f"{TEXT} {number}",
        )
    found = {one.field.name: one for one in report_fields(project, choose_selection(project))}
    assert found.keys() == KINDS.keys() - {"words"}
    assert {name: one.alpha.name for name, one in found.items()} == {
        "choice": "alpha_nominal",
        "several": "alpha_nominal",
        "flag": "alpha_nominal",
        "rating": "alpha_ordinal",
        "number": "alpha_interval",
    }
    rows = [{"a": one, "b": other} for one, other in ((0.0, 30.0), (1.0, 2.5), (2.0, 2.5))]
    plain = evaluate(Items.from_rows(rows), metrics=["alpha_interval"], samples=0)
    assert found["number"].alpha.value == pytest.approx(plain["alpha_interval"].value)


def test_attributes_of_spans_are_compared_on_the_level_of_their_kind_and_text_is_not(
    project: Project,
) -> None:
    people = [make_member(project, Role.ANNOTATOR) for _ in range(2)]
    numbers = [("0", "30"), ("1", "2.5"), ("2", "2.5")]
    for one, other in numbers:
        values = [{**ONE, "number": number, "rating": "3"} for number in (one, other)]
        make_annotated_task(*map(mark, values), project=project, annotators=people, text=f"{TEXT} {one}")
    found = report(project, metrics=["attribute_alpha"], by=["label"])["attribute_alpha"]
    rows = [{"a": float(one), "b": float(other)} for one, other in numbers]
    plain = evaluate(Items.from_rows(rows), metrics=["alpha_interval"], samples=0)
    assert found.by_label["Thing.number"].value == pytest.approx(plain["alpha_interval"].value)
    assert "Thing.words" not in found.by_label


def test_what_differs_is_decided_by_a_listed_value_or_by_one_that_is_typed(project: Project) -> None:
    task = make_annotated_task(mark(ONE), mark(OTHER), project=project)
    client = adjudicate(task)
    units = read_case(task).outcome.open
    typed = {"several": "Red, green", "number": "17.50", "words": "a | third = reason"}
    written = {"several": "green,red", "number": "17.5", "words": "a | third = reason"}
    for number, unit in enumerate(units):
        assert isinstance(unit, AttributeUnit | FieldUnit)
        name = (unit.attribute if isinstance(unit, AttributeUnit) else unit.field).name
        decision = (
            {"decision": "words|", "words": typed[name]}
            if name in typed
            else {"decision": f"value|{ONE[name]}"}
        )
        response = client.post(
            reverse("web:adjudicate-decide", args=[project.slug, task.pk]),
            {"unit": unit.key, "expected": str(number), **decision},
            headers={"X-Part": "case"},
        )
        assert response.status_code == 200, response.content.decode()
    outcome = read_case(task).outcome
    assert outcome.open == ()
    assert dict(outcome.markup.spans[0].attributes) == {**ONE, **written}
    fields = {**ONE, **written}
    assert dict(outcome.markup.fields) == {
        name: fields[name] for name in ("choice", "several", "flag", "number")
    }
    assert outcome.conflicts == ()


def test_a_typed_value_that_is_none_is_refused_with_what_would_be_one(project: Project) -> None:
    task = make_annotated_task(mark(ONE), mark(OTHER), project=project)
    [unit] = [
        unit
        for unit in read_case(task).outcome.open
        if isinstance(unit, AttributeUnit) and unit.attribute.name == "number"
    ]
    client = adjudicate(task)
    page = client.get(reverse("web:adjudicate", args=[project.slug, task.pk]), {"unit": unit.key})
    assert "A number in steps of 0.5 from 0 to 100" in page.content.decode()
    response = client.post(
        reverse("web:adjudicate-decide", args=[project.slug, task.pk]),
        {"unit": unit.key, "expected": "0", "decision": "words|", "words": "101"},
        headers={"X-Part": "case"},
    )
    assert response.status_code == 422
    assert "which is not a number in steps of 0.5 from 0 to 100." in response.content.decode()


def test_the_guidelines_say_what_may_be_answered(project: Project) -> None:
    page = render_to_string("annotations/schemes/_guidelines.html", {"scheme": project.scheme.definition})
    for words in (
        "<strong>Red</strong>",
        "or several of them",
        "1 to 5",
        "a number in steps of 0.5 from 0 to 100",
    ):
        assert page.count(words) == 2 * (2 if words == "<strong>Red</strong>" else 1), words


def test_the_page_says_how_near_answers_count(project: Project) -> None:
    make_annotated_task(mark(ONE), mark(OTHER), project=project)
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    page = client.get(reverse("web:agreement-fields", args=[project.slug])).content.decode()
    assert page.count("ordered, so that near answers count as nearly the same") == 1
    assert page.count("numbers, so that a difference counts by its square") == 1
