"""A process killed in the middle of submissions: every acknowledged annotation is there, once and whole."""

import os
import random
import signal

import pytest
from django.db.models import F

from annotations.assignment.services import claim_tasks
from annotations.collection.in_memory import write_result
from annotations.collection.results import digest_result
from annotations.markup import Markup, Relation
from annotations.models import Annotation, Assignment, AssignmentStatus, Job, Task, TaskStatus
from tests.databases import name_database
from tests.factories.collection import mark, plan_small_round
from tests.processes import PythonProcess

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = int(os.environ.get("KILLS", "2"))
SUBMISSIONS = int(os.environ.get("SUBMISSIONS", "50"))
SEED = os.environ.get("SOAK_SEED", "1")
"""`make soak` has more of both, by other seeds."""
SPANS = 6


def make_markup(assignment_id: int) -> Markup:
    """Six spans and a relation that name the assignment by where they lie."""
    shift = assignment_id % 7
    places = [(shift + 4 * number, shift + 4 * number + 3) for number in range(SPANS)]
    return mark(*places, relations=(Relation("s0", "s5", "supports"),))


def start_submitting(assignment_ids: list[int]) -> PythonProcess:
    return PythonProcess(
        *("-m", "tests.faults.submitting", *map(str, assignment_ids)),
        DJANGO_SETTINGS_MODULE="workbench.settings",
        DATABASE_URL=name_database(),
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


@pytest.mark.timeout(7_200)  # so long takes a soak
def test_every_acknowledged_annotation_is_there_once() -> None:
    chance = random.Random(SEED)  # noqa: S311 - it guards no secret
    round_ = plan_small_round(annotators=2, articles=SUBMISSIONS // 2, overlap=2)
    assignment_ids = [
        assignment.pk
        for who in round_.participants.all()
        for assignment in claim_tasks(who, limit=SUBMISSIONS)
    ]
    lines: list[str] = []
    for kill in range(KILLS):
        known = {int(line.split()[0]) for line in lines}
        left = [one for one in assignment_ids if one not in known]
        process = start_submitting(left)
        most = max(1, (len(left) - 10) // (KILLS - kill))
        heard = [process.stdout.readline() for _ in range(chance.randint(max(1, most // 2), most))]
        process.kill()
        heard += process.communicate()[0].splitlines(keepends=True)
        assert process.returncode == -signal.SIGKILL
        check_acknowledged(heard)
        lines += heard
    assert len(lines) < len(assignment_ids)
    check_whole()

    last = start_submitting(assignment_ids)
    again = last.communicate(timeout=3_600)[0].splitlines()
    assert last.returncode == 0
    assert len(again) == len(assignment_ids)
    check_acknowledged(again)
    assert {line.strip() for line in lines} <= set(again)
    check_whole()
    assert Annotation.objects.count() == len(assignment_ids)
