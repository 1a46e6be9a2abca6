"""Who annotates a project as a person and who as a model, and what that means for adjudication and gold."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from annotations.adjudication.locking import TaskNotAnnotatedError
from annotations.adjudication.services import decide_unit, rebuild_gold
from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.archiving import archive_project
from annotations.assignment.errors import NotAnAnnotatorError
from annotations.assignment.services import change_member_roles
from annotations.assignment.standing import UnknownStandingError, set_standing
from annotations.models import Event, Gold, Job, Membership, ModelAnnotator, Role, Standing, Task, User
from annotations.projects.archived import ProjectArchivedError
from tests.factories import make_member, make_project
from tests.factories.adjudication import claim, make_annotated_task, mark
from tests.factories.reliability import make_team

pytestmark = pytest.mark.django_db


def make_mixed_task(*, only_models: bool = False) -> tuple[Task, list[User]]:
    """Two people who agree, and a model that marks something else."""
    project = make_project()
    team = [make_member(project, Role.ANNOTATOR, name=name) for name in ("Ana", "Bo", "gpt")]
    markups = [mark(claim()), mark(claim()), mark(claim(), claim(30, 40))]
    judges = slice(2, None) if only_models else slice(None)
    task = make_annotated_task(*markups[judges], project=project, annotators=team[judges])
    set_standing(project, team[2], standing=Standing.MODEL, by=None)
    return task, team


def test_everybody_is_a_person_until_a_manager_says_otherwise() -> None:
    project, (ana, gpt), _ = make_team("Ana", "gpt")
    manager = make_member(project, Role.MANAGER)
    set_standing(project, gpt, standing=Standing.MODEL, by=manager)
    standings = {
        row.user_id: row.annotates_as for row in Membership.objects.with_standing().filter(project=project)
    }
    assert standings == {ana.pk: "person", gpt.pk: "model", manager.pk: "person"}
    assert project.list_models() == [gpt.pk]
    event = Event.objects.get(verb="changed the standing of")
    assert (event.actor, event.details) == (manager, {"before": "person", "after": "model"})


def test_a_model_may_become_a_person_again() -> None:
    project, (gpt,), _ = make_team("gpt")
    for standing in (Standing.MODEL, Standing.VOTING_MODEL, Standing.PERSON):
        set_standing(project, gpt, standing=standing, by=None)
    assert project.list_models() == []
    assert Event.objects.filter(verb="changed the standing of").count() == 3


def test_who_is_a_model_in_one_project_is_a_person_in_another() -> None:
    project, (gpt,), _ = make_team("gpt")
    other = make_project("Other")
    other.memberships.create(user=gpt, role=Role.ANNOTATOR)
    set_standing(project, gpt, standing=Standing.MODEL, by=None)
    assert other.list_models() == []


def test_a_model_stays_one_when_it_annotates_no_more() -> None:
    project, (gpt,), _ = make_team("gpt")
    set_standing(project, gpt, standing=Standing.MODEL, by=None)
    change_member_roles(project, gpt, roles=[], by=None)
    assert project.list_models() == [gpt.pk]


def test_only_an_annotator_can_be_a_model() -> None:
    project = make_project()
    consumer = make_member(project, Role.CONSUMER)
    with pytest.raises(NotAnAnnotatorError, match="annotates nothing"):
        set_standing(project, consumer, standing=Standing.MODEL, by=None)
    with pytest.raises(UnknownStandingError, match="choose from person, model, voting_model"):
        set_standing(project, consumer, standing="oracle", by=None)


def test_nobody_becomes_a_model_in_an_archived_project() -> None:
    project, (gpt,), _ = make_team("gpt")
    archive_project(project, by=None)
    with pytest.raises(ProjectArchivedError, match="is archived"):
        set_standing(project, gpt, standing=Standing.MODEL, by=None)
    assert project.list_models() == []


def test_the_database_knows_an_annotator_once_and_only_as_a_model() -> None:
    project, (gpt,), _ = make_team("gpt")
    for rows in (["model", "model"], ["person"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            ModelAnnotator.objects.bulk_create(
                [ModelAnnotator(project=project, user=gpt, standing=standing) for standing in rows]
            )


def test_gold_is_made_without_models() -> None:
    task, (ana, bo, _) = make_mixed_task()
    (gold,) = finish_by_rule([task])
    assert [span["start"] for span in gold.markup["spans"]] == [0]
    voters = Gold.objects.get().markup["annotations"]
    assert voters == sorted(
        task.assignments.filter(annotator__in=[ana, bo]).values_list("current", flat=True)
    )


def test_a_model_with_a_vote_goes_into_the_gold() -> None:
    task, (_, _, gpt) = make_mixed_task()
    set_standing(task.round.project, gpt, standing=Standing.VOTING_MODEL, by=None)
    assert finish_by_rule([task]) == []


def test_tasks_that_wait_for_an_adjudicator_are_held_against_the_rule_again() -> None:
    task, (_, _, gpt) = make_mixed_task()
    set_standing(task.round.project, gpt, standing=Standing.PERSON, by=None)
    assert finish_by_rule([task]) == []
    task.refresh_from_db()
    assert not task.awaits_rule
    set_standing(task.round.project, gpt, standing=Standing.MODEL, by=None)
    assert list(Task.objects.awaiting_rule()) == [task]
    assert Job.objects.filter(kind="finish_by_rule", project=task.round.project).exists()


def test_gold_that_is_there_stays_when_an_annotator_turns_out_to_be_a_model() -> None:
    task, (_, bo, _) = make_mixed_task()
    (gold,) = finish_by_rule([task])
    set_standing(task.round.project, bo, standing=Standing.MODEL, by=None)
    assert rebuild_gold(task) == gold.markup


def test_nothing_is_decided_on_what_only_models_annotated() -> None:
    task, _ = make_mixed_task(only_models=True)
    adjudicator = make_member(task.round.project, Role.ADJUDICATOR)
    assert finish_by_rule([task]) == []
    with pytest.raises(TaskNotAnnotatedError, match="Only models annotated this article"):
        decide_unit(task, unit="x", action="accept", by=adjudicator)


def test_a_manager_says_on_the_page_of_people_who_is_a_model(client: Client) -> None:
    project, (gpt,), _ = make_team("gpt")
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:set-standing", args=[project.slug, gpt.pk])
    answer: Any = client.post(address, {"standing": "voting_model"}, follow=True)
    assert "gpt annotates as a model with a vote now" in answer.content.decode()
    assert project.list_models() == [gpt.pk]
    refused: Any = client.post(address, {"standing": "oracle"}, follow=True)
    assert "Choose one of the three" in refused.content.decode()


def test_a_manager_says_by_the_api_who_is_a_model(client: Client) -> None:
    project, (gpt,), _ = make_team("gpt")
    client.force_login(make_member(project, Role.MANAGER))
    address = f"/api/v1/memberships/{project.memberships.get(user=gpt).pk}/"
    answer: Any = client.patch(address, {"annotates_as": "model"}, content_type="application/json")
    assert answer.json()["annotates_as"] == "model"
    same: Any = client.patch(address, {}, content_type="application/json")
    assert same.json() == answer.json()
    own = project.memberships.get(role=Role.MANAGER)
    refused: Any = client.patch(
        f"/api/v1/memberships/{own.pk}/", {"annotates_as": "model"}, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["title"]) == (409, "Assignment refused")
