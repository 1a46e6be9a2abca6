"""The pages on which a manager excludes and deletes articles, undoes imports and closes rounds: said before, confirmed, undone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.assignment.archiving import archive_project
from annotations.assignment.excluding import exclude_article, list_imports
from annotations.corpus.services import import_articles
from annotations.formats.documents import Document
from annotations.models import Article, Project, Task, TaskStatus
from tests.answers import read_words
from tests.factories import make_article, make_assignment, make_member, make_round, make_task
from tests.factories.adjudication import claim, make_annotated_task, mark, submit

pytestmark = pytest.mark.django_db


def at(name: str, project: Project, *rest: Any) -> str:
    return reverse(f"web:{name}", args=[project.slug, *rest])


def import_texts(project: Project, *texts: str) -> None:
    rows = [Document(place=f"rows.jsonl:{line}", text=text) for line, text in enumerate(texts, start=1)]
    import_articles(project, rows, by=project.memberships.get(user__name="Mira").user)


def test_what_excluding_means_for_this_article_is_said_before(browser: Client, project: Project) -> None:
    task = make_task(make_round(project, overlap=2))
    people = [make_member(project) for _ in range(2)]
    submit(make_assignment(task, people[0]), mark(claim()))
    make_assignment(task, people[1])
    page = read_words(browser.get(at("exclude-article", project, task.article_id)))
    assert "1 annotator has it in the queue and gives it back." in page
    assert "1 submitted annotation stays on record" in page
    assert "gold" not in page.split("</h1>")[1].split("<form")[0]


def test_an_article_is_excluded_shown_so_and_included_again(browser: Client, project: Project) -> None:
    article, other = make_article(project), make_article(project)
    exclude = at("exclude-article", project, article.pk)
    assert "This field is required" in read_words(browser.post(exclude, {"reason": " "}))
    assert browser.post(exclude, {"reason": "A duplicate"})["Location"] == at("article", project, article.pk)
    shown = read_words(browser.get(at("article", project, article.pk)))
    assert "by Mira: A duplicate" in shown
    listed = read_words(browser.get(at("articles", project)))
    assert "1 excluded" in listed
    only = read_words(browser.get(at("articles", project) + "?excluded=yes"))
    assert article.title in only
    assert other.title not in only
    browser.post(at("include-article", project, article.pk))
    article.refresh_from_db()
    assert (article.excluded_at, article.exclusion_reason) == (None, "")


def test_the_list_says_where_each_article_stands(browser: Client, project: Project) -> None:
    make_article(project, title="New here")
    planned = make_task(make_round(project, overlap=1), make_article(project, title="Under way"))
    exclude_article(make_article(project, title="Left out"), reason="A <duplicate>", by=None)
    page = read_words(browser.get(at("articles", project)))
    rows = {row.split("</bdi>")[0].rpartition(">")[2]: row for row in page.split("<tr>")[2:]}
    assert "in no round" in rows["New here"]
    assert at("task", project, planned.pk) in rows["Under way"]
    assert "being annotated" in rows["Under way"]
    assert "A &lt;duplicate&gt;" in rows["Left out"]
    assert "in no round" not in rows["Left out"]


@pytest.mark.parametrize(
    "name",
    ["add-articles", "plan-round", "correct-wording", "edit-scheme", "exclude-article", "undo-import"],
)
def test_a_page_that_is_for_a_change_says_that_an_archived_project_has_none(
    browser: Client, project: Project, name: str
) -> None:
    article = make_article(project)
    rest = {"exclude-article": [article.pk], "undo-import": [article.imported_in_id or 1]}.get(name, [])
    archive_project(project, by=None)
    answer = browser.get(at(name, project, *rest))
    page = read_words(answer)
    assert answer.status_code == 200
    assert "Nothing can be changed here" in page
    assert "A manager can bring it back on the page Settings" in page


def test_an_unused_article_is_deleted_once_the_word_is_typed(browser: Client, project: Project) -> None:
    article = make_article(project)
    address = at("delete-article", project, article.pk)
    assert "This cannot be undone" in read_words(browser.get(address))
    assert "That is not “delete”. Nothing was deleted." in read_words(browser.post(address, {"typed": "yes"}))
    assert browser.post(address, {"typed": "delete"})["Location"] == at("articles", project)
    assert not Article.objects.exists()


def test_of_a_used_article_no_deletion_is_offered(browser: Client, project: Project) -> None:
    task = make_task(make_round(project, overlap=1))
    page = read_words(browser.get(at("article", project, task.article_id)))
    assert at("exclude-article", project, task.article_id) in page
    assert at("delete-article", project, task.article_id) not in page
    told = read_words(browser.get(at("delete-article", project, task.article_id)))
    assert "The article is in round 1, so it cannot be deleted: exclude it instead." in told
    browser.post(at("delete-article", project, task.article_id), {"typed": "delete"})
    assert Article.objects.exists()


def test_an_import_is_undone_once_the_word_is_typed(browser: Client, project: Project) -> None:
    import_texts(project, "A text that was the wrong one.")
    [made] = list_imports(project)
    page = read_words(browser.get(at("imports", project)))
    assert "Mira" in page
    address = at("undo-import", project, made.pk)
    assert address in page
    asked = read_words(browser.get(address))
    assert "A text that was the wrong one." in asked
    assert "1 article with the file it came from will be gone" in asked
    assert "Type “undo” to undo it" in asked
    assert "That is not “undo”. Nothing was undone." in read_words(browser.post(address, {"typed": "no"}))
    assert project.articles.count() == 1
    assert "1 article is gone" in read_words(browser.post(address, {"typed": "undo"}, follow=True))
    assert not project.articles.exists()
    assert "Nothing was imported yet" in read_words(browser.get(at("imports", project)))


def test_imports_say_what_came_in_and_which_of_them_can_be_undone(browser: Client, project: Project) -> None:
    import_texts(project, "The bridge that we know is old.", "The tunnel.", "The ferry.")
    [made] = list_imports(project)
    page = read_words(browser.get(at("imports", project)))
    assert "The bridge that we know is old. and 2 more" in page.replace('</bdi> <span class="muted">', " ")
    assert at("undo-import", project, made.pk) in page
    task = make_task(make_round(project, overlap=1), project.articles.earliest("id"))
    submit(make_assignment(task, make_member(project)), mark(claim()))
    page = read_words(browser.get(at("imports", project)))
    assert at("undo-import", project, made.pk) not in page
    assert "annotated</span>" in page
    told = read_words(browser.get(at("undo-import", project, made.pk)))
    assert "1 of its 3 articles is annotated or decided about, so it cannot be undone as a whole." in told
    assert at("articles", project) in told


def test_a_round_says_what_closing_it_would_do_and_is_opened_again(browser: Client, project: Project) -> None:
    person = make_member(project)
    task = make_task(make_round(project, overlap=2, annotators=(person,)))
    untouched = make_task(task.round)
    submit(make_assignment(task, person), mark(claim()))
    make_assignment(untouched, person)
    assert at("close-round", project, 1) in read_words(browser.get(at("round", project, 1)))
    page = read_words(browser.get(at("close-round", project, 1)))
    assert "1 task has one annotation only: what it says becomes gold by rule" in page
    assert "1 task that somebody has submitted goes on with what is in" in page
    assert "1 task that nobody has submitted is cancelled" in page
    assert "1 article in queues is given back" in page
    browser.post(at("close-round", project, 1))
    assert set(Task.objects.values_list("status", flat=True)) == {TaskStatus.ANNOTATED, TaskStatus.CANCELLED}
    closed = read_words(browser.get(at("round", project, 1)))
    assert "The round has been closed since" in closed
    assert "all 2</a>" in closed
    assert "cancelled 1</a>" in closed
    assert at("leave-round", project, 1, person.participations.get().pk) not in closed
    assert "The round is closed, so nothing of it is given to anybody." in closed
    browser.post(at("reopen-round", project, 1))
    assert set(Task.objects.values_list("status", flat=True)) == {TaskStatus.ANNOTATED, TaskStatus.OPEN}


def test_a_closed_round_offers_to_plan_what_no_other_of_its_kind_has_taken_since(
    browser: Client, project: Project
) -> None:
    task = make_task(make_round(project, overlap=1))
    make_task(task.round)
    browser.post(at("close-round", project, 1))
    assert "2 of its articles are in no production round any more" in read_words(
        browser.get(at("round", project, 1))
    )
    make_task(make_round(project, overlap=1), task.article)
    page = read_words(browser.get(at("round", project, 1)))
    assert "1 of its articles is in no production round any more" in page
    assert at("plan-round", project) in page
    assert "nothing to adjudicate" in read_words(browser.get(at("rounds", project)))


def test_a_round_is_named(browser: Client, project: Project) -> None:
    make_round(project, overlap=1)
    browser.post(at("rename-round", project, 1), {"name": "Pilot"})
    assert "Round 1: Pilot" in read_words(browser.get(at("rounds", project)))
    answer = browser.post(at("rename-round", project, 1), {"name": "x" * 101}, follow=True)
    assert "101 characters, more than 100" in read_words(answer)


def test_excluded_articles_leave_the_numbers(browser: Client, project: Project) -> None:
    task = make_annotated_task(mark(claim()), project=project)
    exclude_article(task.article, reason="A duplicate", by=None)
    listed = read_words(browser.get(at("rounds", project)))
    assert "0 of 0" in listed
