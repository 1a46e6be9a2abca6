"""The list of articles is sorted by the titles of its columns, offers what is known in its filter, and something is done with many at once."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.assignment.filtering import read_set
from annotations.assignment.sets import ArticleSetError, add_to_set, save_set
from annotations.corpus.catalogue import catalogue
from annotations.corpus.choice import ArticleChoice
from annotations.corpus.known import MOST_OFFERED, list_known_columns, list_known_values
from annotations.limits import MAX_CHOSEN_ARTICLES
from annotations.models import Article, Project, Role
from tests.answers import read_words
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task

pytestmark = pytest.mark.django_db
ROWS = (("Kyiv", "x" * 30, "de"), ("oslo", "y" * 10, "en"), ("Athens", "z" * 20, "en"))


@pytest.fixture
def project() -> Project:
    return make_project("News")


@pytest.fixture
def articles(project: Project) -> list[Article]:
    made = [
        make_article(
            project, text, title=title, source=f"{title}.txt", metadata={"language": language, "rank": 1}
        )
        for title, text, language in ROWS
    ]
    catalogue(Article.staged.filter(project=project))
    return made


@pytest.fixture
def browser(client: Client, project: Project) -> Client:
    client.force_login(make_member(project, Role.MANAGER, name="Mira"))
    return client


def at(name: str, project: Project, *rest: Any) -> str:
    return reverse(f"web:{name}", args=[project.slug, *rest])


def list_titles(page: str) -> list[str]:
    return re.findall(r'articles/\d+/"><bdi>([^<]+)</bdi>', page)


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("", ["Kyiv", "oslo", "Athens"]),
        ("length", ["oslo", "Athens", "Kyiv"]),
        ("-length", ["Kyiv", "Athens", "oslo"]),
    ],
)
@pytest.mark.parametrize("filtered", ["", "&min_length=1"])
@pytest.mark.usefixtures("articles")
def test_a_title_of_a_column_sorts_all_articles_and_those_of_a_filter(
    browser: Client, project: Project, order: str, titles: list[str], filtered: str
) -> None:
    page = read_words(browser.get(f"{at('articles', project)}?sort={order}{filtered}"))
    assert list_titles(page) == titles


@pytest.mark.usefixtures("articles")
def test_the_sorted_column_says_so_and_leads_the_other_way(browser: Client, project: Project) -> None:
    page = read_words(browser.get(at("articles", project) + "?sort=title"))
    assert page.count("aria-sort") == 1
    assert 'aria-sort="ascending"> <a href="?sort=-title"' in page
    assert browser.get(at("articles", project) + "?sort=rank").status_code == 400


@pytest.mark.usefixtures("articles")
def test_the_filter_offers_languages_columns_and_the_values_of_one(browser: Client, project: Project) -> None:
    page = read_words(browser.get(at("articles", project)))
    language = page[page.index('name="language"') :]
    assert re.findall(r'<option value="(\w*)"', language[: language.index("</select>")]) == ["", "de", "en"]
    column = page[page.index('name="column"') :]
    assert '<option value="rank">' in column[: column.index("</select>")]
    assert page.count('type="date"') == 2
    assert "Such as" not in page
    values = read_words(browser.get(at("article-values", project) + "?column=language"))
    assert re.findall(r'value="(\w+)"', values) == ["de", "en"]
    assert "option" not in read_words(browser.get(at("article-values", project)))


@pytest.mark.usefixtures("articles")
def test_what_an_address_asks_stays_a_choice_though_no_article_has_it(
    browser: Client, project: Project
) -> None:
    page = read_words(browser.get(at("articles", project) + "?language=fr&since=2026-03"))
    assert '<option value="fr" selected>' in page
    assert 'name="since" value="2026-03"' in page


def test_only_so_many_values_are_read_and_one_more(project: Project) -> None:
    for number in range(MOST_OFFERED + 5):
        make_article(project, f"Text {number}", metadata={"tag": f"t{number:03}", f"c{number:03}": "x"})
    catalogue(Article.staged.filter(project=project))
    assert list_known_values(project, "tag") == [f"t{number:03}" for number in range(MOST_OFFERED + 1)]
    assert list_known_columns(project) == [f"c{number:03}" for number in range(MOST_OFFERED)]
    assert list_known_values(make_project("Other"), "tag") == []


def test_a_round_is_planned_of_chosen_articles(
    browser: Client, project: Project, articles: list[Article]
) -> None:
    ana = make_member(project, name="Ana")
    chosen = [articles[0].pk, articles[2].pk]
    answer = browser.post(at("chosen-articles", project), {"article": chosen, "what": "plan"})
    page = read_words(browser.get(answer["Location"]))
    assert "2 articles that were chosen one by one" in page
    sent = {"kind": "calibration", "annotators": [ana.pk], "overlap": 1}
    browser.post(answer["Location"], sent)
    assert set(project.rounds.get().tasks.values_list("article_id", flat=True)) == set(chosen)


def test_chosen_articles_are_excluded_for_one_reason_after_it_is_said_what_follows(
    browser: Client, project: Project, articles: list[Article]
) -> None:
    make_assignment(make_task(make_round(project), articles[0]), make_member(project))
    chosen = [articles[0].pk, articles[1].pk]
    answer = browser.post(at("chosen-articles", project), {"article": chosen, "what": "exclude"})
    asked = read_words(browser.get(answer["Location"]))
    assert "Exclude 2 articles" in asked
    assert "They lie in queues 1 time" in asked
    assert not project.articles.filter(excluded_at__isnull=False).exists()
    done = browser.post(at("exclude-articles", project), {"article": chosen, "reason": "Old"}, follow=True)
    assert "2 articles are excluded." in read_words(done)
    assert set(project.articles.exclude(exclusion_reason="").values_list("pk", flat=True)) == set(chosen)
    again = read_words(browser.get(f"{at('exclude-articles', project)}?article={chosen[0]}"))
    assert "None of these articles is left to exclude." in again


def test_chosen_articles_become_a_set_and_others_are_added_to_it(
    browser: Client, project: Project, articles: list[Article]
) -> None:
    for article in articles[:2]:
        sent = {"article": [article.pk], "what": "set", "set_name": "Hard ones"}
        page = read_words(browser.post(at("chosen-articles", project), sent, follow=True))
    assert list_titles(page) == ["Kyiv", "oslo"]
    assert read_set(project.article_sets.get()).articles == (articles[0].pk, articles[1].pk)


def test_a_set_of_a_filter_takes_no_single_articles(project: Project, articles: list[Article]) -> None:
    save_set(project, "German", ArticleChoice(language="de"), by=None)
    with pytest.raises(ArticleSetError, match="is a set of whatever fits a filter"):
        add_to_set(project, "German", [articles[0].pk], by=None)
    with pytest.raises(ArticleSetError, match="more than 500"):
        add_to_set(project, "Many", range(1, MAX_CHOSEN_ARTICLES + 2), by=None)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"what": "plan"}, 302),
        ({"article": ["x"], "what": "plan"}, 400),
        ({"article": [str(number) for number in range(501)], "what": "plan"}, 400),
    ],
)
@pytest.mark.usefixtures("articles")
def test_no_article_and_too_many_are_refused(
    browser: Client, project: Project, sent: dict[str, Any], status: int
) -> None:
    answer = browser.post(at("chosen-articles", project), sent)
    assert answer.status_code == status
    assert status != 302 or answer["Location"] == at("articles", project)


def test_an_article_of_another_project_cannot_be_chosen(browser: Client, project: Project) -> None:
    other = make_article(make_project("Other"))
    answer = browser.post(
        at("chosen-articles", project), {"article": [other.pk], "what": "exclude"}, follow=True
    )
    assert "Choose articles first" in read_words(answer)


@pytest.mark.usefixtures("articles")
def test_who_only_adjudicates_sorts_and_filters_and_chooses_nothing(client: Client, project: Project) -> None:
    client.force_login(make_member(project, Role.ADJUDICATOR))
    page = read_words(client.get(at("articles", project)))
    assert "sort=title" in page
    assert 'name="article"' not in page
