"""An import of any size: others go on writing meanwhile, it is seen as a whole or not at all, and it is bounded."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from annotations.corpus import catalogue, preparing, staging
from annotations.corpus.errors import ImportUnderWayError
from annotations.corpus.layout import lay_out
from annotations.corpus.preparing import prepare
from annotations.corpus.services import import_articles
from annotations.corpus.staging import LEASE, drop_import, open_import, stage
from annotations.corpus.words import list_words
from annotations.formats.documents import Document
from annotations.formats.errors import Refusal
from annotations.formats.native.jsonl import read_texts
from annotations.formats.text_files import read_paths
from annotations.limits import MAX_BLOCKS, MAX_COLUMNS, MAX_REFUSALS, MAX_TEXT_LENGTH
from annotations.models import Article, ArticleImport, ArticleSketch, Block, Event, Project
from tests.bounds import within
from tests.factories import make_project
from tests.plans import explain, record_queries
from tests.transactions import Watch

pytestmark = pytest.mark.django_db


def make_row(text: str, place: str = "rows") -> Document:
    return Document(place=place, text=text, original=text.encode(), encoding="utf-8", source_format="text")


def make_rows(count: int, *, words: int = 60) -> Iterator[Document]:
    for number in range(count):
        text = "\n\n".join(f"Paragraph {number}.{part}, with words." for part in range(words))
        yield make_row(text, f"rows:{number}")


@pytest.fixture
def project() -> Project:
    return make_project()


def test_reading_checking_and_layout_happen_outside_of_transactions(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside: list[bool] = []
    level = len(connection.savepoint_ids)

    def note(text: str) -> Any:
        outside.append(len(connection.savepoint_ids) == level)
        return lay_out(text)

    def read() -> Iterator[Document]:
        for row in make_rows(3):
            outside.append(len(connection.savepoint_ids) == level)
            yield row

    monkeypatch.setattr(preparing, "lay_out", note)
    assert len(import_articles(project, read(), by=None).imported) == 3
    assert outside == [True] * 6


def test_long_articles_are_catalogued_a_few_at_a_time_and_their_words_are_found_outside_of_transactions(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_articles(project, make_rows(5), by=None)
    length = len(project.articles.all()[0].text)
    monkeypatch.setattr(catalogue, "CHARACTERS_AT_ONCE", 2 * length + 100)
    outside: list[bool] = []
    level = len(connection.savepoint_ids)

    def note(text: str) -> str:
        outside.append(len(connection.savepoint_ids) == level)
        return list_words(text)

    monkeypatch.setattr(catalogue, "list_words", note)
    transactions: list[int] = []
    catalogue.catalogue(
        project.articles.all(), advance=lambda: transactions.append(ArticleSketch.objects.count())
    )
    assert transactions == [2, 4, 5]
    assert outside == [True] * 5


def test_a_large_import_is_many_short_transactions(project: Project, transaction_watch: Watch) -> None:
    with within(megabytes=150, seconds=60):
        report = import_articles(project, make_rows(500), by=None)
    assert len(report.imported) == Article.objects.count() == 500
    assert Block.objects.count() == 500 * 60
    assert Event.objects.filter(verb="imported articles").count() == 1
    assert not transaction_watch.too_long


def test_what_an_import_asks_of_the_articles_that_are_there_does_not_grow_with_them(project: Project) -> None:
    def import_some(number: int, name: str) -> int:
        rows = [replace(row, id=f"{name}{place}") for place, row in enumerate(make_rows(number, words=2))]
        rows = [replace(row, text=f"{name}. {row.text}", original=b"a") for row in rows]
        with record_queries() as queries:
            import_articles(project, rows, by=None)
        asked = [query for query in queries if re.search(r'(_sha256|external_id)" IN ', query.sql)]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE annotations_article")
        return max(explain(query).cost for query in asked[:3])

    before = import_some(20, "a")
    import_some(2_000, "b")
    assert import_some(20, "c") < 2 * before + 500


def test_nothing_of_an_import_is_seen_before_all_of_it(project: Project) -> None:
    seen: list[int] = []

    def read() -> Iterator[Document]:
        for row in make_rows(450, words=1):
            seen.append(Article.objects.count() + project.articles.count())
            yield row

    import_articles(project, read(), by=None)
    assert set(seen) == {0}
    assert Article.objects.count() == project.articles.count() == 450


def test_an_import_that_fails_midway_leaves_nothing(project: Project) -> None:
    def read() -> Iterator[Document]:
        yield from make_rows(300, words=1)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        import_articles(project, read(), by=None)
    assert not Article.staged.exists()
    assert not Block.objects.exists()
    assert not ArticleImport.objects.exists()


def cut_off(project: Project, *, ago: timedelta = timedelta()) -> ArticleImport:
    """An import as a kill leaves it, with one article staged."""
    under_way = open_import(project)
    stage(under_way, [prepare(row) for row in make_rows(1)], by=None)
    ArticleImport.objects.filter(pk=under_way.pk).update(busy_until=timezone.now() + LEASE - ago)
    under_way.refresh_from_db()
    return under_way


def test_what_a_killed_import_left_is_never_seen_and_goes_with_the_next_import(project: Project) -> None:
    cut_off(project, ago=2 * LEASE)
    assert not Article.objects.exists()
    report = import_articles(project, make_rows(2), by=None)
    assert len(report.imported) == 2
    assert report.already_there == []
    assert Article.staged.count() == 2
    assert ArticleImport.objects.get().published_at is not None


def test_a_second_import_into_the_project_waits_and_then_says_what_to_do(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(project)
    with pytest.raises(ImportUnderWayError, match=r"under way since .* import again"):
        open_import(project, patience=0)
    assert open_import(make_project(), patience=0)


def test_an_import_that_was_given_up_cannot_go_on(project: Project) -> None:
    slow = open_import(project)
    ArticleImport.objects.filter(pk=slow.pk).update(busy_until=timezone.now() - LEASE)
    open_import(project)
    with pytest.raises(ImportUnderWayError, match="given up"):
        stage(slow, [prepare(row) for row in make_rows(1)], by=None)
    drop_import(slow)
    assert ArticleImport.objects.filter(project=project).exists()


def test_more_refusals_than_are_named_are_counted(project: Project) -> None:
    rows = [Refusal(f"rows:{number}", "it is bad") for number in range(MAX_REFUSALS + 5)]
    report = import_articles(project, rows, by=None)
    assert len(report.refused) == MAX_REFUSALS + 1
    assert report.refused[-1].message == "5 more rows were refused"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\n\n" * (MAX_TEXT_LENGTH // 3), "lines, more than the 100,000"),
        ("a word.\n\n" * (MAX_BLOCKS + 1), "20,001 paragraphs, more than the 20,000"),
    ],
)
def test_a_text_of_very_many_paragraphs_is_refused_in_bounded_memory(
    project: Project, text: str, named: str
) -> None:
    with within(megabytes=150, seconds=10):
        report = import_articles(project, [make_row(text)], by=None)
    assert named in report.refused[0].message


def refuse(line: str) -> str:
    with within(megabytes=150, seconds=5):
        [refusal] = read_texts(BytesIO(line.encode()), "rows")
    assert isinstance(refusal, Refusal)
    return refusal.message


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (json.dumps({"text": "a", **{f"k{n}": 1 for n in range(110_000)}}), f"more than {MAX_COLUMNS:,}"),
        (json.dumps({"text": "a", "metadata": {f"k{n}": 1 for n in range(110_000)}}), "more than 1,000"),
        (json.dumps({"text": "a", "tags": ["x"] * 20_000}), "20,000 values, more than 10,000"),
        (json.dumps({"text": "a", "note": "x" * 2_000_000}), "more than 1,000,000"),
        (
            "{" + ", ".join(f'"k{n}": 1' for n in range(110_000)) + ', "k109999": 2}',
            "'k109999' occurs twice",
        ),
    ],
)
def test_an_object_of_very_many_keys_or_values_is_refused_in_time_that_grows_with_it(
    line: str, named: str
) -> None:
    assert named in refuse(line)


def test_a_line_longer_than_a_row_may_be_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    file.write_bytes(b'{"text": "' + b"x" * 40_000_000 + b'"}\n{"text": "short"}\n')
    with within(megabytes=150, seconds=10):
        refused, row = read_paths([file])
    assert isinstance(refused, Refusal)
    assert "more than 33,554,432 bytes" in refused.message
    assert isinstance(row, Document)
    assert row.text == "short"


def test_a_table_whose_quotes_are_never_closed_is_refused_in_time_that_grows_with_it(tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    file.write_bytes(b'text\n"' + b"a\n" * 2_000_000)
    with within(megabytes=250, seconds=20):
        [refused] = read_paths([file])
    assert isinstance(refused, Refusal)


def test_a_file_larger_than_an_article_may_be_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    with file.open("wb") as stream:
        stream.truncate(1 << 32)
    with within(megabytes=100, seconds=5):
        [refused] = read_paths([file])
    assert isinstance(refused, Refusal)
    assert "split it" in refused.message


@pytest.mark.django_db(transaction=True)
def test_others_write_while_an_import_reads(project: Project) -> None:
    """The reader waits for another's write to end, which it never would if the import held the database."""
    written = threading.Event()

    def write() -> None:
        Project.objects.filter(pk=project.pk).update(description="written meanwhile")
        connection.close()
        written.set()

    def read() -> Iterator[Document]:
        yield from make_rows(staging.MAX_ARTICLES_AT_ONCE + 1, words=1)
        threading.Thread(target=write).start()
        assert written.wait(timeout=10)
        yield from make_rows(1)

    assert len(import_articles(project, read(), by=None).imported) == 202
