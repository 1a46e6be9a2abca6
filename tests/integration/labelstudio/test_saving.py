"""Whatever order submits, updates and their repeats arrive in: a repeat changes nothing, and of two windows one is told."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from annotations.collection.in_memory import InMemoryStudio
from annotations.collection.ports import StudioSilentError
from annotations.collection.results import digest_result
from annotations.labelstudio.gateway.submitting import Acknowledgement, Rejection, submit, update
from annotations.models import Annotation, Assignment
from tests.factories.collection import fill_queues, participant_of, plan_small_round
from tests.fakes.label_studio import FakeLabelStudio
from tests.faults.people import mark

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),  # the SDK's own
]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ONE_EDITOR, ANOTHER_EDITOR = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


@pytest.fixture
def assignment(studio: FakeLabelStudio) -> Assignment:
    own = fill_queues(plan_small_round(annotators=1, articles=1, overlap=1), InMemoryStudio())[0]
    studio.add_task(own)
    return own


@dataclass(frozen=True)
class Request:
    """What a window sends: content that is known by its length, as a submit of an editor or as a change of a revision."""

    name: str
    length: int
    editor: str | None = None
    seen: int | None = None

    def send(self, assignment_id: int) -> Acknowledgement:
        assignment = Assignment.objects.get(pk=assignment_id)
        body = {"result": self.result(assignment), "lead_time": 1.0}
        if self.editor:
            return submit(assignment, {**body, "unique_id": self.editor}, project=1)
        return update(assignment, body, project=1, seen_revision=self.seen)

    def result(self, assignment: Assignment) -> list[dict[str, Any]]:
        return mark(assignment.task.article.text, length=self.length)


FIRST = Request("submit", 4, editor=ONE_EDITOR)
CHANGE = Request("change of the first", 6, seen=1)
REQUESTS = (
    FIRST,
    Request("submit again, edited", 5, editor=ONE_EDITOR),
    Request("submit from another window", 7, editor=ANOTHER_EDITOR),
    CHANGE,
    Request("change of the second", 8, seen=2),
)


@dataclass(frozen=True)
class State:
    """The digests in our ledger, in the order of revisions; the current one, the Studio's, and what we know of saves."""

    ledger: tuple[str, ...]
    current: str | None
    studio: tuple[str, ...]
    editor: uuid.UUID | None = None
    cut_off: uuid.UUID | None = None


def look(assignment: Assignment, studio: FakeLabelStudio) -> State:
    row = Assignment.objects.select_related("current").get(pk=assignment.pk)
    assert row.studio_task_id is not None
    revisions = Annotation.objects.filter(assignment=row).order_by("revision")
    return State(
        tuple(revisions.values_list("digest", flat=True)),
        row.current.digest if row.current else None,
        tuple(digest_result(result) for result in studio.results(row.studio_task_id)),
        row.studio_editor_id,
        row.saving_content,
    )


def check(request: Request, before: State, after: State, answer: Acknowledgement | None, digest: str) -> None:
    """What must hold of every request, whatever came before; `answer` is None where the window was told."""
    assert after.ledger[: len(before.ledger)] == before.ledger
    assert len(after.studio) <= 1
    if answer is None:
        assert after.studio == before.studio
        assert after.ledger == before.ledger or before.cut_off
        return
    assert answer.answer.status_code == (201 if request.editor else 200)
    assert after.ledger[answer.revision - 1] == digest
    assert after.studio == (after.current,)
    found = (
        before.studio if before.studio != (before.current,) else ()
    )  # by looking there after a save was cut off
    known = (*before.ledger, *found)
    is_change_of_current = request.seen == len(known)
    if digest in known and not is_change_of_current:
        assert after.studio == before.studio
        assert after.current == before.studio[0]
    if request.seen is not None and not is_change_of_current:
        assert known[request.seen] == digest


def test_every_order_of_submits_changes_and_repeats_keeps_the_newest(
    assignment: Assignment, studio: FakeLabelStudio
) -> None:
    """Each request is tried, and its answer lost or not, in each state that any order of requests leads to."""
    outcomes: Counter[str] = Counter()
    seen: set[State] = set()
    digests = {request.length: digest_result(request.result(assignment)) for request in REQUESTS}

    def go_on(before: State) -> None:
        if before in seen:
            return
        seen.add(before)
        for request, is_lost in product(REQUESTS, (False, True)):
            kept = studio.copy_annotations()
            point = transaction.savepoint()
            # What was cut off holds up other content for half a minute, which is over by now.
            Assignment.objects.filter(pk=assignment.pk).exclude(saving_until=None).update(
                saving_until=LONG_AGO
            )
            answer: Acknowledgement | None = None
            studio.lost_answers = int(is_lost)
            try:
                answer = request.send(assignment.pk)
                outcome = "acknowledged"
            except Rejection:
                outcome = "told"
            except StudioSilentError:
                outcome = "lost"
            outcomes[outcome] += 1
            studio.lost_answers = 0
            after = look(assignment, studio)
            if outcome != "lost":
                check(request, before, after, answer, digests[request.length])
            go_on(after)
            transaction.savepoint_rollback(point)
            studio.annotations = kept

    go_on(look(assignment, studio))
    assert len(seen) > 40
    assert min(outcomes.values()) > 10


def test_a_late_repeat_of_the_first_submit_does_not_undo_the_change_after_it(
    assignment: Assignment, studio: FakeLabelStudio
) -> None:
    client = Client()
    client.force_login(assignment.annotator, "django.contrib.auth.backends.ModelBackend")
    project = participant_of(assignment).studio_project_id
    text = assignment.task.article.text

    def post(request: Request) -> Any:
        return client.post(
            f"/studio/api/tasks/{assignment.studio_task_id}/annotations?project={project}",
            {"result": request.result(assignment), "unique_id": request.editor},
            content_type="application/json",
            headers={"Origin": "http://testserver"},
        )

    first = post(FIRST)
    changed = client.patch(
        f"/studio/api/annotations/{first.json()['id']}?project={project}",
        {"result": CHANGE.result(assignment)},
        content_type="application/json",
        headers={"Origin": "http://testserver", "X-Workbench-Revision": "1"},
    )
    late = post(FIRST)
    assert [answer.status_code for answer in (first, changed, late)] == [201, 200, 201]
    assert late.headers["X-Workbench-Revision"] == "1"
    newest = digest_result(mark(text, length=CHANGE.length))
    assert look(assignment, studio).current == newest
    assert look(assignment, studio).studio == (newest,)


def test_a_change_that_does_not_say_what_it_changes_is_refused(
    assignment: Assignment, studio: FakeLabelStudio
) -> None:
    FIRST.send(assignment.pk)
    with pytest.raises(Rejection, match="Reload this page"):
        Request("change of nobody knows what", 9).send(assignment.pk)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (FIRST, Request("submit from another window", 7, editor=ANOTHER_EDITOR)),
        (CHANGE, Request("another change of the first", 9, seen=1)),
    ],
    ids=["submits", "changes"],
)
def test_while_one_window_saves_another_is_told(
    here: Request, there: Request, assignment: Assignment, studio: FakeLabelStudio
) -> None:
    """The other window's request comes in while Label Studio is at work on the first one's."""
    if here is CHANGE:
        FIRST.send(assignment.pk)
    told = []

    def interrupt() -> None:
        studio.before_saving = lambda: None
        with pytest.raises(Rejection, match="under way") as refusal:
            there.send(assignment.pk)
        told.append(refusal)

    studio.before_saving = interrupt
    assert here.send(assignment.pk).answer.is_success
    assert told
    state = look(assignment, studio)
    assert state.studio == (state.current,) == (digest_result(here.result(assignment)),)


def test_a_change_that_another_one_overtakes_before_it_is_sent_overwrites_nothing(
    assignment: Assignment, studio: FakeLabelStudio
) -> None:
    """Both windows saw the first revision; the other one's change is stored after this request has read the ledger."""
    FIRST.send(assignment.pk)
    read_before = Assignment.objects.select_related("current").get(pk=assignment.pk)
    CHANGE.send(assignment.pk)
    overtaken = {"result": mark(assignment.task.article.text, length=9)}
    with pytest.raises(Rejection, match="under way"):
        update(read_before, overtaken, project=1, seen_revision=1)
    newest = digest_result(CHANGE.result(assignment))
    assert look(assignment, studio).studio == (newest,) == (look(assignment, studio).current,)


def test_a_save_that_was_cut_off_lets_its_own_retry_pass_at_once_and_others_after_half_a_minute(
    assignment: Assignment, studio: FakeLabelStudio
) -> None:
    other = Request("submit again, edited", 5, editor=ONE_EDITOR)
    studio.lost_answers = 1
    with pytest.raises(StudioSilentError):
        FIRST.send(assignment.pk)
    with pytest.raises(Rejection, match="Wait half a minute"):
        other.send(assignment.pk)
    assert FIRST.send(assignment.pk).revision == 1
    assert other.send(assignment.pk).revision == 2
