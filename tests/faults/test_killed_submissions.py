"""A process killed in the middle of submissions: every acknowledged annotation is there, once and whole."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.models import F

from annotations.assignment.services import claim_tasks
from annotations.collection.in_memory import write_result
from annotations.collection.results import digest_result
from annotations.markup import Markup, Relation
from annotations.models import Annotation, Assignment, AssignmentStatus, Job, Task, TaskStatus
from tests.databases import name_database
from tests.factories.collection import mark, plan_small_round

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
TASKS = 25
SPANS = 6


def make_markup(assignment_id: int) -> Markup:
    """Six spans and a relation that name the assignment by where they lie."""
    shift = assignment_id % 7
    places = [(shift + 4 * number, shift + 4 * number + 3) for number in range(SPANS)]
    return mark(*places, relations=(Relation("s0", "s5", "supports"),))


def start_submitting(assignment_ids: list[int]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.submitting", *map(str, assignment_ids)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "workbench.settings", "DATABASE_URL": name_database()},
        stdout=subprocess.PIPE,
        text=True,
    )


def check_acknowledged(lines: list[str]) -> None:
    for line in lines:
        assignment_id, annotation_id, digest = line.split()
        annotation = Annotation.objects.with_markup().get(pk=annotation_id)
        assert annotation.assignment_id == int(assignment_id)
        assert annotation.digest == digest == digest_result(write_result(make_markup(int(assignment_id))))
        assert Annotation.objects.filter(assignment=int(assignment_id)).count() == 1


def check_whole() -> None:
    """Nothing is half there, acknowledged or not."""
    for annotation in Annotation.objects.with_markup().select_related("assignment"):
        assert annotation.to_markup() == make_markup(annotation.assignment_id)
        assert annotation.assignment.current_id == annotation.pk
        assert annotation.assignment.status == AssignmentStatus.SUBMITTED
    for task in Task.objects.all():
        submitted = task.assignments.submitted().count()
        assert task.claimed == task.assignments.holding().count() == task.wanted
        assert (task.status == TaskStatus.ANNOTATED) is (submitted == task.wanted)
        assert task.awaits_rule is (submitted == task.wanted)
    assert Job.objects.filter(kind="finish_by_rule").exists() is Task.objects.awaiting_rule().exists()
    assert not Assignment.objects.exclude(current=None).exclude(current__assignment=F("id")).exists()


@pytest.mark.parametrize("acknowledgements", [2, 20])
def test_every_acknowledged_annotation_is_there_once(acknowledgements: int) -> None:
    round_ = plan_small_round(annotators=2, articles=TASKS, overlap=2)
    assignment_ids = [
        assignment.pk for who in round_.participants.all() for assignment in claim_tasks(who, limit=TASKS)
    ]
    first = start_submitting(assignment_ids)
    assert first.stdout is not None
    lines = [first.stdout.readline() for _ in range(acknowledgements)]
    os.kill(first.pid, signal.SIGKILL)
    lines += first.communicate()[0].splitlines(keepends=True)
    assert first.returncode == -signal.SIGKILL
    assert acknowledgements <= len(lines) < len(assignment_ids)
    check_acknowledged(lines)
    check_whole()

    second = start_submitting(assignment_ids)
    again = second.communicate(timeout=300)[0].splitlines()
    assert second.returncode == 0
    assert len(again) == len(assignment_ids)
    check_acknowledged([*lines, *again])
    check_whole()
    assert Annotation.objects.count() == len(assignment_ids)
