"""What happens at the same moment as a decision: of two adjudicators one is saved and the other told, and so it is at the end of a project."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotations.adjudication.ledger import read_case
from annotations.adjudication.locking import StaleLedgerError
from annotations.adjudication.services import decide_unit
from annotations.adjudication.units import Action
from annotations.assignment.archiving import archive_project
from annotations.assignment.excluding import exclude_article
from annotations.models import Decision, Role, Task, User
from tests.factories import make_member
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark


@pytest.mark.django_db(transaction=True)
def test_of_decisions_at_the_same_moment_one_is_kept_and_the_others_are_refused() -> None:
    task = make_annotated_task(mark(claim()), mark(claim(0, 24)), mark())
    people = [make_member(task.round.project, Role.ADJUDICATOR) for _ in range(4)]
    unit = read_case(task).outcome.open[0].key
    barrier = Barrier(len(people))

    def decide(person: User) -> bool:
        try:
            barrier.wait(timeout=20)
            decide_unit(task, unit=unit, action=Action.REJECT, by=person, expected=0)
        except StaleLedgerError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        saved = list(pool.map(decide, people))
    assert saved.count(True) == 1
    assert list(Decision.objects.values_list("number", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["archive", "exclude"])
def test_adjudicators_who_decide_while_an_end_comes_are_saved_or_told(end: str) -> None:
    tasks = [make_annotated_task(mark(claim()), mark(claim(0, 24)))]
    project = tasks[0].round.project
    tasks += [
        make_annotated_task(mark(claim()), mark(claim(0, 24)), project=project, text=f"{n}. {TEXT}")
        for n in range(5)
    ]
    judges = [make_member(project, Role.ADJUDICATOR) for _ in tasks]
    units = {task.pk: read_case(task).outcome.open[0].key for task in tasks}
    barrier = Barrier(len(tasks) + 1)

    def decide(task: Task, judge: User) -> int:
        try:
            client = Client()
            client.force_login(judge)
            address = reverse("web:adjudicate-decide", args=[project.slug, task.pk])
            barrier.wait(timeout=30)
            return client.post(
                address, {"unit": units[task.pk], "decision": "reject"}, headers={"X-Part": "case"}
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        answers = [pool.submit(decide, task, judge) for task, judge in zip(tasks, judges, strict=True)]
        barrier.wait(timeout=30)
        if end == "archive":
            archive_project(project, by=None)
        else:
            for task in tasks:
                exclude_article(task.article, reason="Not news", by=None)
        statuses = [answer.result(timeout=60) for answer in answers]
    assert set(statuses) <= {200, 404, 409}
    assert statuses.count(200) == Decision.objects.count()
