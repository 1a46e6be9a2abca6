"""Kills what a person asked for at random moments, and looks at what is there afterwards."""

import os
import random
import time
from collections.abc import Callable
from typing import Any

from annotations.models import Project
from annotations.models.tallies import find_wrong_tallies
from tests.databases import name_database, wait_for_others
from tests.integration.jobs import killed_work
from tests.processes import PythonProcess

KILLS = int(os.environ.get("KILLS", "4"))
SEED = os.environ.get("SOAK_SEED", "1")
LONGEST = 0.4
"""Seconds after the work began; on an idle machine it takes about half of that."""


def kill_at_it(work: str, project: Project, chance: random.Random) -> None:
    process = PythonProcess(
        *("-m", "tests.integration.jobs.killed_work", work, str(project.pk)),
        DJANGO_SETTINGS_MODULE="tests.integration.jobs.killed_settings",
        DATABASE_URL=name_database(),
    )
    try:
        assert process.stdout.readline() == "at it\n", process.communicate()
        time.sleep(chance.uniform(0, LONGEST))
    finally:
        process.kill()
        process.communicate()
        wait_for_others()


def kill_often(work: str, project: Project, check: Callable[[], Any]) -> None:
    """After each kill what is there is looked at; afterwards the work is done once more, in peace."""
    chance = random.Random(f"{work} {SEED}")  # noqa: S311 - it guards no secret
    for _ in range(KILLS):
        kill_at_it(work, project, chance)
        check()
        assert find_wrong_tallies() == set()
    killed_work.WORKS[work](project)
    check()
    assert find_wrong_tallies() == set()
