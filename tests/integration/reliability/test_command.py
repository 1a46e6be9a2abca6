"""`manage.py agreement` says what `python -m annotations.agreement` says of the same annotations."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.agreement import NAMES
from annotations.agreement.command import run as run_library
from annotations.models import Project
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
    assert whole == json.loads(capsys.readouterr().out)


def test_its_csv_has_a_line_a_figure(project: Project) -> None:
    stdout = StringIO()
    call_command("agreement", project.slug, "--samples", "0", "--csv", stdout=stdout)
    rows = list(csv.DictReader(stdout.getvalue().splitlines()))
    assert {row["metric"] for row in rows if row["slice"] == "all"} == set(NAMES)
    assert "genre" in {row["of"] for row in rows if row["slice"] == "field"}


def test_every_metric_is_there_unless_some_are_named(project: Project) -> None:
    assert list(run(str(project.pk), "--samples", "0")["metrics"]) == list(NAMES)


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
    assert "0.667" in printed


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("elsewhere",), "no project"),
        (("1", "--metric", "kappa"), "there is no metric 'kappa'"),
        (("1", "--by", "mood"), "cannot slice by 'mood'"),
        (("1", "--confidence", "2"), "confidence must lie between"),
        (("1", "--samples", "-1"), "samples must not be negative"),
        (("1", "--annotator", "x@example.org"), "Nobody has"),
    ],
)
def test_what_it_cannot_do_it_says(project: Project, arguments: tuple[str, ...], why: str) -> None:
    named = (project.slug, *arguments[1:]) if arguments[0] == "1" else arguments
    with pytest.raises(CommandError, match=why):
        run(*named)
