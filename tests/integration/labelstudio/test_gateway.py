"""What the gateway decides before it asks the Studio anything: whose it is, and how a refusal is told."""

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from annotations.assignment.archiving import archive_project
from annotations.assignment.closing import close_round
from annotations.assignment.excluding import exclude_article, include_article
from annotations.collection.in_memory import InMemoryStudio
from annotations.labelstudio.gateway.allowlist import read_request
from annotations.labelstudio.gateway.ownership import NotYours, find_own
from annotations.models import Assignment, AssignmentStatus, Round, Task, TaskStatus
from tests.factories.collection import fill_queues, participant_of, plan_small_round, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_studio")]


@pytest.fixture
def round_() -> Round:
    return plan_small_round()


@pytest.fixture
def assignment(round_: Round) -> Assignment:
    return fill_queues(round_, InMemoryStudio())[0]


def send(
    assignment: Assignment, body: dict[str, Any], *, by: Assignment | None = None, **headers: str
) -> Any:
    client = Client(enforce_csrf_checks=True)
    client.force_login((by or assignment).annotator, "django.contrib.auth.backends.ModelBackend")
    project = participant_of(assignment).studio_project_id
    return client.post(
        f"/studio/api/tasks/{assignment.studio_task_id}/annotations?project={project}",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Origin": "http://testserver", **headers},
    )


def test_a_submit_that_the_annotator_can_mend_is_told_in_the_form_that_the_editor_shows(
    assignment: Assignment,
) -> None:
    answer = send(assignment, {"result": []})
    refusal = answer.json()
    assert answer.status_code == 403
    assert refusal["display_context"] == {"reason": "PAUSED"}
    messages = refusal["validation_errors"]["annotation"]
    assert refusal["detail"].splitlines() == messages
    assert messages


def test_messages_cannot_carry_markup_into_the_editor(assignment: Assignment) -> None:
    """The editor renders them as HTML, and they may quote what the annotator wrote."""
    region = {
        "id": "a",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": 0, "end": 4, "labels": ["Claim"]},
    }
    relation = {
        "type": "relation",
        "from_id": "a",
        "to_id": "a",
        "direction": "right",
        "labels": ["<b>x</b>"],
    }
    messages = send(assignment, {"result": [region, relation]}).json()["validation_errors"]["annotation"]
    assert all("<" not in message for message in messages)


def test_an_adjudicated_article_is_closed_and_says_so(assignment: Assignment) -> None:
    assignment.task.status = TaskStatus.ADJUDICATED
    assignment.task.save()
    answer = send(assignment, {"result": []})
    assert answer.status_code == 403
    [message] = answer.json()["validation_errors"]["annotation"]
    assert "is adjudicated, so it cannot be changed" in message


def test_a_skip_leads_to_the_bar_that_asks_for_a_reason(assignment: Assignment) -> None:
    answer = send(assignment, {"result": [], "was_cancelled": True})
    assert answer.status_code == 403
    assert "Skip" in answer.json()["detail"]


def test_another_annotators_task_is_not_there(assignment: Assignment, round_: Round) -> None:
    other = Assignment.objects.exclude(annotator=assignment.annotator).filter(task__round=round_).first()
    assert other is not None
    assert send(assignment, {"result": []}, by=other).status_code == 404


Call = tuple[str, str, dict[str, Any] | None]
READ: Call = ("GET", "api/tasks/{}", None)
DRAFT: Call = ("POST", "api/tasks/{}/drafts", {"result": []})
SUBMIT: Call = ("POST", "api/tasks/{}/annotations", {"result": []})


@pytest.mark.parametrize(
    ("status", "still_open"),
    [
        (AssignmentStatus.QUEUED, (READ, DRAFT, SUBMIT)),
        (AssignmentStatus.EXPIRED, (SUBMIT,)),
        (AssignmentStatus.WITHDRAWN, ()),
        (AssignmentStatus.SKIPPED, ()),
    ],
)
def test_only_what_is_held_is_open_and_late_work_may_still_be_handed_in(
    status: AssignmentStatus, still_open: tuple[Call, ...], assignment: Assignment
) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(status=status, skip_reason="It is a test.")
    for call in (READ, DRAFT, SUBMIT):
        method, path, body = call
        allowed = read_request(method, path.format(assignment.studio_task_id), [], body)
        if call in still_open:
            assert find_own(assignment.annotator, allowed, {}).assignment == assignment
        else:
            with pytest.raises(NotYours):
                find_own(assignment.annotator, allowed, {})


@pytest.mark.parametrize(
    "status", [AssignmentStatus.QUEUED, AssignmentStatus.SUBMITTED, AssignmentStatus.EXPIRED]
)
def test_a_share_that_is_closed_is_not_there_any_more(
    status: AssignmentStatus, assignment: Assignment
) -> None:
    """Its annotator may have seen what others made of the article since."""
    if status == AssignmentStatus.SUBMITTED:
        submit(assignment)
    Assignment.objects.filter(pk=assignment.pk).update(status=status, closed_at=timezone.now())
    for method, path, body in (READ, DRAFT, SUBMIT):
        passage = read_request(method, path.format(assignment.studio_task_id), [], body)
        with pytest.raises(NotYours):
            find_own(assignment.annotator, passage, {})
    assert send(assignment, {"result": []}).status_code == 404


def test_an_archived_project_is_closed(assignment: Assignment, round_: Round) -> None:
    project_id = participant_of(assignment).studio_project_id
    round_.project.archived_at = timezone.now()
    round_.project.save()
    for path in (f"api/projects/{project_id}", f"api/tasks/{assignment.studio_task_id}"):
        with pytest.raises(NotYours):
            find_own(assignment.annotator, read_request("GET", path, [], None), {})


def test_what_a_manager_ended_meanwhile_is_told_in_the_editor(assignment: Assignment, round_: Round) -> None:
    assignment.task.article.refresh_from_db()
    exclude_article(assignment.task.article, reason="A duplicate", by=None)
    another = Assignment.objects.exclude(annotator=assignment.annotator)[0]
    told = send(assignment, {"result": []}, by=another).json()["detail"]
    assert told.startswith("There is no such task")
    answer = send(assignment, {"result": []})
    assert "excluded this article" in answer.json()["validation_errors"]["annotation"][0]
    include_article(assignment.task.article, by=None)
    close_round(round_, by=None)
    answer = send(assignment, {"result": []})
    assert "closed round 1" in answer.json()["validation_errors"]["annotation"][0]
    archive_project(round_.project, by=None)
    answer = send(assignment, {"result": []})
    assert "was archived, so nothing in it changes" in answer.json()["validation_errors"]["annotation"][0]


@pytest.mark.parametrize(
    ("status", "why"),
    [(TaskStatus.EXCLUDED, "excluded with its article"), (TaskStatus.ADJUDICATED, "adjudicated")],
)
def test_what_was_submitted_and_cannot_change_says_why(
    status: TaskStatus, why: str, assignment: Assignment
) -> None:
    submit(assignment)
    Task.objects.filter(pk=assignment.task_id).update(status=status)
    answer = send(assignment, {"result": []})
    [told] = answer.json()["validation_errors"]["annotation"]
    assert told == f"This article is {why}, so it cannot be changed any more."


def test_a_task_of_one_round_is_not_reached_by_the_project_of_another(
    assignment: Assignment, round_: Round
) -> None:
    studio = InMemoryStudio()
    for _ in range(50):
        studio.create_project(title="taken", scheme=round_.scheme.definition)
    second = plan_small_round()
    elsewhere = fill_queues(second, studio)[0]
    second.participants.filter(annotator=elsewhere.annotator).update(annotator=assignment.annotator)
    project = second.participants.get(annotator=assignment.annotator).studio_project_id
    query = [("project", str(project))]
    allowed = read_request("GET", f"api/tasks/{assignment.studio_task_id}", query, None)
    with pytest.raises(NotYours):
        find_own(assignment.annotator, allowed, {})


def test_a_studio_that_is_away_is_told_in_words(assignment: Assignment) -> None:
    client = Client()
    client.force_login(assignment.annotator, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/studio/api/tasks/{assignment.studio_task_id}")
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.json()["detail"]


def test_whoever_is_signed_out_comes_back_to_the_very_page(assignment: Assignment) -> None:
    answer = Client().get("/studio/projects/1/data?labeling=1&tab=2")
    assert answer.headers["Location"] == "/sign-in/?next=/studio/projects/1/data%3Flabeling%3D1%26tab%3D2"


def test_a_database_that_fails_is_told_as_a_moment_in_which_nothing_is_lost(assignment: Assignment) -> None:
    """To the editor in its own form, to a browser as a page that tries again; never a bare error."""
    client = Client()
    client.force_login(assignment.annotator, "django.contrib.auth.backends.ModelBackend")
    project = participant_of(assignment).studio_project_id

    def fail(*_: Any) -> None:
        raise OperationalError("database is locked")

    with connection.execute_wrapper(fail):
        told = client.get(f"/studio/api/tasks/{assignment.studio_task_id}")
        page = client.get(f"/studio/projects/{project}/data?labeling=1")
    for answer in (told, page):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Nothing is lost" in answer.content.decode()
    assert set(told.json()) == {"detail", "status_code", "validation_errors"}
    assert f'data-retry="/studio/projects/{project}/data?labeling=1"' in page.content.decode()
