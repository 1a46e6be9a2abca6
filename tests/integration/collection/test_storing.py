"""A submission is stored once, whole, as a revision, or refused with a reason."""

import pytest

from annotations.assignment.services import claim_tasks, expire_lease, withdraw_assignment
from annotations.collection.errors import (
    AnnotationElsewhereError,
    ClaimLostError,
    SkipReasonMissingError,
    SupersededError,
    TaskFinishedError,
    UnstorableResultError,
)
from annotations.collection.in_memory import write_result
from annotations.collection.ports import StudioReading
from annotations.collection.results import digest_result
from annotations.collection.storing import (
    keep_late_result,
    store_if_current,
    store_skip,
    store_submission,
)
from annotations.collection.submission import make_submission
from annotations.markup import Problem, Relation
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    Assignment,
    AssignmentStatus,
    Event,
    Job,
    QuarantinedItem,
    Round,
    Task,
    TaskStatus,
)
from tests.factories.collection import mark, plan_small_round, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    """One task, wanted from two of three annotators, claimed by two."""
    round_ = plan_small_round(annotators=3, articles=1, overlap=2)
    for participant in round_.participants.all():
        claim_tasks(participant, limit=1)
    return round_


@pytest.fixture
def assignment(round_: Round) -> Assignment:
    return Assignment.objects.order_by("id")[0]


@pytest.fixture
def other(round_: Round) -> Assignment:
    return Assignment.objects.order_by("id")[1]


def expire(assignment: Assignment) -> None:
    assignment.refresh_from_db()
    expire_lease(assignment, now=assignment.leased_until + (assignment.leased_until - assignment.created_at))


def test_a_submission_keeps_spans_relations_fields_and_the_studios_own_words(assignment: Assignment) -> None:
    markup = mark((0, 4), (5, 9), relations=(Relation("s0", "s1", "supports"),))
    annotation = submit(assignment, markup, studio_annotation_id=77)
    stored = Annotation.objects.with_markup().get()
    assert stored == annotation
    assert stored.to_markup() == markup
    assert stored.result == write_result(markup)
    assert (stored.revision, stored.origin, stored.lead_time) == (1, AnnotationOrigin.GATEWAY, 12.5)
    assignment.refresh_from_db()
    assert assignment.status == AssignmentStatus.SUBMITTED
    assert assignment.submitted_at is not None
    assert (assignment.current, assignment.studio_annotation_id) == (stored, 77)
    event = Event.objects.get(verb="submitted")
    assert (event.actor, event.details["revision"]) == (assignment.annotator, 1)
    assert Job.objects.filter(kind="top_up_queues", key__contains="participant").count() == 1


def test_the_same_result_again_is_no_new_revision(assignment: Assignment) -> None:
    first = submit(assignment)
    assert submit(assignment) == first
    assert Annotation.objects.count() == 1
    assert Event.objects.filter(verb="submitted").count() == 1


def test_a_change_is_a_new_revision_and_going_back_is_another(assignment: Assignment) -> None:
    for places in ((0, 4), (0, 6), (0, 4)):
        submit(assignment, mark(places))
    assert list(Annotation.objects.values_list("revision", flat=True)) == [1, 2, 3]
    assert Annotation.objects.current().get().revision == 3


def test_what_could_not_be_accepted_is_quarantined_and_the_rest_kept(assignment: Assignment) -> None:
    problem = Problem("unknown-label", "There is no label 'Opinion'.", {"label": "Opinion"})
    annotation = submit(assignment, mark((0, 4)), problems=(problem,))
    assert annotation.spans.count() == 1
    item = QuarantinedItem.objects.get()
    assert (item.annotation, item.code, item.message) == (annotation, problem.code, problem.message)
    assert item.payload == {"label": "Opinion"}
    assert item.resolved_at is None


def test_a_relation_that_the_tables_cannot_hold_is_quarantined(assignment: Assignment) -> None:
    loop, link = Relation("s0", "s0", "supports"), Relation("s0", "s1", "supports")
    annotation = submit(assignment, mark((0, 4), (5, 9), relations=(loop, link, link)))
    assert annotation.relations.count() == 1
    assert sorted(item.code for item in annotation.quarantine.all()) == [
        "relation-to-itself",
        "relation-twice",
    ]


def test_the_last_submission_completes_the_task_and_asks_for_the_unanimous_check(
    assignment: Assignment, other: Assignment
) -> None:
    submit(assignment)
    assert Task.objects.get().status == TaskStatus.OPEN
    submit(other)
    task = Task.objects.get()
    assert task.status == TaskStatus.ANNOTATED
    job = Job.objects.get(kind="finish_by_rule")
    assert (task.awaits_rule, job.project) == (True, task.round.project)
    Task.objects.update(awaits_rule=False)
    Job.objects.all().delete()
    submit(other, mark((0, 9)))
    assert Task.objects.get().awaits_rule
    assert Job.objects.filter(kind="finish_by_rule").count() == 1


@pytest.mark.parametrize("status", [TaskStatus.ADJUDICATED, TaskStatus.CANCELLED])
def test_a_finished_task_takes_no_submission(assignment: Assignment, status: TaskStatus) -> None:
    Task.objects.update(status=status)
    with pytest.raises(TaskFinishedError, match="manager"):
        submit(assignment)
    with pytest.raises(TaskFinishedError):
        store_skip(assignment, reason="late")
    assert not Annotation.objects.exists()


def test_a_withdrawn_task_takes_no_submission(assignment: Assignment) -> None:
    withdraw_assignment(assignment, by=None)
    with pytest.raises(ClaimLostError, match="took this task back"):
        submit(assignment)
    assert not Annotation.objects.exists()


def test_an_expired_task_is_taken_up_again_while_it_is_free(assignment: Assignment, round_: Round) -> None:
    expire(assignment)
    submit(assignment)
    assignment.refresh_from_db()
    assert assignment.status == AssignmentStatus.SUBMITTED
    assert round_.tasks.get().claimed == 2


def test_an_expired_task_that_another_took_is_lost(assignment: Assignment, round_: Round) -> None:
    expire(assignment)
    third = round_.participants.exclude(annotator__assignments__task__round=round_).get()
    assert claim_tasks(third, limit=1)
    with pytest.raises(ClaimLostError, match="another annotator"):
        submit(assignment)
    assert round_.tasks.get().claimed == 2
    assert not Annotation.objects.exists()


def test_late_work_is_kept_on_record_but_does_not_count(assignment: Assignment) -> None:
    withdraw_assignment(assignment, by=None)
    late = make_submission(
        StudioReading(mark((0, 4))), write_result(mark((0, 4))), origin=AnnotationOrigin.RECONCILE
    )
    kept = keep_late_result(assignment, late)
    assert kept is not None
    assert kept.spans.count() == 1
    assert keep_late_result(assignment, late) is None
    assert not Annotation.objects.current().exists()
    assignment.refresh_from_db()
    assert assignment.status == AssignmentStatus.WITHDRAWN


def test_the_studios_annotation_of_another_assignment_is_refused(
    assignment: Assignment, other: Assignment
) -> None:
    submit(assignment, studio_annotation_id=5)
    with pytest.raises(AnnotationElsewhereError):
        submit(other, studio_annotation_id=5)
    other.refresh_from_db()
    assert other.status == AssignmentStatus.QUEUED


def test_what_was_read_from_the_studio_never_overtakes_what_came_meanwhile(assignment: Assignment) -> None:
    before = submit(assignment, mark((0, 4)))
    submit(assignment, mark((0, 6)))
    found = make_submission(
        StudioReading(mark((0, 9))), write_result(mark((0, 9))), origin=AnnotationOrigin.RECONCILE
    )
    with pytest.raises(SupersededError):
        store_if_current(assignment, found, current_id=before.pk)
    assert Annotation.objects.count() == 2


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "tail \x00"])
def test_characters_that_no_database_keeps_are_refused(assignment: Assignment, text: str) -> None:
    with pytest.raises(UnstorableResultError):
        store_submission(
            assignment,
            make_submission(StudioReading(mark()), [{"note": text}], origin=AnnotationOrigin.GATEWAY),
        )
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "😀 \r\n\t", "﻿nbsp "])
def test_unusual_characters_come_back_as_they_were(assignment: Assignment, text: str) -> None:
    unusual = make_submission(StudioReading(mark()), [{"note": text}], origin=AnnotationOrigin.GATEWAY)
    store_submission(assignment, unusual)
    assert Annotation.objects.get().result == [{"note": text}]


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_result([{"a": 1, "b": "é"}]) == digest_result([{"b": "é", "a": 1}])
    assert digest_result([{"a": 1}]) != digest_result([{"a": 2}])
    assert digest_result([{"a": 1}, {"b": 1}]) != digest_result([{"b": 1}, {"a": 1}])


def test_a_skip_needs_a_reason(assignment: Assignment) -> None:
    with pytest.raises(SkipReasonMissingError):
        store_skip(assignment, reason="  \n")
    assignment.refresh_from_db()
    assert assignment.status == AssignmentStatus.QUEUED


def test_a_skip_frees_the_claim_for_another(assignment: Assignment, round_: Round) -> None:
    store_skip(assignment, reason=" I know the author. ")
    assignment.refresh_from_db()
    assert (assignment.status, assignment.skip_reason) == (AssignmentStatus.SKIPPED, "I know the author.")
    assert round_.tasks.get().claimed == 1
    third = round_.participants.exclude(annotator__assignments__task__round=round_).get()
    assert len(claim_tasks(third, limit=1)) == 1
    event = Event.objects.get(verb="skipped")
    assert (event.actor, event.details["reason"]) == (assignment.annotator, "I know the author.")


def test_a_second_skip_changes_nothing(assignment: Assignment, round_: Round) -> None:
    store_skip(assignment, reason="first")
    store_skip(assignment, reason="second")
    assignment.refresh_from_db()
    assert assignment.skip_reason == "first"
    assert round_.tasks.get().claimed == 1


def test_a_withdrawn_task_cannot_be_skipped(assignment: Assignment) -> None:
    withdraw_assignment(assignment, by=None)
    with pytest.raises(ClaimLostError):
        store_skip(assignment, reason="too late")


def test_with_one_annotator_a_task_one_submission_completes_it() -> None:
    round_ = plan_small_round(annotators=2, articles=1, overlap=1)
    for participant in round_.participants.all():
        claim_tasks(participant, limit=1)
    submit(Assignment.objects.get())
    assert round_.tasks.get().status == TaskStatus.ANNOTATED
