"""What the worker does by itself, and what a person does on the command line."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from annotations.assignment.qualifying import make_quiz
from annotations.assignment.services import plan_round
from annotations.collection.in_memory import InMemoryStudio, shared_studio
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Worker
from annotations.models import (
    Annotation,
    Assignment,
    AssignmentStatus,
    Job,
    JobStatus,
    Participant,
    Round,
    TaskStatus,
)
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import annotate, mark, plan_small_round

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def studio() -> Iterator[InMemoryStudio]:
    with override_settings(STUDIO_BACKEND="annotations.collection.in_memory.shared_studio", JOB_SCHEDULE={}):
        yield shared_studio()


def run_jobs() -> list[Job]:
    Worker(name="test").run_until_idle()
    return list(Job.objects.order_by("id"))


def test_planning_a_round_fills_the_queues_of_all_its_annotators(studio: InMemoryStudio) -> None:
    round_ = plan_small_round(annotators=3, articles=4, overlap=2)
    [job] = run_jobs()
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 3, 3)
    assert "8 tasks" in job.message
    assert Assignment.objects.queued().exclude(studio_task_id=None).count() == 8
    assert round_.participants.filter(studio_project_id=None).count() == 0


def test_a_whole_round_is_worked_off_by_submissions_and_jobs_alone(studio: InMemoryStudio) -> None:
    project = make_project(queue_depth=2)
    round_ = plan_small_round(project=project, annotators=3, articles=5, overlap=2)
    with override_settings(JOB_HANDLERS=_without_adjudication()):
        run_jobs()
        while queued := Assignment.objects.queued().exclude(studio_task_id=None).first():
            annotate(queued, studio)
            run_jobs()
    assert set(round_.tasks.values_list("status", flat=True)) == {TaskStatus.ANNOTATED}
    assert Annotation.objects.current().count() == 10


def test_a_job_for_one_participant_leaves_the_others_alone(studio: InMemoryStudio) -> None:
    round_ = plan_small_round(annotators=2, articles=4, overlap=1)
    Job.objects.all().delete()
    one, _other = round_.participants.all()
    enqueue("top_up_queues", arguments={"participant": one.pk})
    run_jobs()
    assert set(Assignment.objects.values_list("annotator", flat=True)) == {one.annotator_id}


def test_an_expired_task_goes_to_another_annotator_before_it_comes_back(studio: InMemoryStudio) -> None:
    round_ = plan_small_round(annotators=2, articles=1, overlap=1)
    run_jobs()
    first = Assignment.objects.get()
    Assignment.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    enqueue("expire_leases")
    run_jobs()
    first.refresh_from_db()
    assert first.status == AssignmentStatus.EXPIRED
    taken = Assignment.objects.queued().get()
    assert taken.annotator != first.annotator
    assert taken.studio_task_id is not None
    assert {task.reference for task in studio.tasks} == {taken.pk}
    assert round_.tasks.get().claimed == 1


def test_the_reconcile_job_says_what_it_put_right(studio: InMemoryStudio) -> None:
    round_ = plan_small_round(annotators=1, articles=2, overlap=1)
    run_jobs()
    studio.submit(Assignment.objects.all()[0].studio_task_id or 0, mark((0, 4)))
    job = enqueue("reconcile", project=round_.project)
    with override_settings(JOB_HANDLERS=_without_adjudication()):
        run_jobs()
    job.refresh_from_db()
    assert (job.status, job.done) == (JobStatus.DONE, 1)
    assert job.message.startswith("1 difference")
    assert Annotation.objects.count() == 1


def test_a_job_waits_for_a_studio_that_is_down(studio: InMemoryStudio) -> None:
    plan_small_round(annotators=1, articles=1, overlap=1)
    studio.mishaps.is_down = True
    [job] = run_jobs()
    assert job.status == JobStatus.QUEUED
    assert "down" in job.message
    studio.mishaps.is_down = False
    Job.objects.update(run_after=timezone.now())
    [job] = run_jobs()
    assert job.status == JobStatus.DONE
    assert len(studio.tasks) == 1


def test_plan_round_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project()
    make_article(project)
    team = [make_member(project) for _ in range(2)]
    addresses = f" {team[0].email.upper()}, {team[1].email},"
    quiz = make_quiz(project, chosen=[0], passing=1, by=None)
    call_command("plan_round", project.slug, annotators=addresses, overlap=2, seed=5, quiz=1, json=True)
    planned = json.loads(capsys.readouterr().out)
    round_ = Round.objects.get()
    assert planned == {
        "id": round_.pk,
        "number": 1,
        "kind": "production",
        "overlap": 2,
        "seed": 5,
        "due_on": None,
        "quiz": 1,
        "tasks": 1,
        "annotators": 2,
    }
    assert round_.required_quiz.quiz == quiz
    assert {participant.annotator for participant in Participant.objects.all()} == set(team)


def test_plan_round_says_what_is_wrong() -> None:
    project = make_project()
    make_article(project)
    member = make_member(project)
    with pytest.raises(CommandError, match=f"Projects: {project.slug}"):
        call_command("plan_round", "nowhere", annotators=member.email, overlap=1)
    with pytest.raises(CommandError, match="invite them"):
        call_command("plan_round", project.slug, annotators="nobody@example.org", overlap=1)
    with pytest.raises(CommandError, match="Quizzes: none yet"):
        call_command("plan_round", project.slug, annotators=member.email, overlap=1, quiz=3)
    with pytest.raises(CommandError, match="smaller overlap"):
        call_command("plan_round", project.slug, annotators=member.email, overlap=2)


def test_sync_tells_what_differed_and_the_second_time_that_nothing_did(
    studio: InMemoryStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    round_ = plan_small_round(annotators=1, articles=2, overlap=1)
    run_jobs()
    studio.submit(Assignment.objects.all()[0].studio_task_id or 0, mark((0, 4)))
    call_command("sync", round_.project.slug)
    assert "1 submissions that had been missed" in capsys.readouterr().out
    call_command("sync")
    assert "Nothing differed." in capsys.readouterr().out
    call_command("sync", json=True)
    assert json.loads(capsys.readouterr().out)["changes"] == 0


def test_sync_without_a_studio_says_how_to_start_it(studio: InMemoryStudio) -> None:
    project = make_project()
    make_article(project)
    plan_round(project, annotators=[make_member(project)], overlap=1, by=None)
    studio.mishaps.is_down = True
    with pytest.raises(CommandError, match="studio start"):
        call_command("sync")
    with pytest.raises(CommandError, match="no project"):
        call_command("sync", "nowhere")


def do_nothing(job: Job, checkpoint: object) -> None:
    """Stands for the job that asks the merge rule, which is another stage's."""


def _without_adjudication() -> dict[str, str]:
    return {**settings.JOB_HANDLERS, "finish_by_rule": f"{__name__}.do_nothing"}
