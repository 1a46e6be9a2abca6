"""The page of the API's description works under the policy that it is sent with."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from annotations.models import Role
from tests.factories import make_member, make_project


def test_the_api_docs_are_drawn_without_breaking_their_policy(
    live_server: LiveServer, browser: Browser
) -> None:
    client = Client()
    client.force_login(
        make_member(make_project(), Role.CONSUMER), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with browser.new_context() as context:
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        addresses: list[str] = []
        page.on("request", lambda request: addresses.append(request.url))
        page.goto(f"{live_server.url}/api/v1/docs/")
        expect(page.get_by_text("/api/v1/releases/{id}/export/")).to_be_visible()
        page.get_by_text("/api/v1/releases/{id}/export/").click()
        expect(page.get_by_text("X-Losses").first).to_be_visible()
    assert complaints == []
    assert {address for address in addresses if not address.startswith((live_server.url, "data:"))} == set()
