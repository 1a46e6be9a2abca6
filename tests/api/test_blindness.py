"""Nobody sees what others said about a task that they may yet annotate, whatever other roles they hold."""

import json

import pytest

from annotations.assignment.services import close_task
from annotations.models import Membership, Role, TaskStatus
from tests.api.world import World, call_as, call_with_token, read_stream

pytestmark = pytest.mark.django_db


def annotated_articles(world: World, role: str) -> set[int]:
    rows = call_as(world, role).get("/api/v1/annotations/").json()["results"]
    return {row["article"] for row in rows}


def test_an_annotator_sees_no_annotation_gold_decision_assignment_or_release(world: World) -> None:
    for person in (world.people[Role.ANNOTATOR], world.others[0]):
        client = call_with_token(person)
        for kind in ("annotations", "gold", "decisions", "assignments", "tasks", "rounds", "releases"):
            assert client.get(f"/api/v1/{kind}/").json()["results"] == []
        for address in (
            f"/api/v1/annotations/{world.annotation.pk}/",
            f"/api/v1/gold/{world.gold.pk}/",
            f"/api/v1/releases/{world.release.pk}/export/",
        ):
            assert client.get(address).status_code == 404
        for address in ("annotations/", "annotations/?format=jsonl"):
            assert client.get(f"/api/v1/projects/{world.project.pk}/{address}").status_code == 403


@pytest.mark.parametrize("second_role", [Role.MANAGER, Role.CONSUMER])
def test_a_second_role_does_not_lift_the_blindness(world: World, second_role: str) -> None:
    """The annotator has not submitted the queued task; somebody else has."""
    Membership.objects.create(project=world.project, user=world.people[Role.ANNOTATOR], role=second_role)
    client = call_as(world, Role.ANNOTATOR)
    assert annotated_articles(world, Role.MANAGER) >= {world.queued.article_id}
    seen = annotated_articles(world, Role.ANNOTATOR)
    assert seen == {world.agreed.article_id, world.decided.article_id, world.waiting.article_id}
    address = f"/api/v1/projects/{world.project.pk}/annotations/"
    rows = client.get(address).json()["results"]
    assert {row["article"] for row in rows} == seen
    lines = read_stream(client.get(f"{address}?format=jsonl")).decode().splitlines()
    assert {json.loads(line)["id"] for line in lines} == seen
    conll = client.get(f"{address}?format=conll")
    assert b"Queued" not in read_stream(conll)


def test_a_manager_who_annotated_a_task_sees_it_once_it_is_adjudicated(world: World) -> None:
    own = world.others[0]
    Membership.objects.create(project=world.project, user=own, role=Role.MANAGER)
    rows = call_with_token(own).get("/api/v1/annotations/").json()["results"]
    assert {row["article"] for row in rows} == {world.agreed.article_id, world.decided.article_id}
    for kind in ("gold", "decisions"):
        rows = call_with_token(own).get(f"/api/v1/{kind}/").json()["results"]
        assert rows
        assert {row["task"] for row in rows} <= {world.agreed.pk, world.decided.pk}


def test_a_task_that_is_cancelled_hides_nothing(world: World) -> None:
    own = world.people[Role.ANNOTATOR]
    Membership.objects.create(project=world.project, user=own, role=Role.MANAGER)
    closed = close_task(world.queued, by=None)
    assert closed.status != TaskStatus.CANCELLED
    assert world.queued.article_id not in annotated_articles(world, Role.ANNOTATOR)
    type(closed).objects.filter(pk=closed.pk).update(status=TaskStatus.CANCELLED)
    assert world.queued.article_id in annotated_articles(world, Role.ANNOTATOR)
