"""Second factors and signing in by another service: nobody gets in with less, and nobody's account is opened by another."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from annotations.models import Event, User
from annotations.projects.signing_in import make_reset_link
from annotations.projects.tokens import create_api_token
from tests.factories import make_user
from tests.fakes.openid_provider import CLIENT, SECRET, OpenIdProvider, serve_openid

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
SIGN_IN, ASKED = reverse("web:sign-in"), reverse("mfa_authenticate")


def write_code(*, periods_ago: int = 0) -> str:
    _, counter, _ = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(TOTP_SECRET, counter - periods_ago)))


@pytest.fixture(autouse=True)
def nobody_came_before() -> None:
    """The codes that were used are remembered beside the database."""
    cache.clear()


@pytest.fixture
def ana() -> User:
    user = make_user("Ana", email="ana@example.org", password=PASSWORD)
    TOTP.activate(user, TOTP_SECRET)
    RecoveryCodes.activate(user)
    return user


def enter(client: Client, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": "ana@example.org", "password": PASSWORD, **more})


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session and client.get("/account/").status_code == 200


def test_a_password_alone_does_not_open_an_account_with_a_second_factor(ana: User, client: Client) -> None:
    assert enter(client, next="/account/")["Location"] == ASKED
    assert not is_in(client)
    assert "Incorrect code" in client.post(ASKED, {"code": "000000"}).content.decode()
    assert not is_in(client)
    assert client.post(ASKED, {"code": write_code()})["Location"] == "/account/"
    assert client.session[SESSION_KEY] == str(ana.pk)


def test_a_code_opens_the_account_once(ana: User) -> None:
    code, first, second = write_code(), Client(), Client()
    for client in (first, second):
        enter(client)
        client.post(ASKED, {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)
    [recovery, *_] = RecoveryCodes(
        Authenticator.objects.get(user=ana, type="recovery_codes")
    ).get_unused_codes()
    for client, opens in ((Client(), True), (Client(), False)):
        enter(client)
        client.post(ASKED, {"code": recovery})
        assert is_in(client) is opens


def test_a_code_of_minutes_ago_opens_nothing(ana: User, client: Client) -> None:
    enter(client)
    client.post(ASKED, {"code": write_code(periods_ago=3)})
    assert not is_in(client)


def test_the_page_of_second_factors_says_which_there_are(ana: User, client: Client) -> None:
    enter(client)
    client.post(ASKED, {"code": write_code()})
    page = client.get(reverse("mfa_index")).content.decode()
    assert "Stop using the app" in page
    assert "Add a key" in page
    assert re.search(r"<p>(\d+) of \1 are left", page)


def test_a_link_that_resets_the_password_does_not_go_past_the_second_factor(
    ana: User, client: Client
) -> None:
    made = make_reset_link(ana.email)
    assert made is not None
    assert client.post(reverse("web:sign-in-link", args=[made[1]]))["Location"] == ASKED
    assert not is_in(client)
    assert client.post(ASKED, {"code": write_code()})["Location"] == reverse("web:set-password")
    assert client.get(reverse("web:set-password")).status_code == 200


def test_the_rows_to_look_at_have_no_door_of_their_own(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(SIGN_IN)


def test_no_secret_of_a_second_factor_lies_in_the_database(ana: User) -> None:
    kept = str(list(Authenticator.objects.values()))
    assert TOTP_SECRET not in kept
    secret = Authenticator.objects.get(user=ana, type="totp").data["secret"]
    assert get_adapter().decrypt(secret) == TOTP_SECRET


def test_somebody_sets_up_an_app_after_their_password_and_the_administrator_takes_it_away(
    client: Client,
) -> None:
    user = make_user("Ana", email="ana@example.org", password=PASSWORD)
    enter(client)
    activate = reverse("mfa_activate_totp")
    again = client.get(activate)["Location"]
    assert "Confirm that it is you" in client.get(again).content.decode()
    assert client.post(again, {"password": PASSWORD})["Location"] == activate
    page = client.get(activate).content.decode()
    assert re.search(r'src="data:image/svg', page)
    assert "Set up the app" in client.get(reverse("mfa_index")).content.decode()
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    TOTP.activate(user, TOTP_SECRET)
    root = make_user("Root", is_superuser=True)
    administrator = Client()
    administrator.force_login(root)
    administrator.post(reverse("web:change-account", args=[user.pk]), {"what": "forget"})
    assert not Authenticator.objects.filter(user=user).exists()
    assert Event.objects.filter(verb="took away the second factors of", actor=root).count() == 1


@pytest.fixture
def provider(settings: Any) -> Iterator[OpenIdProvider]:
    with serve_openid() as running:
        app = {"provider_id": "sso", "name": "The university", "client_id": CLIENT, "secret": SECRET}
        app["settings"] = {"server_url": running.issuer, "oauth_pkce_enabled": True}  # type: ignore[assignment]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        settings.OIDC_NAME = "The university"
        yield running


def come_by(provider: OpenIdProvider, client: Client, **person: Any) -> Any:
    """The way through the other service as a browser goes it."""
    provider.person = {"sub": person.pop("sub", "1"), **person}
    there = client.get(reverse("openid_connect_login", args=["sso"]))
    assert there["Location"].startswith(provider.issuer)
    back = httpx.get(there["Location"], trust_env=False).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}", follow=True)


def test_another_service_signs_in_who_has_an_account_by_an_address_that_it_verified(
    provider: OpenIdProvider, client: Client
) -> None:
    assert "Sign in with The university" in client.get(SIGN_IN).content.decode()
    user = make_user(email="ana@example.org")
    come_by(provider, client, email="Ana@example.org", email_verified=True)
    assert client.session[SESSION_KEY] == str(user.pk)
    again = Client()
    come_by(provider, again, email="new-address@example.org", email_verified=True)
    assert again.session[SESSION_KEY] == str(user.pk)


@pytest.mark.parametrize(
    "person",
    [
        {"email": "ana@example.org", "email_verified": False},
        {"email": "ana@example.org"},
        {"email": "nobody@example.org", "email_verified": True},
        {},
    ],
    ids=["unverified", "not said", "unknown", "no address"],
)
def test_another_service_opens_nothing_for_an_address_that_is_not_verified_or_not_here(
    provider: OpenIdProvider, client: Client, person: dict[str, Any]
) -> None:
    make_user(email="ana@example.org")
    answer = come_by(provider, client, **person)
    assert "no account for you here" in answer.content.decode()
    assert SESSION_KEY not in client.session
    assert User.objects.count() == 1


def test_whoever_had_the_password_before_is_out_once_the_owner_comes_by_the_other_service(
    provider: OpenIdProvider, client: Client
) -> None:
    user = make_user(email="ana@example.org", password=PASSWORD)
    _, secret = create_api_token(user, name="a", scope="read", project=None, by=user)
    taken = Client()
    enter(taken)
    come_by(provider, client, email="ana@example.org", email_verified=True)
    assert is_in(client)
    assert not is_in(taken)
    assert Client().get("/api/v1/projects/", headers={"authorization": f"Token {secret}"}).status_code == 401


def test_a_closed_account_is_opened_by_no_other_service(provider: OpenIdProvider, client: Client) -> None:
    make_user(email="ana@example.org", is_active=False)
    come_by(provider, client, email="ana@example.org", email_verified=True)
    assert SESSION_KEY not in client.session


def test_a_second_factor_is_asked_for_after_another_service_too(
    provider: OpenIdProvider, client: Client, ana: User
) -> None:
    answer = come_by(provider, client, email=ana.email, email_verified=True)
    assert answer.redirect_chain[-1][0] == ASKED
    assert not is_in(client)
