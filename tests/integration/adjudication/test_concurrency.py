"""Two adjudicators at the same moment: one is saved, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from annotations.adjudication.ledger import read_case
from annotations.adjudication.locking import StaleLedgerError
from annotations.adjudication.services import decide_unit
from annotations.adjudication.units import Action
from annotations.models import Decision, Role, User
from tests.factories import make_member
from tests.factories.adjudication import claim, make_annotated_task, mark


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
