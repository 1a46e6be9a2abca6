"""What the editor's page asks the gateway for beside the text: what is missing, the article, today's questions."""

import json
from typing import Any

import pytest
from django.test import Client

from annotations.assignment.services import plan_round
from annotations.collection.in_memory import InMemoryStudio
from annotations.labelstudio.label_config import render
from annotations.labelstudio.payloads import write_result
from annotations.markup import Markup
from annotations.models import Annotation, Article, Assignment
from annotations.projects.settings import InvalidSettingError, change_settings
from annotations.projects.wording import correct_wording
from annotations.schemes.definition import load_scheme
from annotations.spans import Span
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import fill_queues, participant_of
from tests.fakes.label_studio import FakeLabelStudio
from tests.faults.people import CLAIM, FIELDS, SCHEME

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),  # the SDK's own
]
TEXT = "A headline\n\nKyiv insists the guarantees must bind.\n\nPost a Comment\n"
UNFINISHED = Markup((Span(12, 16, "Claim", (("holder", "named"), ("type", "fact")), "s1"),))


@pytest.fixture
def queue(studio: FakeLabelStudio) -> list[Assignment]:
    project = make_project()
    make_article(project, TEXT)
    team = [make_member(project) for _ in range(2)]
    found = fill_queues(plan_round(project, annotators=team, overlap=2, seed=1, by=None), InMemoryStudio())
    for assignment in found:
        studio.add_task(assignment)
    return found


def ask(assignment: Assignment, path: str, body: dict[str, Any] | None = None, *, of: Assignment) -> Any:
    """A call of one annotator's page, about the task `of` somebody."""
    browser = Client()
    browser.force_login(assignment.annotator, "django.contrib.auth.backends.ModelBackend")
    return browser.generic(
        "GET" if body is None else "POST",
        f"/studio/{path.format(task=of.studio_task_id)}?project={participant_of(of).studio_project_id}",
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Origin": "http://testserver"},
    )


def test_everything_that_is_missing_is_listed_at_once_and_nothing_is_stored_or_sent(
    queue: list[Assignment], studio: FakeLabelStudio
) -> None:
    body = {"result": write_result(UNFINISHED, TEXT, SCHEME)}
    answer = ask(queue[0], "workbench/tasks/{task}/check", body, of=queue[0])
    missing = answer.json()["missing"]
    assert missing[0] == {
        "message": "Claim “Kyiv” needs a link “held by” to a Source, because its “Holder” is “named”.",
        "spans": ["s1"],
        "field": "",
        "may_pass": False,
    }
    assert not answer.json()["may_pass"]
    assert [entry["field"] for entry in missing[1:]] == ["genre", *(name for name, _ in FIELDS[1:])]
    assert not Annotation.objects.exists()
    assert studio.saves == []


def test_where_nothing_is_missing_the_list_is_empty(queue: list[Assignment]) -> None:
    markup = Markup((Span(12, 16, "Claim", CLAIM, "s1"),), fields=FIELDS)
    body = {"result": write_result(markup, TEXT, SCHEME)}
    answer = ask(queue[0], "workbench/tasks/{task}/check", body, of=queue[0])
    assert answer.json()["missing"] == []


def test_what_a_project_only_warns_of_is_listed_last_and_refuses_nothing(
    queue: list[Assignment], studio: FakeLabelStudio
) -> None:
    project, body = queue[0].task.round.project, {"result": write_result(UNFINISHED, TEXT, SCHEME)}
    change_settings(project, by=None, warned_rules=["missing_field"])
    answer = ask(queue[0], "workbench/tasks/{task}/check", body, of=queue[0]).json()
    assert [entry["may_pass"] for entry in answer["missing"]] == [False, *[True] * len(FIELDS)]
    refused = ask(queue[0], "api/tasks/{task}/annotations", body, of=queue[0])
    assert "needs a link" in refused.json()["detail"]
    assert "is not answered yet" not in refused.json()["detail"]
    change_settings(project, by=None, warned_rules=["missing_field", "missing_relation"])
    assert ask(queue[0], "workbench/tasks/{task}/check", body, of=queue[0]).json()["may_pass"]
    assert ask(queue[0], "api/tasks/{task}/annotations", body, of=queue[0]).status_code == 201
    assert Annotation.objects.get().to_markup() == UNFINISHED


def test_a_project_cannot_only_warn_of_what_could_not_be_stored() -> None:
    with pytest.raises(InvalidSettingError, match="cannot only warn of 'invalid_span'"):
        change_settings(make_project(), by=None, warned_rules=["invalid_span"])


def test_what_is_no_annotation_is_refused_in_a_sentence(queue: list[Assignment]) -> None:
    answer = ask(queue[0], "workbench/tasks/{task}/check", {"result": "none"}, of=queue[0])
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("The editor sent no annotation.")


@pytest.mark.parametrize("path", ["workbench/tasks/{task}", "workbench/tasks/{task}/check"])
def test_nobody_asks_about_the_task_of_somebody_else(queue: list[Assignment], path: str) -> None:
    body: dict[str, Any] | None = {"result": []} if path.endswith("check") else None
    assert ask(queue[0], path, body, of=queue[1]).status_code == 404


def test_the_page_learns_how_the_article_is_built_and_a_title_only_where_the_text_has_none(
    queue: list[Assignment],
) -> None:
    article = Article.objects.get()
    told = ask(queue[0], "workbench/tasks/{task}", of=queue[0]).json()
    assert told["blocks"] == [[block.start, block.end, block.kind] for block in article.blocks.all()]
    assert told["title"] == ("" if TEXT.startswith(article.title) else article.title)


@pytest.mark.parametrize("address", ["/studio/api/projects/{}", "/studio/api/dm/project?project={}"])
def test_a_running_round_gets_its_questions_as_they_are_worded_today_wherever_the_editor_asks(
    queue: list[Assignment], studio: FakeLabelStudio, address: str
) -> None:
    own = queue[0].task.round
    source = own.scheme.source.replace("1: guessing, 5: certain", "1: a guess, 5: certain")
    correct_wording(own.project, own.scheme, source=source, name="What one star means", by=None)
    number = participant_of(queue[0]).studio_project_id
    assert number is not None
    studio.projects[number] = {"id": number, "title": "Round", "label_config": "<View>of long ago</View>"}
    browser = Client()
    browser.force_login(queue[0].annotator, "django.contrib.auth.backends.ModelBackend")
    told = browser.get(address.format(number)).json()
    assert told == {"id": number, "title": "Round", "label_config": render(load_scheme(source))}
    assert "1: a guess" in told["label_config"]
