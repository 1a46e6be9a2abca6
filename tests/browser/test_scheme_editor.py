"""The form of a scheme in a browser: it saves as one types, takes nothing away from who types on, and says what is wrong beside it."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from annotations.models import Project, Role
from annotations.projects.drafts import find_draft
from annotations.schemes.definition import read_content
from tests.browser.in_process import browse
from tests.factories import make_member, make_project


@pytest.fixture
def project(transactional_db: None) -> Project:
    return make_project("Arguments")


@pytest.fixture
def client(project: Project) -> Client:
    client = Client()
    client.force_login(make_member(project, Role.MANAGER, name="Mara Manager"))
    return client


def open_part(page: Page, project: Project, part: str) -> None:
    page.goto(f"{reverse('web:edit-scheme', args=[project.slug])}?part={part}")


def test_what_is_typed_is_saved_on_the_way_to_the_next_field_and_stays_in_sight(
    browser: Browser, client: Client, project: Project
) -> None:
    with browse(browser, client) as page:
        open_part(page, project, "labels.0")
        page.get_by_label("Name", exact=True).fill("Assertion")
        page.get_by_label("What it is").fill("What can be disputed.")
        page.get_by_role("textbox", name="Key").fill("u")
        page.get_by_role("textbox", name="Key").press("Tab")
        expect(page.locator("#said-key")).to_contain_text("cannot be a key")
        expect(page.locator("#outline")).to_contain_text("Assertion")
        expect(page.locator("#draft-state")).to_contain_text("1 thing to mend")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Assertion")
        page.get_by_role("textbox", name="Key").fill("1")
        page.get_by_role("textbox", name="Key").press("Tab")
        expect(page.locator("#said-key")).to_have_text(re.compile(r"^\s*$"))
        expect(page.get_by_role("button", name="Adopt version 2")).to_be_enabled()
    label = read_content(find_draft(project).source)["labels"][0]
    assert (label["name"], label["description"], label["key"]) == ("Assertion", "What can be disputed.", "1")


@pytest.mark.parametrize(
    "part", ["", "labels.2", "labels.2.attributes.4", "relations.0", "fields.1", "labels.0.rules.0"]
)
def test_every_form_fits_a_phone_and_a_wide_window(
    browser: Browser, client: Client, project: Project, part: str
) -> None:
    for width in (1400, 400):
        with browse(browser, client, viewport={"width": width, "height": 900}) as page:
            open_part(page, project, part)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
