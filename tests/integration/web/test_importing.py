"""The pages of an import: files in, a look at what they hold, choices by a click, and published or dropped."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotations.models import Article, ArticleImport, ImportStatus, Project, Role
from tests.factories import make_article, make_member, make_project
from tests.integration.web.import_pages import add, look, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
FRENCH = "Le projet était prêt après de longues négociations à Genève. "


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(client: Client, project: Project) -> Client:
    client.force_login(make_member(project, Role.MANAGER))
    return client


def test_what_was_uploaded_is_shown_with_its_blocks_and_published_by_a_button(
    manager: Client, project: Project
) -> None:
    address = add(manager, project, ("a.txt", b"Peace\n\nKyiv agreed.\n\nPost a Comment"))
    assert "being read" in manager.get(address).content.decode()
    page = look(manager, address)
    assert "1 article from 1 file" in say(page)
    assert 'class="block block-title"' in page
    assert 'class="block block-boilerplate"' in page
    assert not project.articles.exists()
    manager.post(f"{address}publish/")
    assert project.articles.get().source == "a.txt"
    assert "1 article is in the project" in say(look(manager, address))


def test_a_file_comes_in_exactly_as_it_is(manager: Client, project: Project) -> None:
    raw = "Title\r\n\r\nText with an emoji 😀 and\ttabs. \r\n".encode()
    address = add(manager, project, ("a.txt", raw))
    look(manager, address)
    manager.post(f"{address}publish/")
    article = project.articles.get()
    assert bytes(article.original) == raw
    assert article.text == raw.decode()


def test_what_cannot_be_read_is_named_with_its_place_and_the_rest_can_be_published(
    manager: Client, project: Project
) -> None:
    files = ("rows.jsonl", b'{"text": "Good."}\n{broken\n'), ("empty.txt", b""), ("a.exe", b"MZ")
    address = add(manager, project, *files)
    page = say(look(manager, address))
    assert "rows.jsonl:2" in page
    assert "empty.txt" in page
    assert "the text is empty" in page
    assert "the format is not known by its suffix" in page
    manager.post(f"{address}publish/")
    assert not project.articles.exists()
    manager.post(f"{address}publish/", {"without_refused": "on"})
    assert project.articles.get().text == "Good."


def test_copies_among_new_articles_are_shown_with_what_differs_before_they_are_published(
    manager: Client, project: Project
) -> None:
    words = "Envoys met in Geneva on Tuesday for talks about guarantees that would outlast the fighting. " * 2
    make_article(project, f"{words} Nobody expected an agreement.", title="Earlier report")
    address = add(manager, project, ("new.txt", f"{words} Few expected an agreement.".encode()))
    page = look(manager, address)
    assert "1 of the articles is a copy" in say(page)
    assert re.search(r"shares \d\d % \(edited\) with Earlier report", say(page))
    assert "<ins>Few </ins>" in page
    manager.post(f"{address}publish/")
    assert "is a copy" not in say(look(manager, address))


def test_a_published_import_still_names_what_it_left_out_and_why(manager: Client, project: Project) -> None:
    rows = b'{"text": "One."}\n{"text": ""}\n{"text": "Two."}\n{"text": "One."}\n'
    address = add(manager, project, ("a.jsonl", rows), ("notes.xyz", b"x"))
    look(manager, address)
    manager.post(f"{address}publish/", {"without_refused": "on"})
    page = look(manager, address)
    said = say(page)
    assert "2 articles are in the project" in said
    assert "Refused and left out" in said
    assert "a.jsonl:2" in said
    assert "notes.xyz" in said
    assert "There already (1)" in said
    assert "How the files are read" not in said


def test_readings_are_shown_beside_each_other_and_one_is_chosen(manager: Client, project: Project) -> None:
    address = add(manager, project, ("a.txt", FRENCH.encode("cp1252")), ("b.txt", b"Kyiv agreed."))
    page = look(manager, address)
    assert "Le projet était prêt" in page
    assert "Le projet était pręt" in page
    assert "--" not in page
    assert 'name="encoding:a.txt" value="cp1252"' in page
    assert "Publish 1 article without what was refused" in say(page)
    assert "1 question to answer below" in say(page)
    manager.post(f"{address}read/", {"encoding:a.txt": "cp1252"})
    assert "2 articles from 2 files" in say(look(manager, address))
    manager.post(f"{address}publish/")
    assert project.articles.get(source="a.txt").text == FRENCH


def test_the_column_of_the_text_is_chosen_by_a_click_and_others_by_their_use(
    manager: Client, project: Project
) -> None:
    address = add(manager, project, ("a.csv", b"nr;head;body;junk\n1;Peace;Kyiv agreed.;x\n"))
    page = look(manager, address)
    assert 'name="text_column_choice" value="body"' in page
    assert "body Kyiv agreed." in say(page)  # what a row has there tells the columns apart
    manager.post(f"{address}read/", {"text_column_choice": "body"})
    page = look(manager, address)
    assert 'name="column:head"' in page
    uses = {"column:head": "title", "column:nr": "id", "column:junk": "leave", "text_column": "body"}
    manager.post(f"{address}read/", uses)
    page = look(manager, address)
    assert re.search(r'name="column:head".*?value="title" selected', page, re.DOTALL)
    manager.post(f"{address}publish/")
    article = project.articles.get()
    assert (article.text, article.title, article.external_id) == ("Kyiv agreed.", "Peace", "1")
    assert article.metadata == {}


def test_a_very_long_text_is_one_article_once_somebody_says_so(manager: Client, project: Project) -> None:
    address = add(manager, project, ("a.txt", b"Kyiv agreed. " * 20_000))
    page = look(manager, address)
    assert "1 text is longer than an article usually is" in say(page)
    assert "Publish" not in page
    manager.post(f"{address}read/", {"takes_long_texts": "on"})
    assert "1 article from 1 file" in say(look(manager, address))


def test_a_pasted_article_gets_plain_line_ends_and_its_title(manager: Client, project: Project) -> None:
    answer = manager.post(
        f"/projects/{project.slug}/articles/add/", {"text": "Kyiv agreed.\r\n\r\nAt last.", "title": "Peace"}
    )
    address = answer["Location"]
    look(manager, address)
    manager.post(f"{address}publish/")
    article = project.articles.get()
    assert (article.text, article.title) == ("Kyiv agreed.\n\nAt last.", "Peace")


def test_files_that_are_there_already_are_said_and_there_is_nothing_to_publish(
    manager: Client, project: Project
) -> None:
    first = add(manager, project, ("a.txt", b"Kyiv agreed."))
    look(manager, first)
    manager.post(f"{first}publish/")
    page = look(manager, add(manager, project, ("b.txt", b"Kyiv agreed.")))
    assert "nothing new to import from this file" in say(page)
    assert "b.txt the same text as a.txt" in say(page)
    assert "/publish/" not in page


def test_a_dropped_import_is_gone(manager: Client, project: Project) -> None:
    address = add(manager, project, ("a.txt", b"Kyiv agreed."))
    look(manager, address)
    manager.post(f"{address}drop/")
    assert manager.get(address).status_code == 404
    assert not Article.staged.exists()
    assert not ArticleImport.objects.exists()


def test_an_import_that_another_overtook_says_so_and_is_read_again(manager: Client, project: Project) -> None:
    first = add(manager, project, ("a.txt", b"Kyiv agreed."))
    look(manager, first)
    second = add(manager, project, ("b.txt", b"Odesa agreed."))
    look(manager, second)
    assert "Another import came in between" in say(look(manager, first))
    manager.post(f"{first}publish/")
    assert not project.articles.exists()
    manager.post(f"{first}read/")
    look(manager, first)
    manager.post(f"{first}publish/")
    assert project.articles.get().source == "a.txt"


def test_the_page_lists_imports_that_wait(manager: Client, project: Project) -> None:
    add(manager, project, ("a.txt", b"Kyiv agreed."))
    page = look(manager, f"/projects/{project.slug}/articles/add/")
    assert "Not published yet" in page
    assert ImportStatus.READ.label in page


def test_the_preview_costs_the_same_queries_however_many_articles_there_are(
    manager: Client, project: Project
) -> None:
    def count(number: int) -> int:
        rows = "".join(
            f'{{"text": "Text {number} {row}.\\n\\nMore.", "source": "s"}}\n' for row in range(number)
        )
        address = add(manager, project, ("a.jsonl", rows.encode()))
        look(manager, address)
        with CaptureQueriesContext(connection) as queries:
            manager.get(address)
        return len(queries)

    assert count(3) == count(40)


def test_the_pages_of_both_versions_of_an_article_lead_to_each_other(
    manager: Client, project: Project
) -> None:
    for text in ("Kyiv agreed.", "Kyiv agreed at last."):
        address = add(manager, project, ("a.jsonl", json.dumps({"id": "7", "text": text}).encode()))
        page = look(manager, address)
        manager.post(f"{address}publish/")
    assert "1 new version of articles that are there" in say(page)
    first, second = project.articles.order_by("pk")
    pages = f"/projects/{project.slug}/articles/"
    assert f'<dd><a href="{pages}{second.pk}/"' in look(manager, f"{pages}{first.pk}/")
    assert f'a later text of <a href="{pages}{first.pk}/"' in look(manager, f"{pages}{second.pk}/")
