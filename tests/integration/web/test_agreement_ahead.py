"""Agreement is counted by jobs as annotations come in, so that its page and its files are there at the first look."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.services import withdraw_assignment
from annotations.jobs.worker import Checkpoint, find_handler
from annotations.models import (
    AgreementBlock,
    AgreementStatistics,
    Job,
    JobStatus,
    Project,
    Role,
    Round,
    Task,
    User,
)
from annotations.reliability import counting
from annotations.reliability.selection import Selection
from annotations.web.agreement.ahead import count_ahead
from tests.factories import make_assignment, make_member
from tests.factories.collection import mark, submit
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"[^"]*"')
PARTS = ("", "summary/", "people/", "needed/", "periods/", "report.json", "report.csv")


class Scene:
    """Two people have completed six articles; a manager reads."""

    def __init__(self) -> None:
        self.project, (self.ada, self.ben, self.cy), self.round = make_team("Ada", "Ben", "Cy")
        self.tasks = make_tasks(self.round, 6)
        for number, task in enumerate(self.tasks):
            annotate(task, self.ada, (0, 10, "Claim"), (20, 30, "Stance"))
            annotate(task, self.ben, (0, 10 + number, "Claim"))
            annotate(task, self.cy, (number, 10, "Claim"))
        self.client = Client()
        self.client.force_login(make_member(self.project, Role.MANAGER))

    project: Project
    ada: User
    ben: User
    cy: User
    round: Round
    tasks: list[Task]

    def read(self) -> dict[str, bytes]:
        address = reverse("web:agreement", args=[self.project.slug])
        answers = {part: self.client.get(f"{address}{part}") for part in PARTS}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {part: TOKEN.sub(b"", answer.content) for part, answer in answers.items()}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def run(kind: str) -> None:
    """Do the job of a kind that waits, whenever its turn would come."""
    Job.objects.filter(kind=kind).update(status=JobStatus.RUNNING, worker="here")
    job = Job.objects.get(kind=kind)
    find_handler(kind)(job, Checkpoint(job))


def test_submissions_ask_for_one_count_in_a_minute(scene: Scene) -> None:
    for task in make_tasks(scene.round, 2):
        submit(make_assignment(task, scene.ada), mark((0, 4)))
    job = Job.objects.get(kind="count_agreement")
    assert job.project == scene.project
    assert timedelta(0) < job.run_after - timezone.now() <= timedelta(minutes=1)


def test_what_is_taken_back_asks_for_a_count_too(scene: Scene) -> None:
    withdraw_assignment(scene.tasks[0].assignments.get(annotator=scene.ada), by=None)
    assert Job.objects.filter(kind="count_agreement", project=scene.project).count() == 1


def test_after_the_jobs_the_page_and_the_files_are_only_read_and_say_what_counting_anew_says(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(make_assignment(make_tasks(scene.round, 1)[0], scene.ada), mark((0, 4)))
    run("count_agreement")
    run("write_agreement")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("this was to be computed ahead")

    with monkeypatch.context() as forbidden:
        forbidden.setattr(counting, "build_corpus", refuse)
        forbidden.setattr(counting, "evaluate", refuse)
        ahead = scene.read()
    AgreementStatistics.objects.all().delete()
    assert scene.read() == ahead


def test_a_count_that_is_stopped_goes_on_with_the_blocks_that_are_missing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "TASKS_A_BLOCK", 1)
    counted: list[int] = []

    def stop() -> None:
        counted.append(AgreementBlock.objects.count())
        if len(counted) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_ahead(scene.project, progress=stop)
    assert AgreementBlock.objects.count() == 2
    first = set(AgreementBlock.objects.values_list("pk", flat=True))
    count_ahead(scene.project, progress=lambda: None)
    assert AgreementBlock.objects.count() == len(scene.tasks)
    assert first < set(AgreementBlock.objects.values_list("pk", flat=True))


def test_nothing_is_kept_of_counts_that_were_renewed_meanwhile(scene: Scene) -> None:
    before = counting.count(
        scene.project,
        Selection(),
        counting.choose_counting((), by=(), options=counting.Options()),
    )
    annotate(scene.tasks[0], scene.ada)
    after = counting.count(
        scene.project,
        Selection(),
        counting.choose_counting((), by=(), options=counting.Options()),
    )
    before.keep("key", {"of": "what was counted before"})
    assert after.recall("key") is None
    after.keep("key", {"of": "what is counted now"})
    assert after.recall("key") == {"of": "what is counted now"}


def test_a_file_calls_people_by_the_names_that_they_have_now(scene: Scene) -> None:
    assert b"Ada|Ben" in scene.read()["report.json"]
    User.objects.filter(pk=scene.ada.pk).update(name="Ada Lovelace")
    assert b"Ada Lovelace|Ben" in scene.read()["report.json"]
