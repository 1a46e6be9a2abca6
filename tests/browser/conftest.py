"""One installation and one browser for the whole story."""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from annotations.jobs.worker import Worker
from tests.browser.adjudication_desk import Desk
from tests.browser.in_process import PATIENCE_MILLISECONDS
from tests.chromium import FLAGS, find_chromium
from tests.installation import ROOT, Installation

SCREENSHOTS = ROOT / ("docs" if os.environ.get("WRITE_SCREENSHOTS") else "var") / "screenshots"
"""Where pictures of pages are put: `WRITE_SCREENSHOTS=1` renews those of the documentation."""
SHOWN_OF_A_PAGE = 3000
"""Characters of a page, or of a log, that a failed test shows."""
PASSWORD = "a long enough pass phrase"
WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 400, "height": 860}


def pytest_itemcollected(item: pytest.Item) -> None:
    """What needs the installation is told from the rest, so that two browsers can be at work at once."""
    if "installation" in getattr(item, "fixturenames", ()):
        item.add_marker("installation")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails says what its pages showed, and what the installation wrote last: a busy machine shows it only once."""
    report = yield
    if report.failed:
        browser, running = (getattr(item, "funcargs", {}).get(name) for name in ("browser", "installation"))
        for page in [page for context in browser.contexts for page in context.pages] if browser else []:
            report.sections.append((f"Page {page.url}", page.locator("body").inner_text()[:SHOWN_OF_A_PAGE]))
        if running:
            report.sections.append(("Installation", running.read_output()[-SHOWN_OF_A_PAGE:]))
    return report


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    running = Installation(tmp_path_factory.mktemp("installation"), "--sample-annotations")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def desk(live_server: LiveServer, browser: Browser, settings: Any) -> Iterator[Desk]:
    """An adjudicator's browser, on a server that needs no Label Studio."""
    settings.PUBLIC_URL = live_server.url
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    # A page that was already open when its first route is set can still send a request past it.
    context.route("**/nowhere/", lambda route: route.abort())
    yield Desk(live_server.url, context)
    context.close()


class People:
    """The people of an installation, each in a browser of their own; they sign in by their link once."""

    def __init__(self, installation: Installation, browser: Browser) -> None:
        self.installation = installation
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self._links = installation.sign_in_links()

    def add_link(self, email: str, link: str) -> None:
        self._links[email] = link

    def page_of(self, email: str) -> Page:
        """A new tab in this person's browser; the first one signs in."""
        if email not in self._contexts:
            context = self._browser.new_context(viewport=WIDE, base_url=self.installation.url)
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            self._contexts[email] = context
            self._sign_in(context.new_page(), email)
        return self._contexts[email].new_page()

    def _sign_in(self, page: Page, email: str) -> None:
        page.goto(self._links[email])
        page.locator("main button[type=submit]").click()
        page.wait_for_url("**/set-password/")
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(lambda url: "password" not in url)
        page.close()

    @contextmanager
    def another_browser_of(self, email: str) -> Iterator[Page]:
        """A second browser in which the same person signs in by password."""
        context = self._browser.new_context(viewport=WIDE, base_url=self.installation.url)
        page = context.new_page()
        page.goto("/sign-in/")
        page.locator("input[type=email]").fill(email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        yield page
        context.close()

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


@pytest.fixture(scope="session")
def people(installation: Installation, browser: Browser) -> Iterator[People]:
    everybody = People(installation, browser)
    yield everybody
    everybody.close()


def import_files(page: Page, project: str, *files: FilePayload) -> None:
    """Choose files on a project's page, look at what they hold, and publish that."""
    page.goto(f"/projects/{project}/articles/add/")
    page.get_by_label("Choose files").set_input_files(files)
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.locator("#import")).to_have_attribute("data-status", "published")


def await_preview(page: Page) -> None:
    """Wait for the page of an import whose files were just sent, have them read, and see that it shows them."""
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    Worker().run_until_idle()
    expect(page.locator("#import")).to_have_attribute("data-status", "read")


def take_screenshots(page: Page, name: str, *, is_whole: bool = False) -> None:
    """The page as it is on a desk and on a telephone, for the documentation; all of it, or what shows first."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for size, suffix in ((WIDE, ""), (NARROW, "-narrow")):
        page.set_viewport_size(size)
        if is_whole:
            _load_pictures(page)
        page.screenshot(path=SCREENSHOTS / f"{name}{suffix}.png", full_page=is_whole)
    page.set_viewport_size(WIDE)


def _load_pictures(page: Page) -> None:
    """Those further down come only when somebody scrolls to them."""
    for picture in page.locator("img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    page.evaluate("scrollTo(0, 0)")
