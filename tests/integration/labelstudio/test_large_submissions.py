"""A submit, a draft, a result in the Studio and a decision of any size are answered in bounded memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotations.assignment.services import plan_round
from annotations.collection.in_memory import InMemoryStudio
from annotations.collection.reconciling import reconcile
from annotations.limits import MAX_ENTRIES, MAX_MESSAGES, MAX_SPANS
from annotations.models import Annotation, Assignment
from tests.bounds import within
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import fill_queues, mark, participant_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_studio")]
TEXT = " ".join(str(number) for number in range(1_000, 5_000))


@pytest.fixture
def studio() -> InMemoryStudio:
    return InMemoryStudio()


@pytest.fixture
def assignment(studio: InMemoryStudio) -> Assignment:
    project = make_project()
    make_article(project, text=TEXT)
    round_ = plan_round(project, annotators=[make_member(project)], overlap=1, seed=1, by=None)
    return fill_queues(round_, studio)[0]


@pytest.fixture
def send(assignment: Assignment) -> Callable[[str, list[Any]], Any]:
    client = Client()
    client.force_login(assignment.annotator, "django.contrib.auth.backends.ModelBackend")
    client.get("/studio/")  # what the first request loads is not counted
    project = participant_of(assignment).studio_project_id

    def send(kind: str, result: list[Any]) -> Any:
        body = json.dumps({"result": result}, separators=(",", ":"))
        assert len(body) < 5_000_000
        return client.post(
            f"/studio/api/tasks/{assignment.studio_task_id}/{kind}?project={project}",
            data=body,
            content_type="application/json",
            headers={"Origin": "http://testserver"},
        )

    return send


def pile(count: int) -> list[dict[str, Any]]:
    """So many spans of one label on one place, each with words of its own."""
    return [
        {
            "id": f"s{number}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": number % 1_000, "end": 2_000 + number % 1_000, "labels": ["Claim"]},
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [MAX_SPANS, MAX_SPANS + 1, MAX_ENTRIES, MAX_ENTRIES + 1])
def test_a_submit_of_many_spans_on_one_place_is_refused_in_few_words_and_little_memory(
    count: int, send: Callable[[str, list[Any]], Any]
) -> None:
    result = pile(count)
    with within(megabytes=150, seconds=10):
        answer = send("annotations", result)
    messages = answer.json()["validation_errors"]["annotation"]
    assert answer.status_code == 403
    assert len(messages) <= MAX_MESSAGES + 1
    if count == MAX_SPANS:
        assert messages[-1].startswith("And ")
    else:
        assert "more than the" in messages[0]


def test_a_draft_past_a_limit_is_refused_before_label_studio_is_asked(
    send: Callable[[str, list[Any]], Any],
) -> None:
    with within(megabytes=150, seconds=10):
        answer = send("drafts", [{}] * (MAX_ENTRIES + 1))
    assert answer.status_code == 403
    assert "20,001 parts, more than the 20,000" in answer.json()["detail"]


@pytest.mark.parametrize("depth", [30, 900])
def test_a_draft_nested_deeply_is_refused(send: Callable[[str, list[Any]], Any], depth: int) -> None:
    nested: list[Any] = []
    for _ in range(depth):
        nested = [nested]
    answer = send("drafts", nested)
    assert answer.status_code == 403
    assert "levels deep" in answer.json()["detail"]


def test_a_result_in_the_studio_past_a_limit_stays_there_and_is_reported(
    assignment: Assignment, studio: InMemoryStudio
) -> None:
    assert assignment.studio_task_id is not None
    studio.submit(assignment.studio_task_id, mark(*((n, n + 1) for n in range(MAX_SPANS + 1))))
    with within(megabytes=150, seconds=10):
        report = reconcile(studio=studio)
    assert not Annotation.objects.exists()
    [remark] = report.remarks
    assert "2,001 spans, more than the 2,000" in remark
    [task] = studio.tasks
    assert len(task.annotations) == 1


def test_a_result_in_the_studio_at_the_limit_is_stored(
    assignment: Assignment, studio: InMemoryStudio
) -> None:
    assert assignment.studio_task_id is not None
    studio.submit(assignment.studio_task_id, mark(*((n, n + 1) for n in range(MAX_SPANS))))
    with within(megabytes=150, seconds=20):
        report = reconcile(studio=studio)
    assert report.missed == 1
    assert Annotation.objects.get().spans.count() == MAX_SPANS
