"""Files of annotations that a worker writes for whoever asks, and that are fetched by parts while the project goes on."""

import hashlib
from http import HTTPStatus

import pytest
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from annotations.gold.kept import FOLDER, run_forget_kept
from annotations.jobs.worker import Worker
from annotations.models import Job, JobStatus, Project, Role, User
from tests.api.world import read_stream
from tests.factories import make_member, make_project, make_round, make_task
from tests.factories.adjudication import claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    project = make_project()
    make_annotated_task(mark(claim()), mark(claim(0, 24)), project=project)
    return project


def call_as(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def ask(client: APIClient, project: Project, format_name: str = "jsonl") -> str:
    """Where the file will be."""
    address = f"/api/v1/projects/{project.pk}/annotations/?format={format_name}"
    asked = client.get(f"{address}&prepare=1")
    assert asked.status_code == HTTPStatus.ACCEPTED, asked.content
    return str(asked["Location"])


def test_a_file_that_a_worker_wrote_is_what_would_be_streamed_and_is_fetched_by_ranges(
    project: Project,
) -> None:
    client = call_as(make_member(project, Role.CONSUMER))
    live = client.get(f"/api/v1/projects/{project.pk}/annotations/?format=jsonl")
    streamed = read_stream(live)
    address = ask(client, project)
    assert ask(client, project) == address
    assert client.head(f"/api/v1/projects/{project.pk}/annotations/?format=jsonl")["ETag"] == live["ETag"]
    waiting = client.get(address)
    assert (waiting.status_code, waiting.json()["status"]) == (HTTPStatus.ACCEPTED, "queued")
    Worker().run_until_idle()
    make_annotated_task(mark(claim()), project=project, text="What came later is not in the file.")
    whole = client.get(address)
    assert read_stream(whole) == streamed
    assert whole["X-Checksum-SHA256"] == hashlib.sha256(streamed).hexdigest()
    half = len(streamed) // 2
    rest = client.get(address, headers={"Range": f"bytes={half}-", "If-Range": whole["ETag"]})
    assert (rest.status_code, read_stream(rest)) == (HTTPStatus.PARTIAL_CONTENT, streamed[half:])
    job = Job.objects.get(kind="prepare_annotations")
    assert (job.done, job.total) == (2, 2)


def test_a_file_says_what_is_not_in_it(project: Project) -> None:
    client = call_as(make_member(project, Role.MANAGER))
    address = ask(client, project, "conll")
    Worker().run_until_idle()
    assert "attributes of spans dropped" in client.get(address)["X-Losses"]


def test_a_file_is_for_whoever_asked_and_for_nobody_else(project: Project) -> None:
    address = ask(call_as(make_member(project, Role.MANAGER)), project)
    Worker().run_until_idle()
    other = call_as(make_member(project, Role.MANAGER)).get(address)
    assert other.status_code == HTTPStatus.NOT_FOUND
    assert "ask for one with prepare=1" in other.json()["detail"]
    for role in (Role.ANNOTATOR, Role.ADJUDICATOR):
        client = call_as(make_member(project, role))
        assert client.get(address).status_code == HTTPStatus.FORBIDDEN
        refused = client.get(f"/api/v1/projects/{project.pk}/annotations/?format=jsonl&prepare=1")
        assert refused.status_code == HTTPStatus.FORBIDDEN


def test_a_file_holds_nothing_that_is_hidden_and_is_hidden_from_whoever_begins_to_annotate(
    project: Project,
) -> None:
    person = make_member(project, Role.MANAGER, Role.ANNOTATOR)
    client = call_as(person)
    before = ask(client, project)
    Worker().run_until_idle()
    assert client.get(before).status_code == HTTPStatus.OK
    task = make_task(make_round(project, annotators=(person,)), project.articles.get())
    refused = client.get(before)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "ask for it again" in refused.json()["detail"]
    now = ask(client, project)
    Worker().run_until_idle()
    assert read_stream(client.get(now)) == b""
    assert task.article_id


def test_a_job_that_was_cancelled_or_is_forgotten_leaves_no_file(project: Project) -> None:
    client = call_as(make_member(project, Role.MANAGER))
    address = ask(client, project)
    Job.objects.filter(kind="prepare_annotations").update(status=JobStatus.CANCELLED)
    refused = client.get(address)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (404, "file-not-kept")
    again = ask(client, project)
    Worker().run_until_idle()
    run_forget_kept(Job(), lambda **_: None)  # type: ignore[arg-type]  # a sign of life
    assert client.get(again).status_code == HTTPStatus.OK
    Job.objects.filter(kind="prepare_annotations").delete()
    run_forget_kept(Job(), lambda **_: None)  # type: ignore[arg-type]  # as above
    assert default_storage.listdir(FOLDER)[1] == []
    assert client.get(again).status_code == HTTPStatus.NOT_FOUND


def test_a_number_that_names_no_file_is_none(project: Project) -> None:
    client = call_as(make_member(project, Role.MANAGER))
    address = f"/api/v1/projects/{project.pk}/annotations/?format=jsonl&file="
    assert client.get(f"{address}7").status_code == HTTPStatus.NOT_FOUND
    for wrong in ("0", "-1", "x", "9" * 30):
        assert client.get(f"{address}{wrong}").status_code == HTTPStatus.BAD_REQUEST
