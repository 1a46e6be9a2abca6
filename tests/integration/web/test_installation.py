"""The installation's page: accounts are closed, reopened, reset and erased there, and what people did stays."""

import json
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.accounts import AccountRefusedError, close_account, erase_person, reopen_account
from annotations.assignment.services import claim_tasks
from annotations.jobs.worker import Worker
from annotations.models import Annotation, Assignment, AssignmentStatus, Event, Invitation, Job, Role, User
from annotations.projects.members import invite_member
from annotations.projects.pseudonyms import name_annotators
from annotations.projects.tokens import create_api_token
from tests.factories import make_member, make_project, make_user
from tests.factories.collection import plan_small_round, submit

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
"""Of everybody here."""


@pytest.fixture
def root() -> User:
    return make_user("Root", is_superuser=True, is_staff=True)


@pytest.fixture
def administrator(root: User) -> Client:
    client = Client()
    client.force_login(root)
    return client


def change(administrator: Client, person: User, what: str) -> str:
    address = reverse("web:change-account", args=[person.pk])
    answer = administrator.post(address, {"what": what}, follow=True)
    person.refresh_from_db()
    return str(answer.content.decode())


def test_a_closed_account_ends_sessions_and_tokens_and_gives_back_the_queue_while_the_work_stays(
    administrator: Client,
) -> None:
    round_ = plan_small_round(annotators=1, articles=2, overlap=1)
    person = round_.participants.get().annotator
    first, second = claim_tasks(round_.participants.get(), limit=2)
    submit(first)
    _, secret = create_api_token(person, name="a", scope="read", project=None, by=person)
    theirs = Client()
    theirs.force_login(person)
    assert "is closed" in change(administrator, person, "close")
    assert theirs.get("/work/").status_code == 302
    assert Client().get("/api/v1/projects/", headers={"authorization": f"Token {secret}"}).status_code == 401
    second.refresh_from_db()
    assert second.status == AssignmentStatus.RETURNED
    assert Annotation.objects.filter(assignment=first).count() == 1
    assert "is open again" in change(administrator, person, "reopen")
    assert person.is_active


def test_people_are_found_by_name_and_address_and_by_the_state_of_their_account(
    administrator: Client,
) -> None:
    make_user("Ada Lovelace", email="countess@example.org")
    make_user("Bob", is_active=False)
    page = reverse("web:installation")
    for query, name in (("?q=lovelace", "Ada"), ("?q=COUNTESS", "Ada"), ("?state=closed", "Bob")):
        shown = administrator.get(page + query).content.decode()
        assert [one for one in ("Ada", "Bob") if f"<bdi>{one}" in shown] == [name]
    assert administrator.get(f"{page}?state=unheard").status_code == 400


def test_nobody_closes_their_own_account_or_that_of_the_last_administrator(root: User) -> None:
    with pytest.raises(AccountRefusedError, match="another administrator"):
        close_account(root, by=root)
    with pytest.raises(AccountRefusedError, match="only administrator"):
        close_account(root, by=None)


def test_a_reset_shows_a_link_once_and_ends_the_password(administrator: Client) -> None:
    person = make_user("Ana", password=PASSWORD)
    assert "/sign-in/" in change(administrator, person, "reset")
    assert not person.has_usable_password()


def test_an_erased_person_is_nowhere_by_name_or_address_and_their_work_stays_under_its_pseudonym(
    administrator: Client, root: User
) -> None:
    round_ = plan_small_round(annotators=2, articles=1, overlap=2)
    participant = round_.participants.first()
    assert participant is not None
    person, project = participant.annotator, round_.project
    invite_member(make_project(), email=person.email, name="", roles=[Role.CONSUMER], by=root)
    AccessAttempt.objects.create(username=person.email, failures_since_start=1)
    [assignment] = claim_tasks(participant, limit=1)
    submit(assignment)
    name, address, letters = person.name, person.email, name_annotators(project)
    page = reverse("web:erase-account", args=[person.pk])
    assert "Nobody was erased" in administrator.post(page, {"typed": "somebody else"}).content.decode()
    assert administrator.post(page, {"typed": address}).status_code == 302
    person.refresh_from_db()
    assert (person.is_active, person.is_erased, person.has_usable_password()) == (False, True, False)
    assert name_annotators(project) == letters
    assert Annotation.objects.filter(assignment__annotator=person).count() == 1
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names that the database gave
            rows = str(cursor.fetchall())
        assert address not in rows, table
        assert name not in rows, table
    with pytest.raises(AccountRefusedError, match="invite them anew"):
        reopen_account(person, by=root)


def test_of_a_line_of_the_audit_trail_only_the_address_can_be_taken_away() -> None:
    event = Event.objects.record(
        "invited", make_user(), actor=None, email="ana@example.org", roles=["manager"]
    )
    for details in ({"roles": ["consumer"]}, {"roles": ["manager"], "email": "eve@example.org"}):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(details=details)
    erase_person(make_user(email="ana@example.org"), by=None)
    event.refresh_from_db()
    assert (event.verb, event.details) == ("invited", {"roles": ["manager"]})


def take_along(client: Client) -> list[dict[str, Any]]:
    answer: Any = client.get(reverse("web:own-data"))
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_people_take_with_them_what_they_did_and_nothing_of_anybody_else(client: Client) -> None:
    round_ = plan_small_round(annotators=2, articles=1, overlap=2)
    for participant in round_.participants.all():
        [assignment] = claim_tasks(participant, limit=1)
        submit(assignment)
    person, other = (participant.annotator for participant in round_.participants.all())
    client.force_login(person)
    assert "annotation" not in {line["kind"] for line in take_along(client)}
    Assignment.objects.update(closed_at=timezone.now())
    lines = take_along(client)
    assert [line["kind"] for line in lines].count("annotation") == 1
    assert lines[0]["email"] == person.email
    assert other.email not in str(lines)


def test_an_invitation_goes_to_the_address_by_e_mail_and_its_secret_is_kept_nowhere(
    client: Client, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    project = make_project()
    client.force_login(make_member(project, Role.MANAGER))
    page = reverse("web:invite", args=[project.slug])
    known = make_user("Known", password=PASSWORD)
    for address in ("new@example.org", known.email):
        client.post(page, {"email": address, "name": "", "roles": ["annotator"], "send_mail": "on"})
    Worker(name="postman").run_until_idle()
    assert [message.to for message in mail.outbox] == [["new@example.org"], [known.email]]
    links = [message.body.split("http", 1)[1].split()[0] for message in mail.outbox]
    for link in links:
        secret = link.rstrip("/").rsplit("/", 1)[1]
        assert not any(secret in str(job) for job in Job.objects.values())
    newcomer = Client()
    assert newcomer.post(links[0].removeprefix("://testserver").split("8000")[-1]).status_code == 302
    assert SESSION_KEY in newcomer.session
    assert Invitation.objects.open().filter(user=known).count() == 1
