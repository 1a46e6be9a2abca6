"""In whatever order people and managers act, every number that is kept is the number that is there."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from annotations.adjudication.admission import StillAnnotatingError
from annotations.adjudication.services import NotAdjudicatedError, reopen_task
from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.archiving import (
    ProjectInUseError,
    archive_project,
    delete_project,
    restore_project,
)
from annotations.assignment.closing import close_round, reopen_round
from annotations.assignment.errors import AssignmentError
from annotations.assignment.excluding import exclude_article, include_article, undo_import
from annotations.assignment.refusals import explain_refusal
from annotations.assignment.services import (
    add_participant,
    claim_tasks,
    close_task,
    deactivate_participant,
    expire_leases,
    plan_round,
    reassign,
    withdraw_assignment,
)
from annotations.blindness import is_hidden
from annotations.collection.errors import SubmissionRefusedError
from annotations.collection.storing import store_skip
from annotations.corpus.services import import_articles
from annotations.formats.documents import Document
from annotations.models import (
    LIVE_STATUSES,
    Article,
    ArticleImport,
    Assignment,
    AssignmentTally,
    Participant,
    Project,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
    TaskTally,
)
from annotations.models.tallies import find_wrong_tallies
from annotations.projects.archived import ProjectArchivedError
from tests.factories import make_member, make_project
from tests.factories.adjudication import TEXT, claim, mark, submit

pytestmark = pytest.mark.django_db
REFUSALS = (
    AssignmentError,
    NotAdjudicatedError,
    ProjectArchivedError,
    ProjectInUseError,
    StillAnnotatingError,
    SubmissionRefusedError,
)
MAX_EXAMPLES = int(os.environ.get("EXAMPLES", "8"))
WHICH = st.integers(0, 11)
ENDS = st.sampled_from((3, 4, 25))


class Workflows(RuleBasedStateMachine):
    """Three annotators, a manager and an adjudicator do whatever they can in one project, in any order."""

    @initialize(overlap=st.integers(1, 3))
    def begin(self, overlap: int) -> None:
        self.around = ExitStack()
        example: Any = transaction.atomic()
        example._from_testcase = True  # the watch on transactions counts only the product's
        self.around.enter_context(example)
        self.project: Project = make_project("News", review_share=0)
        self.team = [make_member(self.project, Role.ANNOTATOR) for _ in range(3)]
        self.boss = make_member(self.project, Role.MANAGER, Role.ADJUDICATOR)
        for part in range(2):
            import_articles(
                self.project,
                [Document(place=f"{part}-{number}", text=f"{number} {part}. {TEXT}") for number in range(2)],
                by=None,
            )
        plan_round(self.project, annotators=self.team, overlap=overlap, seed=5, by=None)

    def teardown(self) -> None:
        if hasattr(self, "around"):
            transaction.set_rollback(True)
            self.around.close()

    def attempt(self, act: Callable[[], Any]) -> None:
        """Do it; what is refused in words is no failure, and leaves nothing half done."""
        try:
            with transaction.atomic():
                act()
        except REFUSALS:
            pass
        except IntegrityError as error:
            if not explain_refusal(error):
                raise

    def pick(self, rows: Any, which: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[which % len(found)] if found else None

    def act_on(self, model: Any, which: int, act: Callable[[Any], Any]) -> None:
        if row := self.pick(model.objects.all(), which):
            self.attempt(lambda: act(row))

    @rule(which=WHICH, limit=st.integers(1, 4))
    def claim(self, which: int, limit: int) -> None:
        self.act_on(Participant, which, lambda one: claim_tasks(one, limit=limit))

    @rule(which=WHICH, end=ENDS)
    def submit(self, which: int, end: int) -> None:
        self.act_on(Assignment, which, lambda one: submit(one, mark(claim(0, end))))

    @rule()
    def submit_all(self) -> None:
        for one in Assignment.objects.queued().order_by("pk"):
            self.attempt(lambda one=one: submit(one, mark(claim(0, 4))))  # type: ignore[misc]

    @rule(which=WHICH)
    def skip(self, which: int) -> None:
        self.act_on(Assignment, which, lambda one: store_skip(one, reason="Too long"))

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        self.act_on(Assignment, which, lambda one: withdraw_assignment(one, by=self.boss))

    @rule(which=WHICH, to=st.integers(0, 2))
    def pass_on(self, which: int, to: int) -> None:
        self.act_on(Assignment, which, lambda one: reassign(one, to=self.team[to], by=self.boss))

    @rule(which=WHICH)
    def expire(self, which: int) -> None:
        if one := self.pick(Assignment.objects.queued(), which):
            Assignment.objects.filter(pk=one.pk).update(leased_until=timezone.now() - timedelta(days=1))
            expire_leases()

    @rule(which=WHICH)
    def close_task(self, which: int) -> None:
        self.act_on(Task, which, lambda one: close_task(one, by=self.boss))

    @rule(which=WHICH)
    def exclude(self, which: int) -> None:
        self.act_on(Article, which, lambda one: exclude_article(one, reason="An advertisement", by=self.boss))

    @rule(which=WHICH)
    def include(self, which: int) -> None:
        self.act_on(Article, which, lambda one: include_article(one, by=self.boss))

    @rule(which=WHICH)
    def close_round(self, which: int) -> None:
        self.act_on(Round, which, lambda one: close_round(one, by=self.boss))

    @rule(which=WHICH)
    def reopen_round(self, which: int) -> None:
        self.act_on(Round, which, lambda one: reopen_round(one, by=self.boss))

    @rule(kind=st.sampled_from(RoundKind.values), overlap=st.integers(1, 2))
    def plan(self, kind: str, overlap: int) -> None:
        self.attempt(
            lambda: plan_round(
                self.project, annotators=self.team[:2], overlap=overlap, kind=kind, seed=3, by=self.boss
            )
        )

    @rule(which=WHICH)
    def leave(self, which: int) -> None:
        self.act_on(Participant, which, lambda one: deactivate_participant(one, by=self.boss))

    @rule(which=WHICH, who=st.integers(0, 2))
    def join(self, which: int, who: int) -> None:
        self.act_on(Round, which, lambda one: add_participant(one, self.team[who], by=self.boss))

    @rule()
    def finish(self) -> None:
        self.attempt(lambda: finish_by_rule(list(Task.objects.annotated())))

    @rule(which=WHICH)
    def reopen_task(self, which: int) -> None:
        self.act_on(Task, which, lambda one: reopen_task(one, by=self.boss))

    @rule()
    def archive(self) -> None:
        self.attempt(lambda: archive_project(self.project, by=self.boss))

    @rule()
    def restore(self) -> None:
        if Project.objects.get(pk=self.project.pk).deleted_at is None:
            self.attempt(lambda: restore_project(self.project, by=self.boss))

    @rule(which=WHICH)
    def undo_import(self, which: int) -> None:
        self.act_on(ArticleImport, which, lambda one: undo_import(one, by=self.boss))

    @rule()
    def delete(self) -> None:
        if Project.objects.get(pk=self.project.pk).deleted_at is None:
            self.attempt(lambda: delete_project(self.project, by=self.boss))

    @rule()
    def fold(self) -> None:
        TaskTally.objects.all().fold()
        AssignmentTally.objects.all().fold()

    @invariant()
    def the_tallies_are_true(self) -> None:
        assert find_wrong_tallies() == set()

    @invariant()
    def every_task_stands_where_its_shares_put_it(self) -> None:
        for task in Task.objects.select_related("article", "round"):
            held, submitted = task.assignments.holding().count(), task.assignments.submitted().count()
            assert task.claimed == held
            assert held <= task.wanted
            assert task.status not in LIVE_STATUSES or task.article.excluded_at is None
            assert task.status != TaskStatus.OPEN or (
                task.round.closed_at is None and submitted < task.wanted
            )
            if task.status in (TaskStatus.ANNOTATED, TaskStatus.ADJUDICATED):
                assert submitted == task.wanted
            if task.status != TaskStatus.OPEN:
                assert held == submitted

    @invariant()
    def whoever_can_still_change_their_share_sees_nothing(self) -> None:
        waiting = Assignment.objects.holding().filter(
            task__status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED], closed_at=None
        )
        for share in waiting.select_related("task", "annotator"):
            assert is_hidden(share.task.article_id, share.annotator)


def test_no_order_of_doing_things_makes_a_number_wrong() -> None:
    run_state_machine_as_test(
        Workflows,
        settings=settings(
            max_examples=MAX_EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
