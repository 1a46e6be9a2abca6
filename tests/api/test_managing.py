"""What a manager's token changes of a project, its rounds and its articles, and by which names projects are found."""

from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.assignment.archiving import archive_project
from annotations.assignment.qualifying import make_quiz
from annotations.formats.registry import WRITTEN
from annotations.models import Event, Project, Role, Scheme, TaskStatus, User
from annotations.schemes.definition import read_definition
from tests.api.world import World, call_as, call_with_token
from tests.factories import make_article, make_member, make_project, make_round, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project("News")


@pytest.fixture
def manager(project: Project) -> User:
    return make_member(project, Role.MANAGER)


@pytest.fixture
def client(manager: User) -> APIClient:
    return call_with_token(manager)


class TestNames:
    def test_a_project_goes_by_its_id_and_by_its_slug(self, client: APIClient, project: Project) -> None:
        by_id = client.get(f"/api/v1/projects/{project.pk}/")
        by_slug = client.get(f"/api/v1/projects/{project.slug}/")
        assert by_id.status_code == HTTPStatus.OK
        assert by_id.json() == by_slug.json()

    def test_lists_are_narrowed_by_either(self, world: World) -> None:
        client = call_as(world, Role.MANAGER)
        for kind in ("articles", "rounds", "tasks", "gold", "events", "memberships"):
            by_id = client.get(f"/api/v1/{kind}/?project={world.project.pk}").json()
            assert by_id["results"]
            assert (
                client.get(f"/api/v1/{kind}/?project={world.project.slug}").json()["results"]
                == by_id["results"]
            )

    @pytest.mark.parametrize("name", ["999", "no-such", "9" * 18, "9" * 50])
    def test_a_project_that_is_not_ones_own_is_missing_in_lists_too(self, world: World, name: str) -> None:
        client = call_as(world, Role.MANAGER)
        for asked in (name, str(world.other.pk), world.other.slug):
            for address in (f"/api/v1/articles/?project={asked}", f"/api/v1/projects/{asked}/"):
                answer = client.get(address)
                assert answer.status_code == HTTPStatus.NOT_FOUND
                assert answer.json()["detail"] == f"There is no project “{asked}” in which you have a role."

    def test_a_name_that_no_project_can_have_is_refused(self, client: APIClient) -> None:
        answer = client.get("/api/v1/articles/?project=a%20b")
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert answer.json()["errors"][0]["detail"] == "Give the id or the slug of a project."

    def test_a_choice_that_is_not_there_names_those_that_are(self, world: World) -> None:
        client = call_as(world, Role.MANAGER)
        for address, there in (
            (
                f"/api/v1/releases/{world.release.pk}/export/?format=pdf",
                f"There is no “pdf”; there are {', '.join(known.name for known in WRITTEN)}",
            ),
            (
                f"/api/v1/projects/{world.project.pk}/annotations/?format=pdf",
                "There is no “pdf”; there are jsonl",
            ),
            ("/api/v1/tasks/?status=late", "There is no “late”; there are open, annotated, adjudicated"),
        ):
            answer = client.get(address)
            assert answer.status_code == HTTPStatus.BAD_REQUEST
            assert answer.json()["errors"][0]["detail"].startswith(there)


class TestProjects:
    def test_a_manager_starts_a_project_with_a_shipped_scheme_one_of_their_own_or_a_definition(
        self, client: APIClient, project: Project, manager: User
    ) -> None:
        own = read_definition("argument-lite-v1") + "\n# ours\n"
        for body, source in (
            ({"scheme": "argument-lite-v1"}, read_definition("argument-lite-v1")),
            ({"scheme": str(project.scheme_id)}, project.scheme.source),
            ({"definition": own}, own),
        ):
            answer = client.post("/api/v1/projects/", {"name": "Editorials", "queue_depth": 3, **body})
            assert answer.status_code == HTTPStatus.CREATED, answer.json()
            made = Project.objects.get(pk=answer.json()["id"])
            assert (made.scheme.source, made.queue_depth) == (source, 3)
            assert made.roles_of(manager) == {Role.MANAGER}
            assert client.get(answer["Location"]).json()["slug"] == made.slug

    def test_what_is_wrong_with_a_scheme_is_said(self, client: APIClient) -> None:
        for body, said in (
            ({}, "Give either a scheme or a definition"),
            ({"scheme": "argument-v1", "definition": "x"}, "Give either"),
            ({"scheme": "argument-v9"}, "there are argument-v1, argument-lite-v1"),
        ):
            answer = client.post("/api/v1/projects/", {"name": "X", **body})
            assert answer.status_code == HTTPStatus.BAD_REQUEST
            assert said in answer.json()["errors"][0]["detail"]
        answer = client.post("/api/v1/projects/", {"name": "X", "definition": 'name = "x"'})
        assert (answer.status_code, answer.json()["type"][-14:]) == (HTTPStatus.BAD_REQUEST, "invalid-scheme")
        assert not Project.objects.filter(name="X").exists()

    def test_a_token_for_one_project_starts_no_other(self, project: Project, manager: User) -> None:
        client = call_with_token(manager, project=project)
        answer = client.post("/api/v1/projects/", {"name": "X", "scheme": "argument-v1"})
        assert answer.status_code == HTTPStatus.FORBIDDEN

    def test_settings_are_changed_together_or_not_at_all(self, client: APIClient, project: Project) -> None:
        address = f"/api/v1/projects/{project.slug}/"
        body = {
            "name": "Editorials",
            "description": "",
            "review_share": 0.5,
            "merge_rule": "majority",
            "warned_rules": ["missing_field"],
        }
        answer = client.patch(address, body)
        assert answer.status_code == HTTPStatus.OK
        assert answer.json().items() >= body.items()
        assert client.get(address).json() == answer.json()
        refused = client.patch(address, {"name": "Other", "merge_rule": "dice"})
        assert refused.json()["errors"] == [
            {"pointer": "#/merge_rule", "detail": "There is no “dice”; there are unanimity, majority."}
        ]
        for wrong in (
            {"queue_depth": 0},
            {"lease_hours": 8761},
            {"review_share": 2},
            {"warned_rules": ["broken_offsets"]},
            {"name": " "},
            {"slug": "x"},
        ):
            assert client.patch(address, wrong).status_code == HTTPStatus.BAD_REQUEST
        project.refresh_from_db()
        assert (project.name, project.merge_rule) == ("Editorials", "majority")

    def test_a_later_version_of_the_scheme_is_adopted(self, client: APIClient, project: Project) -> None:
        later = project.scheme.source.replace("version = 1", "version = 2", 1)
        answer = client.post(f"/api/v1/projects/{project.pk}/schemes/", {"definition": later})
        assert answer.status_code == HTTPStatus.CREATED
        project.refresh_from_db()
        assert project.scheme == Scheme.objects.get(pk=answer.json()["id"])
        again = client.post(f"/api/v1/projects/{project.pk}/schemes/", {"definition": make_older(later)})
        assert (again.status_code, again.json()["type"][-16:]) == (HTTPStatus.CONFLICT, "scheme-not-later")

    def test_an_archived_project_is_read_by_name_and_changes_nothing(self, world: World) -> None:
        client = call_as(world, Role.MANAGER)
        address = f"/api/v1/projects/{world.project.pk}/"
        assert client.patch(address, {"archived": True}).json()["archived_at"]
        assert client.get("/api/v1/projects/").json()["results"] == []
        assert [one["id"] for one in client.get("/api/v1/projects/?archived=true").json()["results"]] == [
            world.project.pk
        ]
        assert client.get("/api/v1/articles/").json()["results"] == []
        assert client.get(f"/api/v1/articles/?project={world.project.slug}").json()["results"]
        assert client.get(f"/api/v1/releases/{world.release.pk}/export/").status_code == HTTPStatus.OK
        membership = world.project.memberships.get(role=Role.CONSUMER)
        changes: list[tuple[str, str, dict[str, Any] | None]] = [
            ("patch", address, {"name": "Other"}),
            ("post", f"{address}articles/", {"articles": [{"text": "New"}]}),
            ("post", f"{address}releases/", {"title": "New"}),
            ("patch", f"/api/v1/rounds/{world.decided.round_id}/", {"name": "New"}),
            ("patch", f"/api/v1/articles/{world.decided.article_id}/", {"exclusion_reason": "New"}),
            ("delete", f"/api/v1/imports/{world.made.pk}/", None),
            ("delete", f"/api/v1/memberships/{membership.pk}/", None),
        ]
        for method, path, body in changes:
            answer = getattr(client, method)(path, body)
            assert answer.status_code == HTTPStatus.CONFLICT, path
            assert answer.json()["type"] == "urn:annotation-workbench:problem:project-archived"
        assert client.patch(address, {"archived": False, "name": "Back"}).json()["name"] == "Back"

    def test_a_project_is_deleted_while_nobody_annotated_in_it(
        self, client: APIClient, project: Project
    ) -> None:
        make_article(project)
        assert client.delete(f"/api/v1/projects/{project.slug}/").status_code == HTTPStatus.NO_CONTENT
        assert client.get(f"/api/v1/projects/{project.pk}/").status_code == HTTPStatus.NOT_FOUND
        assert Event.objects.filter(verb="deleted", details__name="News").exists()

    def test_an_annotator_is_refused_what_a_manager_may(self, project: Project) -> None:
        client = call_with_token(make_member(project, Role.ANNOTATOR))
        archive_project(project, by=None)
        for method in ("patch", "delete"):
            answer = getattr(client, method)(f"/api/v1/projects/{project.pk}/", {"archived": False})
            assert answer.status_code == HTTPStatus.FORBIDDEN
        assert call_with_token(make_user()).get("/api/v1/projects/").json()["results"] == []


def make_older(definition: str) -> str:
    return definition.replace("version = 2", "version = 1", 1) + "\n# changed\n"


def test_an_article_is_excluded_and_included_again(client: APIClient, project: Project) -> None:
    task = make_task(make_round(project, overlap=1))
    address = f"/api/v1/articles/{task.article_id}/"
    answer = client.patch(address, {"exclusion_reason": "An advertisement"})
    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["exclusion_reason"] == "An advertisement"
    task.refresh_from_db()
    assert task.status == TaskStatus.EXCLUDED
    assert client.patch(address, {"exclusion_reason": ""}).json()["excluded_at"] is None
    task.refresh_from_db()
    assert task.status == TaskStatus.OPEN
    refused = client.delete(address)
    assert (refused.status_code, refused.json()["detail"]) == (
        HTTPStatus.CONFLICT,
        "The article is in round 1, so it cannot be deleted: exclude it instead.",
    )
    unused = make_article(project)
    assert client.delete(f"/api/v1/articles/{unused.pk}/").status_code == HTTPStatus.NO_CONTENT


def test_an_import_is_listed_and_undone(client: APIClient, project: Project) -> None:
    client.post(
        f"/api/v1/projects/{project.pk}/articles/", {"articles": [{"text": "One."}, {"text": "Two."}]}
    )
    [made] = client.get(f"/api/v1/imports/?project={project.slug}").json()["results"]
    assert made["articles"] == 2
    assert client.delete(f"/api/v1/imports/{made['id']}/").status_code == HTTPStatus.NO_CONTENT
    assert not project.articles.exists()


def test_a_round_is_named_closed_and_opened_again(client: APIClient, project: Project) -> None:
    task = make_task(make_round(project, overlap=1))
    address = f"/api/v1/rounds/{task.round_id}/"
    closed = client.patch(address, {"name": "Pilot", "closed": True}).json()
    assert (closed["name"], bool(closed["closed_at"])) == ("Pilot", True)
    task.refresh_from_db()
    assert task.status == TaskStatus.CANCELLED
    assert client.patch(address, {"closed": False}).json()["closed_at"] is None
    task.refresh_from_db()
    assert task.status == TaskStatus.OPEN


def test_a_round_asks_for_a_quiz_when_it_is_planned_and_later(client: APIClient, project: Project) -> None:
    make_article(project)
    for _ in range(2):
        make_quiz(project, chosen=[0, 1], passing=1, by=None)
    body = {"annotators": [make_member(project, Role.ANNOTATOR).pk], "overlap": 1, "quiz": 2}
    planned = client.post(f"/api/v1/projects/{project.pk}/rounds/", body).json()
    assert planned["quiz"] == 2
    address = f"/api/v1/rounds/{planned['id']}/"
    assert client.patch(address, {"quiz": 1}).json()["quiz"] == 1
    refused = client.patch(address, {"quiz": 3})
    assert (refused.status_code, "no quiz 3" in str(refused.json())) == (HTTPStatus.BAD_REQUEST, True)
    assert client.patch(address, {"quiz": None}).json()["quiz"] is None
