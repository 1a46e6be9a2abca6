"""A manager drops the export of two annotators, maps its labels, looks, publishes, and sees how far they agree."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from annotations.jobs.worker import Worker
from annotations.models import Role
from tests.browser.conftest import WIDE, await_preview, take_screenshots
from tests.browser.in_process import PATIENCE_MILLISECONDS
from tests.factories import make_member, make_project, make_scheme
from tests.factories.annotated import KYIV, PARIS, write_export

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager(live_server: LiveServer, browser: Browser, settings: Any, tmp_path: Path) -> Iterator[Page]:
    """A manager's browser, on a server that needs no Label Studio; the test is the worker."""
    settings.PUBLIC_URL = live_server.url
    settings.JOB_SCHEDULE = {}
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    client = Client()
    project = make_project("Letters", scheme=make_scheme("argument-lite-v1"))
    make_member(project, name="Ann Chen", email="ann@example.org")
    client.force_login(make_member(project, Role.MANAGER), settings.AUTHENTICATION_BACKENDS[-1])
    context = browser.new_context(viewport=WIDE, base_url=f"{live_server.url}/projects/{project.slug}/")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    yield context.new_page()
    context.close()


def test_a_manager_brings_in_the_export_of_two_annotators_and_sees_agreement(
    manager: Page, tmp_path: Path
) -> None:
    page = manager
    export = write_export(
        tmp_path,
        (
            KYIV,
            {
                "ann": [("CLAIM", "Kyiv must have guarantees"), ("PER", "Mr Novak")],
                "bo": [("CLAIM", "Kyiv must have guarantees")],
            },
        ),
        (
            PARIS,
            {
                "ann": [("CLAIM", "Paris will pay")],
                "bo": [("CLAIM", "Paris will pay"), ("CLAIM", "Berlin will not")],
            },
        ),
    )
    page.goto("articles/add/")
    page.get_by_label("Choose files").set_input_files(export)
    await_preview(page)
    expect(page.locator("main")).to_contain_text("the label 'PER' (once")
    expect(page.get_by_role("button", name=re.compile("Publish"))).to_have_count(0)
    expect(page.get_by_label("The label CLAIM becomes")).to_have_value("=Claim")
    take_screenshots(page, "import-annotations", is_whole=True)
    page.get_by_label("The label PER becomes").select_option("leave out")
    page.get_by_label("The annotator ann is").select_option("Ann Chen")
    page.get_by_label("bo is called, if new").fill("Bo Diaz")
    page.get_by_label("What the round is called").fill("From the pilot")
    with page.expect_navigation():
        page.get_by_role("button", name="Read again with this mapping").click()
    await_preview(page)
    expect(page.locator("main")).to_contain_text("4 annotations of 2 texts")
    with page.expect_navigation():
        page.get_by_role("button", name="Publish 4 annotations").click()
    expect(page.locator("main")).to_contain_text("Round 1: From the pilot brought 4 annotations")
    Worker().run_until_idle()
    page.get_by_role("link", name="See agreement").click()
    expect(page.locator("main")).to_contain_text("Ann Chen")
    expect(page.locator("main")).to_contain_text("Bo Diaz")
