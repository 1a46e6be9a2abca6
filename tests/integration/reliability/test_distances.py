"""A scheme may say how far apart its labels are, and a project's agreement goes by that."""

import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.agreement import evaluate
from annotations.models import Project, Role, Scheme
from annotations.reliability.counting import Options
from annotations.reliability.full_report import PARTS, report_whole
from annotations.reliability.matrices import build_corpus
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import Selection
from tests.factories import DEFINITIONS, make_member, make_project, make_round
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
EVERYTHING = Selection()
TABLE = {"Claim": {"Stance": 0.25}}
BY_DISTANCES = ("weighted_kappa_custom", "alpha_custom", "gwet_ac2_custom", "gamma", "gamma_cat", "gamma_k")


def store_version(version: int, table: str = "") -> Scheme:
    """The small scheme with another version and with these distances."""
    source = (DEFINITIONS / "argument-lite-v1.toml").read_text(encoding="utf-8")
    source = source.replace("version = 1", f"version = {version}", 1) + table
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    return Scheme.objects.create(
        name="argument-lite", version=str(version), title="Lite", source=source, sha256=sha256
    )


@pytest.fixture
def project() -> Project:
    """Two who take stances for claims now and then."""
    scheme = store_version(2, "\n[distances.Stance]\nClaim = 0.25\n")
    project, people, round_ = make_team("Ada", "Ben", "Cy", project=make_project(scheme=scheme))
    for number, task in enumerate(make_tasks(round_, 4)):
        for person in people:
            usual = "Stance" if number % 2 and person is people[0] else "Claim"
            annotate(task, person, (0, 10, usual), (50, 60, "Stance"), (70, 80 + number, "Concession"))
    return project


def measure(project: Project, **options: Any) -> dict[str, Any]:
    found = report_selection(project, EVERYTHING, options=Options(samples=0, **options))
    return {name: metric.value for name, metric in found.metrics.items()}


def test_a_project_is_measured_by_the_distances_of_its_scheme(project: Project) -> None:
    corpus = build_corpus(project, EVERYTHING)
    expected = evaluate(corpus, metrics=BY_DISTANCES, samples=0, distances=TABLE)
    found = report_selection(project, EVERYTHING, options=Options(samples=0))
    for name in BY_DISTANCES:
        assert found[name].value == pytest.approx(expected[name].value), name
        assert found[name].parameters["distances"] == TABLE


def test_a_table_that_is_given_counts_in_place_of_the_scheme_s(project: Project) -> None:
    corpus = build_corpus(project, EVERYTHING)
    by_scheme, by_none = measure(project), measure(project, distances={})
    expected = evaluate(corpus, metrics=BY_DISTANCES, samples=0, distances={})
    for name in BY_DISTANCES:
        assert by_none[name] == pytest.approx(expected[name].value)
        assert by_none[name] != by_scheme[name]


def test_the_latest_version_in_the_report_says_how_far_apart_labels_are(project: Project) -> None:
    people = [one.user for one in project.memberships.order_by("id")]
    later = make_round(project, scheme=store_version(3), overlap=3, annotators=tuple(people))
    for task in make_tasks(later, 1):
        for person in people:
            annotate(task, person, (0, 10, "Claim"))
    assert "alpha_custom" not in measure(project)
    only_first = report_selection(project, Selection(rounds=(1,)), options=Options(samples=0))
    assert only_first["alpha_custom"].value is not None


def test_every_part_of_a_report_goes_by_the_distances(project: Project) -> None:
    found = report_whole(
        project, EVERYTHING, metrics=["alpha_custom"], options=Options(samples=0), parts=PARTS
    ).to_json()
    assert found["documents_needed"]["alpha_custom"]["undefined"] is None
    for part in ("periods", "without"):
        assert found[part]
        for row in found[part]:
            assert row["metrics"]["alpha_custom"]["undefined"] is None


def test_page_and_api_show_what_goes_by_the_distances(project: Project, client: Client) -> None:
    client.force_login(make_member(project, Role.MANAGER))
    page = client.get(reverse("web:agreement", args=[project.slug])).content.decode()
    assert "own distances" in page
    address = f"/api/v1/projects/{project.pk}/agreement/?metric=alpha_custom&samples=0"
    for query, expected in (("", TABLE), ("&distances={}", {})):
        answer = client.get(address + query).json()
        assert answer["metrics"]["alpha_custom"]["parameters"]["distances"] == expected
