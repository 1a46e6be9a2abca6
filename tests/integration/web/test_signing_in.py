"""Signing in and out, and what somebody learns who cannot."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.jobs.worker import Worker
from annotations.models import Event, Job, SignInLink
from annotations.projects.signing_in import issue_sign_in_link
from tests.factories import make_member, make_project, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
SIGN_IN = reverse("web:sign-in")


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": email, "password": password, **more})


class TestPassword:
    def test_the_session_gets_a_new_key_when_somebody_signs_in(self, client: Client) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        session = client.session
        session["kept"] = True
        session.save()
        before = session.session_key
        assert sign_in(client, "ana@example.org").status_code == 302
        assert client.session.session_key != before

    def test_the_spelling_of_the_email_does_not_matter(self, client: Client) -> None:
        user = make_user(email="ana@example.org", password=PASSWORD)
        sign_in(client, " Ana@Example.ORG ")
        assert client.session[SESSION_KEY] == str(user.pk)

    def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(self, client: Client) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        answers = [sign_in(client, "ana@example.org", "wrong"), sign_in(client, "nobody@example.org")]
        for answer in answers:
            assert answer.status_code == 200
            assert "do not belong together" in answer.content.decode()

    def test_a_closed_account_does_not_open(self, client: Client) -> None:
        make_user(email="ana@example.org", password=PASSWORD, is_active=False)
        assert sign_in(client, "ana@example.org").status_code == 200
        assert SESSION_KEY not in client.session

    @pytest.mark.parametrize(
        "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
    )
    def test_signing_in_leads_to_no_other_site(self, client: Client, address: str) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        assert sign_in(client, "ana@example.org", next=address)["Location"] == "/"

    def test_signing_in_leads_to_the_page_that_was_wanted(self, client: Client) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        assert sign_in(client, "ana@example.org", next="/account/")["Location"] == "/account/"


class Guesser:
    """Somebody in a network who tries passwords, and whose watch can be put forward."""

    def __init__(self, network: str) -> None:
        self.client = Client(REMOTE_ADDR=network)

    def guess(self, email: str = "ana@example.org", password: str = "wrong") -> Any:
        return sign_in(self.client, email, password)

    def guess_until_slowed(self, email: str = "ana@example.org") -> Any:
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = self.guess(email)
        return answer


class Clock:
    """The time by which attempts are counted; it stands still until somebody lets time pass."""

    def __init__(self) -> None:
        self.moment = timezone.now()

    def __call__(self) -> datetime:
        return self.moment

    def let_pass(self, seconds: int) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.AXES_ENABLED = True
    clock = Clock()
    for name in ("django.utils.timezone.now", "axes.handlers.proxy.now"):
        monkeypatch.setattr(name, clock)
    return clock


@pytest.mark.usefixtures("clock")
class TestWrongPasswords:
    @pytest.fixture(autouse=True)
    def ana(self) -> None:
        make_user(email="ana@example.org", password=PASSWORD)

    def test_the_fifth_slows_down_whatever_the_spelling_and_the_answer_says_for_how_long(self) -> None:
        here = Guesser("203.0.113.7")
        for email in ("ana@example.org", "ANA@example.org", " Ana@Example.org ", "ana@example.ORG"):
            assert here.guess(email).status_code == 200
        answers = [here.guess(), here.guess("Ana@example.org", PASSWORD)]
        for answer in answers:
            assert (answer.status_code, answer["Retry-After"]) == (429, "5")
            assert "You can try again in 5 seconds" in answer.content.decode()
        assert SESSION_KEY not in here.client.session

    def test_waits_double_up_to_five_minutes_and_the_right_password_after_one_opens(
        self, clock: Clock
    ) -> None:
        here, waits = Guesser("203.0.113.7"), []
        here.guess_until_slowed()
        for _ in range(8):
            waits.append(int(here.guess()["Retry-After"]))  # refused, and not counted
            clock.let_pass(waits[-1])
            here.guess()
        assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
        clock.let_pass(300)
        assert here.guess(password=PASSWORD).status_code == 302
        assert not AccessAttempt.objects.exists()

    def test_attempts_that_are_refused_prolong_nothing(self, clock: Clock) -> None:
        here = Guesser("203.0.113.7")
        here.guess_until_slowed()
        clock.let_pass(3)
        assert [here.guess()["Retry-After"] for _ in range(10)] == ["2"] * 10
        clock.let_pass(2)
        assert here.guess(password=PASSWORD).status_code == 302

    def test_nobody_elsewhere_keeps_a_person_out(self) -> None:
        for number in range(1, 4):
            assert Guesser(f"198.51.100.{number}").guess_until_slowed().status_code == 429
        assert Guesser("203.0.113.7").guess(password=PASSWORD).status_code == 302

    def test_the_other_addresses_of_a_network_of_version_6_are_the_same_network(self) -> None:
        for number in range(settings.AXES_FAILURE_LIMIT):
            answer = Guesser(f"2001:db8:1:2::{number + 1}").guess()
        assert answer.status_code == 429
        assert Guesser("2001:db8:1:3::1").guess(password=PASSWORD).status_code == 302

    def test_accounts_that_do_not_exist_are_treated_alike(self) -> None:
        pages = []
        for email in ("ana@example.org", "nobody@example.org"):
            here = Guesser("203.0.113.7")
            answers = [here.guess(email) for _ in range(settings.AXES_FAILURE_LIMIT + 2)]
            pages.append(
                [
                    (
                        answer.status_code,
                        answer.get("Retry-After"),
                        answer.content.decode().partition("<main")[2].replace(email, "")
                        if answer.status_code == 429
                        else "",
                    )
                    for answer in answers
                ]
            )
        assert pages[0] == pages[1]
        assert Job.objects.filter(kind="tell_of_wrong_passwords").count() == 2

    def test_the_owner_is_told_once_a_day_and_nobody_else(self) -> None:
        for network in ("203.0.113.7", "198.51.100.1"):
            Guesser(network).guess_until_slowed()
            Guesser(network).guess_until_slowed("nobody@example.org")
            Worker().run_until_idle()
        [message] = mail.outbox
        assert message.to == ["ana@example.org"]
        assert "203.0.113.7" in message.body
        assert f"{settings.PUBLIC_URL}{reverse('web:forgot-password')}" in message.body
        assert "wrong" not in AccessAttempt.objects.first().post_data
        Job.objects.update(created_at=F("created_at") - timedelta(days=1, hours=1))
        Guesser("192.0.2.1").guess_until_slowed()
        Worker().run_until_idle()
        assert len(mail.outbox) == 2

    def test_a_link_opens_at_once_and_forgets_the_wrong_passwords(self) -> None:
        here = Guesser("203.0.113.7")
        here.guess_until_slowed()
        here.client.post(reverse("web:forgot-password"), {"email": "ana@example.org"})
        Worker().run_until_idle()
        [link] = [
            found for message in mail.outbox for found in re.findall(r"/sign-in/\S+", str(message.body))
        ]
        assert here.client.post(link)["Location"] == reverse("web:set-password")
        assert not AccessAttempt.objects.exists()

    def test_wrong_passwords_are_forgotten_after_a_day(self, clock: Clock) -> None:
        here = Guesser("203.0.113.7")
        here.guess_until_slowed()
        clock.let_pass(24 * 3600 + 1)
        assert here.guess().status_code == 200


class TestLink:
    def test_looking_at_a_link_does_not_use_it_up(self, client: Client) -> None:
        token = issue_sign_in_link(make_user(), by=None)
        address = reverse("web:sign-in-link", args=[token])
        for _ in range(3):
            assert client.get(address).status_code == 200
        assert SignInLink.objects.get().used_at is None
        assert SESSION_KEY not in client.session

    def test_a_link_signs_in_once_and_leads_to_a_password(self, client: Client) -> None:
        user = make_user(email="ana@example.org")
        address = reverse("web:sign-in-link", args=[issue_sign_in_link(user, by=None)])
        assert client.post(address)["Location"] == reverse("web:set-password")
        assert client.session[SESSION_KEY] == str(user.pk)
        for again in (Client().post(address), Client().get(address)):
            assert again.status_code == 410
            assert "has been used" in again.content.decode()

    def test_a_link_says_whom_it_signs_in_and_who_is_signed_in_instead(self, client: Client) -> None:
        client.force_login(make_user("Ben"), "django.contrib.auth.backends.ModelBackend")
        ana = make_user("Ana")
        page = client.get(reverse("web:sign-in-link", args=[issue_sign_in_link(ana, by=None)]))
        assert "ana@example.org" in page.content.decode()
        assert "signed in as Ben now" in page.content.decode()

    def test_until_there_is_a_password_the_way_in_leads_to_choosing_one(self, client: Client) -> None:
        user = make_user()
        client.post(reverse("web:sign-in-link", args=[issue_sign_in_link(user, by=None)]))
        assert client.get(reverse("web:home"))["Location"] == reverse("web:set-password")

    def test_the_password_that_is_chosen_works_and_cannot_be_chosen_again_without_the_old_one(
        self, client: Client
    ) -> None:
        user = make_user(email="ana@example.org")
        client.post(reverse("web:sign-in-link", args=[issue_sign_in_link(user, by=None)]))
        before = client.session.session_key
        chosen = {"new_password1": PASSWORD, "new_password2": PASSWORD}
        assert client.post(reverse("web:set-password"), chosen)["Location"] == reverse("web:home")
        assert client.session.session_key != before
        assert client.get(reverse("web:set-password"))["Location"] == reverse("web:account")
        assert sign_in(Client(), "ana@example.org")["Location"] == "/"
        assert Event.objects.filter(verb="set the password of", actor=user).exists()

    def test_what_a_password_takes_is_said_in_one_sentence_before(self, client: Client) -> None:
        client.post(reverse("web:sign-in-link", args=[issue_sign_in_link(make_user(), by=None)]))
        page = client.get(reverse("web:set-password")).content.decode()
        assert "At least 10 characters, none of the passwords that many people use" in page
        assert "The new password once more" in page
        assert "for verification" not in page

    def test_a_weak_password_is_refused(self, client: Client) -> None:
        client.post(reverse("web:sign-in-link", args=[issue_sign_in_link(make_user(), by=None)]))
        answer = client.post(
            reverse("web:set-password"), {"new_password1": "short", "new_password2": "short"}
        )
        assert answer.status_code == 200
        assert "at least 10 characters" in answer.content.decode()

    def test_a_link_takes_over_from_whoever_was_signed_in_with_nothing_of_their_session(
        self, client: Client
    ) -> None:
        client.force_login(make_user())
        session = client.session
        session["secret"] = "of the other"
        session.save()
        user = make_user()
        client.post(reverse("web:sign-in-link", args=[issue_sign_in_link(user, by=None)]))
        assert client.session[SESSION_KEY] == str(user.pk)
        assert "secret" not in client.session


class TestAccount:
    def test_a_changed_password_signs_other_browsers_out(self, client: Client) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        other = Client()
        sign_in(other, "ana@example.org")
        sign_in(client, "ana@example.org")
        changed = {
            "old_password": PASSWORD,
            "new_password1": "another long one",
            "new_password2": "another long one",
        }
        assert client.post(reverse("web:account"), changed).status_code == 302
        assert client.get(reverse("web:account")).status_code == 200
        assert other.get(reverse("web:account")).status_code == 302

    def test_a_name_is_changed_everywhere_and_the_audit_trail_does_not_keep_it(self, client: Client) -> None:
        user = make_user("Ana Ruiz", email="ana@example.org")
        client.force_login(user)
        page = client.post(reverse("web:rename-account"), {"name": "  Ana  Novak "}, follow=True)
        assert "You are called Ana Novak now." in page.content.decode()
        user.refresh_from_db()
        assert user.name == "Ana Novak"
        [event] = Event.objects.filter(verb="changed the name of", actor=user)
        assert "Ana" not in str(event.details)
        for refused in ("", "   ", "A" * 151):
            page = client.post(reverse("web:rename-account"), {"name": refused})
            assert "<details open>" in page.content.decode()
        user.refresh_from_db()
        assert user.name == "Ana Novak"

    def test_signing_out_ends_the_session(self, client: Client) -> None:
        make_user(email="ana@example.org", password=PASSWORD)
        sign_in(client, "ana@example.org")
        client.post(reverse("web:sign-out"))
        assert SESSION_KEY not in client.session

    def test_a_token_is_shown_once_and_works_for_its_owner_alone(self, client: Client) -> None:
        project = make_project()
        ana = make_member(project, "consumer", email="ana@example.org")
        client.force_login(ana)
        wanted = {"name": "training", "scope": "read", "project": project.pk}
        secret = client.post(reverse("web:create-token"), wanted).context["new_token"][1]
        assert secret not in client.get(reverse("web:account")).content.decode()
        other = Client()
        other.force_login(make_user())
        key = ana.auth_token_set.get().token_key
        assert other.post(reverse("web:revoke-token", args=[key])).status_code == 404
        assert client.post(reverse("web:revoke-token", args=[key])).status_code == 302
        assert not ana.auth_token_set.exists()

    def test_a_token_for_a_project_of_others_is_not_offered(self, client: Client) -> None:
        client.force_login(make_user())
        wanted = {"name": "x", "scope": "read", "project": make_project().pk}
        answer = client.post(reverse("web:create-token"), wanted)
        assert answer.context["new_token"] is None
