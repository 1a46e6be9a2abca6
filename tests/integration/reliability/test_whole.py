"""The whole report: every part of the page, as JSON and as tidy lines."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.registry import find_metric
from annotations.models import Assignment, Project
from annotations.reliability.counting import Options
from annotations.reliability.full_report import PARTS, report_whole
from annotations.reliability.report_csv import write_csv
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import Selection
from tests.factories import make_round
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
EVERYTHING = Selection()
QUICK = Options(samples=0)


@pytest.fixture
def project() -> Project:
    """Round 1: Cy misses one of the two spans of each article. Round 2, three days later: all alike."""
    project, people, first = make_team("Ada", "Ben", "Cy")
    for task in make_tasks(first, 4):
        for person in people[:2]:
            annotate(task, person, (0, 10, "Claim"), (50, 60, "Stance"), fields={"genre": "news"})
        annotate(task, people[2], (0, 10, "Claim"), fields={"genre": "news"})
    earlier = timezone.now() - timedelta(days=3)
    Assignment.objects.update(submitted_at=earlier)
    second = make_round(project, overlap=3, annotators=tuple(people))
    for task in make_tasks(second, 4):
        for person in people:
            annotate(task, person, (0, 10, "Claim"))
    return project


def write(project: Project, **options: Any) -> Any:
    """As JSON, through JSON."""
    found = report_whole(project, EVERYTHING, options=QUICK, **options)
    return json.loads(json.dumps(found.to_json(), allow_nan=False))


def read_lines(project: Project, **options: Any) -> Iterator[tuple[str, str, str, float | None]]:
    found = report_whole(project, EVERYTHING, options=QUICK, **options)
    for row in csv.DictReader(write_csv(found).splitlines()):
        yield row["metric"], row["slice"], row["of"], float(row["value"]) if row["value"] else None


def test_parts_are_there_only_when_they_are_asked_for(project: Project) -> None:
    plain = write(project, metrics=["f1_strict"])
    assert plain.keys() == {"schemes", "metrics", "data", "left_out", "fields"}
    assert write(project, metrics=["f1_strict"], parts=PARTS).keys() == {*plain, *PARTS}
    assert write(project, metrics=["f1_strict"], parts=["rounds"]).keys() == {*plain, "rounds"}


def test_every_metric_of_the_page_says_what_it_means(project: Project) -> None:
    metrics = write(project, metrics=["f1_strict", "gamma", "alpha_nominal"])["metrics"]
    for name, metric in metrics.items():
        words = find_metric(name).words
        assert metric["words"] == {
            "question": words.question,
            "reading": words.reading,
            "here": metric["words"]["here"],
            "usual": words.usual,
        }
    # Strict F1: 28 of 32 spans, 87.5 of 100.
    assert "of 100 spans that two people marked, 88 have" in metrics["f1_strict"]["words"]["here"]


def test_rounds_are_compared_with_the_round_before(project: Project) -> None:
    first, second = write(project, metrics=["f1_strict"], parts=["rounds"])["rounds"]
    # In each article of round 1, three pairs share 2 + 1 + 1 spans of 4 + 3 + 3.
    assert first["metrics"]["f1_strict"]["value"] == pytest.approx(8 / 10)
    assert (first["round"], first["before"], first["against_before"]) == (1, None, {})
    assert second["metrics"]["f1_strict"]["value"] == 1
    against = second["against_before"]["f1_strict"]
    assert (second["before"], against["difference"]) == (1, pytest.approx(0.2))
    # Of the 70 ways to deal eight articles into two fours, 2 set the rounds as far apart.
    assert against["p_value"] == pytest.approx(2 / 70, abs=0.015)


def test_one_round_is_no_history(project: Project) -> None:
    one = report_whole(
        project, Selection(rounds=(1,)), metrics=["f1_strict"], options=QUICK, parts=["rounds"]
    )
    assert one.rounds == []


def test_figures_over_time_go_by_the_day_of_the_last_annotation(project: Project) -> None:
    first, second = write(project, metrics=["f1_strict"], parts=["periods"])["periods"]
    assert first["start"] < second["start"]
    assert [period["metrics"]["f1_strict"]["value"] for period in (first, second)] == [
        pytest.approx(8 / 10),
        1,
    ]


def test_figures_without_each_annotator_are_those_of_the_others(project: Project) -> None:
    rows = write(project, metrics=["f1_strict"], parts=["without"])["without"]
    found = {row["annotator"]: row["metrics"]["f1_strict"]["value"] for row in rows}
    # Without Ada or Ben: 1 of 2 and 1 spans in round 1, 1 of 1 and 1 in round 2.
    assert found == {"Ada": pytest.approx(4 / 5), "Ben": pytest.approx(4 / 5), "Cy": 1}


def test_documents_needed_and_the_confusion_of_labels_are_parts(project: Project) -> None:
    whole = write(project, metrics=["f1_strict"], parts=["documents_needed", "confusion"])
    curve = whole["documents_needed"]["f1_strict"]
    assert curve["wanted"] == 0.1
    assert curve["documents"] == sorted(curve["documents"])
    assert len(curve["widths"]) == len(curve["documents"]) > 1
    claim, stance = whole["confusion"]
    # 8 articles, 3 pairs, read from either side, 10 characters.
    assert (claim["label"], claim["positions"], claim["others"]["Claim"]) == ("Claim", 480, 480)
    # Ada and Ben mark it both, 2 x 40 characters; beside Cy, who marks nothing, each of them has 40.
    assert (stance["positions"], stance["others"]["Stance"], stance["nothing"]) == (160, 80, 80)


def test_parts_are_of_the_metrics_named_gamma_too_and_else_of_the_strict_f1(project: Project) -> None:
    parts = ["rounds", "periods", "without", "documents_needed"]
    for named, expected in ((["gamma", "gamma_cat", "dice"],) * 2, (None, ["f1_strict"])):
        whole = write(project, metrics=named, parts=parts)
        for part in ("rounds", "periods", "without"):
            assert [list(row["metrics"]) for row in whole[part]] == [expected] * len(whole[part])
        assert list(whole["documents_needed"]) == expected
        assert list(whole["rounds"][1]["against_before"]) == expected
        assert whole["rounds"][0]["metrics"][expected[0]]["value"] < 1, whole["rounds"]


def test_gamma_of_one_count_serves_every_report_of_its_family(
    project: Project,
) -> None:
    def count(**options: Any) -> int:
        report_selection(project, EVERYTHING, options=QUICK, **options)
        return project.agreement_statistics.count()

    assert count(metrics=["gamma"]) == 1
    assert count(metrics=["gamma_cat"], by=["pair", "document"]) == 1
    assert count(metrics=["gamma", "f1_strict"], by={"label": ["f1_strict"], "pair": ["gamma"]}) == 2
    assert count(metrics=["gamma"], by=["label"]) == 3


def test_parts_depend_on_the_seed_and_the_confidence(project: Project) -> None:
    def needed(**options: Any) -> Any:
        whole = report_whole(
            project,
            EVERYTHING,
            metrics=["f1_strict"],
            options=Options(samples=0, **options),
            parts=["documents_needed", "rounds"],
        ).to_json()
        return whole["documents_needed"]["f1_strict"]["widths"]

    assert needed(confidence=0.5)[0] < needed(confidence=0.95)[0]
    assert needed(seed=1) != needed(seed=2)


def test_an_unknown_part_is_refused_with_those_there_are(project: Project) -> None:
    with pytest.raises(InvalidOptionError, match="no part 'mood'; choose from rounds, "):
        report_whole(project, EVERYTHING, metrics=["f1_strict"], parts=["mood"])


def test_a_project_without_annotations_has_empty_parts(project: Project) -> None:
    nobody = Selection(annotators=())
    whole = report_whole(project, nobody, options=QUICK, parts=PARTS).to_json()
    assert (whole["periods"], whole["without"], whole["confusion"]) == ([], [], [])
    assert whole["rounds"][1]["against_before"]["f1_strict"]["undefined"]
    assert whole["documents_needed"]["f1_strict"]["undefined"]


def test_the_lines_hold_every_figure_of_the_json(project: Project) -> None:
    whole = write(project, metrics=["f1_strict"], parts=PARTS)
    lines = set(read_lines(project, metrics=["f1_strict"], parts=PARTS))
    strict = [
        ("f1_strict", "all", "", whole["metrics"]["f1_strict"]["value"]),
        *(
            ("f1_strict", "round", str(row["round"]), row["metrics"]["f1_strict"]["value"])
            for row in whole["rounds"]
        ),
        *(
            ("f1_strict", name, "1|2", whole["rounds"][1]["against_before"]["f1_strict"][name])
            for name in ("difference", "p_value")
        ),
        *(
            ("f1_strict", "period", row["title"], row["metrics"]["f1_strict"]["value"])
            for row in whole["periods"]
        ),
        *(
            ("f1_strict", "without", row["annotator"], row["metrics"]["f1_strict"]["value"])
            for row in whole["without"]
        ),
        ("f1_strict", "documents_needed", "width 0.1", whole["documents_needed"]["f1_strict"]["needed"]),
        ("confusion", "positions", "Stance", 160),
        ("confusion", "share", "Stance|Stance", 0.5),
        ("confusion", "share", "Stance|(nothing)", 0.5),
        *(("", "data", name, number) for name, number in whole["data"].items()),
    ]
    assert set(strict) <= lines


def test_what_was_left_out_is_in_the_lines(project: Project) -> None:
    task, person = project.rounds.get(number=1).tasks.all()[0], Assignment.objects.all()[0].annotator
    annotate(task, person, (0, 10, "Claim"), (5, 20, "Claim"))
    whole = report_whole(project, EVERYTHING, metrics=["alpha_u"], options=QUICK)
    (reason,) = whole.spans.left_out
    assert ("", "left_out", reason, 1) in set(read_lines(project, metrics=["alpha_u"]))


def test_gamma_can_be_told_how(project: Project) -> None:
    def measure(**options: Any) -> float | None:
        gamma = GammaOptions(**options)
        found = report_whole(project, EVERYTHING, metrics=["gamma"], options=Options(samples=0, gamma=gamma))
        return found.spans["gamma"].value

    assert measure(samples=9) != measure(samples=9, seed=8)
    assert measure(samples=9) != measure(samples=9, sampler="shuffle")
