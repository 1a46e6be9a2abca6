from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from annotations.models import Event, SignInLink
from annotations.projects.services import issue_sign_in_link
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

    def test_eight_wrong_passwords_lock_whatever_the_spelling_and_the_page_says_so(
        self, client: Client, settings: Any
    ) -> None:
        settings.AXES_ENABLED = True
        make_user(email="ana@example.org", password=PASSWORD)
        for number in range(settings.AXES_FAILURE_LIMIT):
            answer = sign_in(client, "ana@example.org" if number % 2 else "ANA@example.org", "wrong")
        assert answer.status_code == 429
        answer = sign_in(client, "Ana@Example.org")
        assert answer.status_code == 429
        assert "closed for ten minutes" in answer.content.decode()
        assert SESSION_KEY not in client.session


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
