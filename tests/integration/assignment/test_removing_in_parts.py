"""A deleted project and an undone import are out of sight in one step, and what was in them goes in parts; so do earlier shares of a retest."""

from typing import Any

import pytest
from django.db import Error, transaction

from annotations.assignment import archiving, under_way
from annotations.assignment.archiving import delete_project, run_forget_project
from annotations.assignment.claims import claim_tasks
from annotations.assignment.errors import ImportInUseError, RoundClosedError, TaskClosedError
from annotations.assignment.excluding import list_imports, undo_import
from annotations.assignment.services import add_participant, close_task, plan_round
from annotations.corpus import staging
from annotations.corpus.services import import_articles
from annotations.formats.documents import Document
from annotations.jobs.worker import Checkpoint, Worker
from annotations.models import (
    Article,
    ArticleImport,
    Assignment,
    Event,
    Job,
    Project,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
    User,
)
from annotations.models.tallies import find_wrong_tallies
from tests.factories import make_member, make_project
from tests.factories.collection import mark, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
ARTICLES, A_PART = 7, 3


class CutOffError(Exception):
    """The process died."""


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "AT_ONCE", A_PART)
    monkeypatch.setattr(staging, "MAX_ARTICLES_AT_ONCE", A_PART)
    monkeypatch.setattr(under_way, "ARTICLES_A_PART", A_PART)


def bring(project: Project, *, first: int = 0) -> ArticleImport:
    """Import some articles, and give what the list of imports says of it."""
    texts = [f"Text {first + number}." for number in range(ARTICLES)]
    rows = [Document(id="", title=text, text=text, original=text.encode(), place=text) for text in texts]
    import_articles(project, rows, by=None)
    return list_imports(project)[0]


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def made(project: Project) -> ArticleImport:
    return bring(project)


@pytest.fixture
def annotator(project: Project) -> User:
    return make_member(project, Role.ANNOTATOR)


@pytest.fixture
def round_(made: ArticleImport, annotator: User) -> Round:
    """A round of all articles, of which its annotator has three."""
    planned = plan_round(made.project, annotators=[annotator], overlap=1, by=None)
    claim_tasks(planned.participants.get(), limit=3)
    return planned


def count_calls(limit: int) -> Any:
    """A sign of life that stops the process after some parts."""
    calls = 0

    def count(**_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > limit:
            raise CutOffError

    return count


class TestDeletingAProject:
    @pytest.mark.usefixtures("round_")
    def test_nobody_sees_or_does_anything_in_it_before_all_of_it_is_gone(self, project: Project) -> None:
        manager = make_member(project, Role.MANAGER)
        share = Assignment.objects.all()[0]
        delete_project(project, by=manager)
        assert Article.objects.count() == ARTICLES
        assert not project.memberships.exists()
        assert Project.objects.find(project.slug) is None
        with pytest.raises(Error, match="the project is archived"), transaction.atomic():
            submit(share, mark())
        Worker(name="test").run_until_idle()
        assert not Article.objects.exists()
        assert not Round.objects.exists()
        assert find_wrong_tallies() == set()

    def test_what_was_cut_off_is_gone_on_with(self, project: Project, round_: Round) -> None:
        delete_project(project, by=None)
        job = Job.objects.get(kind="forget_project")
        with pytest.raises(CutOffError):
            run_forget_project(job, count_calls(1))
        assert Article.objects.count() == ARTICLES - A_PART
        assert find_wrong_tallies() == set()
        Worker(name="test").run_until_idle()
        assert not Article.objects.exists()
        assert not Task.objects.filter(round=round_).exists()
        assert not Job.objects.filter(project=project).exists()

    def test_a_project_that_is_not_deleted_loses_nothing(self, project: Project, round_: Round) -> None:
        job = Job.objects.create(kind="forget_project", arguments={"project": project.pk}, worker="here")
        run_forget_project(job, Checkpoint(job))
        assert Article.objects.count() == round_.tasks.count() == ARTICLES


class TestUndoingAnImport:
    def cut_off(self, made: ArticleImport, monkeypatch: pytest.MonkeyPatch) -> None:
        count, hold = count_calls(2), staging.prolong

        def prolong(under_way: ArticleImport) -> None:
            count()
            hold(under_way)

        with monkeypatch.context() as patched:
            patched.setattr(staging, "prolong", prolong)
            with pytest.raises(CutOffError):
                undo_import(made, by=None)

    def test_it_is_out_of_sight_at_once_and_nobody_annotates_what_is_left(
        self, project: Project, made: ArticleImport, round_: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.cut_off(made, monkeypatch)
        assert Article.staged.count() == ARTICLES - 2 * A_PART == 1
        assert not project.articles.exists()
        assert not list_imports(project)
        left = round_.tasks.get()
        assert left.status == TaskStatus.EXCLUDED
        assert not claim_tasks(round_.participants.get(), limit=3)
        with pytest.raises(TaskClosedError):
            close_task(left, by=None)
        assert find_wrong_tallies() == set()

    def test_the_next_import_takes_away_what_is_left_of_it(
        self, project: Project, made: ArticleImport, round_: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.cut_off(made, monkeypatch)
        ArticleImport.objects.update(busy_until=made.started_at)
        bring(project, first=100)
        assert project.articles.count() == Article.staged.count() == ARTICLES
        assert not round_.tasks.exists()
        assert not ArticleImport.objects.filter(pk=made.pk).exists()
        assert find_wrong_tallies() == set()

    def test_it_is_undone_once(self, made: ArticleImport, round_: Round) -> None:
        assert undo_import(made, by=None) == ARTICLES
        made.published_at = made.started_at
        with pytest.raises(ImportInUseError, match="meanwhile"):
            undo_import(made, by=None)
        assert Event.objects.filter(verb="undid").count() == 1
        assert not round_.tasks.exists()


class TestJoiningARetest:
    @pytest.mark.usefixtures("round_")
    def test_all_earlier_shares_are_closed_and_queued_ones_go_back(
        self, project: Project, annotator: User
    ) -> None:
        shares = list(Assignment.objects.order_by("task_id"))
        submit(shares[0], mark())
        other = make_member(project, Role.ANNOTATOR)
        retest = plan_round(project, annotators=[other], overlap=1, kind=RoundKind.RETEST, by=None)
        assert not Assignment.objects.filter(closed_at__isnull=False).exists()
        add_participant(retest, annotator, by=None)
        left = Assignment.objects.order_by("task_id")
        assert [share.status for share in left] == ["submitted", "returned", "returned"]
        assert all(share.closed_at for share in left)

    def test_nothing_is_closed_where_the_retest_is_over(
        self, project: Project, round_: Round, annotator: User
    ) -> None:
        other = make_member(project, Role.ANNOTATOR)
        retest = plan_round(project, annotators=[other], overlap=1, kind=RoundKind.RETEST, by=None)
        Round.objects.filter(pk=retest.pk).update(closed_at=round_.created_at)
        with pytest.raises(RoundClosedError):
            add_participant(retest, annotator, by=None)
        assert not Assignment.objects.filter(closed_at__isnull=False).exists()
