"""The studio that lives in the process does what every studio must do, and misbehaves as it is told."""

import pytest

from annotations.collection.in_memory import InMemoryStudio
from annotations.collection.ports import StudioUnavailableError
from annotations.schemes.definition import load_shipped
from tests.fakes.studio_contract import TEXT, AnnotatorHand, StudioContract, claim, texts

SCHEME = load_shipped("argument-lite-v1")


class TestInMemoryStudio(StudioContract):
    @pytest.fixture
    def studio(self) -> InMemoryStudio:
        return InMemoryStudio()

    @pytest.fixture
    def hand(self, studio: InMemoryStudio) -> AnnotatorHand:
        return studio


def test_a_studio_that_is_down_does_nothing() -> None:
    studio = InMemoryStudio()
    studio.mishaps.is_down = True
    with pytest.raises(StudioUnavailableError):
        studio.create_project(title="Never", scheme=SCHEME)
    assert studio.calls == []


def test_a_lost_acknowledgement_hides_what_was_done() -> None:
    studio = InMemoryStudio()
    project_id = studio.create_project(title="Once", scheme=SCHEME)
    studio.mishaps.lose_acknowledgements = 1
    with pytest.raises(StudioUnavailableError):
        studio.import_tasks(project_id, texts(1))
    assert [task.reference for task in studio.list_tasks(project_id)] == [1]


def test_tasks_can_be_lost_and_doubled() -> None:
    studio = InMemoryStudio()
    project_id = studio.create_project(title="Odd", scheme=SCHEME)
    studio.mishaps.lose_imported = 1
    studio.mishaps.double_imported = 1
    assert len(studio.import_tasks(project_id, texts(1, 2, 3))) == 2
    assert [task.reference for task in studio.list_tasks(project_id)] == [2, 2, 3]


def test_a_span_outside_the_text_is_a_problem_and_the_rest_is_kept() -> None:
    studio = InMemoryStudio()
    result = [
        {
            "spans": [
                {"key": "a", "start": 0, "end": 9999, "label": "Claim"},
                claim(0, 4).to_json()["spans"][0],
            ]
        }
    ]
    reading = studio.read_result(result, text=TEXT, scheme=SCHEME)
    assert [problem.code for problem in reading.problems] == ["outside-text"]
    assert [span.key for span in reading.markup.spans] == ["one"]
