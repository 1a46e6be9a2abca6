"""The project that comes with sample annotations: agreement read down to the passages, and a crowded case."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import People, take_screenshots

PROJECT = "/projects/seeds-annotated"
MANAGER = "manager@example.org"
ADJUDICATOR = "adjudicator@example.org"


def open_agreement(people: People) -> Page:
    """The page with everything that comes a moment later."""
    page = people.page_of(MANAGER)
    page.goto(f"{PROJECT}/agreement/?view=detailed")
    expect(page.get_by_text(re.compile("being computed", re.IGNORECASE))).to_have_count(0)
    return page


def test_the_page_fills_itself_with_gamma_fields_people_and_the_articles_needed(people: People) -> None:
    page = open_agreement(people)
    take_screenshots(page, "agreement", is_whole=True)
    expect(page.get_by_role("row").filter(has_text="Gamma-cat")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Genre")).to_contain_text("%")
    expect(page.get_by_role("row").filter(has_text="Without Ines (sample)")).to_be_visible()
    expect(page.get_by_text(re.compile(r"no wider than|articles like these would"))).to_be_visible()
    assert page.locator("svg.dots").count() > 20
    page.get_by_role("button", name="95 % interval").first.click()
    expect(page.get_by_text("the articles are drawn anew a thousand times")).to_be_visible()
    page.close()


def test_a_number_of_the_confusions_leads_to_the_passages_side_by_side(people: People) -> None:
    page = open_agreement(people)
    page.get_by_role("link", name=re.compile("Claim and nothing: ")).click()
    expect(page.locator(".drawn .track").first).to_be_visible()
    take_screenshots(page, "agreement-examples")
    page.close()


def test_leaving_a_person_out_changes_the_figures(people: People) -> None:
    page = open_agreement(people)
    expect(page.locator("main")).to_contain_text("of 3 annotators")
    page.get_by_text("Choose rounds, annotators, labels").click()
    for name in ("Ines (sample)", "Jonas (sample)"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("main")).to_contain_text("that both annotators completed")
    page.close()


def test_a_crowded_case_is_walked_and_decided_by_keyboard(people: People) -> None:
    page = people.page_of(ADJUDICATOR)
    page.goto(f"{PROJECT}/adjudication/")
    page.locator("section[aria-labelledby=waiting] tbody th a").first.click()
    case = page.locator("body[data-keys=on] #case")
    left = int(case.get_attribute("data-left") or 0)
    assert left > 10
    take_screenshots(page, "adjudicate")
    expect(case).to_be_visible()
    page.keyboard.press("1")
    expect(case).to_have_attribute("data-number", "1")
    page.keyboard.press("u")
    expect(case).to_have_attribute("data-left", str(left))
    page.close()
