"""A hundred pieces of hostile text in every field, on every page that shows it, in a real browser: nothing happens."""

import re
from itertools import product
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, FilePayload, Page, expect

from annotations.models import Role
from tests.browser.conftest import People, import_files
from tests.browser.in_process import browse
from tests.browser.studio_editor import open_queue
from tests.factories.everything import PAGES, make_world

WAYS_OUT = ("", '">', "'>", "</title>", "</textarea>", "</script>", "-->", "]]>", "</style>", "\\u003e")
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    '<iframe srcdoc="<script>alert(1)</script>">',
    "<a href=javascript:alert(1)>go</a>",
    "<style>*{background:url(//x.example)}</style>",
    "<base href=//x.example><meta http-equiv=refresh content=0>",
    "` onmouseover=alert(1) style=a:b x=`",
)
PAYLOADS = tuple(way_out + attack for way_out, attack in product(WAYS_OUT, ATTACKS))
TOGETHER = 20
GROUPS = tuple(PAYLOADS[start : start + TOGETHER] for start in range(0, len(PAYLOADS), TOGETHER))
COUNT_MARKUP = """
() => [...document.querySelectorAll("*")].filter((element) =>
  element.matches("iframe, base, style, script:not([src]):not([type='application/json']), meta[http-equiv]")
  || /^\\s*javascript:/i.test(element.getAttribute("href") ?? "")
  || element.getAttributeNames().some((name) => name.startsWith("on") || name === "style")
).length
"""


@pytest.fixture
def said() -> list[str]:
    """What a page should never say: windows that open, and what the browser refuses or cannot run."""
    return []


def listen(page: Page, said: list[str]) -> None:
    def hear_window(dialog: Dialog) -> None:
        said.append(f"a window opened: {dialog.message}")
        dialog.dismiss()

    def hear_console(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            said.append(line.text)

    page.on("dialog", hear_window)
    page.on("console", hear_console)
    page.on("pageerror", lambda error: said.append(str(error)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("payloads", GROUPS, ids=lambda payloads: f"after {payloads[0][:8]}")
def test_what_people_write_stays_text(payloads: tuple[str, ...], browser: Browser, said: list[str]) -> None:
    world = make_world(" ".join(payloads))
    shown = 0
    for role in PAGES:
        with browse(browser, world.visit_as(role)) as page:
            listen(page, said)
            for address in world.list_addresses(role):
                page.goto(address)
                assert page.evaluate(COUNT_MARKUP) == 0, address
                shown += "alert(1)" in page.locator("body").inner_text()
    assert said == []
    assert shown > len(PAGES[Role.MANAGER]) / 2


def test_an_article_full_of_it_is_annotated_in_label_studio_by_somebody_of_such_a_name(
    people: People, said: list[str]
) -> None:
    manager = people.page_of("manager@example.org")
    listen(manager, said)
    manager.goto("/projects/new/")
    manager.get_by_label("Name", exact=True).fill(PAYLOADS[31])
    manager.get_by_label(re.compile("What it is about")).fill(PAYLOADS[51])
    manager.get_by_role("button", name="Create the project").click()
    manager.wait_for_url(re.compile(r"/projects/(?!new)[^/]+/$"))
    project = urlsplit(manager.url).path
    manager.goto(f"{project}people/")
    manager.get_by_label("E-mail address", exact=True).fill("guest@example.org")
    manager.locator("input[name=name]").fill(PAYLOADS[11])
    manager.get_by_role("button", name="Invite").click()
    people.add_link("guest@example.org", manager.locator("#link").inner_text())
    text = "Harmless words\n\n" + "\n\n".join(PAYLOADS) + "\n"
    file = FilePayload(name=f"{PAYLOADS[1][:6]}.txt", mimeType="text/plain", buffer=text.encode())
    import_files(manager, project.strip("/").rpartition("/")[2], file)
    manager.goto(f"{project}rounds/plan/")
    manager.get_by_role("button", name="Plan the round").click()
    manager.wait_for_url("**/rounds/1/")
    guest = people.page_of("guest@example.org")
    listen(guest, said)
    editor = open_queue(guest)
    expect(guest.locator(".lsf-htx-richtext")).to_contain_text(PAYLOADS[-1])
    editor.mark("1", "alert(1)", "q")
    editor.release()
    editor.choose("Genre", "news")
    editor.rate(3)
    editor.write_note(PAYLOADS[21])
    editor.submit()
    expect(guest.get_by_text("Your queue is empty")).to_be_visible()
    for name in ("", "notes/", "activity/", "articles/", "agreement/"):
        manager.goto(f"{project}{name}")
        assert manager.evaluate(COUNT_MARKUP) == 0, name
    assert said == []
    for page in (manager, guest):
        page.close()
