"""Files in a bucket in place of a folder: sent in parts, read as they came, and gone when nobody needs them any more."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from moto.server import ThreadedMotoServer

from annotations.gold.exports import export_release
from annotations.gold.files import ask_for_file, is_here, prepare_file, read_part
from annotations.jobs.worker import Worker
from annotations.models import JobStatus, Role
from tests.api.world import call_as, make_world, read_stream
from tests.factories import make_member, make_project
from tests.integration.web.import_pages import add, look
from tests.processes import run_python
from workbench.settings.files import IN_A_BUCKET

pytestmark = pytest.mark.django_db
KEYS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "a-secret"}
REGION = "us-east-1"
KEEP = """
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
default_storage.save("a-file", ContentFile(b"content"))
"""
numbers = count(1)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server that speaks as S3 does."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str) -> Any:
    resource = boto3.resource(
        "s3",
        endpoint_url=s3,
        region_name=REGION,
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    made = resource.Bucket(f"files-{os.getpid()}-{next(numbers)}")
    made.create()
    return made


@pytest.fixture
def list_kept(s3: str, bucket: Any, settings: Any) -> Callable[[], list[str]]:
    """An installation whose files are in that bucket; which there are."""
    settings.JOB_SCHEDULE = {}
    options = {
        "bucket_name": bucket.name,
        "endpoint_url": s3,
        "region_name": REGION,
        "location": "workbench",
        "access_key": KEYS["AWS_ACCESS_KEY_ID"],
        "secret_key": KEYS["AWS_SECRET_ACCESS_KEY"],
    }
    storage = {**IN_A_BUCKET, "OPTIONS": {**IN_A_BUCKET["OPTIONS"], **options}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return lambda: sorted(each.key for each in bucket.objects.all())


def test_a_release_is_sent_whole_and_in_parts_from_the_bucket(list_kept: Callable[[], list[str]]) -> None:
    world = make_world()
    file = prepare_file(world.release, "jsonl")
    assert list_kept() == [f"workbench/{file.name}"]
    whole = b"".join(export_release(world.release, format_name="jsonl").chunks)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=jsonl"
    client = call_as(world, Role.CONSUMER)
    assert read_stream(client.get(address)) == whole
    part = client.get(address, HTTP_RANGE="bytes=100-299")
    assert part.status_code == HTTPStatus.PARTIAL_CONTENT
    assert read_stream(part) == whole[100:300]
    assert b"".join(read_part(file, len(whole) - 5, len(whole))) == whole[-5:]


def test_a_file_that_is_gone_from_the_bucket_is_written_again(list_kept: Callable[[], list[str]]) -> None:
    world = make_world()
    file = prepare_file(world.release, "jsonl")
    default_storage.delete(file.name)
    assert not is_here(file)
    with pytest.raises(FileNotFoundError, match="no file"):
        default_storage.open(file.name)
    prepare_file(world.release, "jsonl")
    assert list_kept() == [f"workbench/{file.name}"]


def test_what_was_uploaded_is_read_from_the_bucket_and_gone_from_it_once_published(
    client: Client, list_kept: Callable[[], list[str]], django_capture_on_commit_callbacks: Any
) -> None:
    project = make_project()
    client.force_login(make_member(project, Role.MANAGER))
    raw = "".join(json.dumps({"text": f"Article {number}. " * 40}) + "\n" for number in range(200)).encode()
    address = add(client, project, ("rows.jsonl", raw))
    assert list_kept()
    look(client, address)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}publish/")
    assert project.articles.count() == 200
    assert list_kept() == []


def test_a_file_of_a_bucket_is_read_from_wherever_one_seeks(list_kept: Callable[[], list[str]]) -> None:
    content = os.urandom(3_000_000)
    name = default_storage.save("large", ContentFile(content))
    with default_storage.open(name) as file:
        for start, length in ((0, 10), (2_999_990, 100), (1_048_570, 20), (5, 2_500_000)):
            file.seek(start)
            assert file.read(length) == content[start : start + length]
        file.seek(0)
        assert file.read() == content
    assert list_kept() == ["workbench/large"]


def test_doctor_says_what_to_do_where_files_cannot_be_kept(
    list_kept: Callable[[], list[str]], bucket: Any
) -> None:
    def look_over() -> str:
        output = StringIO()
        with suppress(SystemExit):
            call_command("doctor", stdout=output)
        return output.getvalue()

    assert re.search("^ok +files can be kept and read$", look_over(), re.MULTILINE)
    assert list_kept() == []
    bucket.delete()
    assert "FILES_BUCKET, FILES_ENDPOINT and their keys" in look_over()


def test_a_bucket_that_is_away_is_said_so_and_what_needs_it_is_tried_again(
    list_kept: Callable[[], list[str]], settings: Any
) -> None:
    world = make_world()
    prepare_file(world.release, "jsonl")
    away = {**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = {**settings.STORAGES, "default": {**IN_A_BUCKET, "OPTIONS": away}}
    told = call_as(world, Role.CONSUMER).get(f"/api/v1/releases/{world.release.pk}/export/?format=jsonl")
    assert told.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert told["Retry-After"] == "120"
    assert "cannot be reached at this moment" in told.json()["detail"]
    client = Client()
    client.force_login(world.people[Role.MANAGER])
    sent = {"uploads": ContentFile(b"A text.", name="a.txt")}
    page = client.post(f"/projects/{world.project.slug}/articles/add/", sent)
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "<h1>Files cannot be reached</h1>" in page.content.decode()
    job = ask_for_file(world.release, "conll")
    Worker().run_until_idle()
    job.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 1)
    assert "cannot be reached at this moment" in job.message


def test_an_installation_is_told_of_its_bucket_by_its_environment(
    s3: str, bucket: Any, tmp_path: Path
) -> None:
    told = {"FILES_BUCKET": bucket.name, "FILES_ENDPOINT": s3, "FILES_REGION": REGION, "FILES_PREFIX": "here"}
    environment = {
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
        "WORKBENCH_HOME": str(tmp_path),
        **KEYS,
        **told,
    }
    done = run_python(("manage.py", "shell", "--no-imports", "-c", KEEP), environment)
    assert done.returncode == 0, done.stderr
    assert [each.key for each in bucket.objects.all()] == ["here/a-file"]
    refused = run_python(("manage.py", "check"), {**environment, "ACCEL_PREFIX": "/files/"})
    assert "set only one of them" in refused.stderr
