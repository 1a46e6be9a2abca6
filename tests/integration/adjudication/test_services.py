"""The ledger and the gold, on a database."""

from collections.abc import Iterable, Sequence
from importlib import import_module

import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from annotations.adjudication import locking, settled
from annotations.adjudication.admission import OwnAnnotationError, StillAnnotatingError
from annotations.adjudication.ledger import Case, Revision, build_untouched_case, read_case, read_revisions
from annotations.adjudication.locking import StaleLedgerError, TaskNotAnnotatedError
from annotations.adjudication.services import (
    ONLY_WARNED,
    ConflictingGoldError,
    NothingToUndoError,
    OpenUnitsError,
    UnmetRulesError,
    close_own_share,
    decide_unit,
    finish_task,
    rebuild_gold,
    reopen_task,
    review_gold,
    undo_last,
)
from annotations.adjudication.settled import finish_by_rule
from annotations.adjudication.units import Action, SpanUnit, Unit
from annotations.adjudication.validation import InvalidDecisionError
from annotations.jobs.worker import Worker
from annotations.markup import Markup
from annotations.models import (
    Decision,
    Event,
    Gold,
    GoldStatus,
    Job,
    Membership,
    Project,
    Role,
    Task,
    TaskStatus,
    User,
)
from annotations.spans import Span
from tests.factories import make_assignment, make_member, make_project, make_round, make_task, make_user
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark, submit

pytestmark = pytest.mark.django_db

AGREEING = (mark(claim()), mark(claim()), mark(claim()))
DIFFERING = (mark(claim()), mark(claim(0, 24)), mark())


def adjudicator_of(task: Task) -> User:
    return make_member(task.round.project, Role.ADJUDICATOR)


def first_open(task: Task) -> Unit:
    return read_case(task).outcome.open[0]


def decide_first(task: Task, *, by: User, candidate: str = "0-25-Claim") -> Decision:
    return decide_unit(
        task, unit=first_open(task).key, action=Action.CHOOSE, payload={"candidate": candidate}, by=by
    )


def test_a_task_is_decided_and_finished_and_its_gold_says_how() -> None:
    task = make_annotated_task(*DIFFERING)
    ada = adjudicator_of(task)
    decision = decide_first(task, by=ada)
    gold = finish_task(task, by=ada)
    task.refresh_from_db()
    assert task.status == TaskStatus.ADJUDICATED
    assert (gold.status, gold.needs_review, gold.finished_by) == (GoldStatus.ADJUDICATED, False, ada)
    (span,) = gold.markup["spans"]
    assert (span["start"], span["end"], span["label"]) == (0, 25, "Claim")
    first = task.assignments.order_by("pk")[0]
    assert span["provenance"] == {
        "origin": "adjudicated",
        "votes": [first.annotator_id],
        "decisions": [decision.number],
    }
    assert Markup.from_json(gold.markup).spans[0].label == "Claim"
    assert [event.verb for event in Event.objects.filter(actor=ada).order_by("id")] == ["decided", "finished"]


def test_finishing_is_refused_while_something_is_open_and_names_it() -> None:
    task = make_annotated_task(*DIFFERING)
    with pytest.raises(OpenUnitsError, match="1 still to decide: Claim “Kyiv must have guarantee”"):
        finish_task(task, by=adjudicator_of(task))
    assert not Gold.objects.exists()


def test_finishing_is_refused_while_the_gold_breaks_the_scheme() -> None:
    task = make_annotated_task(mark(claim(0, 40)), mark(claim(), claim(27, 40)))
    ada = adjudicator_of(task)
    for unit in read_case(task).outcome.open:
        assert isinstance(unit, SpanUnit)
        decide_unit(
            task, unit=unit.key, action=Action.CHOOSE, payload={"candidate": unit.candidates[-1].key}, by=ada
        )
    decide_unit(task, unit="", action=Action.ADD, payload={"start": 5, "end": 30, "label": "Claim"}, by=ada)
    for unit in read_case(task).outcome.open:
        decide_unit(task, unit=unit.key, action=Action.VALUE, payload={"value": "fact"}, by=ada)
    with pytest.raises(ConflictingGoldError, match="two spans of the same label must not"):
        finish_task(task, by=ada)


UNLINKED = (mark(claim(holder="named"), Span(27, 35, "Source", (("kind", "person"),), "source")),) * 2


def test_gold_that_lacks_a_link_which_the_scheme_asks_for_takes_a_reason() -> None:
    task = make_annotated_task(*UNLINKED)
    ada = adjudicator_of(task)
    with pytest.raises(UnmetRulesError, match="needs a link “held by” to a Source"):
        finish_task(task, by=ada)
    gold = finish_task(task, by=ada, reason="quoted at second hand", expected=0)
    assert gold.unmet == 1
    assert gold.status == GoldStatus.ADJUDICATED
    assert gold.markup["ledger"]["unmet"] == {"missing_relation": 1}
    assert rebuild_gold(task) == gold.markup
    assert Decision.objects.get().note == "quoted at second hand"


def test_gold_that_breaks_what_the_project_only_warns_of_takes_no_reason_and_the_ledger_says_so() -> None:
    task = make_annotated_task(*UNLINKED)
    Project.objects.filter(pk=task.round.project_id).update(warned_rules=["missing_relation"])
    task.round.project.refresh_from_db()
    gold = finish_task(task, by=adjudicator_of(task), expected=0)
    assert (gold.unmet, gold.markup["ledger"]["unmet"]) == (1, {"missing_relation": 1})
    entry = Decision.objects.get()
    assert (entry.action, entry.note) == (Action.EXCUSE, ONLY_WARNED)
    assert [key.split()[0] for key in entry.payload["rules"]] == ["missing_relation"]
    assert rebuild_gold(task) == gold.markup


def test_a_rule_that_is_only_warned_of_excuses_no_other() -> None:
    task = make_annotated_task(*UNLINKED)
    Project.objects.filter(pk=task.round.project_id).update(warned_rules=["missing_field"])
    task.round.project.refresh_from_db()
    with pytest.raises(UnmetRulesError, match="give a reason"):
        finish_task(task, by=adjudicator_of(task))
    assert not Decision.objects.exists()


def test_a_reason_is_not_kept_where_no_rule_is_broken() -> None:
    task = make_annotated_task(*AGREEING)
    gold = finish_task(task, by=adjudicator_of(task), reason="just in case")
    assert gold.unmet == 0
    assert not Decision.objects.exists()


def test_a_reason_stands_after_reopening_as_long_as_it_is_about_the_same_rules() -> None:
    task = make_annotated_task(*UNLINKED)
    ada = adjudicator_of(task)
    finish_task(task, by=ada, reason="quoted at second hand")
    reopen_task(task, by=ada)
    assert finish_task(task, by=ada).unmet == 1


def test_what_breaks_a_rule_of_the_scheme_is_never_finished_by_rule() -> None:
    assert finish_by_rule([make_annotated_task(*UNLINKED)]) == []


def test_the_gold_is_rebuilt_from_the_ledger_word_for_word() -> None:
    task = make_annotated_task(*DIFFERING)
    ada = adjudicator_of(task)
    decide_first(task, by=ada, candidate="0-24-Claim")
    decide_first_again = read_case(task).outcome.units[0].key
    decide_unit(task, unit=decide_first_again, action=Action.REJECT, by=ada, note="no claim")
    undo_last(task, by=ada)
    decide_unit(task, unit="", action=Action.ADD, payload={"start": 27, "end": 35, "label": "Source"}, by=ada)
    decide_unit(task, unit=first_open(task).key, action=Action.VALUE, payload={"value": "person"}, by=ada)
    gold = finish_task(task, by=ada)
    gold.refresh_from_db()
    assert rebuild_gold(task) == gold.markup
    assert [span["label"] for span in gold.markup["spans"]] == ["Claim", "Source"]
    assert gold.markup["ledger"]["decisions"] == 5


def test_undoing_supersedes_and_a_decision_is_never_edited() -> None:
    task = make_annotated_task(*DIFFERING)
    ada = adjudicator_of(task)
    decision = decide_first(task, by=ada)
    undone = undo_last(task, by=ada)
    assert undone.supersedes == decision
    assert len(read_case(task).outcome.open) == 1
    with pytest.raises(NothingToUndoError):
        undo_last(task, by=ada)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(action="reject")
    assert decide_first(task, by=ada).number == 3


def test_of_two_adjudicators_the_later_one_is_told() -> None:
    task = make_annotated_task(*DIFFERING)
    ada, bob = adjudicator_of(task), adjudicator_of(task)
    unit = first_open(task).key
    decide_unit(task, unit=unit, action=Action.REJECT, by=ada, expected=0)
    with pytest.raises(StaleLedgerError, match="was not saved"):
        decide_unit(
            task, unit=unit, action=Action.CHOOSE, payload={"candidate": "0-25-Claim"}, by=bob, expected=0
        )
    with pytest.raises(StaleLedgerError):
        finish_task(task, by=bob, expected=0)
    assert Decision.objects.count() == 1


def test_an_adjudicator_undoes_only_their_own_decisions() -> None:
    task = make_annotated_task(*DIFFERING)
    ada, bob = adjudicator_of(task), adjudicator_of(task)
    decide_first(task, by=ada)
    with pytest.raises(NothingToUndoError):
        undo_last(task, by=bob)


def test_a_decision_that_does_not_fit_leaves_no_trace() -> None:
    task = make_annotated_task(*DIFFERING)
    with pytest.raises(InvalidDecisionError):
        decide_first(task, by=adjudicator_of(task), candidate="1-2-Claim")
    assert not Decision.objects.exists()


def test_nobody_adjudicates_their_own_annotation_while_somebody_else_can() -> None:
    task = make_annotated_task(*DIFFERING)
    own = task.assignments.order_by("pk")[0].annotator
    Membership.objects.create(project=task.round.project, user=own, role=Role.ADJUDICATOR)
    other = adjudicator_of(task)
    with pytest.raises(OwnAnnotationError, match="another adjudicator"):
        decide_first(task, by=own)
    with pytest.raises(OwnAnnotationError, match="another adjudicator"):
        close_own_share(task, by=own)
    Membership.objects.filter(user=other).delete()
    with pytest.raises(StillAnnotatingError, match="close your part"):
        decide_first(task, by=own)
    close_own_share(task, by=own)
    decide_first(task, by=own)
    finish_task(task, by=own)
    assert Event.objects.get(verb="finished").details["own_annotation"] is True


def test_nothing_is_decided_before_all_annotations_are_in_or_after_the_end() -> None:
    project = make_project()
    open_task = make_task(make_round(project))
    ada = make_member(project, Role.ADJUDICATOR)
    with pytest.raises(TaskNotAnnotatedError, match="being annotated"):
        decide_unit(open_task, unit="x", action=Action.REJECT, by=ada)
    task = make_annotated_task(*AGREEING)
    finish_task(task, by=adjudicator_of(task))
    with pytest.raises(TaskNotAnnotatedError, match="adjudicated"):
        undo_last(task, by=ada)
    with pytest.raises(TaskNotAnnotatedError, match="not there any more"):
        decide_unit(Task(pk=task.pk + 1_000_000), unit="x", action=Action.REJECT, by=ada)


def test_a_task_on_which_all_agree_is_finished_by_itself_and_marked_so() -> None:
    task = make_annotated_task(*AGREEING, project=make_project(review_share=0.0))
    assert Job.objects.filter(kind="finish_by_rule").count() == 1
    Worker().run_until_idle()
    task.refresh_from_db()
    gold = Gold.objects.get(task=task)
    assert task.status == TaskStatus.ADJUDICATED
    assert (gold.status, gold.needs_review, gold.finished_by) == (GoldStatus.AGREED, False, None)
    assert gold.markup["spans"][0]["provenance"]["origin"] == "agreed"
    assert rebuild_gold(task) == gold.markup


def test_one_annotator_gives_gold_that_is_called_single() -> None:
    task = make_annotated_task(mark(claim()))
    [gold] = finish_by_rule([task])
    assert gold.status == GoldStatus.SINGLE
    assert gold.markup["spans"][0]["provenance"]["origin"] == "single"


def test_a_task_with_differences_or_decisions_is_left_to_the_adjudicators() -> None:
    differing = make_annotated_task(*DIFFERING)
    touched = make_annotated_task(*AGREEING)
    unit = read_case(touched).outcome.units[0].key
    decide_unit(touched, unit=unit, action=Action.REJECT, by=adjudicator_of(touched))
    assert finish_by_rule([differing]) == []
    assert finish_by_rule([touched]) == []


def test_the_job_finishes_all_tasks_of_a_project_that_the_rule_settles() -> None:
    project = make_project()
    people = [make_member(project, Role.ANNOTATOR) for _ in range(2)]
    round_ = make_round(project, overlap=2, annotators=tuple(people))
    for number in range(25):
        task = make_task(round_)
        for place, person in enumerate(people):
            submit(make_assignment(task, person), mark(claim(0, 8 if number != 7 else 5 + place)))
    Job.objects.all().delete()
    Job.objects.create(kind="finish_by_rule", project=project)
    Worker().run_until_idle()
    job = Job.objects.get(kind="finish_by_rule", project=project)
    assert (job.status, job.done) == ("done", 24)
    assert Task.objects.annotated().count() == 1


def test_a_job_that_waits_under_its_earlier_name_is_done_after_the_migration() -> None:
    task = make_annotated_task(*AGREEING)
    waiting = Job.objects.filter(kind="finish_by_rule")
    waiting.update(kind="finish_unanimous", key=f"finish_unanimous:{task.pk}")
    migration = import_module("annotations.migrations.0024_jobs_finish_by_rule")
    migration.rename(apps, None)
    assert waiting.get().key == f"finish_by_rule:{task.pk}"
    Worker().run_until_idle()
    assert Gold.objects.get().task == task


def test_a_gold_that_an_adjudicator_finished_is_never_drawn_for_review() -> None:
    """A review is the only look that a person takes at what a rule finished; here a person has looked already."""
    task = make_annotated_task(*DIFFERING, project=make_project(review_share=1.0))
    ada = adjudicator_of(task)
    decide_first(task, by=ada)
    assert not finish_task(task, by=ada).needs_review
    assert not Gold.objects.to_review().exists()


def test_a_share_is_sampled_and_a_review_clears_it() -> None:
    task = make_annotated_task(*AGREEING, project=make_project(review_share=1.0))
    [gold] = finish_by_rule([task])
    assert gold.needs_review
    assert list(Gold.objects.to_review()) == [gold]
    ada = adjudicator_of(task)
    assert not review_gold(task, by=ada).needs_review
    assert Event.objects.filter(verb="reviewed", actor=ada).exists()


def test_a_reopened_task_keeps_its_ledger_and_is_not_finished_behind_the_adjudicators_back() -> None:
    task = make_annotated_task(*DIFFERING)
    ada = adjudicator_of(task)
    decide_first(task, by=ada)
    before = finish_task(task, by=ada).markup
    reopen_task(task, by=ada)
    task.refresh_from_db()
    assert task.status == TaskStatus.ANNOTATED
    assert not Gold.objects.exists()
    assert finish_by_rule([task]) == []
    assert finish_task(task, by=ada).markup == before


def test_a_revision_that_touches_a_decided_unit_opens_it_again_and_keeps_the_decision_on_record() -> None:
    task = make_annotated_task(*DIFFERING)
    ada = adjudicator_of(task)
    decision = decide_first(task, by=ada)
    second = task.assignments.order_by("pk")[1]
    submit(second, mark(claim(0, 24, key="again"), claim(84, 100)))
    case = read_case(task)
    assert [unit.start for unit in case.outcome.open if isinstance(unit, SpanUnit)] == [84]
    submit(second, mark(claim(0, 23)))
    case = read_case(task)
    assert [entry.number for entry in case.outcome.void] == [decision.number]
    assert len(case.outcome.open) == 1


def test_letters_hide_who_is_who() -> None:
    tasks = [make_annotated_task(*AGREEING) for _ in range(8)]
    orders = {
        tuple(read_case(task).letters[str(each.pk)] for each in task.assignments.all()) for task in tasks
    }
    assert len(orders) > 1
    assert all(sorted(order) == ["A", "B", "C"] for order in orders)


def test_a_stranger_counts_as_no_other_adjudicator() -> None:
    task = make_annotated_task(*DIFFERING)
    own = task.assignments.order_by("pk")[0].annotator
    Membership.objects.create(project=task.round.project, user=own, role=Role.ADJUDICATOR)
    elsewhere = make_project()
    Membership.objects.create(project=elsewhere, user=make_user(), role=Role.ADJUDICATOR)
    close_own_share(task, by=own)
    assert decide_first(task, by=own).number == 1


def test_a_task_is_aligned_before_it_is_locked_and_anew_where_it_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = make_annotated_task(*DIFFERING)
    ada, bea = adjudicator_of(task), adjudicator_of(task)
    unit = first_open(task).key
    level = len(connection.savepoint_ids)
    read: list[int] = []

    def read_and_be_overtaken(task: Task) -> Case:
        read.append(len(connection.savepoint_ids) - level)
        case = read_case(task)
        if len(read) == 1:
            Decision.objects.create(
                task=task, number=1, unit=unit, action=Action.REJECT, payload={}, decided_by=bea
            )
        return case

    monkeypatch.setattr(locking, "read_case", read_and_be_overtaken)
    decision = decide_unit(task, unit=unit, action=Action.CHOOSE, payload={"candidate": "0-25-Claim"}, by=ada)
    assert read == [0, 0]
    assert decision.number == 2
    assert decision.supersedes is not None
    assert decision.supersedes.decided_by == bea


def test_a_task_that_an_annotator_changed_meanwhile_is_not_finished_as_it_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task, other = make_annotated_task(*AGREEING), make_annotated_task(*AGREEING)
    first = task.assignments.order_by("pk")[0]

    def read_and_be_overtaken(tasks: Iterable[Task]) -> dict[int, list[Revision]]:
        revisions = read_revisions(tasks)
        submit(first, mark(claim(0, 24)))
        return revisions

    monkeypatch.setattr(settled, "read_revisions", read_and_be_overtaken)
    assert [gold.task for gold in finish_by_rule([task, other])] == [other]
    assert list(Task.objects.awaiting_rule()) == [task]


def test_a_task_that_an_adjudicator_took_up_meanwhile_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = make_annotated_task(*AGREEING)
    ada = adjudicator_of(task)

    def read_and_be_overtaken(tasks: Iterable[Task]) -> dict[int, list[Revision]]:
        revisions = read_revisions(tasks)
        decide_unit(task, unit=read_case(task).outcome.units[0].key, action=Action.REJECT, by=ada)
        return revisions

    monkeypatch.setattr(settled, "read_revisions", read_and_be_overtaken)
    assert finish_by_rule([task]) == []


def test_a_task_that_was_left_to_the_adjudicators_is_looked_at_again_only_when_something_new_comes_in() -> (
    None
):
    differing = make_annotated_task(*DIFFERING)
    assert list(Task.objects.awaiting_rule()) == [differing]
    finish_by_rule([differing])
    assert not Task.objects.awaiting_rule().exists()
    submit(differing.assignments.order_by("pk")[0], mark(claim(0, 23)))
    assert list(Task.objects.awaiting_rule()) == [differing]


def test_the_merge_rule_is_asked_about_many_tasks_in_as_many_queries_as_about_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    project = make_project()
    one, *others = (
        make_annotated_task(*AGREEING, project=project, text=f"{TEXT} {number}") for number in range(6)
    )
    with CaptureQueriesContext(connection) as alone:
        assert finish_by_rule([one])
    with django_assert_max_num_queries(len(alone)):
        assert len(finish_by_rule(others)) == len(others)


def test_a_task_that_cannot_be_read_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = make_annotated_task(*AGREEING), make_annotated_task(*AGREEING)

    def refuse_one(task: Task, revisions: Sequence[Revision]) -> Case:
        if task == broken:
            raise LookupError("a label of another scheme")
        return build_untouched_case(task, revisions)

    monkeypatch.setattr(settled, "build_untouched_case", refuse_one)
    assert [gold.task for gold in finish_by_rule([broken, whole])] == [whole]
    assert not Task.objects.awaiting_rule().exists()


def test_no_task_awaits_the_rule_that_was_finished_and_reopened() -> None:
    task = make_annotated_task(*AGREEING)
    ada = adjudicator_of(task)
    finish_task(task, by=ada)
    reopen_task(task, by=ada)
    assert not Task.objects.awaiting_rule().exists()
