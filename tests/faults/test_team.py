"""A team's installation: the way of annotations to gold through two web servers, with each part killed once on the way.

The tests tell one story and run in their order.
"""

import html
import json
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


def annotate_one(person: Person, *, round_id: int | None = None, length: int = 4) -> str:
    """The next article through the gateway; the text that was marked."""
    project = person.open_queue(round_id)
    task = person.next_task(project)
    person.submit(project, task, length=length).raise_for_status()
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


DECIDED = "SELECT count(*) FROM annotations_decision"
TO_REVIEW = (
    "SELECT count(*) FROM annotations_gold g JOIN annotations_task t ON t.id = g.task_id "
    "JOIN annotations_round r ON r.id = t.round_id JOIN annotations_project p ON p.id = r.project_id "
    "WHERE p.slug = 'seeds' AND g.needs_review"
)
SUBMITTED = (
    "SELECT count(*) FROM annotations_assignment a JOIN annotations_task t ON t.id = a.task_id JOIN annotations_round r ON r.id = t.round_id "
    "JOIN annotations_project p ON p.id = r.project_id WHERE p.slug = 'seeds' AND a.status = 'submitted' AND a.annotator_id = "
    "(SELECT id FROM annotations_user WHERE email = '{}')"
)
ARTICLES = 5
OPEN_CARD = re.compile(r'<article class="card is-open.*?</article>', re.DOTALL)
UNIT = re.compile(r'name="unit" value="([^"]+)"')
CHOICE = re.compile(r'name="decision" value="(choose\|[^"]+)"')
QUEUE = "/projects/seeds/adjudication/"
WAITING = re.compile(r'aria-labelledby="waiting".*?</section>', re.DOTALL)
DRAWN = re.compile(r'aria-labelledby="review".*?</section>', re.DOTALL)
CASE = re.compile(rf"{QUEUE}\d+/")


def annotate_the_rest(team: TeamInstallation, person: Person, *, length: int) -> None:
    while count(team, SUBMITTED.format(person.email)) < ARTICLES:
        keep_trying(lambda: annotate_one(person, round_id=1, length=length))


def find_case(judge: Person, section: re.Pattern[str] = WAITING) -> str:
    """The address of the first article in a section of the adjudicator's queue; empty where there is none."""
    listed = section.search(judge.browser.get(QUEUE).raise_for_status().text)
    case = CASE.search(listed[0]) if listed else None
    return case[0] if case else ""


def decide_one(judge: Person, address: str) -> bool:
    """Take the first candidate of the first unit that is open; whether there was one."""
    page = judge.browser.get(address).raise_for_status().text
    card = OPEN_CARD.search(page)
    if card is None:
        return False
    unit, choice = (html.unescape(part.search(card[0])[1]) for part in (UNIT, CHOICE))  # type: ignore[index]
    answer = judge.submit_form(address, {"unit": unit, "decision": choice}, to=f"{address}decide/")
    if answer.status_code != httpx.codes.FOUND:
        raise RuntimeError(f"not decided: {answer.status_code}")
    return True


def test_what_they_marked_becomes_gold_although_postgresql_is_killed(
    team: TeamInstallation, browsers: ExitStack
) -> None:
    ana, ben, cy, judge, manager = (
        meet(team, browsers, name)
        for name in ("annotator-1", "annotator-2", "annotator-3", "adjudicator", "manager")
    )
    for person, length in ((ana, 4), (ben, 4)):
        annotate_the_rest(team, person, length=length)
    team.kill_postgresql()
    answer = cy.browser.get("/work/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (httpx.codes.SERVICE_UNAVAILABLE, "30")
    team.start_postgresql()
    annotate_the_rest(team, cy, length=30)
    wait_for(lambda: bool(find_case(judge)))

    decided, left = 0, ARTICLES
    while (address := find_case(judge)) and left:
        while decide_one(judge, address):
            decided += 1
        judge.submit_form(address, to=f"{address}finish/")
        left -= 1
    assert decided > 0
    assert count(team, DECIDED) == decided
    left = ARTICLES
    while (address := find_case(judge, DRAWN)) and left:  # which gold is drawn, the seed of the round says
        judge.submit_form(address, to=f"{address}review/")
        left -= 1
    assert count(team, TO_REVIEW) == 0
    manager.submit_form("/projects/seeds/releases/", {"title": "Gold of a team"})
    wait_for(lambda: count(team, "SELECT count(*) FROM annotations_release") == 1)
    gold = manager.browser.get("/api/v1/releases/1/export/", params={"format": "jsonl"}).raise_for_status()
    records = [json.loads(line) for line in gold.text.splitlines()]
    assert len(records) == ARTICLES
    assert all(record["spans"] for record in records)
