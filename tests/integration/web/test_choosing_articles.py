"""Articles are filtered on their page, kept as sets, and planned from there."""

from typing import Any

import pytest
from django.urls import reverse

from annotations.corpus.duplicates import request_duplicates
from annotations.jobs.worker import Worker
from annotations.models import ArticleSet, Event, Membership, Role, RoundKind
from tests.factories import make_article


def at(name: str, world: Any, *arguments: Any) -> str:
    return reverse(f"web:{name}", args=[world.project.slug, *arguments])


@pytest.fixture
def news(world: Any) -> Any:
    for number, source in enumerate(["wire", "wire", "paper"]):
        words = " ".join(f"{source}{number}w{place}" for place in range(20))
        make_article(
            world.project,
            f"{words} treaty",
            title=f"News {number}",
            metadata={"source": source, "rank": number},
        )
    request_duplicates(world.project)
    Worker().run_until_idle()
    return world


def test_articles_are_found_by_words_and_metadata(news: Any) -> None:
    browser = news.visit_as(Role.ADJUDICATOR)
    page = browser.get(at("articles", news) + "?words=treaty&column=source&value=wire").content.decode()
    assert "News 0" in page
    assert "News 1" in page
    assert "News 2" not in page
    assert "text has treaty; source is “wire”" in page
    assert "Keep as a set" not in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("words=%E2%80%94", "Give a word to look for"),
        ("column=source", "Give both"),
        ("min_length=x", "whole number"),
    ],
)
def test_a_filter_that_cannot_be_read_says_why(news: Any, query: str, told: str) -> None:
    assert told in news.visit_as(Role.MANAGER).get(f"{at('articles', news)}?{query}").content.decode()


@pytest.mark.parametrize("query", ["set=x", "q=%00", "words=%00"])
def test_an_address_of_nothing_is_refused(news: Any, query: str) -> None:
    assert news.visit_as(Role.MANAGER).get(f"{at('articles', news)}?{query}").status_code == 400


def test_a_set_of_a_title_that_was_searched_for_holds_those_articles_and_no_others(news: Any) -> None:
    browser = news.visit_as(Role.MANAGER)
    browser.post(at("name-set", news) + "?q=News+1", {"name": "Ones"})
    made = ArticleSet.objects.get(name="Ones")
    page = browser.get(at("articles", news), {"set": made.pk}).content.decode()
    assert "title contains “News 1”" in page
    assert ">News 1<" in page
    assert ">News 2<" not in page
    assert f'name="set" value="{made.pk}"' not in page  # another search leaves the set
    assert "News 1" in browser.get(at("plan-round", news), {"set": made.pk}).content.decode()


def test_a_filter_is_kept_as_a_set_planned_from_and_deleted(news: Any) -> None:
    browser = news.visit_as(Role.MANAGER)
    query = "?column=source&value=wire"
    answer = browser.post(at("name-set", news) + query, {"name": "Wire"}, follow=True)
    made = ArticleSet.objects.get(name="Wire")
    assert "“Wire” is a set now" in answer.content.decode()
    assert f"?set={made.pk}" in answer.content.decode()
    make_article(news.project, "Later", title="Later", metadata={"source": "wire"})
    annotator = Membership.objects.filter(project=news.project, role=Role.ANNOTATOR)[0].user
    form = {
        "kind": "production",
        "annotators": [annotator.pk],
        "overlap": 1,
        "limit": 1,
        "order": "priority",
        "column": "rank",
    }
    browser.post(f"{at('plan-round', news)}?set={made.pk}", form)
    round_ = news.project.rounds.get(kind=RoundKind.PRODUCTION, number=2)
    assert [task.article.title for task in round_.tasks.all()] == ["News 1"]
    assert (
        Event.objects.get(verb="planned", subject_id=str(round_.pk)).details["articles"] == "source is “wire”"
    )
    browser.post(at("delete-set", news, made.pk))
    assert not ArticleSet.objects.filter(name="Wire").exists()


def test_an_order_by_a_column_asks_for_the_column(news: Any) -> None:
    annotator = Membership.objects.filter(project=news.project, role=Role.ANNOTATOR)[0].user
    form = {"kind": "production", "annotators": [annotator.pk], "overlap": 1, "limit": 1, "order": "priority"}
    page = news.visit_as(Role.MANAGER).post(at("plan-round", news), form).content.decode()
    assert "Name the column" in page


def test_where_nothing_fits_planning_says_what_was_asked(news: Any) -> None:
    annotator = Membership.objects.filter(project=news.project, role=Role.ANNOTATOR)[0].user
    form = {"kind": "production", "annotators": [annotator.pk], "overlap": 1}
    page = news.visit_as(Role.MANAGER).post(at("plan-round", news) + "?language=fi", form).content.decode()
    assert "language is “fi”" in page
    assert "Ask for less" in page


def test_a_set_needs_a_name_and_something_that_is_asked(news: Any) -> None:
    browser = news.visit_as(Role.MANAGER)
    assert (
        "Give the set a name"
        in browser.post(at("name-set", news) + "?words=x", {"name": ""}, follow=True).content.decode()
    )
    assert "asks nothing" in browser.post(at("name-set", news), {"name": "All"}, follow=True).content.decode()
