"""A round that is carried over to a later version of its scheme, and taken back, killed at random moments."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from annotations.models import CarriedRound, Decision, Job, JobStatus, Project, Round, Span
from annotations.projects.starting import adopt_scheme
from annotations.schemes.definition import read_content
from annotations.schemes.references import rename_label
from annotations.schemes.writing import write_definition
from tests.factories.large import make_closed_round
from tests.integration.jobs.killing import kill_often

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLES = 120


def test_a_round_that_was_being_carried_over_or_taken_back_is_there_as_a_whole_or_not_at_all() -> None:
    """Whoever does its job next goes on with it, and it comes to the same each time."""
    with transaction.atomic():
        project = make_closed_round(ARTICLES).project
        rename_claim(project)
    before = list_marked(project.rounds.get())
    wanted = {(*rest, "Assertion" if label == "Claim" else label) for *rest, label in before}
    decided = set(Decision.objects.values_list("task__article", flat=True))

    def check() -> None:
        Job.objects.filter(status=JobStatus.RUNNING).update(leased_until=timezone.now(), attempts=0)
        source, *others = project.rounds.order_by("number")
        assert list_marked(source) == before
        assert len(others) <= 1
        for carried in others:
            assert list_marked(carried) == wanted
            assert carried.tasks.count() == ARTICLES
            ledgers = Decision.objects.filter(task__round=carried)
            assert set(ledgers.values_list("task__article", flat=True)) == decided
            counts = CarriedRound.objects.get(round=carried).counts
            assert counts["annotations"] == 3 * ARTICLES
            assert counts["to adjudicators"] == len(decided)

    kill_often("carry", project, check)
    assert project.rounds.count() == 2
    assert Project.objects.count() == 1
    assert not CarriedRound.objects.exclude(taken_back_at=None).exclude(round=None).exists()


def rename_claim(project: Project) -> None:
    content = read_content(project.scheme.source)
    rename_label(content, "Claim", lambda _: "Assertion")
    content["labels"][0]["name"] = "Assertion"
    content["version"] += 1
    adopt_scheme(project, write_definition(content), by=None)


def list_marked(round_: Round) -> set[tuple[Any, ...]]:
    """Each span of a round: of which article, whose, up to where, and its label."""
    spans = Span.objects.filter(annotation__assignment__task__round=round_)
    columns = ("annotation__assignment__task__article", "annotation__assignment__annotator", "end", "label")
    return set(spans.values_list(*columns))
