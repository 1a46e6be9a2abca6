"""A passkey, from adding it to signing in by it alone, in a browser whose authenticator is its own."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.in_process import PATIENCE_MILLISECONDS
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL, PASSWORD = "ana@example.org", "correct horse battery"
KEYS = "/account/second-factor/webauthn/"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""What a telephone or a laptop is: it keeps keys itself, and its owner unlocks it."""


class Owner:
    """Somebody at a browser with an authenticator."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def enter_password(self) -> None:
        self.page.goto("/sign-in/?next=/account/")
        self.page.get_by_label("E-mail").fill(EMAIL)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def confirm(self) -> None:
        """Say the password again, which whatever changes second factors asks for."""
        self.page.wait_for_url("**/account/again/**")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Confirm").click()

    def add_passkey(self, name: str) -> None:
        self.page.get_by_role("link", name="Set up or change a second factor").click()
        self.page.get_by_role("link", name="Add a key").click()
        self.confirm()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Passwordless").check()
        self.page.get_by_role("button", name="Add", exact=True).click()
        expect(self.page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    def sign_out(self) -> None:
        self.page.goto("/account/")
        self.page.get_by_label("Account of Ana").click()
        self.page.get_by_role("button", name="Sign out", exact=True).click()
        self.page.wait_for_url("**/sign-in/**")

    def use_passkey(self) -> None:
        self.page.goto("/sign-in/")
        self.offer_passkey()

    def offer_passkey(self) -> None:
        self.page.get_by_role("button", name="Sign in with a passkey").click()


@pytest.fixture
def owner(live_server: LiveServer, browser: Browser, settings: Any) -> Iterator[Owner]:
    settings.PUBLIC_URL = live_server.url
    make_user("Ana", email=EMAIL, password=PASSWORD)
    with closing(browser.new_context(base_url=live_server.url)) as context:
        context.set_default_timeout(PATIENCE_MILLISECONDS / 2)
        yield Owner(context.new_page())


def test_a_passkey_opens_the_account_without_a_password(owner: Owner) -> None:
    owner.enter_password()
    owner.add_passkey("Telephone")
    owner.sign_out()
    owner.use_passkey()
    expect(owner.page.get_by_label("Account of Ana")).to_be_visible()


def test_a_passkey_is_asked_for_after_the_password(owner: Owner) -> None:
    owner.enter_password()
    owner.add_passkey("Telephone")
    owner.sign_out()
    owner.enter_password()
    owner.page.get_by_role("button", name="Use a security key").click()
    expect(owner.page).to_have_url(re.compile("/account/$"))


def test_a_passkey_that_was_removed_opens_nothing(owner: Owner) -> None:
    owner.enter_password()
    owner.add_passkey("Telephone")
    owner.page.goto(KEYS)
    expect(owner.page.get_by_role("cell", name="Telephone")).to_contain_text("Passkey")
    owner.page.get_by_role("link", name="Remove").click()
    owner.page.get_by_role("button", name="Remove").click()
    expect(owner.page.get_by_text("No security keys have been added.")).to_be_visible()
    owner.sign_out()
    owner.page.goto("/sign-in/")
    with owner.page.expect_navigation():
        owner.offer_passkey()
    expect(owner.page.locator("#messages .message")).to_have_count(1)
    owner.page.goto("/account/")
    expect(owner.page).to_have_url(re.compile("/sign-in/"))
