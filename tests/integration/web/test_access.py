"""Every route of the pages, by everyone: a route without a line in the table fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter

from annotations.models import Role, Task, TaskStatus
from annotations.web import urls

MANAGER = frozenset({Role.MANAGER.value})
ADJUDICATOR = frozenset({Role.ADJUDICATOR.value})
READERS = frozenset({Role.MANAGER.value, Role.ADJUDICATOR.value})
RELEASES = READERS | {Role.CONSUMER.value}
MEMBERS = frozenset(Role.values)
PEOPLE = MEMBERS | {"outsider"}
EVERYBODY = PEOPLE | {"anonymous"}

OK, ELSEWHERE, NOT_ALLOWED, GONE = 200, 302, 405, 410


@dataclass(frozen=True)
class Route:
    """Who gets in; to them a GET and a POST with an empty form answer as stated here."""

    visitors: frozenset[str]
    get: int = OK
    post: int = NOT_ALLOWED
    arguments: Callable[[Any], list[Any]] = lambda _: []


def project(*names: str) -> Callable[[Any], list[Any]]:
    """The project's slug, and then attributes of the world by their paths."""

    def find(world: Any) -> list[Any]:
        found = [world.project.slug]
        for name in names:
            value = world
            for part in name.split("."):
                value = value[part] if isinstance(value, dict) else getattr(value, part)
            found.append(value)
        return found

    return find


def finished_task(world: Any) -> list[Any]:
    task = Task.objects.get(round__project=world.project, status=TaskStatus.ADJUDICATED)
    return [world.project.slug, task.pk]


ROUTES = {
    "home": Route(PEOPLE, get=ELSEWHERE, post=ELSEWHERE),
    "health": Route(EVERYBODY),
    "liveness": Route(EVERYBODY),
    "readiness": Route(EVERYBODY),
    "metrics": Route(EVERYBODY, get=403),
    "sign-in": Route(EVERYBODY, post=OK),
    "sign-in-link": Route(EVERYBODY, get=GONE, post=GONE, arguments=lambda _: ["guess"]),
    "sign-out": Route(EVERYBODY, get=NOT_ALLOWED, post=ELSEWHERE),
    "forgot-password": Route(EVERYBODY, post=OK),
    "invitation": Route(PEOPLE, get=GONE, post=GONE, arguments=lambda _: ["guess"]),
    "set-password": Route(PEOPLE, get=ELSEWHERE, post=ELSEWHERE),
    "account": Route(PEOPLE, post=OK),
    "rename-account": Route(PEOPLE, get=NOT_ALLOWED, post=OK),
    "choose-digest": Route(PEOPLE, get=NOT_ALLOWED, post=ELSEWHERE),
    "create-token": Route(PEOPLE, get=NOT_ALLOWED, post=OK),
    "revoke-token": Route(
        frozenset({Role.CONSUMER.value}), NOT_ALLOWED, ELSEWHERE, lambda world: [world.token.token_key]
    ),
    "own-data": Route(PEOPLE),
    "installation": Route(frozenset()),
    "backups": Route(frozenset()),
    "make-backup": Route(frozenset(), get=NOT_ALLOWED),
    "download-backup": Route(frozenset(), arguments=lambda _: ["2026-11-27-180509.backup"]),
    "account-of": Route(frozenset(), arguments=lambda world: [world.people["annotator"].pk]),
    "change-account": Route(
        frozenset(), get=NOT_ALLOWED, arguments=lambda world: [world.people["annotator"].pk]
    ),
    "erase-account": Route(frozenset(), arguments=lambda world: [world.people["annotator"].pk]),
    "work": Route(PEOPLE),
    "start": Route(frozenset({Role.ANNOTATOR.value}), ELSEWHERE, ELSEWHERE, lambda world: [world.round.pk]),
    "read-correction": Route(
        frozenset({Role.ANNOTATOR.value}), NOT_ALLOWED, ELSEWHERE, lambda world: [world.revision.pk]
    ),
    "skip": Route(frozenset({Role.ANNOTATOR.value}), OK, OK, lambda world: [world.assignment.pk]),
    "scheme-css": Route(PEOPLE, arguments=lambda world: [world.project.scheme.sha256]),
    "projects": Route(PEOPLE),
    "create-project": Route(MANAGER | {"outsider"}, post=OK),
    "project": Route(MEMBERS, arguments=project()),
    "edit-scheme": Route(MANAGER, post=ELSEWHERE, arguments=project()),
    "preview-draft": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "edit-scheme-toml": Route(MANAGER, post=ELSEWHERE, arguments=project()),
    "start-draft": Route(MANAGER, post=OK, arguments=project()),
    "adopt-draft": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "discard-draft": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "guidelines": Route(MEMBERS, arguments=project()),
    "codebook": Route(MEMBERS, arguments=project()),
    "quizzes": Route(MANAGER, post=ELSEWHERE, arguments=project()),
    "quiz": Route(
        frozenset({Role.MANAGER.value, Role.ANNOTATOR.value}), post=OK, arguments=project("quiz.number")
    ),
    "require-quiz": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("round.number")),
    "word-part": Route(MANAGER, post=OK, arguments=project()),
    "take-example": Route(MANAGER, get=404, post=404, arguments=project()),
    "correct-wording": Route(MANAGER, post=OK, arguments=project()),
    "settings": Route(MANAGER, post=OK, arguments=project()),
    "archive-project": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "restore-project": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "delete-project": Route(MANAGER, post=OK, arguments=project()),
    "webhooks": Route(MANAGER, arguments=project()),
    "add-webhook": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "remove-webhook": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("webhook.pk")),
    "redeliver": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("delivery.pk")),
    "notes": Route(MANAGER, arguments=project()),
    "quarantine": Route(MANAGER, arguments=project()),
    "resolve-quarantined": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("item.pk")),
    "articles": Route(READERS, arguments=project()),
    "add-articles": Route(MANAGER, post=OK, arguments=project()),
    "article": Route(READERS, arguments=project("article.pk")),
    "article-original": Route(READERS, arguments=project("article.pk")),
    "article-original-page": Route(READERS, arguments=project("article.pk")),
    "predictions": Route(MANAGER, arguments=project()),
    "predictor": Route(MANAGER, arguments=project("predictor.pk")),
    "predict": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "imports": Route(MANAGER, arguments=project()),
    "import": Route(MANAGER, arguments=project("made.pk")),
    "read-import": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("made.pk")),
    "publish-import": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("made.pk")),
    "drop-import": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("made.pk")),
    "undo-import": Route(MANAGER, post=OK, arguments=project("made.pk")),
    "exclude-article": Route(MANAGER, post=OK, arguments=project("article.pk")),
    "include-article": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("article.pk")),
    "delete-article": Route(MANAGER, post=OK, arguments=project("article.pk")),
    "article-values": Route(READERS, arguments=project()),
    "chosen-articles": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "exclude-articles": Route(MANAGER, post=OK, arguments=project()),
    "name-set": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "delete-set": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("article_set.pk")),
    "duplicates": Route(READERS, arguments=project()),
    "duplicate": Route(READERS, post=OK, arguments=project("copies.pk")),
    "rename-round": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("round.number")),
    "due-round": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("round.number")),
    "close-round": Route(MANAGER, OK, ELSEWHERE, project("round.number")),
    "carry-round": Route(MANAGER, post=OK, arguments=project("round.number")),
    "reopen-round": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("round.number")),
    "people": Route(MANAGER, arguments=project()),
    "person": Route(MANAGER, arguments=project("people.annotator.pk")),
    "my-figures": Route(frozenset({Role.ANNOTATOR.value}), arguments=project()),
    "invite": Route(MANAGER, NOT_ALLOWED, OK, project()),
    "invite-several": Route(MANAGER, NOT_ALLOWED, OK, project()),
    "withdraw-invitation": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("invitation.pk")),
    "issue-link": Route(MANAGER, NOT_ALLOWED, OK, project("people.annotator.pk")),
    "set-roles": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("people.annotator.pk")),
    "set-standing": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("people.annotator.pk")),
    "agreement": Route(MANAGER, arguments=project()),
    "agreement-summary": Route(MANAGER, arguments=project()),
    "agreement-gamma": Route(MANAGER, arguments=project()),
    "agreement-people": Route(MANAGER, arguments=project()),
    "agreement-reference": Route(MANAGER, arguments=project()),
    "agreement-models": Route(MANAGER, arguments=project()),
    "agreement-fields": Route(MANAGER, arguments=project()),
    "agreement-periods": Route(MANAGER, arguments=project()),
    "agreement-needed": Route(MANAGER, arguments=project()),
    "agreement-examples": Route(MANAGER, get=404, arguments=project()),
    "agreement-json": Route(MANAGER, arguments=project()),
    "agreement-csv": Route(MANAGER, arguments=project()),
    "rounds": Route(MANAGER, arguments=project()),
    "plan-round": Route(MANAGER, post=OK, arguments=project()),
    "forecast-round": Route(MANAGER, NOT_ALLOWED, OK, project()),
    "round": Route(MANAGER, arguments=project("round.number")),
    "join-round": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("round.number")),
    "leave-round": Route(MANAGER, OK, ELSEWHERE, project("round.number", "participant.pk")),
    "task": Route(MANAGER, arguments=project("task.pk")),
    "close-task": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("task.pk")),
    "withdraw": Route(MANAGER, OK, ELSEWHERE, project("assignment.pk")),
    "pass-on": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("assignment.pk")),
    "adjudication": Route(READERS, arguments=project()),
    "adjudicate": Route(READERS, arguments=finished_task),
    "hard-cases": Route(MANAGER | ADJUDICATOR, arguments=project()),
    "adjudicate-borders": Route(ADJUDICATOR, arguments=finished_task),
    "adjudicate-decide": Route(ADJUDICATOR, NOT_ALLOWED, ELSEWHERE, finished_task),
    "adjudicate-close-own": Route(ADJUDICATOR, NOT_ALLOWED, ELSEWHERE, finished_task),
    "adjudicate-undo": Route(ADJUDICATOR, NOT_ALLOWED, ELSEWHERE, finished_task),
    "adjudicate-finish": Route(ADJUDICATOR, NOT_ALLOWED, ELSEWHERE, finished_task),
    "adjudicate-reopen": Route(ADJUDICATOR, NOT_ALLOWED, ELSEWHERE, finished_task),
    "adjudicate-review": Route(ADJUDICATOR, NOT_ALLOWED, ELSEWHERE, finished_task),
    "releases": Route(RELEASES, post=OK, arguments=project()),
    "release": Route(RELEASES, arguments=project("release.number")),
    "discard-release-draft": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project()),
    "publish-release": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("release.number")),
    "withdraw-release": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("release.number")),
    "release-card": Route(RELEASES, post=OK, arguments=project("release.number")),
    "release-changes": Route(RELEASES, arguments=project("release.number")),
    "activity": Route(MANAGER, arguments=project()),
    "jobs": Route(MANAGER, arguments=project()),
    "job": Route(MANAGER, arguments=project("job.pk")),
    "change-job": Route(MANAGER, NOT_ALLOWED, ELSEWHERE, project("job.pk")),
    "all-jobs": Route(frozenset()),
    "any-job": Route(frozenset(), arguments=lambda world: [world.job.pk]),
    "change-any-job": Route(frozenset(), get=NOT_ALLOWED, arguments=lambda world: [world.job.pk]),
}
NAMES = sorted(pattern.name or "" for pattern in urls.urlpatterns if isinstance(pattern, URLPattern))
NESTED = sorted(
    pattern.name or ""
    for pattern in urls.urlpatterns
    if "slug" in pattern.pattern.converters
    and any(isinstance(converter, IntConverter) for converter in pattern.pattern.converters.values())
)
VISITORS = ("anonymous", "outsider", *Role.values)


@pytest.fixture
def world(kept_world: Any, db: None) -> Any:
    return kept_world


def test_every_route_has_its_line() -> None:
    assert sorted(ROUTES) == NAMES
    assert all(isinstance(pattern, URLPattern) for pattern in urls.urlpatterns)


@pytest.mark.parametrize(
    ("name", "visitor"), [(name, visitor) for name in NAMES for visitor in sorted(ROUTES[name].visitors)]
)
def test_a_route_answers_those_it_is_for(world: Any, name: str, visitor: str) -> None:
    route = ROUTES[name]
    address = reverse(f"web:{name}", args=route.arguments(world))
    is_in_already = name == "sign-in" and visitor != "anonymous"
    client = world.visit_as(visitor)
    assert client.get(address).status_code == (ELSEWHERE if is_in_already else route.get)
    assert client.post(address).status_code == (ELSEWHERE if is_in_already else route.post)


@pytest.mark.parametrize("name", NAMES)
def test_for_everybody_else_a_route_is_not_there(world: Any, name: str) -> None:
    route = ROUTES[name]
    address = reverse(f"web:{name}", args=route.arguments(world))
    for visitor in set(VISITORS) - route.visitors - {"anonymous"}:
        client = world.visit_as(visitor)
        assert client.get(address).status_code in {404, 405}
        assert client.post(address).status_code in {404, 405}


@pytest.mark.parametrize("name", [name for name in NAMES if "anonymous" not in ROUTES[name].visitors])
def test_who_is_not_signed_in_is_asked_to_sign_in(world: Any, name: str) -> None:
    address = reverse(f"web:{name}", args=ROUTES[name].arguments(world))
    client = world.visit_as("anonymous")
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == ELSEWHERE
        assert answer["Location"] == f"{reverse('web:sign-in')}?next={address}"


@pytest.mark.parametrize("name", [name for name in NAMES if ROUTES[name].post != NOT_ALLOWED])
def test_a_form_from_elsewhere_changes_nothing(world: Any, name: str) -> None:
    route = ROUTES[name]
    visitor = min(route.visitors - {"anonymous"})
    address = reverse(f"web:{name}", args=route.arguments(world))
    answer = world.visit_as(visitor, enforce_csrf_checks=True).post(address)
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


@pytest.mark.parametrize("name", NESTED)
def test_the_rows_of_a_project_are_not_found_through_another(world: Any, name: str) -> None:
    """The outsider holds every role in a project of their own, and asks there for the rows of this one."""
    route = ROUTES[name]
    own = world.people["outsider"].memberships.first().project
    address = reverse(f"web:{name}", args=[own.slug, *route.arguments(world)[1:]])
    client = world.visit_as("outsider")
    assert client.post(address).status_code in {404, 405}
    assert client.get(address).status_code in {404, 405}
