"""A draft in the editor: it follows the draft, nothing in it is kept, nobody else sees it, and it leaves nothing in the Studio."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.archiving import archive_project
from annotations.collection import previewing
from annotations.collection.in_memory import InMemoryStudio
from annotations.collection.previewing import KEPT, open_preview, run_clear_previews
from annotations.labelstudio.gateway import relay
from annotations.models import Annotation, Job, Project, Role, SchemePreview, User
from annotations.projects.drafts import Editing, change_draft, find_draft
from annotations.schemes.references import rename_label
from annotations.web.schemes import previewing as pages
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import fill_queues, participant_of, plan_small_round
from tests.fakes.label_studio import FakeLabelStudio

pytestmark = pytest.mark.django_db
TEXT = "Kyiv must have guarantees."


class StudioWithPages(FakeLabelStudio):
    """A Label Studio that has its page, too."""

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/projects/"):
            return httpx.Response(200, text="<head><title>Label Studio</title></head><body></body>")
        return super()._answer(request)


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> User:
    return make_member(project, Role.MANAGER, name="Mara Manager")


@pytest.fixture
def studio() -> InMemoryStudio:
    return InMemoryStudio()


@pytest.fixture
def preview(project: Project, manager: User, studio: InMemoryStudio) -> SchemePreview:
    return open_preview(project, by=manager, article=make_article(project, TEXT), studio=studio)


@pytest.fixture
def upstream(preview: SchemePreview, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLabelStudio]:
    fake = StudioWithPages()
    assert preview.studio_project_id is not None
    assert preview.studio_task_id is not None
    fake.projects[preview.studio_project_id] = {"id": preview.studio_project_id, "label_config": "<View/>"}
    fake.tasks[preview.studio_task_id] = {"id": preview.studio_task_id, "data": {"text": TEXT}}
    monkeypatch.setattr(relay, "connect", lambda _studio: fake.connection)
    yield fake
    fake.connection.client.close()


def rename_first_label(project: Project, name: str) -> None:
    def rename(content: dict[str, Any]) -> Any:
        label = content["labels"][0]
        rename_label(content, label["name"], lambda _: name)
        label["name"] = name
        return ()

    editing = Editing(by=None, revision=find_draft(project).revision)
    change_draft(project, editing, path=("labels", 0), said="a name", change=rename)


def ask(user: User, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    address = f"/studio/{path}"
    if body is None:
        return client.get(address)
    return client.generic(
        method,
        address,
        json.dumps(body),
        content_type="application/json",
        headers={"Origin": "http://testserver"},
    )


def test_the_editor_gets_the_questions_of_the_draft_as_it_is_now(
    preview: SchemePreview, upstream: FakeLabelStudio, manager: User, project: Project
) -> None:
    state = f"workbench/preview?project={preview.studio_project_id}"
    before = ask(manager, state).json()
    page = ask(manager, f"projects/{preview.studio_project_id}/data?labeling=1").content.decode()
    assert before["shown"] in page
    assert "studio-preview.js" in page
    rename_first_label(project, "Assertion")
    after = ask(manager, state).json()
    assert after["shown"] != before["shown"]
    for path in (
        f"api/projects/{preview.studio_project_id}",
        f"api/dm/project?project={preview.studio_project_id}",
    ):
        assert 'value="Assertion"' in ask(manager, path).json()["label_config"]


def test_while_something_is_wrong_the_preview_stays_as_it_was_and_says_so(
    preview: SchemePreview, upstream: FakeLabelStudio, manager: User, project: Project
) -> None:
    state = f"workbench/preview?project={preview.studio_project_id}"
    before = ask(manager, state).json()
    rename_first_label(project, "")
    after = ask(manager, state).json()
    assert after["shown"] == before["shown"]
    assert "to mend in the draft" in after["note"]


def test_a_submit_says_what_an_annotator_would_be_told_and_keeps_nothing(
    preview: SchemePreview, upstream: FakeLabelStudio, manager: User
) -> None:
    task, project = preview.studio_task_id, preview.studio_project_id
    answer = ask(manager, f"api/tasks/{task}/annotations?project={project}", {"result": []})
    assert answer.status_code == 403
    told = answer.json()["validation_errors"]["annotation"]
    assert told[0] == "An annotator would be told:"
    assert "nothing is saved" in told[-1]
    assert ask(manager, f"workbench/tasks/{task}/check?project={project}", {"result": []}).json()["missing"]
    draft = ask(manager, f"api/tasks/{task}/drafts?project={project}", {"result": []})
    assert draft.status_code == 201
    number = draft.json()["id"]
    assert ask(manager, f"api/drafts/{number}?project={project}", {"result": []}, "PATCH").status_code == 200
    assert upstream.saves == []
    assert not Annotation.objects.exists()


def test_a_preview_is_there_for_whoever_opened_it_while_they_manage_and_for_nobody_else(
    preview: SchemePreview, upstream: FakeLabelStudio, manager: User, project: Project
) -> None:
    another = make_member(project, Role.MANAGER, name="Miro Manager")
    task = f"api/tasks/{preview.studio_task_id}?project={preview.studio_project_id}"
    assert ask(manager, task).json()["data"]["text"] == TEXT
    assert ask(another, task).status_code == 404
    project.memberships.filter(user=manager).delete()
    assert ask(manager, task).status_code == 404
    make_member(project, Role.MANAGER, name="Mona Manager")
    archive_project(project, by=None)
    assert ask(manager, task).status_code == 404


def test_the_number_of_a_preview_that_an_annotator_has_by_now_opens_nothing(
    preview: SchemePreview, upstream: FakeLabelStudio, manager: User
) -> None:
    """A Studio that was set up anew counts from 1 again."""
    participant = participant_of(fill_queues(plan_small_round(), InMemoryStudio())[0])
    SchemePreview.objects.update(studio_project_id=participant.studio_project_id)
    assert ask(manager, f"api/tasks?project={participant.studio_project_id}").status_code == 404
    assert ask(manager, f"api/projects/{participant.studio_project_id}").status_code == 404


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_person_has_one_preview_and_the_text_before_leaves_the_studio(
    preview: SchemePreview,
    manager: User,
    project: Project,
    studio: InMemoryStudio,
    is_lost: bool,  # noqa: FBT001
) -> None:
    if is_lost:
        studio.remove_projects(preview.studio_title)
    second = open_preview(project, by=manager, article=None, studio=studio)
    assert studio.fetch_task(preview.studio_task_id or 0) is None
    assert (second.studio_project_id == preview.studio_project_id) is not is_lost
    assert studio.fetch_task(second.studio_task_id or 0) is not None
    assert list(SchemePreview.objects.all()) == [second]


def test_an_old_preview_is_cleared_away_also_one_that_was_cut_off(
    preview: SchemePreview, studio: InMemoryStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "connect_studio", lambda: studio)
    run_clear_previews(Job(), lambda **_: None)  # type: ignore[arg-type]
    assert SchemePreview.objects.exists()
    SchemePreview.objects.update(
        opened_at=timezone.now() - KEPT - timedelta(minutes=1), studio_project_id=None
    )
    studio.mishaps.is_down = True
    run_clear_previews(Job(), lambda **_: None)  # type: ignore[arg-type]
    assert SchemePreview.objects.exists()
    studio.mishaps.is_down = False
    run_clear_previews(Job(), lambda **_: None)  # type: ignore[arg-type]
    assert not SchemePreview.objects.exists()
    assert studio.fetch_task(preview.studio_task_id or 0) is None


def test_without_the_studio_the_page_says_a_sentence_and_the_draft_stays(
    project: Project, manager: User, studio: InMemoryStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "connect_studio", lambda: studio)
    rename_first_label(project, "Assertion")
    kept = find_draft(project).source
    studio.mishaps.is_down = True
    client = Client()
    client.force_login(manager, "django.contrib.auth.backends.ModelBackend")
    address = reverse("web:preview-draft", args=[project.slug])
    said = client.post(address, {"article": "sample"}, follow=True).content.decode()
    assert "Label Studio is out of reach" in said
    assert find_draft(project).source == kept
    studio.mishaps.is_down = False
    opened = client.post(address, {"article": "sample"})
    preview = SchemePreview.objects.get()
    assert opened.headers["Location"] == studio.address_of(preview.studio_project_id or 0)


def test_a_draft_with_something_wrong_in_it_opens_no_preview(
    project: Project, manager: User, studio: InMemoryStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "connect_studio", lambda: studio)
    rename_first_label(project, "")
    client = Client()
    client.force_login(manager, "django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("web:preview-draft", args=[project.slug]), follow=True)
    assert "mend it first" in answer.content.decode()
    assert studio.calls == []
