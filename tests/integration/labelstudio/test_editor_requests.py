"""What the editor sends, recorded from the real one, on its whole way: gateway, Label Studio's REST, ledger and back."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotations.assignment.services import plan_round
from annotations.collection.in_memory import InMemoryStudio
from annotations.collection.results import digest_result
from annotations.models import Annotation, AnnotationOrigin, Assignment, AssignmentStatus
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import fill_queues, participant_of
from tests.fakes.label_studio import FakeLabelStudio

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),  # the SDK's own
]
DATA = Path(__file__).parents[2] / "unit" / "labelstudio" / "data"
RECORD = json.loads((DATA / "full.json").read_bytes())
RESULT = RECORD["annotation"]["result"]
SUBMIT = {
    "result": RESULT,
    "lead_time": RECORD["annotation"]["lead_time"],
    "draft_id": 0,
    "parent_prediction": None,
    "parent_annotation": None,
    "started_at": RECORD["annotation"]["created_at"],
    "unique_id": "0b1f4d0e-5c3a-4b57-9d2e-6a5a5b0f6c11",
}
EDITED = [
    {**entry, "value": {"rating": 2}} if entry.get("from_name") == "confidence" else entry for entry in RESULT
]
EDITED_AGAIN = [
    {**entry, "value": {"rating": 1}} if entry.get("from_name") == "confidence" else entry for entry in RESULT
]


class Editor:
    """The editor in a signed-in annotator's browser, at work on one task."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.task = assignment.studio_task_id
        self.project = participant_of(assignment).studio_project_id
        self.browser = Client()
        self.browser.force_login(assignment.annotator, "django.contrib.auth.backends.ModelBackend")

    def send(self, method: str, path: str, body: dict[str, Any] | None = None, *, seen: int = 0) -> Any:
        return self.browser.generic(
            method,
            f"/studio/api/{path}?project={self.project}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Origin": "http://testserver", "X-Workbench-Revision": str(seen)},
        )

    def submit(self, **changes: Any) -> Any:
        return self.send("POST", f"tasks/{self.task}/annotations", {**SUBMIT, **changes})

    def update(self, number: int, result: list[Any], *, seen: int) -> Any:
        return self.send("PATCH", f"annotations/{number}", {**SUBMIT, "result": result}, seen=seen)


@pytest.fixture
def editor(studio: FakeLabelStudio) -> Editor:
    project = make_project()
    make_article(project, RECORD["text"])
    round_ = plan_round(project, annotators=[make_member(project)], overlap=1, seed=1, by=None)
    own = fill_queues(round_, InMemoryStudio())[0]
    studio.add_task(own)
    return Editor(own)


def stored() -> list[str]:
    """The checksums of what the ledger holds, revision by revision."""
    return list(Annotation.objects.order_by("revision").values_list("digest", flat=True))


def held(studio: FakeLabelStudio) -> list[Any]:
    return [annotation["result"] for annotation in studio.annotations.values()]


def test_a_submit_is_in_label_studio_and_in_the_ledger_before_the_editor_is_answered(
    editor: Editor, studio: FakeLabelStudio
) -> None:
    answer = editor.submit()
    assert (answer.status_code, answer.headers["X-Workbench-Revision"]) == (201, "1")
    assert answer.json()["result"] == RESULT
    assert "service@" not in answer.content.decode()
    [(method, path, body)] = studio.saves
    assert (method, path) == ("POST", f"/api/tasks/{editor.task}/annotations")
    assert body.keys() == {"result", "lead_time", "started_at", "unique_id", "project"}
    assert body["result"] == RESULT
    assert body["unique_id"] != SUBMIT["unique_id"]
    annotation = Annotation.objects.get()
    assert (annotation.result, annotation.origin) == (RESULT, AnnotationOrigin.GATEWAY)
    assert annotation.lead_time == SUBMIT["lead_time"]
    assert (annotation.spans.count(), annotation.relations.count()) == (9, 5)
    editor.assignment.refresh_from_db()
    assert editor.assignment.status == AssignmentStatus.SUBMITTED
    assert editor.assignment.studio_annotation_id == answer.json()["id"]


def ask_for_next(editor: Editor) -> Any:
    return editor.browser.post(
        f"/studio/api/dm/actions?id=next_task&project={editor.project}",
        json.dumps({"project": editor.project}),
        content_type="application/json",
        headers={"Origin": "http://testserver"},
    )


@pytest.mark.parametrize("empty_looks", [0, 1, 2])
def test_what_came_into_the_studio_after_it_had_nothing_to_offer_is_offered(
    editor: Editor, studio: FakeLabelStudio, empty_looks: int
) -> None:
    """As when the worker fills the queue between the Studio's answer and the gateway's look."""
    studio.empty_looks = empty_looks
    answer = ask_for_next(editor)
    assert (answer.status_code, answer.json()["id"]) == (200, editor.task)


@pytest.mark.usefixtures("studio")
def test_an_empty_queue_is_called_empty(editor: Editor) -> None:
    assert editor.submit().status_code == 201
    assert ask_for_next(editor).status_code == 404


def test_an_update_changes_the_one_annotation_and_adds_a_revision(
    editor: Editor, studio: FakeLabelStudio
) -> None:
    number = editor.submit().json()["id"]
    answer = editor.update(number, EDITED, seen=1)
    assert (answer.status_code, answer.headers["X-Workbench-Revision"]) == (200, "2")
    method, path, body = studio.saves[-1]
    assert (method, path) == ("PATCH", f"/api/annotations/{number}")
    assert body.keys() == {"result", "lead_time", "started_at"}
    assert held(studio) == [EDITED]
    assert stored() == [digest_result(RESULT), digest_result(EDITED)]


def test_a_draft_is_kept_and_changed_in_label_studio_and_goes_with_the_submit(
    editor: Editor, studio: FakeLabelStudio
) -> None:
    Assignment.objects.filter(pk=editor.assignment.pk).update(leased_until=timezone.now())
    draft = editor.send("POST", f"tasks/{editor.task}/drafts", {**SUBMIT, "result": EDITED})
    assert draft.status_code == 201
    assert "service@" not in draft.content.decode()
    number = draft.json()["id"]
    assert not stored()
    editor.assignment.refresh_from_db()
    assert editor.assignment.leased_until > timezone.now()
    assert editor.send("PATCH", f"drafts/{number}", SUBMIT).status_code == 200
    assert studio.drafts[number]["result"] == RESULT
    shown = editor.send("GET", f"tasks/{editor.task}").json()["drafts"]
    assert [(one["id"], one["result"]) for one in shown] == [(number, RESULT)]
    assert editor.submit(draft_id=number).status_code == 201
    assert studio.drafts == {}
    assert held(studio) == [RESULT]


def test_a_draft_that_nobody_was_shown_cannot_be_changed(editor: Editor, studio: FakeLabelStudio) -> None:
    answer = editor.send("PATCH", "drafts/999", SUBMIT)
    assert answer.status_code == 404
    assert studio.saves == []


def test_an_acknowledgement_that_is_lost_is_told_and_the_retry_finds_what_was_saved(
    editor: Editor, studio: FakeLabelStudio
) -> None:
    studio.lost_answers = 1
    told = editor.submit()
    assert told.status_code == 503
    assert "Nothing is lost" in told.json()["detail"]
    assert (held(studio), stored()) == ([RESULT], [])
    retry = editor.submit()
    assert (retry.status_code, retry.headers["X-Workbench-Revision"]) == (201, "1")
    assert [path for _, path, _ in studio.saves] == [f"/api/tasks/{editor.task}/annotations"]
    assert (held(studio), stored()) == ([RESULT], [digest_result(RESULT)])


def test_a_conflict_is_settled_by_taking_up_what_label_studio_holds_and_then_changing_it(
    editor: Editor, studio: FakeLabelStudio
) -> None:
    """The first submit was cut off, and its time is over; the later content is what the annotator means."""
    studio.lost_answers = 1
    editor.submit()
    Assignment.objects.update(saving_until=None, saving_content=None)
    answer = editor.submit(result=EDITED)
    assert (answer.status_code, answer.headers["X-Workbench-Revision"]) == (201, "2")
    assert [method for method, _, _ in studio.saves] == ["POST", "POST", "PATCH"]
    assert held(studio) == [EDITED]
    assert stored() == [digest_result(RESULT), digest_result(EDITED)]
    origins = Annotation.objects.order_by("revision").values_list("origin", flat=True)
    assert list(origins) == [AnnotationOrigin.RECONCILE, AnnotationOrigin.GATEWAY]


def test_a_window_that_shows_an_older_revision_is_told_and_overwrites_nothing(
    editor: Editor, studio: FakeLabelStudio
) -> None:
    number = editor.submit().json()["id"]
    editor.update(number, EDITED, seen=1)
    late = editor.update(number, EDITED_AGAIN, seen=1)
    assert late.status_code == 403
    assert "changed in another window" in late.json()["detail"]
    assert held(studio) == [EDITED]
    assert stored() == [digest_result(RESULT), digest_result(EDITED)]
