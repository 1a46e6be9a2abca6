"""Adjudicating by keyboard: the next unit is there at once, keys typed ahead count, and what is refused comes back."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from playwright.sync_api import Browser, Page, Route, expect

from annotations.adjudication.ledger import read_case
from annotations.models import Decision, DecisionReason, Task
from annotations.spans import Span
from tests.browser.adjudication_desk import Desk, make_crowded_task
from tests.factories.adjudication import claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db(transaction=True)
CURRENT = ".card.is-current"


@pytest.fixture
def crowded() -> Task:
    return make_crowded_task(n_annotators=3, n_sentences=12)


def unit_in_hand(page: Page) -> str:
    return page.locator(CURRENT).get_attribute("data-unit") or ""


class SlowServer:
    """Holds back what is decided until it is let go on."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self.is_open = False
        page.route("**/decide/", self._hold)

    def _hold(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def let_go(self) -> None:
        self.is_open = True
        for route in self.held:
            route.continue_()
        self.held = []


def test_the_next_unit_is_there_before_the_server_has_answered(desk: Desk, crowded: Task) -> None:
    page = desk.open(crowded)
    server = SlowServer(page)
    first, second, *_ = [unit.key for unit in read_case(crowded).outcome.open]
    assert unit_in_hand(page) == first
    page.keyboard.press("1")
    expect(page.locator(CURRENT)).to_have_attribute("data-unit", second)
    assert not Decision.objects.exists()
    server.let_go()
    expect(page.locator("#case")).to_have_attribute("data-number", "1")
    assert unit_in_hand(page) == second


def test_keys_typed_ahead_are_decisions_in_their_order(desk: Desk, crowded: Task) -> None:
    page = desk.open(crowded)
    server = SlowServer(page)
    units = [unit.key for unit in read_case(crowded).outcome.open][:4]
    for key in "1111":
        page.keyboard.press(key)
    server.let_go()
    expect(page.locator("#case")).to_have_attribute("data-number", "4")
    assert [decision.unit for decision in Decision.objects.order_by("number")] == units


def test_what_is_refused_comes_back_with_its_reason_and_nothing_after_it_is_kept(
    desk: Desk, crowded: Task
) -> None:
    page = desk.open(crowded)
    server = SlowServer(page)
    _, second, *_ = [unit.key for unit in read_case(crowded).outcome.open]
    for key in "111":
        page.keyboard.press(key)
    elsewhere = desk.open(crowded)
    elsewhere.keyboard.press("x")
    expect(elsewhere.locator("#case")).to_have_attribute("data-number", "1")
    server.let_go()
    state = page.locator("#case-state")
    expect(state).to_contain_text("was not saved")
    expect(state).to_contain_text("The 2 after it were not saved either")
    assert Decision.objects.count() == 1
    assert page.locator(f'.card[data-unit="{second}"]').evaluate("card => card.classList.contains('is-open')")


def test_where_nobody_answers_the_unit_is_in_hand_again(desk: Desk, crowded: Task) -> None:
    page = desk.open(crowded)
    first = unit_in_hand(page)
    page.route("**/decide/", lambda route: route.abort())
    page.keyboard.press("1")
    expect(page.locator("#case-state")).to_contain_text("Nothing was lost; try again")
    expect(page.locator(CURRENT)).to_have_attribute("data-unit", first)
    page.unroute("**/decide/")
    page.keyboard.press("1")
    expect(page.locator("#case")).to_have_attribute("data-number", "1")


def test_a_key_after_a_decision_that_opens_another_unit_is_about_that_one(desk: Desk) -> None:
    task = make_annotated_task(
        mark(claim(0, 25), claim(84, 100)),
        mark(claim(0, 25, type="policy"), claim(84, 99)),
        mark(claim(0, 24)),
    )
    page = desk.open(task)
    server = SlowServer(page)
    page.keyboard.press("1")
    page.keyboard.press("2")
    server.let_go()
    expect(page.locator("#case")).to_have_attribute("data-number", "2")
    chosen, opened = Decision.objects.order_by("number")
    assert chosen.payload == {"candidate": "0-25-Claim"}
    assert opened.unit.startswith("attribute:type")


def test_it_is_said_how_many_units_a_decision_opened_and_that_one_was_undone(desk: Desk) -> None:
    task = make_annotated_task(mark(claim(0, 25)), mark(claim(0, 25, type="policy")), mark(claim(0, 24)))
    page = desk.open(task)
    page.keyboard.press("1")
    expect(page.locator("#case-state")).to_have_text(re.compile(r"\+1 opened by your decision"))
    page.keyboard.press("u")
    expect(page.locator("#case-state")).to_contain_text("Undone")


def test_what_is_told_moves_nothing_that_somebody_looks_at(desk: Desk) -> None:
    page = desk.open(
        make_annotated_task(mark(claim(0, 25)), mark(claim(0, 25, type="policy")), mark(claim(0, 24)))
    )
    before = page.locator(".case-columns").bounding_box()
    page.keyboard.press("1")
    page.keyboard.press("u")
    expect(page.locator("#case-state")).to_contain_text("Undone")
    after = page.locator(".case-columns").bounding_box()
    assert before
    assert after
    assert after["y"] == before["y"]


def test_a_span_is_added_from_the_current_unit_by_whole_words(desk: Desk, crowded: Task) -> None:
    page = desk.open(crowded)
    start = int((page.locator(CURRENT).get_attribute("data-places") or "").split("-")[0])
    text = crowded.article.text
    page.keyboard.press("a")
    words = page.locator("#add .selected-words")
    expect(words).to_have_text(text[start:].split()[0])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(words).to_have_text(text[start:].split()[1])
    page.keyboard.press("4")
    expect(page.locator("#case")).to_have_attribute("data-number", "1")
    added = Decision.objects.get().payload
    assert text[added["start"] : added["end"]] == text[start:].split()[1]


def test_a_link_is_drawn_from_the_current_span_and_only_what_the_scheme_allows_is_offered(desk: Desk) -> None:
    source = Span(27, 35, "Source", (("kind", "person"),), "source")
    task = make_annotated_task(*(mark(claim(holder="named"), source, claim(81, end)) for end in (100, 96)))
    page = desk.open(task)
    page.keyboard.press("1")
    expect(page.locator("#case")).to_have_attribute("data-number", "1")
    page.keyboard.press("l")
    form = page.locator("#add-link form")
    kinds = form.locator("[name=relation]")
    expect(kinds).to_be_focused()
    assert kinds.locator("option").all_inner_texts() == ["supports → Claim", "attacks → Claim"]
    sources = form.locator("[name=source]")
    assert sources.evaluate("list => list.selectedOptions[0].text").startswith("Claim “")
    assert sources.locator("option").count() == 2
    sources.select_option(index=0)
    kinds.select_option("held_by")
    assert form.locator("[name=target] option").all_inner_texts() == ["Source “Mr Novak”"]
    kinds.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#case")).to_have_attribute("data-number", "2")
    assert [link.kind for link in read_case(task).outcome.markup.relations] == ["held_by"]


def test_in_writing_from_right_to_left_the_arrow_to_the_left_leads_onwards(desk: Desk) -> None:
    text = "ירושלים הודיעה על הסכם חדש עם שכנותיה."
    task = make_annotated_task(*(mark(claim(0, end)) for end in (7, 14)), text=text)
    page = desk.open(task)
    page.keyboard.press("e")
    words = page.locator(f"{CURRENT} .selected-words")
    expect(words).to_have_text("ירושלים הודיעה")
    page.keyboard.press("ArrowRight")
    expect(words).to_have_text("ירושלים")
    page.keyboard.press("ArrowLeft")
    expect(words).to_have_text("ירושלים הודיעה")
    page.keyboard.press("Shift+ArrowLeft")
    expect(words).to_have_text("הודיעה")


def test_no_line_begins_with_the_full_stop_after_a_track(browser: Browser) -> None:
    style = Path(find("annotations/adjudication.css") or "").read_text(encoding="utf-8")
    page = browser.new_page()
    page.set_content(
        f"<style>{style}</style><p style='width: 5em'><span class='track' data-finish='end'>保障计划在</span><i>。</i>好</p>"
    )
    tops = page.evaluate(
        "['span', 'i'].map((name) => [...document.querySelector(name).getClientRects()].at(-1).top)"
    )
    page.close()
    assert tops[0] == tops[1]


def test_the_guidelines_open_at_the_label_in_hand_and_one_goes_on_beside_them(
    desk: Desk, crowded: Task
) -> None:
    page = desk.open(crowded)
    page.keyboard.press("h")
    drawer = page.get_by_role("region", name="Guidelines")
    expect(drawer.locator("#label-Claim")).to_be_in_viewport()
    page.keyboard.press("1")
    expect(page.locator("#case")).to_have_attribute("data-number", "1")
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_why_is_said_by_one_key_before_the_decision(desk: Desk, crowded: Task) -> None:
    page = desk.open(crowded)
    page.keyboard.press("1")
    page.keyboard.press("G")
    page.keyboard.press("R")
    page.keyboard.press("1")
    expect(page.locator("#case")).to_have_attribute("data-number", "2")
    [reason] = DecisionReason.objects.all()
    assert (reason.decision.number, reason.kind, reason.is_for_guidelines) == (2, "gap", True)


def test_single_keys_can_be_switched_off(desk: Desk, crowded: Task) -> None:
    page = desk.open(crowded)
    first = unit_in_hand(page)
    page.keyboard.press("?")
    page.get_by_label("Single keys do something").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("j")
    assert unit_in_hand(page) == first
    page.reload()
    page.keyboard.press("j")
    assert unit_in_hand(page) == first
    page.keyboard.press("ArrowDown")
    assert unit_in_hand(page) != first
