"""`manage.py agreement` says what `python -m annotations.agreement` says of the same annotations."""

import csv
import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.agreement.command_line.command import run as run_library
from annotations.agreement.registry import find_metric, span_metrics
from annotations.models import Block, Project
from tests.factories import make_article, make_task
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    project, (ada, ben), round_ = make_team("Ada", "Ben")
    first, second = make_tasks(round_, 2)
    annotate(first, ada, (0, 10, "Claim"))
    annotate(first, ben, (0, 10, "Claim"), (50, 60, "Stance"))
    annotate(second, ada)
    annotate(second, ben)
    return project


def run(*arguments: str) -> Any:
    stdout = StringIO()
    call_command("agreement", *arguments, "--json", stdout=stdout)
    return json.loads(stdout.getvalue())


def test_its_json_has_the_shape_of_the_librarys(
    project: Project, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = {"start": 0, "end": 10, "label": "Claim"}
    stance = {"start": 50, "end": 60, "label": "Stance"}
    first, second = project.rounds.get().tasks.values_list("pk", flat=True)
    file = tmp_path / "same.json"
    file.write_text(
        json.dumps(
            {
                "labels": ["Claim", "Concession", "Cue", "Source", "Stance"],
                "documents": [
                    {"id": str(first), "length": 100, "annotators": {"Ada": [claim], "Ben": [claim, stance]}},
                    {"id": str(second), "length": 100, "annotators": {"Ada": [], "Ben": []}},
                ],
            }
        )
    )
    arguments = ["--metric", "f1_strict", "--metric", "alpha_nominal", "--by", "label,pair,document"]
    run_library([str(file), *arguments, "--json"])
    whole = run(project.slug, *arguments)
    assert (whole.pop("schemes"), whole.pop("fields")) == ([project.scheme.definition.identifier], {})
    assert all(metric.pop("words")["question"] for metric in whole["metrics"].values())
    assert whole == json.loads(capsys.readouterr().out)


def test_words_are_counted_by_the_texts_without_what_is_left_out(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    project, people, round_ = make_team("Ada", "Ben")
    text = "By Ada Ray. Kyiv must have guarantees, and Moscow disagrees."
    article = make_article(round_.project, text)
    Block.objects.create(article=article, ordinal=0, kind="byline", start=0, end=12)
    task = make_task(round_, article)
    annotate(task, people[0], (12, 37, "Claim"))
    annotate(task, people[1], (12, 27, "Claim"))
    Project.objects.filter(pk=project.pk).update(uncounted_blocks=["byline"])
    spans = {
        "Ada": [{"start": 0, "end": 25, "label": "Claim"}],
        "Ben": [{"start": 0, "end": 15, "label": "Claim"}],
    }
    file = tmp_path / "same.json"
    file.write_text(json.dumps({"documents": [{"id": "1", "text": text[12:], "annotators": spans}]}))
    arguments = ["--unit", "word", "--metric", "percent_agreement", "--metric", "dice", "--samples", "0"]
    run_library([str(file), *arguments, "--json"])
    expected = json.loads(capsys.readouterr().out)["metrics"]
    found = run(project.slug, *arguments)["metrics"]
    assert (
        found["percent_agreement"]["value"] == expected["percent_agreement"]["value"] == pytest.approx(6 / 7)
    )
    assert found["dice"]["value"] == expected["dice"]["value"] == pytest.approx(6 / 7)


def test_its_csv_has_a_line_a_figure(project: Project) -> None:
    stdout = StringIO()
    call_command("agreement", project.slug, "--samples", "0", "--csv", stdout=stdout)
    rows = list(csv.DictReader(stdout.getvalue().splitlines()))
    assert {row["metric"] for row in rows if row["slice"] == "all"} == set(span_metrics())
    assert "genre" in {row["of"] for row in rows if row["slice"] == "field"}


def test_every_metric_is_there_unless_some_are_named(project: Project) -> None:
    assert list(run(str(project.pk), "--samples", "0")["metrics"]) == list(span_metrics())


def test_rounds_people_and_labels_can_be_chosen(project: Project) -> None:
    strict = ("--metric", "f1_strict", "--samples", "0")
    assert run(project.slug, *strict)["metrics"]["f1_strict"]["value"] == pytest.approx(2 / 3)
    assert run(project.slug, *strict, "--label", "Claim")["metrics"]["f1_strict"]["value"] == 1
    assert run(project.slug, *strict, "--round", "2")["metrics"]["f1_strict"]["value"] is None
    alone = run(project.slug, *strict, "--annotator", "ada@example.org")
    assert alone["data"]["n_annotators"] == 1


def test_it_prints_a_table_for_people(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("agreement", project.slug, "--metric", "f1_strict", "--by", "pair")
    printed = capsys.readouterr().out
    assert "Span F1, borders and label" in printed
    assert "Ada|Ben" in printed
    assert find_metric("f1_strict").words.question in printed
    assert "0.667" in printed


def test_unasked_it_says_in_a_screenful_what_the_page_says_first_and_where_the_rest_is(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("agreement", project.slug)
    printed = capsys.readouterr().out
    words = " ".join(printed.split())
    assert "of 100 spans, 67 have the same borders and label for both of two people" in words
    assert re.search(r"Stance 0 2 Claim 100 2 all labels 67 2 ", words)
    assert "--detailed" in words
    assert len(printed.splitlines()) < 24
    call_command("agreement", project.slug, "--detailed", "--samples", "0", "--gamma-samples", "2")
    assert find_metric("cu_alpha").words.question in " ".join(capsys.readouterr().out.split())


def test_gamma_is_told_how_as_the_library_is(project: Project) -> None:
    gamma = run(
        project.slug,
        *("--metric", "gamma_cat", "--samples", "0", "--seed", "4", "--alpha", "3", "--beta", "2"),
        *("--sampler", "shuffle", "--gamma-samples", "9", "--precision", "0.05", "--chance", "document"),
    )["metrics"]["gamma_cat"]
    wanted = {
        "alpha": 3,
        "beta": 2,
        "sampler": "shuffle",
        "gamma_samples": 9,
        "precision": 0.05,
        "gamma_seed": 4,
        "chance": "document",
    }
    assert gamma["parameters"] == gamma["parameters"] | wanted


def test_parts_can_be_asked_for_in_every_form(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--metric", "f1_strict", "--samples", "0", "--with", "confusion,periods,documents_needed")
    (stance,) = (row for row in run(project.slug, *arguments)["confusion"] if row["label"] == "Stance")
    assert (stance["positions"], stance["nothing"]) == (10, 10)
    stdout = StringIO()
    call_command("agreement", project.slug, *arguments, "--csv", stdout=stdout)
    lines = [
        (row["slice"], row["of"], row["value"]) for row in csv.DictReader(stdout.getvalue().splitlines())
    ]
    assert ("share", "Stance|(nothing)", "1.0") in lines
    call_command("agreement", project.slug, *arguments)
    printed = capsys.readouterr().out
    assert "Stance|(nothing)" in printed
    assert "Span F1, borders and label: over time" in printed


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("1", "--with", "mood"), "no part 'mood'; choose from rounds"),
        (("1", "--alpha", "-1"), "alpha and beta must be at least 0"),
        (("1", "--precision", "1"), "precision must lie between 0 and 1"),
        (("1", "--gamma-samples", "0"), "at least one sample"),
        (("1", "--sampler", "dice"), "invalid choice: 'dice'"),
        (("1", "--seed", "-1"), "from 0 upwards"),
        (("elsewhere",), "no project"),
        (("1", "--metric", "kappa"), "there is no metric 'kappa'"),
        (("1", "--by", "mood"), "cannot slice by 'mood'"),
        (("1", "--confidence", "2"), "confidence must lie between"),
        (("1", "--samples", "-1"), "samples must be a whole number from 0 to 1,000,000, not -1"),
        (("1", "--annotator", "x@example.org"), "Nobody has"),
    ],
)
def test_what_it_cannot_do_it_says(project: Project, arguments: tuple[str, ...], why: str) -> None:
    named = (project.slug, *arguments[1:]) if arguments[0] == "1" else arguments
    with pytest.raises(CommandError, match=why):
        run(*named)
