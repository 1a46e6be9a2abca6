"""What a manager does by REST."""

from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.assignment import planning
from annotations.jobs.worker import Worker
from annotations.models import Event, Project, Release, Role, Round, User
from tests.api.world import call_with_token, make_world
from tests.factories import make_article, make_member, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> User:
    return make_member(project, Role.MANAGER)


@pytest.fixture
def client(manager: User) -> APIClient:
    return call_with_token(manager)


def post(client: APIClient, project: Project, kind: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/projects/{project.pk}/{kind}/", body)


def test_articles_are_imported_exactly_as_they_were_sent(
    client: APIClient, project: Project, manager: User
) -> None:
    text = "  Title\r\n\r\n“Kyiv” 🤝 e\u0301\u2028end\t \n"
    sent = {"text": text, "title": "Mine", "id": "n-1", "published": "2025-12-15", "tags": ["a", 1.5]}
    answer = post(client, project, "articles", {"articles": [sent], "place": "crawl"})
    assert answer.status_code == HTTPStatus.CREATED
    (made,) = answer.json()["imported"]
    shown = client.get(f"/api/v1/articles/{made['id']}/").json()
    assert shown["text"] == text
    assert (shown["title"], shown["external_id"], shown["source"]) == ("Mine", "n-1", "crawl:1")
    assert shown["metadata"] == {"published": "2025-12-15", "tags": ["a", 1.5]}
    assert project.articles.get().imported_by == manager
    assert Event.objects.filter(actor=manager, verb="imported articles").count() == 1


def test_a_text_that_is_there_already_is_recognised(client: APIClient, project: Project) -> None:
    body = {"articles": [{"text": "The same."}, {"text": "The same."}]}
    first, again = (post(client, project, "articles", body) for _ in range(2))
    assert (first.status_code, again.status_code) == (HTTPStatus.CREATED, HTTPStatus.OK)
    assert len(first.json()["imported"]) == 1
    assert len(again.json()["already_there"]) == 2
    assert project.articles.count() == 1


def test_a_bad_article_keeps_the_others_out_and_is_named(client: APIClient, project: Project) -> None:
    body = {"articles": [{"text": "Good."}, {"text": " "}, {"title": "none"}]}
    answer = post(client, project, "articles", body)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["#/articles/1", "#/articles/2"]
    assert not project.articles.exists()


def test_the_good_articles_are_imported_where_that_is_asked_for(client: APIClient, project: Project) -> None:
    body = {"articles": [{"text": "Good."}, {"text": " "}], "atomic": False}
    answer = post(client, project, "articles", body)
    assert answer.status_code == HTTPStatus.CREATED
    assert [bad["place"] for bad in answer.json()["refused"]] == ["api:2"]
    assert project.articles.count() == 1


def test_a_round_is_planned_of_all_articles_or_of_those_named(client: APIClient, project: Project) -> None:
    articles = [make_article(project) for _ in range(3)]
    team = [make_member(project, Role.ANNOTATOR) for _ in range(2)]
    body = {"annotators": [one.pk for one in team], "overlap": 2, "kind": "calibration", "seed": 5}
    answer = post(client, project, "rounds", body | {"articles": [articles[1].pk]})
    assert answer.status_code == HTTPStatus.CREATED
    assert (answer.json()["seed"], answer.json()["overlap"]) == (5, 2)
    assert client.get(answer["Location"]).json() == answer.json()
    first = Round.objects.get(pk=answer.json()["id"])
    assert [task.article for task in first.tasks.all()] == [articles[1]]
    rest = post(client, project, "rounds", body)
    assert Round.objects.get(pk=rest.json()["id"]).tasks.count() == 2


def test_a_round_of_many_articles_is_the_answer_in_time_or_its_job(
    client: APIClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PLANNED_AT_ONCE", 2)
    for _ in range(3):
        make_article(project)
    body = {"annotators": [make_member(project, Role.ANNOTATOR).pk], "overlap": 1}
    answer = post(client, project, "rounds", body | {"wait": 0})
    assert answer.status_code == HTTPStatus.ACCEPTED
    assert (answer.json()["kind"], answer.json()["round"]) == ("plan_round", None)
    assert post(client, project, "rounds", body).status_code == HTTPStatus.CONFLICT
    Worker().work_on(answer.json()["id"])
    planned = client.get(answer["Location"]).json()["round"]
    assert Round.objects.get(pk=planned).tasks.count() == 3
    in_time = post(client, project, "rounds", body | {"kind": "calibration"})
    assert in_time.status_code == HTTPStatus.CREATED
    assert Round.objects.get(pk=in_time.json()["id"]).tasks.count() == 3


def test_a_round_that_cannot_be_planned_says_why(client: APIClient, project: Project) -> None:
    make_article(project)
    annotator, consumer = make_member(project, Role.ANNOTATOR), make_member(project, Role.CONSUMER)
    outside, foreign = make_user(), make_article(make_project())
    cases: list[tuple[dict[str, Any], HTTPStatus, str]] = [
        ({"annotators": [annotator.pk], "overlap": 2}, HTTPStatus.CONFLICT, "2 different annotators"),
        ({"annotators": [consumer.pk], "overlap": 1}, HTTPStatus.CONFLICT, "not an annotator"),
        ({"annotators": [outside.pk], "overlap": 1}, HTTPStatus.BAD_REQUEST, ""),
        (
            {"annotators": [annotator.pk], "overlap": 1, "articles": [foreign.pk]},
            HTTPStatus.BAD_REQUEST,
            "",
        ),
        ({"annotators": [annotator.pk], "overlap": 0}, HTTPStatus.BAD_REQUEST, ""),
        ({"annotators": [], "overlap": 1}, HTTPStatus.BAD_REQUEST, ""),
        ({"annotators": [annotator.pk], "overlap": 1, "kind": "x"}, HTTPStatus.BAD_REQUEST, ""),
    ]
    for body, status, message in cases:
        answer = post(client, project, "rounds", body)
        assert answer.status_code == status, body
        assert message in answer.json()["detail"]
    assert not Round.objects.filter(project=project).exists()


def test_a_release_is_frozen_by_a_job_that_is_found_at_its_location() -> None:
    world = make_world()
    client = call_with_token(world.people[Role.MANAGER])
    asked = post(client, world.project, "releases", {"title": "Not waited for", "exception": "A pilot."})
    assert asked.status_code == HTTPStatus.ACCEPTED
    under_way = post(client, world.project, "releases", {"title": "Second", "exception": "A pilot."})
    assert under_way.status_code == HTTPStatus.CONFLICT
    assert under_way.json()["type"] == "urn:annotation-workbench:problem:release-under-way"
    assert client.get(asked["Location"]).json()["release"] is None
    Worker().work_on(asked.json()["id"])
    done = client.get(asked["Location"]).json()
    assert (done["status"], Release.objects.get(pk=done["release"]).title) == ("done", "Not waited for")


def test_a_release_that_is_waited_for_is_found_at_its_location() -> None:
    world = make_world()
    client = call_with_token(world.people[Role.MANAGER])
    answer = post(client, world.project, "releases", {"title": "Second", "exception": "A pilot.", "wait": 60})
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.json()["number"] == 2
    assert answer.json()["manifest"]["left_out"] == {
        "annotated": [world.waiting.article_id],
        "open": [world.queued.article_id],
    }
    assert client.get(answer["Location"]).json() == answer.json()
    assert Release.objects.get(pk=answer.json()["id"]).created_by == world.people[Role.MANAGER]


def test_a_release_without_gold_is_409_and_says_what_is_missing(client: APIClient, project: Project) -> None:
    answer = post(client, project, "releases", {"title": "Too early"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["type"] == "urn:annotation-workbench:problem:nothing-to-release"
    assert "has no gold yet" in answer.json()["detail"]


def test_a_person_is_invited_with_a_link_that_is_shown_once(client: APIClient, project: Project) -> None:
    body = {"email": "New@Example.org", "name": "New Person", "roles": ["annotator", "consumer"]}
    answer = post(client, project, "memberships", body)
    assert answer.status_code == HTTPStatus.CREATED
    invited = answer.json()
    assert invited["roles"] == ["annotator", "consumer"]
    assert invited["sign_in_link"].startswith("http://testserver/sign-in/")
    listed = client.get("/api/v1/memberships/").content.decode()
    assert "new@example.org" in listed
    assert invited["sign_in_link"].rstrip("/").rpartition("/")[2] not in listed


def test_a_role_is_taken_away_but_never_the_last_managers(client: APIClient, project: Project) -> None:
    annotator = make_member(project, Role.ANNOTATOR)
    membership = project.memberships.get(user=annotator)
    assert client.delete(f"/api/v1/memberships/{membership.pk}/").status_code == HTTPStatus.NO_CONTENT
    assert project.roles_of(annotator) == set()
    own = project.memberships.get(role=Role.MANAGER)
    refused = client.delete(f"/api/v1/memberships/{own.pk}/")
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "only manager" in refused.json()["detail"]


def test_no_column_can_be_written_that_is_not_named(client: APIClient, project: Project) -> None:
    """Mass assignment: whatever a model has beside the fields that are asked for is refused."""
    for extra in ("project", "sha256", "imported_by", "id", "is_staff", "number", "manifest", "created_by"):
        for kind, body in (
            ("releases", {"title": "x"}),
            ("memberships", {"email": "a@example.org", "roles": ["consumer"]}),
            ("articles", {"articles": [{"text": "a"}]}),
        ):
            answer = post(client, project, kind, {**body, extra: 1})
            assert answer.status_code == HTTPStatus.BAD_REQUEST
            assert answer.json()["errors"] == [{"pointer": f"#/{extra}", "detail": "There is no such field."}]
    assert not project.articles.exists()
    assert not Release.objects.exists()
