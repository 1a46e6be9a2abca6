"""What the list of projects says waits in each: one's own work, and for managers that of others."""

import pytest

from annotations.models import Role
from annotations.web.projects.waiting import list_what_waits

TASKS = {"open": 5, "annotated": 8, "adjudicated": 2}


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({Role.ANNOTATOR}, ["3 to annotate"]),
        ({Role.ADJUDICATOR, Role.ANNOTATOR}, ["8 to adjudicate", "3 to annotate"]),
        ({Role.MANAGER}, ["8 with the adjudicators", "5 with the annotators"]),
        ({Role.MANAGER, Role.ADJUDICATOR}, ["8 to adjudicate", "5 with the annotators"]),
        ({Role.CONSUMER}, []),
    ],
)
def test_ones_own_work_comes_first_and_that_of_others_is_for_managers(
    roles: set[str], said: list[str]
) -> None:
    assert [f"{one.number} {one.words}" for one in list_what_waits(roles, TASKS, queued=3)] == said


def test_what_there_is_none_of_is_not_named() -> None:
    assert not list_what_waits(set(Role), {"open": 0, "annotated": 0, "adjudicated": 2}, queued=0)
