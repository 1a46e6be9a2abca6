"""The numbers of articles of a project and of an import are kept by the database, and are those of the articles."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from annotations.assignment.excluding import (
    delete_article,
    exclude_article,
    include_article,
    list_imports,
    undo_import,
)
from annotations.assignment.services import plan_round
from annotations.corpus.services import import_articles
from annotations.corpus.staging import drop_import, open_import, publish
from annotations.formats.documents import Document
from annotations.models import (
    Article,
    ArticleImport,
    ArticleTally,
    Decision,
    ImportTally,
    Project,
    Release,
    ReleaseItem,
    Role,
)
from annotations.models.tallies import find_wrong_tallies
from tests.factories import (
    make_article,
    make_assignment,
    make_member,
    make_project,
    make_round,
    make_task,
)
from tests.factories.adjudication import claim, mark, submit

pytestmark = pytest.mark.django_db
triggers = import_module("annotations.migrations.0040_article_tallies_by_triggers")
latest = import_module("annotations.migrations.0084_cheaper_articles")


@pytest.fixture
def project() -> Project:
    return make_project()


def do_import(project: Project, *texts: str) -> ArticleImport:
    rows = [
        Document(place=f"file:{number}", text=text, original=text.encode(), source_format="text")
        for number, text in enumerate(texts)
    ]
    import_articles(project, rows, by=None)
    return ArticleImport.objects.filter(project=project).latest("pk")


def count(project: Project) -> tuple[int, int]:
    """How many articles of a project count, and how many are excluded."""
    tallies = project.article_tallies
    return tallies.filter(is_excluded=False).total(), tallies.filter(is_excluded=True).total()


def test_an_article_counts_from_the_moment_when_its_import_is_published(project: Project) -> None:
    do_import(project, "The first text.")
    under_way = open_import(project)
    for _ in range(3):
        make_article(project, imported_in=under_way)
    assert count(project) == (1, 0)
    assert under_way.tallies.total() == 3
    publish(under_way, by=None)
    assert count(project) == (4, 0)
    assert project.articles.count() == 4
    assert find_wrong_tallies() == set()


def test_an_import_that_is_given_up_never_counts(project: Project) -> None:
    under_way = open_import(project)
    make_article(project, imported_in=under_way)
    drop_import(under_way)
    assert count(project) == (0, 0)
    assert not ImportTally.objects.exists()
    assert find_wrong_tallies() == set()


def test_an_article_that_came_without_an_import_counts(project: Project) -> None:
    make_article(project)
    assert count(project) == (1, 0)
    assert find_wrong_tallies() == set()


def test_an_excluded_article_is_counted_apart_until_it_is_included(project: Project) -> None:
    made = do_import(project, "One text.", "Another text.")
    article = project.articles.all()[0]
    exclude_article(article, reason="Not news", by=None)
    assert count(project) == (1, 1)
    assert made.tallies.total() == 2
    include_article(article, by=None)
    assert count(project) == (2, 0)
    assert find_wrong_tallies() == set()


def test_what_is_deleted_or_undone_does_not_count(project: Project) -> None:
    do_import(project, "One text.", "Another text.", "A third text.")
    do_import(project, "A later text.")
    delete_article(project.articles.all()[0], by=None)
    assert count(project) == (3, 0)
    undo_import(list_imports(project)[0], by=None)
    assert count(project) == (2, 0)
    assert find_wrong_tallies() == set()


def test_an_import_that_is_hidden_again_does_not_count(project: Project) -> None:
    made = do_import(project, "One text.", "Another text.")
    exclude_article(project.articles.all()[0], reason="Not news", by=None)
    ArticleImport.objects.filter(pk=made.pk).update(published_at=None)
    assert count(project) == (0, 0)
    ArticleImport.objects.filter(pk=made.pk).update(published_at=timezone.now())
    assert count(project) == (1, 1)
    assert find_wrong_tallies() == set()


def test_an_import_is_in_use_once_one_of_its_articles_is_annotated(project: Project) -> None:
    made = do_import(project, "Kyiv must have guarantees, Mr Novak said. " * 3)
    other = do_import(project, "Another text.")
    annotator = make_member(project, Role.ANNOTATOR)
    round_ = plan_round(project, annotators=[annotator], overlap=1, by=None)
    share = make_assignment(round_.tasks.get(article__imported_in=made), annotator)
    made.refresh_from_db()
    assert not made.is_used
    submit(share, mark(claim()))
    made.refresh_from_db()
    other.refresh_from_db()
    assert made.is_used
    assert not other.is_used


@pytest.mark.parametrize("way", ["decision", "release"])
def test_an_import_is_in_use_once_one_of_its_articles_is_decided_about_or_released(
    project: Project, way: str
) -> None:
    made = do_import(project, "One text.")
    use(project.articles.get(), way)
    made.refresh_from_db()
    assert made.is_used


def use(article: Article, way: str) -> None:
    if way == "decision":
        task = make_task(make_round(article.project), article)
        Decision.objects.create(
            task=task, number=1, unit="span:0", action="accept", decided_by=make_member(article.project)
        )
    else:
        release = Release.objects.create(
            project=article.project, number=1, title="First", manifest={}, sha256="0" * 64
        )
        ReleaseItem.objects.create(release=release, ordinal=1, article=article, record="{}", sha256="0" * 64)


@pytest.mark.django_db(transaction=True)
def test_the_migration_counts_the_articles_that_are_there_and_finds_the_imports_in_use(
    project: Project,
) -> None:
    do_import(project, "One text.", "Another text.")
    exclude_article(project.articles.all()[0], reason="Not news", by=None)
    make_article(project, imported_in=open_import(project))
    used = do_import(make_project(), "A text that is released.")
    with connection.schema_editor() as editor:
        triggers.leave(apps, editor)
        use(used.project.articles.get(), "release")
        assert not ArticleTally.objects.exists()
        triggers.watch(apps, editor)
        latest.change(apps, editor)
    assert count(project) == (1, 1)
    assert find_wrong_tallies() == set()
    assert list(ArticleImport.objects.filter(is_used=True)) == [used]
