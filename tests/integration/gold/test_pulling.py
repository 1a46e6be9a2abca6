"""`workbench pull`: files of a release, fetched and checked, by a token that reads releases and nothing else."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from annotations.gold.exports import export_release
from annotations.gold.files import prepare_file
from annotations.gold.services import freeze_release
from annotations.models import Job, Release, ReleaseFile, Role, TokenScope
from annotations.projects.tokens import create_api_token
from tests.factories import make_member, make_project
from tests.integration.gold.test_services import agree, make_team
from workbench.pull import Pull, PullError, main

pytestmark = pytest.mark.django_db
WANTED = {"format": "jsonl", "level": "gold"}


class Meddling(httpx.BaseTransport):
    """Hands requests to the workbench itself, notes each, and lets a test change the answers."""

    def __init__(self) -> None:
        self.within = httpx.WSGITransport(app=get_wsgi_application())
        self.asked: list[httpx.Request] = []
        self.change: Callable[[httpx.Response], httpx.Response] = lambda answer: answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.change(self.within.handle_request(request))


@pytest.fixture(autouse=True)
def _open_connection() -> Iterator[None]:
    """Keeps the database of a test open at the end of a request, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def release() -> Release:
    project = make_project()
    agree(project, make_team(project))
    made = freeze_release(project, title="First", by=None)
    prepare_file(made, "jsonl")
    return made


@pytest.fixture
def transport() -> Meddling:
    return Meddling()


@pytest.fixture
def pull(release: Release, transport: Meddling, tmp_path: Path) -> Pull:
    reader = make_member(release.project, Role.CONSUMER)
    _, secret = create_api_token(
        reader, name="training", scope=TokenScope.RELEASES, project=release.project, by=reader
    )
    headers = {"Authorization": f"Token {secret}", "Accept-Encoding": "identity"}
    client = httpx.Client(base_url="http://127.0.0.1:8000", headers=headers, transport=transport)
    return Pull(client, tmp_path)


def read_gold(release: Release) -> bytes:
    return b"".join(export_release(release, format_name="jsonl").chunks)


def test_the_manifest_and_a_file_are_fetched_by_id_or_by_project_and_number(
    release: Release, pull: Pull, tmp_path: Path
) -> None:
    for name in (str(release.pk), f"{release.project.slug}/1"):
        found = pull.fetch_manifest(name)
        path = pull.fetch_file(found, WANTED)
        assert path.read_bytes() == read_gold(release)
    manifest = (tmp_path / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == release.sha256
    assert not list(tmp_path.glob(".*.part"))


def test_what_broke_off_is_gone_on_with_and_what_is_there_is_not_fetched_again(
    release: Release, pull: Pull, transport: Meddling, tmp_path: Path
) -> None:
    body, found = read_gold(release), pull.fetch_manifest(str(release.pk))
    sha256 = hashlib.sha256(body).hexdigest()
    name = f"{release.project.slug}-release-1.jsonl"
    (tmp_path / f".{name}.{sha256[:16]}.part").write_bytes(body[:700])
    assert pull.fetch_file(found, WANTED).read_bytes() == body
    assert transport.asked[-1].headers["Range"] == "bytes=700-"
    pull.fetch_file(found, WANTED)
    assert transport.asked[-1].method == "HEAD"


def test_bytes_that_are_not_those_of_the_checksum_are_never_left_as_the_file(
    release: Release, pull: Pull, tmp_path: Path
) -> None:
    found = pull.fetch_manifest(str(release.pk))
    sha256 = hashlib.sha256(read_gold(release)).hexdigest()
    name = f"{release.project.slug}-release-1.jsonl"
    (tmp_path / f".{name}.{sha256[:16]}.part").write_bytes(b"something else")
    with pytest.raises(PullError, match="other bytes"):
        pull.fetch_file(found, WANTED)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    assert pull.fetch_file(found, WANTED).read_bytes() == read_gold(release)


def test_a_manifest_or_a_jsonl_that_was_changed_on_its_way_is_refused(
    release: Release, pull: Pull, transport: Meddling
) -> None:
    found = pull.fetch_manifest(str(release.pk))
    changed = {**found, "manifest": {**found["manifest"], "checksums": {"jsonl": "0" * 64}}}
    with pytest.raises(PullError, match="that the manifest names"):
        pull.fetch_file(changed, WANTED)
    transport.change = lambda answer: httpx.Response(answer.status_code, json={**found, "sha256": "0" * 64})
    with pytest.raises(PullError, match="does not have the checksum"):
        pull.fetch_manifest(str(release.pk))


def test_a_file_that_is_not_written_yet_is_asked_for_and_waited_for(release: Release, pull: Pull) -> None:
    found = pull.fetch_manifest(str(release.pk))
    with pytest.raises(PullError, match="still writing conll"):
        pull.fetch_file(found, {"format": "conll", "level": "gold"})
    assert Job.objects.get(arguments__format="conll")
    assert not ReleaseFile.objects.filter(format="conll").exists()
    prepare_file(release, "conll")
    assert pull.fetch_file(found, {"format": "conll", "level": "gold"}).suffix == ".conllup"


@pytest.mark.parametrize(
    ("name", "said"),
    [("nothing", "is no release"), ("other/1", "no project “other”"), ("999", "404")],
)
def test_a_release_that_is_not_there_is_said(pull: Pull, name: str, said: str) -> None:
    with pytest.raises(PullError, match=said):
        pull.fetch_manifest(name)


def test_what_is_wrong_with_a_request_is_said_as_the_workbench_says_it(release: Release, pull: Pull) -> None:
    with pytest.raises(PullError, match="answered 400"):
        pull.fetch_file(pull.fetch_manifest(str(release.pk)), {"format": "xml"})


def test_the_command_ends_without_a_token_and_where_nobody_answers(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.delenv("WORKBENCH_TOKEN", raising=False)
    with pytest.raises(SystemExit, match="Put a token into WORKBENCH_TOKEN"):
        main(["http://127.0.0.1:9", "1"])
    monkeypatch.setenv("WORKBENCH_TOKEN", "x")
    with pytest.raises(SystemExit, match="error: "):
        main(["http://127.0.0.1:9", "1", "--into", str(tmp_path)])
