"""A mixed folder comes in: what is asked is answered with a click, what would come is seen before, and another import is undone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from annotations.jobs.worker import Worker
from annotations.models import Role
from tests.browser.conftest import WIDE, await_preview, take_screenshots
from tests.browser.in_process import PATIENCE_MILLISECONDS
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db(transaction=True)

FRENCH = "Le projet était prêt après de longues négociations à Genève."
KYIV = "Kyiv agrees\n\nBy Ann Writer\n\nKyiv agreed on Tuesday to talk.\n\nPost a Comment\n"
WIRE = (
    "Envoys meet again in Geneva\n\nEnvoys of nine countries met in Geneva on Tuesday for a second round of talks about guarantees "
    "that would outlast the fighting. Nobody expected an agreement, and none was reached, but two of those present said that "
    "the draft had become shorter and clearer than it was in spring.\n\nThe next meeting is to be held in Vienna in a month. "
    "Until then experts are to work out who would watch over a line of hundreds of kilometres.\n\nPost a Comment\n"
)
LATER_WIRE = WIRE.replace("nine countries", "eleven countries").replace("in a month", "on 3 December")
DROP_ROWS = """
(zone, number) => {
  const rows = Array.from({length: number}, (_, row) => JSON.stringify({text: `Text ${row}. ` + "Kyiv agreed. ".repeat(4000)}));
  const data = new DataTransfer();
  data.items.add(new File([rows.join("\\n")], "large.jsonl"));
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Texts, a table without a `text`, a broken line, French in an old encoding, and a picture."""
    root = tmp_path / "corpus"
    (root / "news").mkdir(parents=True)
    (root / "lettre.txt").write_bytes(FRENCH.encode("cp1252"))
    (root / "news" / "kyiv.txt").write_text(KYIV)
    rows = [{"text": f"Text {number}.\n\nMore of it.", "source": "Herald"} for number in range(5)]
    (root / "news" / "rows.jsonl").write_text("\n".join([*map(json.dumps, rows), '{"broken']))
    (root / "news" / "wire-1.txt").write_text(WIRE)
    (root / "news" / "wire-2.txt").write_text(LATER_WIRE)
    (root / "table.csv").write_text("nr;body\n1;Odesa agreed.\n")
    (root / "photo.jpg").write_bytes(b"\xff\xd8")
    return root


@pytest.fixture
def manager(live_server: LiveServer, browser: Browser, settings: Any, tmp_path: Path) -> Iterator[Page]:
    """A manager's browser, on a server that needs no Label Studio; the tests are the worker."""
    settings.PUBLIC_URL = live_server.url
    settings.JOB_SCHEDULE = {}
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    client = Client()
    project = make_project("Letters")
    client.force_login(make_member(project, Role.MANAGER), settings.AUTHENTICATION_BACKENDS[-1])
    context = browser.new_context(viewport=WIDE, base_url=f"{live_server.url}/projects/{project.slug}/")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    yield context.new_page()
    context.close()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_a_manager_drops_a_mixed_folder_decides_publishes_and_undoes_another_import(
    manager: Page, folder: Path
) -> None:
    page = manager
    page.goto("articles/add/")
    page.get_by_label("Choose files").set_input_files(
        [FilePayload(name="wrong.txt", mimeType="text/plain", buffer=b"A mistake.")]
    )
    await_preview(page)
    press(page, "Publish 1 article")
    page.goto("articles/add/")
    take_screenshots(page, "add-articles")
    page.get_by_label("Choose a folder").set_input_files(folder)
    await_preview(page)
    expect(page.locator("main")).to_contain_text("8 articles from 7 files")
    expect(page.locator("main")).to_contain_text("corpus/news/rows.jsonl:6")
    expect(page.locator("main")).to_contain_text("left out, since no format has files with .jpg")
    page.get_by_text("What differs").click()
    expect(page.locator("ins")).to_have_text(
        [re.compile("nine |eleven "), re.compile("in a month|on 3 December")]
    )
    expect(page.locator(".block-boilerplate").first).to_contain_text("Post a Comment")
    take_screenshots(page, "import-preview", is_whole=True)
    page.get_by_role("radio", name=re.compile("cp1252")).check()
    press(page, "Read them so")
    await_preview(page)
    expect(page.locator("main")).to_contain_text("9 articles")
    press(page, "body")
    await_preview(page)
    expect(page.locator("main")).to_contain_text("10 articles")
    page.get_by_label("Use source as").select_option("leave")
    press(page, "Read again with these columns")
    await_preview(page)
    page.get_by_role("button", name="Publish 10 articles without what was refused").click()
    expect(page.locator("main")).to_contain_text("10 articles are in the project")
    page.goto("articles/")
    for title in ("prêt après", "Kyiv agrees", "Odesa agreed."):
        expect(page.locator("main")).to_contain_text(title)
    Worker().run_until_idle()
    page.goto("articles/duplicates/")
    page.get_by_role("link", name="Envoys meet again in Geneva").click()
    expect(page.locator("del")).to_have_text(
        [re.compile("nine |eleven "), re.compile("in a month|on 3 December")]
    )
    take_screenshots(page, "copies", is_whole=True)
    page.goto("articles/imports/")
    page.get_by_role("row", name=re.compile("A mistake")).get_by_role("link", name="Undo").click()
    page.get_by_label(re.compile("undo", re.IGNORECASE)).fill("undo")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.locator("main")).not_to_contain_text("A mistake")


def test_a_large_file_that_is_dropped_goes_on_where_the_connection_broke_off(manager: Page) -> None:
    page = manager
    page.goto("articles/add/")
    offsets: list[str] = []

    def break_off(route: Route) -> None:
        offsets.append(route.request.url.rpartition("offset=")[2])
        if len(offsets) == 3:
            route.abort()
        else:
            route.continue_()

    page.route("**/files/?name=*", break_off)
    page.locator(".drop-zone").evaluate(DROP_ROWS, 200)
    await_preview(page)
    assert offsets[:4] == ["0", "0", "4194304", "4194304"]
    expect(page.locator("main")).to_contain_text("200 articles from 1 file")
    page.get_by_role("button", name="Drop this import").click()
    expect(page.locator("main")).to_contain_text("The import is dropped")
