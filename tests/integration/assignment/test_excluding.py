"""What it means that an article is excluded, for everything that counts, and that it comes back as it was."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import Error, transaction
from django.test import override_settings

from annotations.adjudication.ledger import read_case
from annotations.adjudication.locking import TaskNotAnnotatedError
from annotations.adjudication.services import NotAdjudicatedError, decide_unit, reopen_task, review_gold
from annotations.adjudication.settled import finish_by_rule
from annotations.adjudication.units import Action
from annotations.assignment.closing import close_round
from annotations.assignment.errors import ArticleExcludedError, ImportInUseError
from annotations.assignment.excluding import (
    ArticleInUseError,
    ExclusionReasonError,
    delete_article,
    exclude_article,
    find_status,
    include_article,
    list_imports,
    undo_import,
)
from annotations.assignment.services import find_unplanned, plan_round
from annotations.blindness import is_hidden
from annotations.collection.errors import TaskFinishedError
from annotations.collection.in_memory import InMemoryStudio, shared_studio
from annotations.corpus.services import import_articles
from annotations.formats.documents import Document
from annotations.gold.exports import export_annotations, read_state
from annotations.gold.releases import rebuild_release
from annotations.gold.services import freeze_release
from annotations.gold.wanted import NothingToReleaseError
from annotations.jobs.worker import Worker
from annotations.models import (
    Annotation,
    Article,
    Assignment,
    AssignmentStatus,
    Event,
    Project,
    Role,
    RoundKind,
    Task,
    TaskStatus,
)
from annotations.projects.archived import ProjectArchivedError
from annotations.reliability.matrices import find_annotations, take_fingerprints
from annotations.reliability.selection import choose_selection
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark, submit
from tests.factories.collection import plan_small_round

pytestmark = pytest.mark.django_db
AGREEING = (mark(claim()), mark(claim()))
DIFFERING = (mark(claim()), mark(claim(0, 24)))
WHY = "It is an advertisement"


@pytest.fixture
def project() -> Project:
    return make_project("News", review_share=0)


def exclude(task: Task) -> Article:
    article = exclude_article(task.article, reason=WHY, by=None)
    task.refresh_from_db()
    return article


class TestExclusion:
    def test_it_has_a_reason_that_fits(self, project: Project) -> None:
        article = make_article(project)
        for reason, said in (("  ", "Say in a few words why"), ("x" * 501, "501 characters, more than 500")):
            with pytest.raises(ExclusionReasonError, match=said):
                exclude_article(article, reason=reason, by=None)
        with pytest.raises(Error, match="article_exclusion_has_reason"), transaction.atomic():
            Article.objects.filter(pk=article.pk).update(exclusion_reason=WHY)

    def test_it_is_planned_in_no_round(self, project: Project) -> None:
        kept, excluded = make_article(project), make_article(project)
        team = [make_member(project, Role.ANNOTATOR)]
        exclude_article(excluded, reason=WHY, by=None)
        assert list(find_unplanned(project, RoundKind.PRODUCTION)) == [kept]
        with pytest.raises(ArticleExcludedError, match=r"is excluded \(It is an advertisement\)"):
            plan_round(project, annotators=team, overlap=1, articles=[excluded], by=None)

    @override_settings(STUDIO_BACKEND="annotations.collection.in_memory.shared_studio", JOB_SCHEDULE={})
    def test_annotators_give_it_back_and_get_it_again(self) -> None:
        round_ = plan_small_round(annotators=1, articles=1, overlap=1)
        Worker(name="test").run_until_idle()
        share = Assignment.objects.get()
        studio: InMemoryStudio = shared_studio()
        in_studio = share.studio_task_id or 0
        assert studio.fetch_task(in_studio)
        exclude(share.task)
        Worker(name="test").run_until_idle()
        share.refresh_from_db()
        assert (share.status, share.studio_task_id) == (AssignmentStatus.RETURNED, None)
        assert studio.fetch_task(in_studio) is None
        include_article(share.task.article, by=None)
        Worker(name="test").run_until_idle()
        share.refresh_from_db()
        assert share.status == AssignmentStatus.QUEUED
        assert share.task.round == round_
        assert studio.fetch_task(share.studio_task_id or 0)

    def test_what_was_submitted_cannot_change(self, project: Project) -> None:
        task = make_annotated_task(*DIFFERING, project=project)
        exclude(task)
        with pytest.raises(TaskFinishedError, match="excluded with its article"):
            submit(task.assignments.all()[0], mark(claim(0, 20)))

    def test_it_counts_in_no_agreement(self, project: Project) -> None:
        task = make_annotated_task(*DIFFERING, project=project)
        other = make_annotated_task(*DIFFERING, project=project, text="Another. " * 9)
        selection = choose_selection(project)
        before = take_fingerprints(project, selection, tasks_a_block=10**9)
        exclude(task)
        compared = find_annotations(project, selection)
        assert {annotation.assignment.task for annotation in compared} == {other}
        assert take_fingerprints(project, selection, tasks_a_block=10**9) != before
        include_article(task.article, by=None)
        assert take_fingerprints(project, selection, tasks_a_block=10**9) == before

    def test_nobody_adjudicates_it_and_its_decisions_stand(self, project: Project) -> None:
        task = make_annotated_task(*DIFFERING, project=project)
        judge = make_member(project, Role.ADJUDICATOR)
        unit = read_case(task).outcome.open[0]
        decide_unit(task, unit=unit.key, action=Action.REJECT, by=judge)
        exclude(task)
        with pytest.raises(TaskNotAnnotatedError, match="excluded with its article"):
            decide_unit(task, unit=unit.key, action=Action.REJECT, by=judge)
        assert finish_by_rule([task]) == []
        include_article(task.article, by=None)
        task.refresh_from_db()
        assert (task.status, task.decisions.count()) == (TaskStatus.ANNOTATED, 1)

    def test_its_gold_stays_on_record_and_out_of_releases(self, project: Project) -> None:
        task = make_annotated_task(*AGREEING, project=project)
        other = make_annotated_task(*AGREEING, project=project, text="Another. " * 9)
        finish_by_rule([task, other])
        before = freeze_release(project, title="Before", by=None)
        gold = task.gold.canonical
        exclude(task)
        assert rebuild_release(before)
        after = freeze_release(project, title="After", by=None)
        assert [item.article_id for item in after.items.all()] == [other.article_id]
        assert after.manifest["left_out"] == {"excluded": [task.article_id]}
        judge = make_member(project, Role.ADJUDICATOR)
        for change in (reopen_task, review_gold):
            with pytest.raises(NotAdjudicatedError, match="This article is excluded"):
                change(task, by=judge)
        include_article(task.article, by=None)
        task.refresh_from_db()
        assert (task.status, task.gold.canonical) == (TaskStatus.ADJUDICATED, gold)
        assert freeze_release(project, title="Again", by=None).items.count() == 2

    def test_the_command_says_that_it_was_left_out(
        self, project: Project, capsys: pytest.CaptureFixture[str]
    ) -> None:
        task = make_annotated_task(*AGREEING, project=project)
        finish_by_rule([task, make_annotated_task(*AGREEING, project=project, text="Another. " * 9)])
        exclude(task)
        call_command("release", project.slug, title="First")
        assert "left out because they are excluded: 1 article" in capsys.readouterr().out

    def test_a_project_of_nothing_else_has_nothing_to_release(self, project: Project) -> None:
        task = make_annotated_task(*AGREEING, project=project)
        finish_by_rule([task])
        exclude(task)
        with pytest.raises(NothingToReleaseError):
            freeze_release(project, title="Empty", by=None)

    def test_its_annotations_leave_the_exports_and_stay_in_the_tables(self, project: Project) -> None:
        task = make_annotated_task(*DIFFERING, project=project)
        exclude(task)
        written = b"".join(export_annotations(project, format_name="jsonl").chunks)
        assert written == b""
        assert Annotation.objects.filter(assignment__task=task).count() == 2
        include_article(task.article, by=None)
        assert b"".join(export_annotations(project, format_name="jsonl").chunks)

    def test_another_excluded_in_its_place_is_another_state_of_the_live_export(
        self, project: Project
    ) -> None:
        """Two articles whose annotations came in turn, with the same number, latest and sum of ids."""
        team = [make_member(project, Role.ANNOTATOR) for _ in range(2)]
        planned = make_round(project, overlap=2, annotators=tuple(team))
        one, other, third = (make_task(planned, make_article(project, f"{n}. {TEXT}")) for n in range(3))
        for task, person in ((one, 0), (other, 0), (other, 1), (one, 1), (third, 0)):
            submit(make_assignment(task, team[person]), mark(claim()))
        states = []
        for task in (one, other):
            exclude(task)
            states.append(read_state(project, format_name="jsonl"))
            include_article(task.article, by=None)
        first, second = states
        assert (first.count, first.latest, first.total) == (second.count, second.latest, second.total)
        assert first.key != second.key

    def test_it_stays_hidden_from_who_may_be_asked_for_it_again(self, project: Project) -> None:
        task = make_annotated_task(*DIFFERING, project=project)
        annotator = task.assignments.all()[0].annotator
        reader = make_member(project, Role.ANNOTATOR, Role.MANAGER)
        task.round.participants.create(annotator=reader)
        exclude(task)
        assert is_hidden(task.article_id, annotator)
        assert is_hidden(task.article_id, reader)
        adjudicated = make_annotated_task(*AGREEING, project=project, text="Another. " * 9)
        finish_by_rule([adjudicated])
        exclude(adjudicated)
        assert not is_hidden(adjudicated.article_id, adjudicated.assignments.all()[0].annotator)

    def test_the_database_lets_no_task_of_it_wait_for_anybody(self, project: Project) -> None:
        task = make_annotated_task(*DIFFERING, project=project)
        exclude(task)
        for status in (TaskStatus.OPEN, TaskStatus.ANNOTATED, TaskStatus.ADJUDICATED):
            with pytest.raises(Error, match="the article is excluded"), transaction.atomic():
                Task.objects.filter(pk=task.pk).update(status=status)

    def test_it_is_in_the_audit_trail_with_its_reason_both_ways(self, project: Project) -> None:
        manager = make_member(project, Role.MANAGER)
        task = make_annotated_task(*DIFFERING, project=project)
        article = exclude_article(task.article, reason=WHY, by=manager)
        include_article(article, by=manager)
        include_article(article, by=manager)
        trail = Event.objects.filter(subject_type="article", actor=manager).order_by("id")
        assert [(event.verb, event.details.get("reason", event.details.get("was"))) for event in trail] == [
            ("excluded", WHY),
            ("included", WHY),
        ]

    def test_an_archived_project_keeps_its_articles_as_they_are(self, project: Project) -> None:
        article = make_article(project)
        Project.objects.filter(pk=project.pk).update(archived_at="2026-01-01T00:00:00Z")
        for change in (
            lambda: exclude_article(article, reason=WHY, by=None),
            lambda: delete_article(article, by=None),
        ):
            with pytest.raises(ProjectArchivedError):
                change()


@pytest.mark.parametrize(
    ("submitted", "has_gold", "is_closed", "status"),
    [
        (0, False, False, TaskStatus.OPEN),
        (1, False, False, TaskStatus.OPEN),
        (2, False, False, TaskStatus.ANNOTATED),
        (2, True, False, TaskStatus.ADJUDICATED),
        (0, False, True, TaskStatus.CANCELLED),
        (1, False, True, TaskStatus.ANNOTATED),
    ],
)
def test_a_task_comes_back_to_where_its_annotations_put_it(
    project: Project, submitted: int, *, has_gold: bool, is_closed: bool, status: TaskStatus
) -> None:
    task = make_annotated_task(*DIFFERING, project=project)
    if is_closed:
        close_round(task.round, by=None)
        task.round.refresh_from_db()
    assert find_status(task, submitted=submitted, has_gold=has_gold) == status


class TestDeleting:
    def test_an_article_that_no_round_had_is_gone_but_for_a_line_of_the_trail(self, project: Project) -> None:
        article = make_article(project, title="A duplicate")
        delete_article(article, by=None)
        assert not project.articles.exists()
        assert Event.objects.get(verb="deleted").details["title"] == "A duplicate"

    def test_an_article_of_a_round_stays(self) -> None:
        round_ = plan_small_round(annotators=1, articles=1, overlap=1)
        with pytest.raises(ArticleInUseError, match="is in round 1, so it cannot be deleted: exclude it"):
            delete_article(round_.project.articles.get(), by=None)


class TestUndoingAnImport:
    def do_import(self, project: Project, *texts: str) -> Any:
        rows = [
            Document(place=f"file:{number}", text=text, original=text.encode(), source_format="text")
            for number, text in enumerate(texts)
        ]
        import_articles(project, rows, by=None)
        return list_imports(project)[0]

    def test_it_takes_its_articles_and_their_tasks_away(self, project: Project) -> None:
        kept = make_article(project)
        made = self.do_import(project, "One text.", "Another text.")
        assert made.article_count == 2
        annotator = make_member(project, Role.ANNOTATOR)
        round_ = plan_round(project, annotators=[annotator], overlap=1, by=None)
        make_assignment(round_.tasks.exclude(article=kept)[0], annotator)
        assert undo_import(made, by=None) == 2
        assert list(project.articles.all()) == [kept]
        assert [task.article for task in round_.tasks.all()] == [kept]
        assert not list_imports(project)
        event = Event.objects.get(verb="undid")
        assert event.details == {"articles": 2, "tasks_of_rounds": [1]}

    def test_it_stays_once_somebody_annotated_one_of_them(self, project: Project) -> None:
        made = self.do_import(project, "Kyiv must have guarantees, Mr Novak said. " * 3)
        annotator = make_member(project, Role.ANNOTATOR)
        round_ = plan_round(project, annotators=[annotator], overlap=1, by=None)
        submit(make_assignment(round_.tasks.get(), annotator), mark(claim()))
        with pytest.raises(ImportInUseError, match="One article of this import is annotated"):
            undo_import(made, by=None)
        assert project.articles.count() == 1

    def test_the_same_file_can_be_imported_again(self, project: Project) -> None:
        undo_import(self.do_import(project, "One text."), by=None)
        assert self.do_import(project, "One text.").article_count == 1
