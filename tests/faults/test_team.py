"""A team's installation: the way of an annotation through two web servers, with each part killed once on the way."""

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


def annotate_one(person: Person) -> str:
    """The next article through the gateway; the text that was marked."""
    project = person.open_queue()
    task = person.next_task(project)
    person.submit(project, task).raise_for_status()
    return task.text


def count(team: TeamInstallation, question: str) -> int:
    with psycopg.connect(team.database("workbench")) as server:
        row = server.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.timeout(
    1_800
)  # two starts of Label Studio on an empty database, one after the other, on a busy machine
def test_people_work_on_through_two_servers_while_each_part_is_killed_once(
    team: TeamInstallation, browsers: ExitStack
) -> None:
    people = [meet(team, browsers, f"annotator-{number}") for number in (1, 2, 3)]
    done = [keep_trying(partial(annotate_one, person)) for person in people]

    team.kill("web-0")
    done.append(keep_trying(lambda: annotate_one(people[0])))
    team.start_web(0)

    team.kill("worker-0")
    done.append(keep_trying(lambda: annotate_one(people[1])))
    team.start_worker(0)

    team.kill("studio")
    answer = people[2].browser.get("/work/")
    assert answer.status_code == httpx.codes.OK
    team.start_studio()
    done.append(keep_trying(lambda: annotate_one(people[2])))

    team.redis.kill()
    done.append(keep_trying(lambda: annotate_one(people[0])))
    team.redis.start()
    done.append(keep_trying(lambda: annotate_one(people[1])))
    team.redis.flush()
    done.append(keep_trying(lambda: annotate_one(people[2])))

    assert count(team, "SELECT count(*) FROM annotations_annotation") == len(done)
    twice = "SELECT count(*) FROM (SELECT assignment_id FROM annotations_annotation GROUP BY 1 HAVING count(*) > 1) t"
    assert count(team, twice) == 0
    manager = meet(team, browsers, "manager")
    assert manager.browser.get("/projects/seeds/jobs/").status_code == httpx.codes.OK
    unbegun = (
        "SELECT count(*) FROM annotations_job WHERE status IN ('queued', 'running') "
        "AND run_after < now() - interval '60 seconds'"
    )
    deadline = time.monotonic() + PATIENCE
    while count(team, unbegun) and time.monotonic() < deadline:
        time.sleep(2)
    assert count(team, unbegun) == 0
    for port in team.web_ports:
        figures = httpx.get(
            f"http://127.0.0.1:{port}/metrics",
            headers={"Authorization": "Bearer a-token-for-figures"},
            trust_env=False,
            timeout=30,
        ).raise_for_status()
        assert re.search(r"workbench_requests_total\{[^}]*\} [1-9]", figures.text)
