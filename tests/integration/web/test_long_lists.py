"""A long list is gone through page by page, each found from the row beside it, so that the last costs no more than the first."""

import re

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from annotations.models import Article, Project
from annotations.web import paging
from annotations.web.paging import PER_PAGE
from tests.factories import make_article

pytestmark = pytest.mark.django_db
LINK = 'href="([^"]*)" rel="{}"'


@pytest.fixture
def articles(project: Project) -> list[int]:
    return [make_article(project).pk for _ in range(2 * PER_PAGE + 1)]


def read(browser: Client, project: Project, query: str) -> tuple[list[int], dict[str, str], str]:
    """The articles of a page, its links to others, and which page it says that it is."""
    answer = browser.get(reverse("web:articles", args=[project.slug]) + query)
    assert answer.status_code == 200
    page = answer.content.decode()
    links = {
        where: found[1].replace("&amp;", "&")
        for where in ("next", "prev")
        if (found := re.search(LINK.format(where), page))
    }
    said = re.search(r"Page (\d+ of \d+)", page)
    return [article.pk for article in answer.context["page"]], links, said[1] if said else ""


def test_every_article_is_on_one_page_in_either_direction(
    browser: Client, project: Project, articles: list[int]
) -> None:
    pages, query = [], ""
    for number in (1, 2, 3):
        shown, links, said = read(browser, project, query)
        assert said == f"{number} of 3"
        pages.append(shown)
        query = links.get("next", "")
    assert (query, [article for page in pages for article in page]) == ("", articles)
    for number in (2, 1):
        shown, links, said = read(browser, project, links["prev"])
        assert (shown, said) == (pages[number - 1], f"{number} of 3")
    assert set(links) == {"next"}
    assert set(QueryDict(links["next"].removeprefix("?"))) == {"page", "after"}


def test_a_number_alone_leads_to_the_first_pages_only(
    browser: Client, project: Project, articles: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(browser, project, "?page=3")[0] == articles[2 * PER_PAGE :]
    monkeypatch.setattr(paging, "MAX_PAGES_BY_NUMBER", 2)
    shown, links, said = read(browser, project, "?page=3")
    assert (shown, said) == (articles[PER_PAGE : 2 * PER_PAGE], "2 of 3")
    assert read(browser, project, links["next"])[0] == articles[2 * PER_PAGE :]


def test_where_the_rows_are_gone_the_first_page_is_shown(
    browser: Client, project: Project, articles: list[int]
) -> None:
    assert read(browser, project, f"?page=3&after={articles[-1]}")[0] == articles[:PER_PAGE]
    assert read(browser, project, f"?page=9&before={articles[0]}")[0] == articles[:PER_PAGE]
    assert not Article.objects.filter(pk__in=articles, excluded_at__isnull=False).exists()


@pytest.mark.parametrize("query", ["after=x", "after=-1", "before=", f"after={10**30}", "before=²"])
def test_a_row_that_none_can_be_is_refused(browser: Client, project: Project, query: str) -> None:
    assert browser.get(reverse("web:articles", args=[project.slug]) + f"?{query}").status_code == 400
