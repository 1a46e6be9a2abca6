"""The main job from end to end, as the people do it: in the browser, through a real Label Studio.

The tests tell one story and run in their order: annotate, look at agreement, adjudicate, release, download.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, take_screenshots
from tests.browser.studio_editor import StudioEditor
from tests.installation import ROOT

MANAGER = "manager@example.org"
ADJUDICATOR = "adjudicator@example.org"
ANNOTATORS = ("annotator-1@example.org", "annotator-2@example.org", "annotator-3@example.org")
SEEDS = {path.name: path.read_bytes().decode() for path in sorted((ROOT / "seeds").glob("*.txt"))}
TORTURE = (
    "Kyiv 😀 weighs an offer\r\n"
    "\r\n"
    "Family 👨‍👩‍👧 first: the guarantees\r\nmust be binding, say envoys.\r\n"
    "Moscow 🇺🇦 rejects the draft. Cafés in Kyiv stay open.\r\n"
)


@dataclass(frozen=True)
class Wanted:
    """A claim that all three mark alike in an article, and one whose end they see differently."""

    title: str
    alike: str
    opened: str
    ends: tuple[str, str, str]


WANTED = (
    Wanted(
        "Ukraine Signals NATO Exit",
        "these commitments must be legally binding",
        "Ukraine’s fate could shape the entire ",
        ("future security", "future security architecture", "future security architecture of Europe"),
    ),
    Wanted(
        "Ukraine Ready to Drop",
        "formal accession in the near term is unrealistic",
        "it may weaken long-term ",
        ("security", "security guarantees", "security guarantees"),
    ),
    Wanted(
        "Zelenskyy’s Shift",
        "past diplomatic discussions have often ended in disappointment",
        "the situation on the battlefield remains ",
        ("tense", "tense", "tense"),
    ),
    Wanted(
        "Ukraine Drops NATO Bid",
        "membership requires unanimous consent",
        "stepping away from NATO could carry ",
        ("heavy", "heavy risks", "heavy risks"),
    ),
    Wanted(
        "Ukraine Retreats",
        "guarantees must be credible and enforceable",
        "the shift could recalibrate long-running ",
        ("debates", "debates over enlargement", "debates over enlargement"),
    ),
)


def open_queue(page: Page) -> StudioEditor:
    page.goto("/work/")
    page.get_by_role("link", name=re.compile("Annotate")).or_(
        page.get_by_role("button", name=re.compile("Annotate"))
    ).first.click()
    editor = StudioEditor(page)
    editor.wait()
    return editor


def article_on_screen(page: Page) -> str:
    return page.locator(".lsf-htx-richtext").inner_text()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_each_annotator_marks_and_submits_all_five_articles(people: People, number: int) -> None:
    page = people.page_of(ANNOTATORS[number])
    editor = open_queue(page)
    for count in range(len(WANTED)):
        text = article_on_screen(page)
        wanted = next(item for item in WANTED if text.lstrip().startswith(item.title))
        editor.mark("1", wanted.alike, "q")
        editor.mark("1", wanted.opened + wanted.ends[number], "r")
        editor.release()
        editor.choose("Genre", "news")
        editor.rate(4)
        if number == 0 and count == 0:
            take_screenshots(page, "annotate")
        editor.submit()
        if count + 1 < len(WANTED):
            expect(page.locator(".lsf-htx-richtext")).not_to_contain_text(text[:60], timeout=30_000)
            editor.wait()
    expect(page.get_by_text("Your queue is empty")).to_be_visible()
    expect(page.locator("#workbench-progress")).to_contain_text("5 of 5")
    page.close()
