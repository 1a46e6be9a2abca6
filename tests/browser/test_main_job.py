"""The main job from end to end, as the people do it: in the browser, through a real Label Studio.

The tests tell one story and run in their order: annotate, look at agreement, adjudicate, release, download.
"""

import json
import re
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, Response, expect

from tests.browser.conftest import People, import_files, take_screenshots
from tests.browser.studio_editor import StudioEditor, open_queue
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


def article_on_screen(page: Page) -> str:
    return page.locator(".lsf-htx-richtext").inner_text()


def queue_is_empty(page: Page) -> None:
    expect(page.get_by_text("Your queue is empty")).to_be_visible()


def test_what_was_marked_last_survives_closing_the_browser_at_once(people: People) -> None:
    page = people.page_of(ANNOTATORS[2])
    editor = open_queue(page)
    wanted = next(item for item in WANTED if article_on_screen(page).lstrip().startswith(item.title))
    editor.mark("1", wanted.alike, "q")
    page.close(run_before_unload=True)
    with people.another_browser_of(ANNOTATORS[2]) as page:
        editor = open_queue(page)
        expect(editor.span(wanted.alike)).to_be_visible()
        editor.delete(wanted.alike)
        expect(editor.span(wanted.alike)).to_have_count(0)
        expect(page.locator("#workbench-status")).to_have_text(re.compile(r"^Draft saved \d\d:\d\d$"))


def test_the_bar_leads_out_of_the_editor_and_the_browsers_back_button_too(people: People) -> None:
    page = people.page_of(ANNOTATORS[1])
    open_queue(page)
    page.locator("#workbench-guidelines-button").click()
    expect(page.locator("#workbench-guidelines")).to_contain_text("Where a span begins and ends")
    page.locator("#workbench-guidelines-close").click()
    expect(page.locator("#workbench-guidelines")).to_be_hidden()
    page.locator("#workbench-skip").click()
    expect(page.get_by_role("heading", name="Skip this article?")).to_be_visible()
    page.get_by_role("link", name="Keep it").click()
    editor = StudioEditor(page)
    editor.wait()
    page.locator("#workbench-back").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    open_queue(page)
    page.go_back()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    page.close()


def test_the_editor_is_dark_where_the_system_is(people: People) -> None:
    page = people.page_of(ANNOTATORS[1])
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        open_queue(page)
        expect(page.locator("html")).to_have_attribute("data-color-scheme", scheme)
    page.close()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_each_annotator_marks_and_submits_all_five_articles(people: People, number: int) -> None:
    page = people.page_of(ANNOTATORS[number])
    if number == 0:
        page.goto("/work/")
        take_screenshots(page, "my-work")
    editor = open_queue(page)
    for count in range(len(WANTED)):
        text = article_on_screen(page)
        wanted = next(item for item in WANTED if text.lstrip().startswith(item.title))
        editor.mark("1", wanted.alike, "q")
        editor.mark("1", wanted.opened + wanted.ends[number], "r")
        if number == 0 and count == 0:
            take_screenshots(page, "annotate")
        editor.release()
        editor.choose("Genre", "news")
        editor.rate(4)
        editor.submit()
        if count + 1 < len(WANTED):
            expect(page.locator(".lsf-htx-richtext")).not_to_contain_text(text[:60])
            editor.wait()
    queue_is_empty(page)
    expect(page.locator("#workbench-progress")).to_contain_text("5 of 5")
    drafted: list[str] = []
    page.on("request", lambda request: drafted.append(request.url) if "/drafts" in request.url else None)
    page.locator("#workbench-back").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    assert drafted == []  # what was submitted is no draft again
    page.close()


def test_the_manager_adds_an_article_with_emoji_and_crlf_and_plans_a_round_of_it(people: People) -> None:
    page = people.page_of(MANAGER)
    import_files(
        page, "seeds", FilePayload(name="torture.txt", mimeType="text/plain", buffer=TORTURE.encode())
    )
    page.goto("/projects/seeds/rounds/plan/")
    page.get_by_label("production").check()
    take_screenshots(page, "plan-round")
    page.get_by_role("button", name="Plan the round").click()
    page.wait_for_url("**/rounds/2/**")
    page.close()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_spans_after_emoji_and_across_a_line_break_are_marked_resized_and_linked(
    people: People, number: int
) -> None:
    page = people.page_of(ANNOTATORS[number])
    editor = open_queue(page)
    editor.mark("4", "envoys", "9")
    editor.mark("1", "the guarantees\r\nmust be binding", "t", "x")
    editor.mark("1", "rejects", "q")
    editor.resize("rejects", side="right", to="rejects the draft")
    editor.release()
    editor.choose("Genre", "news")
    editor.rate(3)
    editor.write_note("Emoji and line breaks.")
    editor.submit()
    expect(editor.refusal).to_contain_text("held by")
    if number == 0:
        editor.close_refusal()
        with page.expect_response(is_draft_of_a_link):  # nothing else changes
            editor.link("the guarantees", "envoys", "held by")
        take_screenshots(page, "annotate-relations")
    else:
        editor.close_refusal()
        editor.link("the guarantees", "envoys", "held by")
    page.reload()  # at once: what was marked last is saved on the way out
    editor.wait()
    expect(page.locator(".lsf-relations__item")).to_have_count(1)
    editor.submit()
    queue_is_empty(page)
    page.close()


def is_draft(response: Response) -> bool:
    return "/drafts" in response.url and response.ok


def is_draft_of_a_link(response: Response) -> bool:
    return is_draft(response) and "held by" in (response.request.post_data or "")


def test_what_was_submitted_can_be_opened_again_and_changed(people: People) -> None:
    page = people.page_of(ANNOTATORS[0])
    page.goto("/work/")
    row = page.get_by_role("row").filter(has_text="Ukraine Retreats")
    row.get_by_role("link", name=re.compile("Change")).click()
    editor = StudioEditor(page)
    editor.wait()
    editor.rate(5)
    editor.update()
    expect(page.locator("#workbench-status")).to_contain_text("Submitted")
    page.close()


def test_the_manager_sees_progress_and_agreement(people: People) -> None:
    page = people.page_of(MANAGER)
    page.goto("/projects/seeds/")
    expect(page.locator("main")).to_contain_text("articles wait for the adjudicator")
    expect(page.locator("main")).to_contain_text("They mostly agree")
    take_screenshots(page, "project")
    page.goto("/projects/seeds/agreement/")
    expect(page.locator("main")).to_contain_text("Krippendorff")
    for name in ("articles", "people", "rounds", "guidelines", "activity", "notes"):
        page.goto(f"/projects/seeds/{name}/")
        expect(page.locator("main h1").first).to_be_visible()
        take_screenshots(page, name)
    page.close()


def test_the_adjudicator_decides_by_keyboard(people: People) -> None:
    page = people.page_of(ADJUDICATOR)
    page.goto("/projects/seeds/adjudication/")
    take_screenshots(page, "adjudication-queue")
    titles = page.locator("section[aria-labelledby=waiting] tbody th a")
    while before := titles.count():
        titles.first.click()
        decide_everything(page)
        page.keyboard.press("f")
        expect(page.get_by_text(re.compile("finished|adjudicated", re.IGNORECASE)).first).to_be_visible()
        page.goto("/projects/seeds/adjudication/")
        expect(titles).to_have_count(before - 1)
    expect(page.locator("main")).to_contain_text("Settled without you: what all annotators agree on")
    reviews = page.locator("section[aria-labelledby=review] li a")
    while drawn := reviews.count():  # which articles are drawn, the seed of the round says
        reviews.first.click()
        page.get_by_role("button", name="The gold is right").click()
        expect(page.get_by_text("Reviewed: the gold stands as it is.")).to_be_visible()
        page.goto("/projects/seeds/adjudication/")
        expect(reviews).to_have_count(drawn - 1)
    page.close()


def decide_everything(page: Page) -> None:
    """Take the first candidate of every open unit; the first decision is undone once and made again."""
    page.wait_for_load_state()
    case = page.locator("body[data-keys=on] #case")
    total = int(case.get_attribute("data-left") or 0)
    assert total > 0
    for count in range(total):
        page.keyboard.press("1")
        expect(case).to_have_attribute("data-left", str(total - count - 1))
        if count == 0:
            page.keyboard.press("u")
            expect(case).to_have_attribute("data-left", str(total))
            page.keyboard.press("1")
            expect(case).to_have_attribute("data-left", str(total - 1))


def test_the_manager_freezes_a_release_and_the_consumer_downloads_it(people: People) -> None:
    page = people.page_of(MANAGER)
    page.goto("/projects/seeds/releases/")
    page.get_by_label("Title").fill("First gold")
    expect(page.get_by_label("Exception")).to_be_hidden()  # nothing is open
    page.get_by_role("button", name="Freeze it").click()
    expect(page.locator("main")).to_contain_text("First gold")
    take_screenshots(page, "release")
    page.goto("/account/")
    page.get_by_text("New token").click()
    page.get_by_label("What is it for?").fill("training")
    page.get_by_role("button", name="Create the token").click()
    token = page.locator("#new-token").inner_text()
    with people.installation.client() as client:
        client.headers["Authorization"] = f"Token {token}"
        check_gold(client)
        check_current_annotations(client)
    page.close()


def check_gold(client: httpx.Client) -> None:
    answer = client.get("/api/v1/releases/1/export/", params={"format": "jsonl"})
    assert answer.status_code == httpx.codes.OK, answer.text
    records = [json.loads(line) for line in answer.text.split("\n") if line]
    texts = {record["text"] for record in records}
    assert texts == {*SEEDS.values(), TORTURE}
    quotes = [
        (record["text"][span["start"] : span["end"]], span["quote"])
        for record in records
        for span in record["spans"]
    ]
    assert len(quotes) == 2 * len(WANTED) + 3
    assert all(slice_ == quote for slice_, quote in quotes)
    assert {"the guarantees\r\nmust be binding", "rejects the draft", "envoys"} <= {
        quote for quote, _ in quotes
    }
    torture = next(record for record in records if record["text"] == TORTURE)
    assert [relation["kind"] for relation in torture["relations"]] == ["held_by"]
    conll = client.get("/api/v1/releases/1/export/", params={"format": "conll"})
    assert "B-Claim" in conll.text


def check_current_annotations(client: httpx.Client) -> None:
    answer = client.get("/api/v1/projects/1/annotations/", params={"format": "jsonl"})
    counts = [len(json.loads(line)["spans"]) for line in answer.text.split("\n") if line]
    assert sorted(counts) == [2] * len(ANNOTATORS) * len(WANTED) + [3] * len(ANNOTATORS)
    assert answer.text.count("\n") == len(ANNOTATORS) * (len(WANTED) + 1)
    assert client.get("/api/v1/schema/").status_code == httpx.codes.OK
    assert client.get("/api/v1/docs/").status_code == httpx.codes.OK
