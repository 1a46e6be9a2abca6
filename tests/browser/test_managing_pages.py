"""What a manager does by hand on pages that answer while they are used: choosing articles, filtering, planning, inviting."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from annotations.corpus.catalogue import catalogue
from annotations.models import Article, Project, Role, RoundKind
from tests.browser.in_process import browse
from tests.factories import make_article, make_member, make_project, make_round, make_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(settings: Any) -> Project:
    settings.STUDIO_BACKEND = "annotations.collection.in_memory.shared_studio"
    project = make_project("News")
    for title, language, length in (("Kyiv", "uk", 300), ("Oslo", "no", 100), ("Athens", "el", 200)):
        make_article(
            project, f"{title} " * length, title=title, metadata={"language": language, "desk": "world"}
        )
    catalogue(Article.staged.filter(project=project))
    for name in ("Ana", "Ben"):
        make_member(project, name=name)
    return project


@pytest.fixture
def page(browser: Browser, project: Project) -> Iterator[Page]:
    client = Client()
    client.force_login(make_member(project, Role.MANAGER, name="Mira"))
    with browse(browser, client, viewport={"width": 1400, "height": 900}) as page:
        yield page


def at(name: str, project: Project, *rest: Any) -> str:
    return reverse(f"web:{name}", args=[project.slug, *rest])


def test_articles_are_sorted_chosen_and_excluded_together(page: Page, project: Project) -> None:
    page.goto(at("articles", project))
    titles = page.locator("tbody th a")
    page.get_by_role("link", name="Characters").click()
    expect(titles).to_have_text(["Oslo", "Athens", "Kyiv"])
    page.get_by_role("link", name="Characters").click()
    expect(titles).to_have_text(["Kyiv", "Athens", "Oslo"])
    exclude = page.get_by_role("button", name="Exclude them…")
    expect(exclude).to_be_hidden()
    page.get_by_label("Choose Oslo").check()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    page.get_by_label("Choose Kyiv").click(modifiers=["Shift"])
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.get_by_label("Choose Kyiv").uncheck()
    page.get_by_label("Choose all 3 on this page").check()
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.get_by_label("Choose Athens").uncheck()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    exclude.click()
    expect(page.get_by_role("heading", name="Exclude 2 articles")).to_be_visible()
    page.get_by_label("Why?").fill("Old")
    page.get_by_role("button", name="Exclude them").click()
    expect(page.get_by_text("2 articles are excluded.")).to_be_visible()
    assert project.articles.get(excluded_at=None).title == "Athens"


def test_the_filter_offers_the_values_of_the_column_that_is_chosen(page: Page, project: Project) -> None:
    page.goto(at("articles", project))
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Column of metadata").select_option("language")
    expect(page.locator("#known-values option")).to_have_count(3)
    page.get_by_label("Column of metadata").select_option("desk")
    expect(page.locator("#known-values option")).to_have_count(1)
    page.get_by_label("Its value").fill("world")
    page.get_by_label("Language").select_option("no")
    page.get_by_role("button", name="Show these articles").click()
    expect(page.locator("tbody th a")).to_have_text(["Oslo"])


def test_the_form_of_a_round_says_what_it_would_plan_while_it_is_filled_in(
    page: Page, project: Project
) -> None:
    make_task(make_round(project, kind=RoundKind.CALIBRATION), project.articles.first())
    page.goto(at("plan-round", project))
    told = page.locator("#forecast")
    expect(told).to_have_text("2 articles, each for both annotators: 4 annotations, 2 for everybody.")
    page.locator("[name=kind][value=retest]").check()
    expect(told).to_have_text("3 articles, each for both annotators: 6 annotations, 3 for everybody.")
    page.get_by_label("Articles", exact=False).and_(page.locator("[name=limit]")).fill("2")
    expect(told).to_have_text("2 of 3 articles, each for both annotators: 4 annotations, 2 for everybody.")
    page.get_by_label("Ben").uncheck()
    expect(told).to_contain_text("Each article is wanted from 2 annotators, and 1 is chosen")
    page.locator("[name=overlap]").fill("1")
    expect(told).to_have_text("2 of 3 articles, each for one annotator: 2 annotations.")
    page.locator("[name=due_on]").fill("2000-01-01")
    expect(told).to_contain_text("2000-01-01 is over")
    page.locator("[name=due_on]").fill("")
    page.get_by_role("button", name="Plan the round").click()
    expect(page.get_by_role("heading", name="Round 2")).to_be_visible()
    assert project.rounds.get(number=2).tasks.count() == 2


def test_a_list_of_addresses_invites_several_people(page: Page, project: Project) -> None:
    page.goto(at("people", project))
    page.get_by_text("Several at once").click()
    page.get_by_label("E-mail addresses").fill("Cy Young <cy@example.org>\ndan@example.org, nobody")
    page.get_by_role("button", name="Invite them").click()
    expect(page.get_by_text("What became of 3 addresses")).to_be_visible()
    expect(page.locator("#links")).to_contain_text("cy@example.org http")
    expect(page.locator("li.danger-text")).to_contain_text("nobody")
    assert project.memberships.filter(user__name="Cy Young", role=Role.ANNOTATOR).exists()
