"""What an annotator draws within a word is stored as the word, told to them, and kept beside where it was drawn."""

import json
from typing import Any

import pytest
from django.test import Client

from annotations.assignment.services import plan_round
from annotations.collection.in_memory import InMemoryStudio
from annotations.gold.records import read_annotations
from annotations.labelstudio.payloads import read_result, write_result
from annotations.markup import Markup
from annotations.models import Annotation, Event
from annotations.spans import Span
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import fill_queues, participant_of
from tests.fakes.label_studio import FakeLabelStudio
from tests.faults.people import CLAIM, FIELDS, SCHEME

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),  # the SDK's own
]
TEXT = "Friedrich would forgo it. Kyiv’s allies agreed."


class Editor:
    """The browser of an annotator who has the article before them."""

    def __init__(self, studio: FakeLabelStudio) -> None:
        self.project = make_project()
        make_article(self.project, TEXT)
        round_ = plan_round(self.project, annotators=[make_member(self.project)], overlap=1, seed=1, by=None)
        own = fill_queues(round_, InMemoryStudio())[0]
        studio.add_task(own)
        self.task, self.studio_project = own.studio_task_id, participant_of(own).studio_project_id
        self.browser = Client()
        self.browser.force_login(own.annotator, "django.contrib.auth.backends.ModelBackend")

    def submit(self, *places: tuple[int, int]) -> Any:
        spans = tuple(Span(*place, "Claim", CLAIM, f"s{place[0]}") for place in places)
        body = {"result": write_result(Markup(spans, fields=FIELDS), TEXT, SCHEME), "lead_time": 1.0}
        return self.send("POST", f"tasks/{self.task}/annotations", body)

    def open(self) -> list[Span]:
        [annotation] = self.send("GET", f"tasks/{self.task}").json()["annotations"]
        return list(read_result(annotation["result"], TEXT, SCHEME).markup.spans)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.browser.generic(
            method,
            f"/studio/api/{path}?project={self.studio_project}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Origin": "http://testserver"},
        )


@pytest.fixture
def editor(studio: FakeLabelStudio) -> Editor:
    return Editor(studio)


def places(annotation: Annotation) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in annotation.to_markup().spans]


def test_ends_within_words_are_stored_at_the_words_and_the_annotator_is_told(editor: Editor) -> None:
    answer = editor.submit((2, 6), (9, 22))
    assert answer.status_code == 201
    assert json.loads(answer.headers["X-Workbench-Moved"]) == [
        "Claim “iedr” is now “Friedrich”.",
        "Claim “would forgo” is now without the white space at its ends.",
    ]
    assert places(Annotation.objects.get()) == [(0, 9), (10, 21)]


def test_where_it_was_drawn_stays_in_the_revision_the_export_and_the_audit_trail(editor: Editor) -> None:
    editor.submit((2, 6), (26, 30))
    annotation = Annotation.objects.get()
    assert [(span.start, span.end) for span in read_result(annotation.result, TEXT, SCHEME).markup.spans] == [
        (2, 6),
        (26, 30),
    ]
    [line] = read_annotations(editor.project)
    told = [(span["start"], span["end"], span.get("drawn")) for span in json.loads(line)["spans"]]
    assert told == [(0, 9, {"start": 2, "end": 6}), (26, 30, None)]
    event = Event.objects.get(verb="submitted")
    assert event.details["moved"] == [{"key": "s2", "drawn": [2, 6], "now": [0, 9]}]


def test_the_editor_shows_what_was_submitted_as_it_is_stored(editor: Editor) -> None:
    editor.submit((2, 6))
    assert [(span.start, span.end) for span in editor.open()] == [(0, 9)]


def test_nothing_is_told_where_nothing_was_moved(editor: Editor) -> None:
    answer = editor.submit((0, 9), (26, 30))
    assert "X-Workbench-Moved" not in answer.headers
    assert "moved" not in Event.objects.get(verb="submitted").details
    assert '"drawn"' not in Annotation.objects.get().canonical


def test_more_than_a_few_are_told_by_their_number(editor: Editor) -> None:
    answer = editor.submit((1, 9), (11, 15), (17, 21), (22, 23), (27, 29), (34, 35), (41, 43))
    assert json.loads(answer.headers["X-Workbench-Moved"])[-1] == "So are 2 more."


def test_two_spans_that_become_one_are_refused_like_any_that_overlap(editor: Editor) -> None:
    answer = editor.submit((0, 4), (5, 9))
    assert answer.status_code == 403
    assert "Claim “Friedrich” and Claim “Friedrich” overlap" in answer.json()["detail"]


def test_a_repeat_of_what_was_moved_changes_nothing(editor: Editor) -> None:
    first, second = editor.submit((2, 6)), editor.submit((2, 6))
    assert (first.status_code, second.status_code) == (201, 201)
    assert Annotation.objects.count() == 1
