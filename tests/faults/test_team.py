"""A team's installation: the way of an annotation through two web servers with each part but PostgreSQL killed once on the way."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
import psycopg
import pytest

from tests.faults.people import Person
from tests.team import TeamInstallation

T = TypeVar("T")
PATIENCE = 240.0
ELSEWHERE = 2
"""The round of the project that is in the second Label Studio."""


@pytest.fixture(scope="module")
def team() -> Iterator[TeamInstallation]:
    with tempfile.TemporaryDirectory(prefix="workbench-team-", ignore_cleanup_errors=True) as folder:
        installation = TeamInstallation(Path(folder))
        try:
            installation.start()
            yield installation
        finally:
            installation.stop()


def keep_trying(ask: Callable[[], T]) -> T:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except (httpx.HTTPError, RuntimeError):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


@pytest.fixture
def browsers() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def meet(team: TeamInstallation, browsers: ExitStack, name: str) -> Person:
    person = Person(team, f"{name}@example.org")
    browsers.enter_context(person.browser)
    return person.sign_in()


def annotate_one(person: Person, *, round_id: int | None = None) -> str:
    """The next article through the gateway; the text that was marked."""
    project = person.open_queue(round_id)
    task = person.next_task(project)
    person.submit(project, task).raise_for_status()
    return task.text


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(1)
    assert condition()


def count(team: TeamInstallation, question: str) -> int:
    with psycopg.connect(team.database("workbench")) as server:
        row = server.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.timeout(
    1_800
)  # the tables of Label Studio, if they were never made here, and three starts of it on a busy machine
def test_people_work_on_through_two_servers_while_each_part_is_killed_once(
    team: TeamInstallation, browsers: ExitStack
) -> None:
    ana, ben, cy = people = [meet(team, browsers, f"annotator-{number}") for number in (1, 2, 3)]
    done = [keep_trying(partial(annotate_one, person)) for person in people]

    team.kill("web-0")
    done.append(keep_trying(lambda: annotate_one(ana)))
    team.start_web(0)

    team.kill("worker-0")
    done.append(keep_trying(lambda: annotate_one(ben)))
    team.start_worker(0)

    team.kill("studio")
    assert cy.browser.get("/work/").status_code == httpx.codes.OK
    done.append(keep_trying(lambda: annotate_one(ben, round_id=ELSEWHERE)))
    assert ben.studio == "studio-2"
    team.start_studio()
    done.append(keep_trying(lambda: annotate_one(cy)))

    team.redis.kill()
    done.append(keep_trying(lambda: annotate_one(ana)))
    team.redis.start()
    done.append(keep_trying(lambda: annotate_one(ben)))
    team.redis.flush()
    done.append(keep_trying(lambda: annotate_one(cy)))

    assert count(team, "SELECT count(*) FROM annotations_annotation") == len(done)
    twice = "SELECT count(*) FROM (SELECT assignment_id FROM annotations_annotation GROUP BY 1 HAVING count(*) > 1) t"
    assert count(team, twice) == 0
    manager = meet(team, browsers, "manager")
    assert manager.browser.get("/projects/seeds/jobs/").status_code == httpx.codes.OK
    unbegun = (
        "SELECT count(*) FROM annotations_job WHERE status IN ('queued', 'running') "
        "AND run_after < now() - interval '60 seconds'"
    )
    wait_for(lambda: count(team, unbegun) == 0)
    for port in team.web_ports:
        figures = httpx.get(
            f"http://127.0.0.1:{port}/metrics",
            headers={"Authorization": "Bearer a-token-for-figures"},
            trust_env=False,
            timeout=30,
        ).raise_for_status()
        assert re.search(r"workbench_requests_total\{[^}]*\} [1-9]", figures.text)
