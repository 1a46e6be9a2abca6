"""Reconciling: the Studio is the truth, nothing acknowledged is lost, and a second pass changes nothing."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.assignment.services import close_task, reassign, withdraw_assignment
from annotations.collection.in_memory import InMemoryStudio
from annotations.collection.ports import NewStudioTask, StudioRefusedError, StudioUnavailableError
from annotations.collection.services import ReconcileReport, collect, reconcile, record_skip, top_up_queue
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    Assignment,
    AssignmentStatus,
    Event,
    Participant,
    Round,
    Task,
    TaskStatus,
)
from tests.factories.collection import (
    TEXT,
    annotate,
    fill_queues,
    mark,
    participant_of,
    plan_small_round,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> InMemoryStudio:
    return InMemoryStudio()


@pytest.fixture
def round_() -> Round:
    return plan_small_round(annotators=2, articles=4, overlap=1)


@pytest.fixture
def queue(round_: Round, studio: InMemoryStudio) -> list[Assignment]:
    """Two tasks of each annotator, in the Studio."""
    return fill_queues(round_, studio)


@pytest.fixture
def put_right(studio: InMemoryStudio) -> Callable[..., ReconcileReport]:
    """Reconcile; check that it found just this; and that a second pass finds nothing."""

    def run(**expected: int) -> ReconcileReport:
        report = reconcile(studio=studio)
        found = {
            name: value
            for name, value in report.to_json().items()
            if name not in {"participants", "studio_tasks", "changes", "remarks"} and value
        }
        assert found == expected
        assert reconcile(studio=studio).changes == 0
        return report

    return run


def studio_task(assignment: Assignment) -> int:
    assignment.refresh_from_db()
    assert assignment.studio_task_id is not None
    return assignment.studio_task_id


def test_where_nothing_differs_nothing_changes(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    annotate(queue[0], studio)
    report = put_right()
    assert (report.participants, report.studio_tasks, report.remarks) == (2, 4, [])


def test_a_missed_submission_is_found(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    annotation_id = studio.submit(studio_task(queue[0]), mark((0, 8)), lead_time=33.0)
    put_right(missed=1)
    annotation = Annotation.objects.current().get()
    assert annotation.assignment == queue[0]
    assert (annotation.origin, annotation.lead_time) == (AnnotationOrigin.RECONCILE, 33.0)
    assert annotation.assignment.studio_annotation_id == annotation_id
    assert annotation.to_markup() == mark((0, 8))


def test_a_missed_change_is_a_new_revision(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.change(annotate(queue[0], studio), mark((0, 8)))
    put_right(changed=1)
    assert Annotation.objects.current().get().to_markup() == mark((0, 8))
    assert Annotation.objects.count() == 2


def test_a_missed_skip_frees_the_claim(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.skip(studio_task(queue[0]))
    put_right(skipped=1, imported=1)
    queue[0].refresh_from_db()
    assert queue[0].status == AssignmentStatus.SKIPPED
    assert queue[0].skip_reason
    taken_over = Assignment.objects.get(task=queue[0].task, status=AssignmentStatus.QUEUED)
    assert taken_over.annotator != queue[0].annotator


def test_a_submission_turned_into_a_skip_reopens_the_task(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.delete_annotation(annotate(queue[0], studio))
    studio.skip(studio_task(queue[0]))
    put_right(skipped=1, imported=1)
    assert Task.objects.get(pk=queue[0].task_id).status == TaskStatus.OPEN
    assert Annotation.objects.count() == 1
    assert not Annotation.objects.current().exists()


def test_an_annotation_deleted_in_the_studio_stays_in_force_here_and_is_reported(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.delete_annotation(annotate(queue[0], studio))
    report = put_right(deleted=1)
    assert "stays in force" in report.remarks[0]
    queue[0].refresh_from_db()
    assert (queue[0].status, queue[0].studio_annotation_id) == (AssignmentStatus.SUBMITTED, None)
    assert Annotation.objects.current().count() == 1
    assert Event.objects.filter(verb="missed annotation").count() == 1
    studio.submit(studio_task(queue[0]), mark((0, 8)))
    put_right(changed=1)
    assert Annotation.objects.current().get().to_markup() == mark((0, 8))


def test_a_task_gone_from_the_studio_is_imported_again(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    gone = studio_task(queue[0])
    studio.delete_task(gone)
    put_right(missing=1, imported=1)
    assert studio_task(queue[0]) != gone


def test_a_submitted_task_gone_from_the_studio_is_not_asked_for_twice(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    annotate(queue[0], studio)
    studio.delete_task(studio_task(queue[0]))
    put_right(missing=1)
    assert Annotation.objects.current().count() == 1
    assert queue[0].pk not in {task.reference for task in studio.tasks}


def test_a_whole_studio_project_that_is_gone_is_made_again(
    queue: list[Assignment], round_: Round, studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    participant = participant_of(queue[0])
    studio.delete_project(participant.studio_project_id or 0)
    put_right(missing=2, imported=2)
    assert sorted(task.reference or 0 for task in studio.tasks) == [assignment.pk for assignment in queue]


def test_a_studio_that_was_set_up_anew_is_filled_again(round_: Round) -> None:
    """Its numbers start from the beginning, so that those we noted belong to others now."""
    before = InMemoryStudio()
    queue = fill_queues(round_, before)
    annotate(queue[0], before)
    after = InMemoryStudio()
    for participant in reversed(round_.participants.all()):
        top_up_queue(participant, studio=after)
    reconcile(studio=after)
    reconcile(studio=after)
    assert reconcile(studio=after).changes == 0
    assert Annotation.objects.current().get().assignment == queue[0]
    check_in_line_with(after, round_)
    assert {task.reference for task in after.tasks} == {assignment.pk for assignment in queue[1:]}
    projects = round_.participants.values_list("studio_project_id", flat=True)
    for participant, project_id in zip(round_.participants.all(), projects, strict=True):
        listed = {task.reference for task in after.list_tasks(project_id or 0)}
        theirs = Assignment.objects.of(participant.annotator).queued().values_list("id", flat=True)
        assert listed == set(theirs)


def test_what_is_adjudicated_leaves_the_studio_and_stays_in_force_here(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    annotate(queue[0], studio)
    Task.objects.filter(pk=queue[0].task_id).update(status=TaskStatus.ADJUDICATED)
    put_right(removed=1)
    assert queue[0].pk not in {task.reference for task in studio.tasks}
    assert Annotation.objects.current().get().assignment == queue[0]


def test_a_studio_task_that_a_crash_left_unknown_is_adopted(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    known = studio_task(queue[0])
    Assignment.objects.filter(pk=queue[0].pk).update(studio_task_id=None)
    put_right(adopted=1)
    assert studio_task(queue[0]) == known


def test_an_untouched_second_studio_task_is_removed(
    round_: Round, studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.mishaps.double_imported = 2
    queue = fill_queues(round_, studio)
    assert len(studio.tasks) == 6
    put_right(removed=2)
    assert {task.task_id for task in studio.tasks} == {studio_task(assignment) for assignment in queue}


def test_of_two_studio_tasks_the_one_that_was_worked_on_stays(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    project_id = participant_of(queue[0]).studio_project_id or 0
    [second] = studio.import_tasks(project_id, [NewStudioTask(reference=queue[0].pk, text=TEXT, title="")])
    studio.submit(second, mark((0, 4)))
    put_right(missed=1, removed=1)
    assert studio_task(queue[0]) == second
    assert Annotation.objects.current().get().assignment == queue[0]


def test_work_on_both_of_two_studio_tasks_is_left_to_a_person(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    annotate(queue[0], studio)
    project_id = participant_of(queue[0]).studio_project_id or 0
    [second] = studio.import_tasks(project_id, [NewStudioTask(reference=queue[0].pk, text=TEXT, title="")])
    studio.submit(second, mark((0, 8)))
    report = put_right()
    assert "left alone" in report.remarks[0]
    assert studio.fetch_task(second) is not None


def test_leftovers_of_withdrawn_assignments_are_removed(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    left = studio_task(queue[0])
    withdraw_assignment(queue[0], by=None)
    Task.objects.filter(pk=queue[0].task_id).update(status=TaskStatus.CANCELLED)
    put_right(removed=1)
    assert studio.fetch_task(left) is None


def test_what_was_submitted_on_a_leftover_is_kept_on_record(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.submit(studio_task(queue[0]), mark((0, 4)))
    close_task(queue[0].task, by=None)
    put_right(removed=1)
    assert Annotation.objects.get().assignment == queue[0]
    assert not Annotation.objects.current().exists()


def test_the_skip_of_a_task_that_was_queued_again_is_not_taken_for_a_new_one(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    before = studio_task(queue[0])
    studio.skip(before)
    studio.mishaps.is_down = True
    skipped = record_skip(queue[0], reason="Too long.", studio=studio)
    studio.mishaps.is_down = False
    reassign(skipped, to=queue[0].annotator, by=None)
    put_right(removed=1, imported=1)
    queue[0].refresh_from_db()
    assert queue[0].status == AssignmentStatus.QUEUED
    assert studio_task(queue[0]) != before


def test_a_submission_withdrawn_and_asked_for_again_does_not_come_back_by_itself(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    annotate(queue[0], studio)
    withdraw_assignment(queue[0], by=None)
    reassign(queue[0], to=queue[0].annotator, by=None)
    put_right(removed=1, imported=1)
    queue[0].refresh_from_db()
    assert queue[0].status == AssignmentStatus.QUEUED
    assert not Annotation.objects.current().exists()


def test_a_task_that_is_none_of_ours_is_left_alone(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    one, other = queue[0], next(item for item in queue if item.annotator != queue[0].annotator)
    project_id = participant_of(one).studio_project_id or 0
    strangers = [
        NewStudioTask(reference=999_999, text=TEXT, title=""),
        NewStudioTask(reference=other.pk, text=TEXT, title=""),
    ]
    for task_id in studio.import_tasks(project_id, strangers):
        studio.submit(task_id, mark((0, 4)))
    report = put_right()
    assert len(report.remarks) == 2
    assert not Annotation.objects.exists()


def test_a_change_after_adjudication_is_reported_and_not_taken(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    annotation_id = annotate(queue[0], studio)
    Task.objects.filter(pk=queue[0].task_id).update(status=TaskStatus.ADJUDICATED)
    studio.change(annotation_id, mark((0, 8)))
    report = put_right()
    assert "adjudicated" in report.remarks[0]
    assert Annotation.objects.count() == 1


def test_a_result_that_no_database_keeps_is_reported_and_the_others_are_taken(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.submit_result(studio_task(queue[0]), [{"note": "\x00"}])
    studio.submit(studio_task(queue[1]), mark((0, 4)))
    report = put_right(missed=1)
    assert "NUL" in report.remarks[0]


def test_an_expired_assignment_whose_work_is_in_the_studio_counts(
    queue: list[Assignment], studio: InMemoryStudio, put_right: Callable[..., ReconcileReport]
) -> None:
    studio.submit(studio_task(queue[0]), mark((0, 4)))
    Assignment.objects.filter(pk=queue[0].pk).update(leased_until=timezone.now() - timedelta(days=1))
    put_right(missed=1)
    assert Annotation.objects.current().get().assignment == queue[0]


def test_a_refusal_for_one_participant_does_not_keep_the_others_from_being_compared(
    queue: list[Assignment], studio: InMemoryStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = participant_of(queue[0]).studio_project_id
    served = next(item for item in queue if participant_of(item).studio_project_id != refused)
    studio.submit(studio_task(served), mark((0, 4)))
    listing = studio.list_tasks

    def refuse_one(project_id: int) -> Iterator[object]:
        if project_id == refused:
            raise StudioRefusedError("no")
        return listing(project_id)

    monkeypatch.setattr(studio, "list_tasks", refuse_one)
    report = reconcile(studio=studio)
    assert report.missed == 1
    assert len(report.remarks) == 1


def test_one_project_can_be_reconciled_by_itself(studio: InMemoryStudio, queue: list[Assignment]) -> None:
    other = plan_small_round(annotators=1, articles=1, overlap=1)
    fill_queues(other, studio)
    for assignment in Assignment.objects.all():
        studio.submit(studio_task(assignment), mark((0, 4)))
    assert reconcile(other.project, studio=studio).missed == 1


def test_a_participant_whom_somebody_else_serves_is_left_for_the_next_pass(
    queue: list[Assignment], studio: InMemoryStudio
) -> None:
    studio.submit(studio_task(queue[0]), mark((0, 4)))
    busy = participant_of(queue[0])
    Participant.objects.filter(pk=busy.pk).update(studio_busy_until=timezone.now() + timedelta(minutes=1))
    report = reconcile(studio=studio)
    assert report.missed == 0
    assert "at work" in report.remarks[0]
    Participant.objects.update(studio_busy_until=None)
    assert reconcile(studio=studio).missed == 1


class InterruptedStudio(InMemoryStudio):
    """Lets something happen right after the next call of a kind was carried out, before its answer is used."""

    def __init__(self, after: str) -> None:
        super().__init__()
        self.after = after
        self.then: Callable[[], object] | None = None

    @contextmanager
    def _call(self, name: str, studio: int) -> Iterator[None]:
        with super()._call(name, studio):
            yield
        if name == self.after and self.then is not None:
            then, self.then = self.then, None
            then()


def test_what_passes_the_gateway_during_a_comparison_is_not_overwritten_with_what_was_read_before() -> None:
    studio = InterruptedStudio("fetch_task")
    first = fill_queues(plan_small_round(annotators=1, articles=1, overlap=1), studio)[0]
    annotation_id = annotate(first, studio, mark((0, 4)))
    studio.change(annotation_id, mark((0, 6)))

    def change_through_the_gateway() -> None:
        studio.change(annotation_id, mark((0, 8)))
        submit(first, mark((0, 8)), studio_annotation_id=annotation_id)

    studio.then = change_through_the_gateway
    assert reconcile(studio=studio).changed == 0
    assert Annotation.objects.current().get().to_markup() == mark((0, 8))
    assert Annotation.objects.count() == 2


@pytest.mark.parametrize("seed", range(6))
def test_with_events_dropped_doubled_and_shuffled_it_converges_in_two_passes(seed: int) -> None:
    """Hints reach us as a bad network delivers them; after two passes our record is what the Studio says."""
    chance = random.Random(seed)  # noqa: S311 - a game, not a secret
    studio = InMemoryStudio()
    round_ = plan_small_round(annotators=4, articles=10, overlap=2, seed=seed)
    events: list[int] = []
    for _turn in range(6):
        fill_queues(round_, studio)
        for assignment in Assignment.objects.holding().exclude(studio_task_id=None):
            task = studio.fetch_task(assignment.studio_task_id or 0)
            if task is None or chance.random() < 0.3:
                continue
            annotations = [annotation.annotation_id for annotation in task.annotations]
            start = chance.randrange(0, 20)
            markup = mark((start, start + chance.randint(1, 20)))
            match chance.choice(["submit", "submit", "change", "skip", "delete", "lose task"]):
                case "submit" if not annotations:
                    studio.submit(task.task_id, markup)
                case "change" if annotations:
                    studio.change(annotations[0], markup)
                case "skip" if not annotations:
                    studio.skip(task.task_id)
                case "delete" if annotations and chance.random() < 0.3:
                    studio.delete_annotation(annotations[0])
                case "lose task" if chance.random() < 0.1:
                    studio.delete_task(task.task_id)
            events += [assignment.pk] * chance.choices([0, 1, 2], weights=[3, 4, 3])[0]
        chance.shuffle(events)
        for reference in events[: len(events) // 2]:
            collect(Assignment.objects.get(pk=reference), studio=studio)
        del events[: len(events) // 2]
    reconcile(studio=studio)
    reconcile(studio=studio)
    assert reconcile(studio=studio).changes == 0
    check_in_line_with(studio, round_)


def check_in_line_with(studio: InMemoryStudio, round_: Round) -> None:
    by_reference = {task.reference: task for task in studio.tasks}
    assert len(by_reference) == len(studio.tasks)
    for assignment in Assignment.objects.select_related("current"):
        task = by_reference.get(assignment.pk)
        live = [annotation for annotation in (task.annotations if task else ()) if not annotation.is_skip]
        if assignment.status in {AssignmentStatus.QUEUED, AssignmentStatus.SUBMITTED} and task:
            assert assignment.studio_task_id == task.task_id
        if live:
            assert assignment.status == AssignmentStatus.SUBMITTED
            assert assignment.current is not None
            assert assignment.current.result == live[0].result
        if assignment.status == AssignmentStatus.QUEUED:
            assert task is not None
            assert not task.annotations
        if assignment.status in {AssignmentStatus.SKIPPED, AssignmentStatus.WITHDRAWN}:
            assert task is None
    for task_row in round_.tasks.all():
        assert task_row.claimed == task_row.assignments.holding().count() <= task_row.wanted


def test_a_studio_that_is_down_is_said_to_be_and_changes_nothing(
    queue: list[Assignment], studio: InMemoryStudio
) -> None:
    studio.submit(studio_task(queue[0]), mark((0, 4)))
    studio.mishaps.is_down = True
    with pytest.raises(StudioUnavailableError):
        reconcile(studio=studio)
    studio.mishaps.is_down = False
    assert reconcile(studio=studio).missed == 1


def test_a_removal_whose_acknowledgement_was_lost_is_made_good() -> None:
    studio = InterruptedStudio("delete_task")
    first = fill_queues(plan_small_round(annotators=1, articles=1, overlap=1), studio)[0]
    close_task(first.task, by=None)
    studio.then = studio_loses_its_answer
    with pytest.raises(StudioUnavailableError):
        top_up_queue(participant_of(first), studio=studio)
    assert studio_task(first)
    top_up_queue(participant_of(first), studio=studio)
    first.refresh_from_db()
    assert first.studio_task_id is None
    assert studio.tasks == []


def studio_loses_its_answer() -> None:
    raise StudioUnavailableError
