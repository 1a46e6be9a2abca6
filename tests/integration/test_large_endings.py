"""Closing, joining, carrying over, undoing and deleting 15,000 articles: no transaction of it would take more than a second of processor time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from annotations.assignment.archiving import delete_project
from annotations.assignment.closing import close_round, reopen_round
from annotations.assignment.excluding import undo_import
from annotations.assignment.services import add_participant
from annotations.carried.services import begin_carrying, find_tasks, publish, take_back
from annotations.jobs.worker import Worker
from annotations.mapping.definition import write_mapping
from annotations.mapping.versions import propose_versions
from annotations.models import (
    AnnotationImport,
    Article,
    ArticleImport,
    Assignment,
    Round,
    RoundKind,
    TaskStatus,
)
from annotations.models.tallies import find_wrong_tallies, rebuild_tallies
from annotations.projects.starting import adopt_scheme
from annotations.schemes.definition import read_content
from annotations.schemes.writing import write_definition
from tests.factories import make_round
from tests.factories.large import add_tasks, make_annotated_round, make_planned_round
from tests.plans import count_rows, count_steps
from tests.transactions import MAX_SECONDS, Watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
Check = Callable[..., None]
PROMISED = 15_000
ARTICLES = {"sqlite": 5_000, "postgresql": PROMISED}[connection.vendor]
"""A third of them shows on SQLite, whose work is counted, what grows with the square; on PostgreSQL it shows with all."""
SHARED = 2
"""Beside the stages in which browsers run, two processes share a core, and each counts up to twice the time."""
ROWS_AN_ARTICLE = 150
"""Three times what most takes of them; what grows with the square of the articles reads all 15,000 for each."""


@contextmanager
def within_bounds(steps_an_article: int) -> Iterator[None]:
    """SQLite carries out no more instructions than that; PostgreSQL, whose own time the watch does not see, reads no more rows."""
    if connection.vendor == "sqlite":
        with count_steps() as steps:
            yield
        assert steps.taken < steps_an_article * ARTICLES
        return
    with count_rows() as rows:
        yield
    assert rows.taken < ROWS_AN_ARTICLE * ARTICLES


@pytest.fixture
def check(transaction_watch: Watch) -> Check:
    """Does something, and fails where a transaction of it took long, or more of SQLite than so many instructions an article."""

    def do(act: Callable[[], object], *, steps: int) -> None:
        transaction_watch.too_long.clear()  # the world took its time
        transaction_watch.longest = 0.0
        with within_bounds(steps):
            act()
        assert 0 < transaction_watch.longest < min(MAX_SECONDS, SHARED * MAX_SECONDS * ARTICLES / PROMISED)
        assert find_wrong_tallies() == set()

    return do


def test_closing_a_round_and_opening_it_again(check: Check) -> None:
    round_ = make_planned_round(ARTICLES)
    check(lambda: close_round(round_, by=None), steps=700)
    assert round_.tasks.filter(status=TaskStatus.CANCELLED).count() == ARTICLES
    check(lambda: reopen_round(round_, by=None), steps=750)
    assert round_.tasks.filter(status=TaskStatus.OPEN).count() == ARTICLES


def test_joining_a_retest_of_everything_that_one_has_annotated(
    check: Check,
) -> None:
    round_ = make_annotated_round(ARTICLES)
    annotator = round_.participants.all()[0].annotator
    retest = make_round(round_.project, overlap=3, kind=RoundKind.RETEST)
    add_tasks(retest, round_.project)
    rebuild_tallies()
    check(lambda: add_participant(retest, annotator, by=None), steps=300)
    assert Assignment.objects.of(annotator).filter(closed_at__isnull=False).count() == ARTICLES


def test_carrying_a_round_over_and_taking_that_back(check: Check) -> None:
    """What is written in between goes in chunks of a hundred tasks."""
    round_ = make_annotated_round(ARTICLES)
    close_round(round_, by=None)
    content = read_content(round_.scheme.source)
    content["version"] += 1
    adopt_scheme(round_.project, write_definition(content), by=None)
    source = Round.objects.select_related("project__scheme", "scheme").get(pk=round_.pk)
    mapping, _ = propose_versions(source.scheme.definition, source.project.scheme.definition)
    carried = begin_carrying(source, mapping=write_mapping(mapping), by=None)
    written = carried.round
    assert written is not None
    add_tasks(written, source.project, status=TaskStatus.ANNOTATED)
    rebuild_tallies()
    check(lambda: publish(carried), steps=1_500)
    assert not find_tasks(source).exists()
    check(lambda: take_back(carried, by=None), steps=1_150)
    assert find_tasks(source).count() == ARTICLES


def test_undoing_an_import(check: Check) -> None:
    round_ = make_planned_round(ARTICLES, imports=1)
    check(lambda: undo_import(ArticleImport.objects.get(), by=None), steps=1_600)
    assert not Article.staged.exists()
    assert not round_.tasks.exists()


def test_undoing_an_import_that_brought_annotations(check: Check) -> None:
    round_ = make_annotated_round(PROMISED // 3, imports=1)
    round_.tasks.update(awaits_rule=True)
    made = ArticleImport.objects.get()
    AnnotationImport.objects.create(article_import=made, round=round_)
    check(lambda: undo_import(made, by=None), steps=4_300)
    assert not Article.staged.exists()
    assert not Round.objects.exists()


def test_deleting_a_project(check: Check) -> None:
    round_ = make_planned_round(ARTICLES)

    def delete() -> None:
        delete_project(round_.project, by=None)
        Worker(name="test").run_until_idle()

    check(delete, steps=1_000)
    assert not Article.staged.exists()
    assert not Round.objects.exists()
