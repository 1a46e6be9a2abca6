"""An account belongs to its owner: no manager gets into it, into other projects by it, or stays in after a change."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.assignment.claims import claim_tasks
from annotations.jobs.worker import Worker
from annotations.models import (
    ApiToken,
    Assignment,
    AssignmentStatus,
    Event,
    Invitation,
    Job,
    Membership,
    Participant,
    Project,
    Role,
    SignInLink,
    User,
)
from annotations.projects.members import InvitationError, accept_invitation, invite_member
from annotations.projects.signing_in import HasPasswordError, issue_sign_in_link
from annotations.projects.starting import store_scheme
from annotations.projects.tokens import create_api_token
from annotations.schemes.definition import read_definition
from tests.factories import make_member, make_project, make_round, make_task, make_user

pytestmark = pytest.mark.django_db
PASSWORD, NEW_PASSWORD = "correct horse battery", "another long enough one"
VICTIM = "victim@example.org"


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def program_with(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


def make_token(user: User, *, project: Project | None = None) -> APIClient:
    return program_with(create_api_token(user, name="x", scope="write", project=project, by=user)[1])


def invite(client: Client, project: Project, email: str, *roles: str) -> Any:
    return client.post(
        reverse("web:invite", args=[project.slug]), {"email": email, "name": "Victim", "roles": roles}
    )


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("web:account")).status_code == 200


def choose_password(client: Client, password: str) -> Any:
    wanted = {"new_password1": password, "new_password2": password}
    return client.post(reverse("web:set-password"), wanted)


def path_of(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def sent_link() -> str:
    Worker().run_until_idle()
    found = re.search(r"https?://\S+/sign-in/\S+", str(mail.outbox[-1].body))
    assert found
    return path_of(found[0])


class Attack:
    """Mallory manages a project of their own, invites an address, and opens the link that was meant for its owner."""

    def __init__(self, *, sets_password: bool) -> None:
        own, self.target = make_project("Mallory's"), make_project("The target")
        self.manager = browser_of(make_member(self.target, Role.MANAGER, name="Trent"))
        mallory = browser_of(make_member(own, Role.MANAGER, name="Mallory"))
        link = invite(mallory, own, VICTIM, Role.ANNOTATOR).context["link"]
        self.intruder = Client()
        assert self.intruder.post(path_of(link)).status_code == 302
        if sets_password:
            choose_password(self.intruder, "mallory's own password")
        answer = self.intruder.post(reverse("web:create-token"), {"name": "x", "scope": "write"})
        self.program = program_with(answer.context["new_token"][1])

    def is_in(self) -> bool:
        page = self.intruder.get(reverse("web:guidelines", args=[self.target.slug])).status_code
        rows = self.program.get(reverse("api:projects-list")).json().get("results", [])
        return page == 200 or self.target.pk in {row["id"] for row in rows}


@pytest.mark.parametrize("sets_password", [False, True])
def test_who_redeems_a_link_meant_for_another_gets_into_no_further_project(sets_password: bool) -> None:  # noqa: FBT001
    attack = Attack(sets_password=sets_password)
    page = invite(attack.manager, attack.target, VICTIM, Role.MANAGER)
    assert page.context["link"] == ""
    invitation = path_of(page.context["invitation_link"])
    assert not attack.is_in()

    victim = Client()
    asked = victim.get(invitation)
    assert asked["Location"] == f"{reverse('web:sign-in')}?next={invitation}"
    victim.post(reverse("web:forgot-password"), {"email": VICTIM})
    assert victim.post(sent_link())["Location"] == reverse("web:set-password")
    assert not is_signed_in(attack.intruder)
    assert attack.program.get(reverse("api:projects-list")).status_code == 401
    choose_password(victim, PASSWORD)
    assert "The target" in victim.get(invitation).content.decode()
    assert victim.post(invitation)["Location"] == reverse("web:project", args=[attack.target.slug])
    assert attack.target.roles_of(User.objects.get(email=VICTIM)) == {Role.MANAGER}
    assert not attack.is_in()


def test_a_project_that_was_left_gives_no_way_into_the_next() -> None:
    """Nobody else's project holds the account any more, so the inviting manager may give its owner a new link."""
    attack = Attack(sets_password=False)
    Membership.objects.filter(user__email=VICTIM).delete()
    page = invite(attack.manager, attack.target, VICTIM, Role.ANNOTATOR)
    assert page.context["link"]
    assert not is_signed_in(attack.intruder)
    assert not attack.is_in()


class TestInvitation:
    def test_it_is_for_one_account_works_once_and_is_kept_as_a_hash(self) -> None:
        project, known = make_project(), make_user(password=PASSWORD)
        manager = make_member(project, Role.MANAGER)
        secret = invite_member(
            project, email=known.email, name="", roles=["annotator"], by=manager
        ).invitation
        assert secret not in str(Invitation.objects.values()) + str(Event.objects.values())
        with pytest.raises(InvitationError, match="another account"):
            accept_invitation(secret, person=make_user())
        assert accept_invitation(secret, person=known) == project
        with pytest.raises(InvitationError, match="not valid"):
            accept_invitation(secret, person=known)
        assert Event.objects.get(verb="accepted an invitation of").project == project

    def test_a_later_one_a_withdrawal_and_time_end_it(self) -> None:
        project, known = make_project(), make_user(password=PASSWORD)
        manager = make_member(project, Role.MANAGER)

        def make() -> str:
            return invite_member(
                project, email=known.email, name="", roles=["annotator"], by=manager
            ).invitation

        earlier, later = make(), make()
        with pytest.raises(InvitationError):
            accept_invitation(earlier, person=known)
        open_one = Invitation.objects.open().get()
        page = reverse("web:withdraw-invitation", args=[project.slug, open_one.pk])
        assert browser_of(manager).post(page).status_code == 302
        with pytest.raises(InvitationError):
            accept_invitation(later, person=known)
        last = make()
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(InvitationError):
            accept_invitation(last, person=known)
        assert not project.roles_of(known)

    def test_who_is_in_the_project_already_gets_further_roles_at_once(self) -> None:
        project = make_project()
        manager, known = make_member(project, Role.MANAGER), make_member(project, password=PASSWORD)
        invited = invite_member(project, email=known.email, name="", roles=["consumer"], by=manager)
        assert (invited.sign_in, invited.invitation) == ("", "")
        assert project.roles_of(known) == {Role.ANNOTATOR, Role.CONSUMER}

    def test_the_api_gives_an_invitation_link_too(self) -> None:
        project, known = make_project(), make_user(password=PASSWORD)
        client = make_token(make_member(project, Role.MANAGER))
        body = {"email": known.email, "roles": ["consumer"]}
        answer = client.post(
            reverse("api:projects-memberships", args=[project.pk]), body, format="json"
        ).json()
        assert (answer["roles"], answer["sign_in_link"]) == ([], "")
        assert browser_of(known).post(path_of(answer["invitation_link"])).status_code == 302
        assert project.roles_of(known) == {Role.CONSUMER}


class TestSignInLink:
    def test_none_is_issued_for_who_has_a_password(self) -> None:
        project = make_project()
        manager, known = make_member(project, Role.MANAGER), make_member(project, password=PASSWORD)
        page = browser_of(manager).post(reverse("web:issue-link", args=[project.slug, known.pk]), follow=True)
        assert "has a password" in page.content.decode()
        for by in (manager, None, make_user(is_staff=True), make_user(is_staff=True, is_superuser=True)):
            with pytest.raises(HasPasswordError):
                issue_sign_in_link(known, by=by)
        assert not SignInLink.objects.exists()

    def test_the_page_offers_one_to_those_alone_who_have_no_password(self) -> None:
        project = make_project()
        manager = make_member(project, Role.MANAGER)
        without, known = make_member(project), make_member(project, password=PASSWORD)
        page = browser_of(manager).get(reverse("web:people", args=[project.slug])).content.decode()
        assert reverse("web:issue-link", args=[project.slug, without.pk]) in page
        assert reverse("web:issue-link", args=[project.slug, known.pk]) not in page

    def test_a_used_link_is_replaced_by_the_manager_as_long_as_no_password_was_chosen(self) -> None:
        project = make_project()
        manager, person = make_member(project, Role.MANAGER), make_member(project)
        first = issue_sign_in_link(person, by=manager)
        Client().post(reverse("web:sign-in-link", args=[first]))
        person.refresh_from_db()
        second = issue_sign_in_link(person, by=manager)
        assert Client().post(reverse("web:sign-in-link", args=[second])).status_code == 302

    def test_redeeming_one_ends_every_session_and_token(self) -> None:
        person = make_member(make_project())
        link = reverse("web:sign-in-link", args=[issue_sign_in_link(person, by=None)])
        before, program = browser_of(person), make_token(person)
        now = Client()
        now.post(link)
        assert (is_signed_in(now), is_signed_in(before)) == (True, False)
        assert program.get(reverse("api:projects-list")).status_code == 401
        assert not ApiToken.objects.exists()

    def test_one_from_before_the_password_was_chosen_opens_nothing(self) -> None:
        person = make_member(make_project())
        link = reverse("web:sign-in-link", args=[issue_sign_in_link(person, by=None)])
        person.set_password(PASSWORD)
        person.save()
        assert Client().post(link).status_code == 410
        assert person.check_password(PASSWORD)


class TestPassword:
    def test_every_way_to_change_it_ends_sessions_and_tokens(self) -> None:
        """Also Django's own command and whatever else sets a password without our services."""
        person = make_member(make_project(), password=PASSWORD)
        before, program = browser_of(person), make_token(person)
        assert program.get(reverse("api:projects-list")).status_code == 200
        person.set_password(NEW_PASSWORD)
        person.save()
        assert not is_signed_in(before)
        assert program.get(reverse("api:projects-list")).status_code == 401

    def test_who_changes_it_stays_signed_in_here_and_makes_new_tokens(self) -> None:
        person = make_member(make_project(), password=PASSWORD)
        client, program = browser_of(person), make_token(person)
        wanted = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        assert client.post(reverse("web:account"), wanted).status_code == 302
        assert is_signed_in(client)
        assert program.get(reverse("api:projects-list")).status_code == 401
        person.refresh_from_db()
        assert make_token(person).get(reverse("api:projects-list")).status_code == 200


class TestForgottenPassword:
    def ask(self, email: str) -> str:
        answer = Client().post(reverse("web:forgot-password"), {"email": email})
        assert answer.status_code == 200
        Worker().run_until_idle()
        return answer.content.decode().partition("<main")[2].partition("</main>")[0]

    def test_the_link_goes_to_the_address_alone_and_changes_nothing_until_it_is_used(self) -> None:
        person = make_member(make_project(), email="ana@example.org", password=PASSWORD)
        session, program = browser_of(person), make_token(person)
        self.ask(" Ana@Example.org ")
        assert [message.to for message in mail.outbox] == [["ana@example.org"]]
        assert is_signed_in(session)
        client = Client()
        assert client.get(sent_link()).status_code == 200
        assert is_signed_in(session)
        client.post(sent_link())
        assert not is_signed_in(session)
        assert program.get(reverse("api:projects-list")).status_code == 401
        choose_password(client, NEW_PASSWORD)
        person.refresh_from_db()
        assert person.check_password(NEW_PASSWORD)

    def test_the_answer_tells_nobody_who_has_an_account(self) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        make_user(email="gone@example.org", is_active=False)
        answers = {self.ask(email) for email in ("ana@example.org", "nobody@example.org", "gone@example.org")}
        assert len(answers) == 1
        assert len(mail.outbox) == 1

    def test_asking_again_and_again_sends_one_message(self) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        for email in ("ana@example.org", "ANA@example.org", "ana@example.org"):
            self.ask(email)
        assert len(mail.outbox) == 1

    def test_it_ends_no_link_that_a_manager_gave(self) -> None:
        person = make_member(make_project(), email="ana@example.org")
        link = reverse("web:sign-in-link", args=[issue_sign_in_link(person, by=None)])
        self.ask("ana@example.org")
        assert Client().post(link).status_code == 302

    def test_the_link_is_good_for_an_hour(self) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        self.ask("ana@example.org")
        assert SignInLink.objects.get().expires_at < timezone.now() + timedelta(hours=1, seconds=1)

    def test_a_message_that_cannot_be_sent_is_tried_again_and_the_visitor_hears_nothing_of_it(
        self, settings: Any
    ) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        working, settings.EMAIL_BACKEND = (
            settings.EMAIL_BACKEND,
            "django.core.mail.backends.smtp.EmailBackend",
        )
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        assert "a message is on its way" in self.ask("ana@example.org")
        job = Job.objects.get(kind="send_reset_link")
        assert (job.status, "attempt 1 of" in job.message) == ("queued", True)
        settings.EMAIL_BACKEND = working
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        Worker().run_until_idle()
        assert [message.to for message in mail.outbox] == [["ana@example.org"]]

    def test_a_flood_of_requests_for_messages_has_a_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("annotations.web.accounts.messages.MAX_WAITING", 3)
        for number in range(5):
            Client().post(reverse("web:forgot-password"), {"email": f"nobody-{number}@example.org"})
        assert Job.objects.filter(kind="send_reset_link").count() == 3


class TestAdministrator:
    def test_the_command_line_resets_an_account_when_told_so(self) -> None:
        person = make_member(make_project(), email="ana@example.org", password=PASSWORD)
        session, program, out = browser_of(person), make_token(person), StringIO()
        with pytest.raises(CommandError, match="add --reset"):
            call_command("sign_in_link", "ana@example.org")
        assert is_signed_in(session)
        call_command("sign_in_link", "ANA@example.org", "--reset", stdout=out)
        assert not is_signed_in(session)
        assert program.get(reverse("api:projects-list")).status_code == 401
        assert Client().post(path_of(out.getvalue().strip())).status_code == 302

    def test_the_command_line_gives_a_link_to_who_has_no_password(self) -> None:
        make_user(email="ana@example.org")
        out = StringIO()
        call_command("sign_in_link", "ana@example.org", stdout=out)
        assert Client().post(path_of(out.getvalue().strip())).status_code == 302
        for wrong in ("nobody@example.org", make_user(is_active=False).email):
            with pytest.raises(CommandError):
                call_command("sign_in_link", wrong)

    def test_a_superuser_resets_an_account_on_the_page_and_other_staff_do_not(self) -> None:
        person = make_member(make_project(), password=PASSWORD)
        content = {"action": "reset_access", "_selected_action": [person.pk]}
        page = reverse("admin:annotations_user_changelist")
        browser_of(make_user(is_staff=True)).post(page, content, follow=True)
        person.refresh_from_db()
        assert person.has_usable_password()
        superuser = browser_of(make_user(is_staff=True, is_superuser=True))
        answer = superuser.post(page, content, follow=True).content.decode()
        link = re.search(r"/sign-in/[\w-]+/", answer)
        assert link
        person.refresh_from_db()
        assert not person.has_usable_password()
        assert Client().post(link[0]).status_code == 302


class TestToken:
    """Roles, projects and accounts are asked anew at each call."""

    def test_it_loses_what_its_owner_loses(self) -> None:
        project = make_project()
        make_member(project, Role.MANAGER)
        person = make_member(project, Role.MANAGER, Role.CONSUMER)
        program = make_token(person)
        invitation = reverse("api:projects-memberships", args=[project.pk])
        body = {"email": "new@example.org", "roles": ["consumer"]}
        assert program.post(invitation, body, format="json").status_code == 201
        Membership.objects.filter(user=person, role=Role.MANAGER).delete()
        assert program.post(invitation, body, format="json").status_code == 403
        Membership.objects.filter(user=person).delete()
        assert program.post(invitation, body, format="json").status_code == 404
        User.objects.filter(pk=person.pk).update(is_active=False)
        assert program.post(invitation, body, format="json").status_code == 401

    def test_one_for_a_project_ends_when_its_owner_leaves_and_does_not_come_back_with_them(self) -> None:
        project = make_project()
        manager, person = make_member(project, Role.MANAGER), make_member(project, Role.CONSUMER)
        program = make_token(person, project=project)
        [membership] = person.memberships.all()
        assert (
            make_token(manager).delete(reverse("api:memberships-detail", args=[membership.pk])).status_code
            == 204
        )
        Membership.objects.create(project=project, user=person, role=Role.CONSUMER)
        assert program.get(reverse("api:projects-list")).status_code == 401


def test_taking_the_annotators_role_away_by_the_api_gives_their_queue_back_as_the_page_does() -> None:
    project = make_project()
    manager, person = make_member(project, Role.MANAGER), make_member(project)
    task = make_task(make_round(project, overlap=1, annotators=(person,)))
    [share] = claim_tasks(Participant.objects.get(annotator=person), limit=1)
    [membership] = person.memberships.all()
    address = reverse("api:memberships-detail", args=[membership.pk])
    assert make_token(manager).delete(address).status_code == 204
    assert Assignment.objects.get(pk=share.pk).status == AssignmentStatus.RETURNED
    task.refresh_from_db()
    assert task.claimed == 0
    assert not Participant.objects.get(annotator=person).is_active


def test_schemes_of_other_projects_are_neither_offered_nor_readable() -> None:
    source = read_definition("argument-v1").replace('name = "argument"', 'name = "secret-study"', 1)
    secret = store_scheme(source, by=None)
    make_project("Theirs", scheme=secret)
    manager = make_member(make_project("Mine"), Role.MANAGER)
    client = browser_of(manager)
    assert secret.sha256 not in client.get(reverse("web:create-project")).content.decode()
    wanted = {"name": "Copy", "scheme": secret.sha256}
    assert client.post(reverse("web:create-project"), wanted).status_code == 200
    assert not Project.objects.filter(name="Copy").exists()
    assert client.get(reverse("web:scheme-css", args=[secret.sha256])).status_code == 404
    rows = client.get(reverse("api:schemes-list")).json()["results"]
    assert secret.pk not in {row["id"] for row in rows}
    assert client.get(reverse("api:schemes-detail", args=[secret.pk])).status_code == 404
