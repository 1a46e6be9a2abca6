"""Processes are killed, answers are lost, two windows are open: what was acknowledged is there, and there once."""

import json
import os
import random
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import httpx
import pytest

from annotations.labelstudio.access import StudioConnection
from annotations.labelstudio.gateway.submitting import ONE_A_TASK
from tests.faults.conftest import People
from tests.faults.people import Person, StudioTask, mark
from tests.installation import Installation

T = TypeVar("T")
PATIENCE = 300.0
ARTICLES = 30
WORDS = ("Kyiv", "talks", "border", "army", "treaty", "vote", "winter", "allies", "offer", "press", "bridge")
ANNOTATORS = ("annotator-1", "annotator-2")
NO_NETWORK = dict.fromkeys(
    ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "UV_INDEX_URL", "UV_DEFAULT_INDEX"),
    "http://127.0.0.1:9",
)


@dataclass
class Desk:
    """One annotator's place in a round; every submission has a length of its own, by which it is known again."""

    person: Person
    project: int
    lengths: Iterator[int]
    acknowledged: dict[int, int] = field(default_factory=dict)
    """The lengths of the first spans, by studio task."""

    def submit(self, task: StudioTask, *, length: int, unique_id: str | None = None) -> httpx.Response:
        answer = self.person.submit(self.project, task, length=length, unique_id=unique_id)
        if answer.status_code == httpx.codes.CREATED:
            self.acknowledged[task.id] = length
        return answer

    def update(self, task: StudioTask, annotation: int, *, length: int, seen: str) -> httpx.Response:
        answer = self.person.update(self.project, task, annotation, length=length, seen=seen)
        if answer.status_code == httpx.codes.OK:
            self.acknowledged[task.id] = length
        return answer

    def next_task(self) -> StudioTask:
        return keep_trying(lambda: self.person.next_task(self.project))

    def work(self, number: int) -> None:
        """Submit so many articles; what does not go through is sent again as the editor sends it again."""
        for _ in range(number):
            task, length, unique_id = self.next_task(), next(self.lengths), str(uuid.uuid4())
            keep_trying(
                lambda: self.submit(task, length=length, unique_id=unique_id).raise_for_status()  # noqa: B023
            )


def keep_trying(ask: Callable[[], T]) -> T:
    """Until it goes through, as long as the answer is that the workbench or the editor is away for a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            if isinstance(error, httpx.HTTPStatusError) and error.response.status_code != 503:
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


LETTERS = " ".join("abcdefghij" * 30)
"""Words of one letter, so that a span may end at every second character and tells by that which submission it is."""


@dataclass(frozen=True)
class Round:
    number: int
    desks: tuple[Desk, Desk]

    def acknowledged(self) -> list[int]:
        return sorted(length for desk in self.desks for length in desk.acknowledged.values())


@pytest.fixture(scope="module")
def round_(installation: Installation, people: People, tmp_path_factory: pytest.TempPathFactory) -> Round:
    """A round of its own, so that what other tests left behind does not matter."""
    folder = tmp_path_factory.mktemp("articles")
    chance = random.Random(7)  # noqa: S311 - words, not secrets
    for number in range(ARTICLES):
        text = f"{LETTERS} Article {uuid.uuid4()}. " + " ".join(chance.choices(WORDS, k=90))
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    imported = installation.run("import_articles", "seeds", str(folder))
    assert imported.returncode == 0, imported.stderr
    emails = ",".join(people[name].email for name in ANNOTATORS)
    planned = installation.run("plan_round", "seeds", "--annotators", emails, "--overlap", "2", "--json")
    assert planned.returncode == 0, planned.stderr
    number = json.loads(planned.stdout)["id"]
    first, second = (
        Desk(people[name], keep_trying(lambda: people[name].open_queue(number)), count(start, 2))  # noqa: B023
        for name, start in zip(ANNOTATORS, (11, 311), strict=True)
    )
    return Round(number, (first, second))


@pytest.fixture
def desk(round_: Round) -> Desk:
    return round_.desks[0]


def _show_stored(people: People, round_: Round) -> list[int]:
    """How long the first span is in each annotation that the REST API tells of; a manager asks."""
    lengths: list[int] = []
    address = f"/api/v1/annotations/?round={round_.number}&page_size=100"
    while address:
        page = keep_trying(lambda: people["manager"].browser.get(address).raise_for_status()).json()  # noqa: B023
        lengths += [item["spans"][0]["end"] for item in page["results"]]
        address = page["next"] or ""
    return sorted(lengths)


def _show_in_studio(installation: Installation, round_: Round) -> list[int]:
    """The same of what Label Studio holds."""
    lengths = []
    connection = StudioConnection(installation.studio_access(), timeout=60)
    with connection.client:
        headers = {"Authorization": f"Bearer {connection.bearer()}"}
        for desk in round_.desks:
            params: dict[str, Any] = {"project": desk.project, "fields": "all", "page_size": 100}
            tasks = connection.client.get("/api/tasks", params=params, headers=headers).raise_for_status()
            for task in tasks.json()["tasks"]:
                lengths += [annotation["result"][0]["value"]["end"] for annotation in task["annotations"]]
    return sorted(lengths)


def _assert_nothing_lost_nothing_doubled(installation: Installation, people: People, round_: Round) -> None:
    assert _show_stored(people, round_) == round_.acknowledged()
    assert _show_in_studio(installation, round_) == round_.acknowledged()


# --- answers are lost, windows are open --------------------------------------------------------------------


def test_a_submit_whose_answer_was_lost_may_be_sent_again(
    desk: Desk, installation: Installation, people: People, round_: Round
) -> None:
    task, unique_id = desk.next_task(), str(uuid.uuid4())
    first = desk.submit(task, length=next(desk.lengths), unique_id=unique_id)
    again = desk.submit(task, length=desk.acknowledged[task.id], unique_id=unique_id)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["X-Workbench-Revision"] == "1"
    edited = desk.submit(task, length=next(desk.lengths), unique_id=unique_id)
    assert (edited.status_code, edited.headers["X-Workbench-Revision"]) == (201, "2")
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_a_submit_that_comes_once_more_after_a_change_does_not_undo_it(
    desk: Desk, installation: Installation, people: People, round_: Round
) -> None:
    task, unique_id = desk.next_task(), str(uuid.uuid4())
    submitted, changed = next(desk.lengths), next(desk.lengths)
    first = desk.submit(task, length=submitted, unique_id=unique_id)
    update = desk.update(task, first.json()["id"], length=changed, seen="1")
    late = desk.person.submit(desk.project, task, length=submitted, unique_id=unique_id)
    assert [answer.status_code for answer in (first, update, late)] == [201, 200, 201]
    assert (late.json()["id"], late.headers["X-Workbench-Revision"]) == (first.json()["id"], "1")
    assert late.json()["result"][0]["value"]["end"] == changed
    again = desk.person.update(desk.project, task, first.json()["id"], length=changed, seen="1")
    assert (again.status_code, again.headers["X-Workbench-Revision"]) == (200, "2")
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_a_submit_without_an_id_is_one_submit(
    desk: Desk, installation: Installation, people: People, round_: Round
) -> None:
    task = desk.next_task()
    body = {"result": mark(task.text, length=next(desk.lengths)), "lead_time": 1}
    path, params = f"api/tasks/{task.id}/annotations", {"project": desk.project}
    answers = [desk.person.call("POST", path, params=params, json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    body["result"] = mark(task.text, length=next(desk.lengths))
    assert desk.person.call("POST", path, params=params, json=body).status_code == 403
    desk.acknowledged[task.id] = answers[0].json()["result"][0]["value"]["end"]
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_what_the_studio_kept_and_we_never_heard_of_is_taken_up(
    desk: Desk, installation: Installation, people: People, round_: Round, service: StudioConnection
) -> None:
    """The server died after Label Studio had stored a submit and before we had."""

    def store_behind_our_back(task: StudioTask) -> None:
        service.client.post(
            f"/api/tasks/{task.id}/annotations",
            json={
                "result": mark(task.text, length=next(desk.lengths)),
                "unique_id": str(uuid.uuid5(ONE_A_TASK, str(task.id))),
            },
            headers={"Authorization": f"Bearer {service.bearer()}"},
        ).raise_for_status()

    resent = desk.next_task()
    store_behind_our_back(resent)
    assert desk.submit(resent, length=next(desk.lengths)).status_code == 201
    reloaded = desk.next_task()
    store_behind_our_back(reloaded)
    shown = desk.person.open_task(desk.project, reloaded.id)
    assert shown.revision == "1"
    [annotation] = shown.annotations
    changed = desk.update(shown, annotation["id"], length=next(desk.lengths), seen=shown.revision)
    assert (changed.status_code, changed.headers["X-Workbench-Revision"]) == (200, "2")
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_the_later_of_two_windows_is_told(
    desk: Desk, installation: Installation, people: People, round_: Round
) -> None:
    task = desk.next_task()
    annotation = desk.submit(task, length=next(desk.lengths)).raise_for_status().json()["id"]
    other = Desk(people.another_browser_of("annotator-1"), desk.project, desk.lengths)
    here, there = (window.person.open_task(desk.project, task.id) for window in (desk, other))
    assert desk.update(here, annotation, length=next(desk.lengths), seen=here.revision).status_code == 200
    refused = other.update(there, annotation, length=next(desk.lengths), seen=there.revision)
    assert refused.status_code == 403
    assert refused.json()["display_context"] == {"reason": "PAUSED"}
    assert "another window" in refused.json()["validation_errors"]["annotation"][0]
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_of_two_windows_that_change_an_annotation_at_once_one_is_told(
    desk: Desk, installation: Installation, people: People, round_: Round
) -> None:
    task = desk.next_task()
    annotation = desk.submit(task, length=next(desk.lengths)).raise_for_status().json()["id"]
    windows = (desk.person, people.another_browser_of("annotator-1"))
    for revision in range(1, 6):
        lengths = {window: next(desk.lengths) for window in windows}

        def change(window: Person) -> httpx.Response:
            return window.update(desk.project, task, annotation, length=lengths[window], seen=str(revision))  # noqa: B023

        with ThreadPoolExecutor(2) as pool:
            answers = dict(zip(windows, pool.map(change, windows), strict=True))
        assert sorted(answer.status_code for answer in answers.values()) == [200, 403]
        desk.acknowledged[task.id] = next(lengths[it] for it in windows if answers[it].status_code == 200)
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_two_windows_that_submit_at_once_leave_one_annotation(
    desk: Desk, installation: Installation, people: People, round_: Round
) -> None:
    task = desk.next_task()
    other = people.another_browser_of("annotator-1")
    lengths = [next(desk.lengths), next(desk.lengths)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].submit(desk.project, task, length=pair[1]),
                zip((desk.person, other), lengths, strict=True),
            )
        )
    assert 201 in {answer.status_code for answer in answers}
    assert {answer.status_code for answer in answers} <= {201, 403}
    shown = desk.person.open_task(desk.project, task.id)
    [annotation] = shown.annotations
    desk.acknowledged[task.id] = annotation["result"][0]["value"]["end"]
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_what_the_annotator_can_mend_is_said_in_the_editor_and_kept_nowhere(
    desk: Desk, installation: Installation, people: People, round_: Round
) -> None:
    task = desk.next_task()
    body = {"result": mark(task.text)[:1], "unique_id": str(uuid.uuid4())}
    path = f"api/tasks/{task.id}/annotations"
    answer = desk.person.call("POST", path, params={"project": desk.project}, json=body)
    assert answer.status_code == 403
    refusal = answer.json()
    assert refusal["display_context"] == {"reason": "PAUSED"}
    messages = refusal["validation_errors"]["annotation"]
    assert len(messages) > 1
    assert all("<" not in message for message in messages)
    assert refusal["detail"].splitlines()[0] in messages
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


# --- processes are killed ----------------------------------------------------------------------------------


@contextmanager
def _two_at_work(round_: Round, *, articles: int) -> Iterator[Callable[[], None]]:
    """Both annotators submit, each in a thread; yields a way to wait until they are through."""
    before = len(round_.acknowledged())
    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(desk.work, articles) for desk in round_.desks]

        def wait() -> None:
            for work in working:
                work.result()

        yield wait
    assert len(round_.acknowledged()) == before + 2 * articles


def _wait_for_submissions(round_: Round, number: int) -> None:
    wanted = len(round_.acknowledged()) + number
    deadline = time.monotonic() + PATIENCE
    while len(round_.acknowledged()) < wanted:
        assert time.monotonic() < deadline, "nobody submits anything"
        time.sleep(0.01)


def _ask_until_it_fails(person: Person, project: int) -> httpx.Response:
    deadline = time.monotonic() + PATIENCE
    while (answer := person.call("GET", f"api/projects/{project}")).is_success:
        assert time.monotonic() < deadline, "Label Studio is dead, and yet it answers"
    return answer


def test_the_server_is_killed_while_two_annotators_submit(
    installation: Installation, people: People, round_: Round
) -> None:
    with _two_at_work(round_, articles=4) as done:
        _wait_for_submissions(round_, 2)
        os.killpg(installation.pid_of("web"), signal.SIGKILL)
        done()
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_label_studio_is_killed_while_two_annotators_submit(
    installation: Installation, people: People, round_: Round
) -> None:
    running = installation.studio.last_started()
    assert running is not None
    with _two_at_work(round_, articles=4) as done:
        _wait_for_submissions(round_, 2)
        with installation.unwatched():
            os.killpg(running.pid, signal.SIGKILL)
            answer = _ask_until_it_fails(people[ANNOTATORS[0]], round_.desks[0].project)
        assert answer.status_code == 503
        assert "Nothing is lost" in answer.json()["detail"]
        done()
    restarted = installation.studio.last_started()
    assert restarted is not None
    assert restarted.pid != running.pid
    _assert_nothing_lost_nothing_doubled(installation, people, round_)


def test_everything_is_killed_and_started_again_without_a_network(
    installation: Installation, people: People, round_: Round
) -> None:
    """A second start takes up the data and the Label Studio that lives on; nothing is fetched from anywhere."""
    before = installation.studio.last_started()
    with _two_at_work(round_, articles=2) as done:
        _wait_for_submissions(round_, 1)
        installation.kill()
        installation.start(**NO_NETWORK)
        done()
    assert installation.studio.last_started() == before
    _assert_nothing_lost_nothing_doubled(installation, people, round_)
