"""Releases and annotations as files."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import zstandard
from pytest_django.plugin import DjangoDbBlocker
from rest_framework.test import APIClient

from annotations.api.compression import choose_coding
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import export_release
from annotations.gold.files import prepare_file
from annotations.jobs.worker import Worker
from annotations.models import Assignment, AssignmentStatus, Job, Membership, Role
from tests.api.world import STRANGER, World, call_as, make_world, read_stream
from tests.kept import keep_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A world in which the release has a file of each format."""
    with keep_rows(django_db_blocker):
        made = make_world()
        for known in WRITTEN:
            prepare_file(made.release, known.name)
        yield made


def test_a_release_is_streamed_with_its_checksum_and_a_file_name(world: World) -> None:
    response = call_as(world, Role.CONSUMER).get(f"/api/v1/releases/{world.release.pk}/export/?format=jsonl")
    assert response.status_code == HTTPStatus.OK
    assert response.streaming
    body = read_stream(response)
    digest = hashlib.sha256(body)
    assert body == b"".join(export_release(world.release, format_name="jsonl").chunks)
    assert response["ETag"] == f'"{digest.hexdigest()}"'
    assert response["X-Checksum-SHA256"] == digest.hexdigest()
    assert response["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert response["Content-Length"] == str(len(body))
    assert response["Content-Type"] == "application/jsonl"
    assert response["Cache-Control"] == "private, no-store"
    name = f"{world.project.slug}-release-1.jsonl"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "X-Losses" not in response


def test_every_quote_of_a_release_equals_its_slice_of_the_article_that_the_api_shows(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    lines = read_stream(client.get(f"/api/v1/releases/{world.release.pk}/export/")).decode().splitlines()
    quotes = 0
    for line in lines:
        record = json.loads(line)
        text = client.get(f"/api/v1/articles/{record['id']}/").json()["text"]
        for span in record["spans"]:
            assert span["quote"] == text[span["start"] : span["end"]]
            quotes += 1
    assert quotes == 2


def test_a_file_that_the_caller_has_already_is_not_sent_again(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=jsonl"
    etag = client.get(address)["ETag"]
    same = client.get(address, HTTP_IF_NONE_MATCH=etag)
    assert (same.status_code, same.content, same["ETag"]) == (HTTPStatus.NOT_MODIFIED, b"", etag)
    assert same["Cache-Control"] == "private, no-store"
    other = client.get(address, HTTP_IF_NONE_MATCH='"something else"')
    assert other.status_code == HTTPStatus.OK
    other_format = client.get(address.replace("jsonl", "conll"), HTTP_IF_NONE_MATCH=etag)
    assert other_format.status_code == HTTPStatus.OK


def test_a_file_that_is_not_the_one_named_is_refused_as_a_problem_like_all_others(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=jsonl"
    refused = client.get(address, HTTP_IF_MATCH='"something else"')
    assert refused.status_code == HTTPStatus.PRECONDITION_FAILED
    assert refused["Content-Type"] == "application/problem+json"
    assert "If-Match" in refused.json()["detail"]
    assert client.get(address, HTTP_IF_MATCH=client.get(address)["ETag"]).status_code == HTTPStatus.OK


def test_the_headers_can_be_asked_for_alone(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/releases/{world.release.pk}/export/"
    head = client.head(address)
    assert head.content == b""
    for name in ("ETag", "X-Checksum-SHA256", "Content-Length", "Content-Type"):
        assert head[name] == client.get(address)[name]


def test_what_conll_cannot_hold_is_said_in_a_header_and_fails_where_it_is_strict(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=conll"
    response = client.get(address)
    assert b"B-Claim" in read_stream(response)
    assert "6 attributes of spans dropped" in response["X-Losses"]
    strict = client.get(f"{address}&strict=1")
    assert strict.status_code == HTTPStatus.CONFLICT
    assert "6 attributes of spans dropped" in strict.json()["detail"]
    assert strict.json()["type"].endswith("format-loses")
    assert client.get(f"{address}&strict=0").status_code == HTTPStatus.OK


@pytest.mark.parametrize("query", ["format=xml", "format=", "strict=perhaps", "fromat=jsonl", "format=../x"])
def test_an_export_with_an_unknown_choice_is_400(world: World, query: str) -> None:
    client = call_as(world, Role.CONSUMER)
    response = client.get(f"/api/v1/releases/{world.release.pk}/export/?{query}")
    assert response.status_code == HTTPStatus.BAD_REQUEST
    [error] = response.json()["errors"]
    name, _, value = query.partition("=")
    assert error["pointer"] == f"#/{name}"
    if name == "format" and value:
        assert all(known.name in error["detail"] for known in WRITTEN)


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-4", slice(0, 5)), ("bytes=100-", slice(100, None)), ("bytes=-7", slice(-7, None))],
)
def test_a_part_of_a_release_is_sent_alone(world: World, asked: str, part: slice) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=jsonl"
    whole = client.get(address)
    body = read_stream(whole)
    assert whole["Accept-Ranges"] == "bytes"
    response = client.get(address, HTTP_RANGE=asked, HTTP_IF_RANGE=whole["ETag"])
    first = range(len(body))[part].start
    assert response.status_code == HTTPStatus.PARTIAL_CONTENT
    assert read_stream(response) == body[part]
    assert response["Content-Range"] == f"bytes {first}-{first + len(body[part]) - 1}/{len(body)}"
    assert response["Content-Length"] == str(len(body[part]))
    changed = client.get(address, HTTP_RANGE=asked, HTTP_IF_RANGE='"of another file"')
    assert (changed.status_code, read_stream(changed)) == (HTTPStatus.OK, body)


def test_a_part_that_begins_after_the_end_is_refused_and_what_is_no_range_means_the_whole(
    world: World,
) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=jsonl"
    beyond = client.get(address, HTTP_RANGE="bytes=99999999-")
    assert beyond.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    assert "begins before byte" in beyond.json()["detail"]
    assert beyond["Content-Range"] == f"bytes */{len(read_stream(client.get(address)))}"
    for nonsense in ("lines=1-2", "bytes=5-2", "bytes=-", "bytes=0-1,4-5"):
        assert client.get(address, HTTP_RANGE=nonsense).status_code == HTTPStatus.OK


def test_nginx_is_told_the_place_of_the_file_where_it_has_one(world: World, settings: Any) -> None:
    settings.ACCEL_PREFIX = "/files/"
    response = call_as(world, Role.CONSUMER).get(f"/api/v1/releases/{world.release.pk}/export/?format=jsonl")
    file = world.release.files.get(format="jsonl")
    assert (response.content, response["X-Accel-Redirect"]) == (b"", f"/files/{file.name}")
    assert response["ETag"] == f'"{file.sha256}"'
    head = call_as(world, Role.CONSUMER).head(
        f"/api/v1/releases/{world.release.pk}/export/?format=jsonl", HTTP_ACCEPT_ENCODING="gzip"
    )
    assert (head["ETag"], "Content-Encoding" in head) == (response["ETag"], False)


def test_a_release_whose_file_is_not_written_yet_is_streamed_and_the_file_asked_for(world: World) -> None:
    written = read_stream(call_as(world, Role.CONSUMER).get(f"/api/v1/releases/{world.release.pk}/export/"))
    world.release.files.all().delete()
    Job.objects.all().delete()
    for _ in range(2):
        response = call_as(world, Role.CONSUMER).get(f"/api/v1/releases/{world.release.pk}/export/")
        assert read_stream(response) == written
        assert "ETag" not in response
        assert Job.objects.get(kind="prepare_release").arguments == {
            "release": world.release.pk,
            "format": "jsonl",
        }


def test_every_current_annotation_is_streamed_under_pseudonyms(world: World) -> None:
    response = call_as(world, Role.CONSUMER).get(
        f"/api/v1/projects/{world.project.pk}/annotations/?format=jsonl"
    )
    assert response.streaming
    body = read_stream(response).decode()
    records = [json.loads(line) for line in body.splitlines()]
    letters = [(record["id"], record["annotations"][0]["annotator"]) for record in records]
    assert letters == [
        (world.agreed.article_id, "A"),
        (world.agreed.article_id, "B"),
        (world.decided.article_id, "A"),
        (world.decided.article_id, "B"),
        (world.waiting.article_id, "A"),
        (world.waiting.article_id, "B"),
        (world.queued.article_id, "A"),
    ]
    for person in (*world.people.values(), *world.others):
        assert person.name not in body
        assert person.email not in body


def test_annotations_come_in_pages_without_a_format(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/projects/{world.project.pk}/annotations/?page_size=3"
    found = []
    while address:
        page = client.get(address).json()
        assert len(page["results"]) <= 3
        found += page["results"]
        address = page["next"]
    assert len(found) == 7
    assert {row["annotator"] for row in found} == {"A", "B"}
    first = found[0]
    assert first["spans"][0]["quote"] == "Kyiv must have guarantees"
    assert set(first) == {
        "id",
        "project",
        "article",
        "task",
        "round",
        "annotator",
        "revision",
        "submitted_at",
        "spans",
        "relations",
        "fields",
        "field_provenance",
    }


def test_an_annotation_export_that_would_lose_something_fails_where_it_is_strict(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/projects/{world.project.pk}/annotations/?format=conll"
    assert "attributes of spans dropped" in client.head(address)["X-Losses"]
    response = client.get(address)
    assert "attributes of spans dropped" in response["X-Losses"]
    assert b"# annotators = B" in read_stream(response)
    assert client.get(f"{address}&strict=true").status_code == HTTPStatus.CONFLICT


def test_a_live_export_begins_before_its_losses_are_known_and_tells_them_from_then_on(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/projects/{world.project.pk}/annotations/?format=conll"
    first = client.get(address)
    assert "X-Losses" not in first
    read_stream(first)
    assert "attributes of spans dropped" in client.get(address)["X-Losses"]


def test_a_live_export_that_the_caller_has_already_is_not_sent_again_until_something_changes(
    world: World,
) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/projects/{world.project.pk}/annotations/?format=jsonl"
    etag = client.get(address)["ETag"]
    same = client.get(address, HTTP_IF_NONE_MATCH=etag)
    assert (same.status_code, same.content, same["ETag"]) == (HTTPStatus.NOT_MODIFIED, b"", etag)
    assert client.get(address.replace("jsonl", "conll"), HTTP_IF_NONE_MATCH=etag).status_code == HTTPStatus.OK
    assignment = world.waiting.assignments.earliest("pk")
    before = read_stream(client.get(address))
    Assignment.objects.filter(pk=assignment.pk).update(status=AssignmentStatus.WITHDRAWN)
    withdrawn = client.get(address, HTTP_IF_NONE_MATCH=etag)
    assert (withdrawn.status_code, withdrawn["ETag"] != etag) == (HTTPStatus.OK, True)
    assert len(read_stream(withdrawn)) < len(before)


def test_who_annotates_has_another_live_export_than_who_does_not(world: World) -> None:
    address = f"/api/v1/projects/{world.project.pk}/annotations/?format=jsonl"
    theirs = call_as(world, Role.CONSUMER).get(address)["ETag"]
    person = world.others[0]
    Membership.objects.create(project=world.project, user=person, role=Role.CONSUMER)
    client = APIClient()
    client.force_login(person)
    response = client.get(address, HTTP_IF_NONE_MATCH=theirs)
    assert response.status_code == HTTPStatus.OK
    assert response["ETag"] != theirs


def test_a_consumer_sees_no_name_in_anything_that_they_may_read(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    people = [*world.others, world.people[Role.ADJUDICATOR], world.people[Role.ANNOTATOR]]
    for kind in ("annotations", "gold", "releases", "articles", "projects", "schemes"):
        rows = client.get(f"/api/v1/{kind}/").json()["results"]
        assert rows
        details = [client.get(f"/api/v1/{kind}/{row['id']}/").json() for row in rows]
        shown = json.dumps([rows, details])
        for person in people:
            assert person.name not in shown
            assert person.email not in shown


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_files_are_sent_in_fewer_bytes_to_who_reads_them_so(world: World, coding: str) -> None:
    client = call_as(world, Role.CONSUMER)
    unpack = {
        "zstd": lambda sent: zstandard.ZstdDecompressor().decompressobj().decompress(sent),
        "gzip": gzip.decompress,
    }
    addresses = (
        f"/api/v1/releases/{world.release.pk}/export/?format=jsonl",
        f"/api/v1/projects/{world.project.pk}/annotations/?format=jsonl",
    )
    for address in addresses:
        plain = read_stream(client.get(address))
        answer = client.get(address, HTTP_ACCEPT_ENCODING=f"{coding}, br")
        sent = read_stream(answer)
        assert (answer["Content-Encoding"], unpack[coding](sent)) == (coding, plain)
        assert len(sent) < len(plain)
        assert "Accept-Encoding" in answer["Vary"]
        assert "Content-Length" not in answer
        same = client.get(address, HTTP_ACCEPT_ENCODING=coding, HTTP_IF_NONE_MATCH=answer["ETag"])
        assert same.status_code == HTTPStatus.NOT_MODIFIED
    whole = client.get(addresses[0], HTTP_ACCEPT_ENCODING=coding)
    assert whole["X-Checksum-SHA256"] == client.get(addresses[0])["X-Checksum-SHA256"]
    assert whole["ETag"] != client.get(addresses[0])["ETag"]
    assert "Repr-Digest" not in whole, "it would be that of the packed bytes"
    part = client.get(addresses[0], HTTP_ACCEPT_ENCODING=coding, HTTP_RANGE="bytes=0-4")
    assert (part.status_code, "Content-Encoding" in part) == (HTTPStatus.PARTIAL_CONTENT, False)
    packed = client.get(addresses[0].replace("jsonl", "brat"), HTTP_ACCEPT_ENCODING=coding)
    assert "Content-Encoding" not in packed


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", ""),
        ("br, deflate", ""),
        ("gzip", "gzip"),
        ("gzip, zstd", "zstd"),
        ("GZIP;q=1.0, zstd;q=0.5", "gzip"),
        ("*", "zstd"),
        ("*;q=0.5, zstd;q=0", "gzip"),
        ("identity, gzip;q=0.2", ""),
        ("gzip;q=nonsense", ""),
        ("identity", ""),
    ],
)
def test_the_coding_is_the_one_that_the_caller_likes_best(accepted: str, chosen: str) -> None:
    assert choose_coding(accepted, "application/jsonl") == chosen


def test_a_release_is_sent_at_the_level_that_is_asked_for_and_each_file_kept(world: World) -> None:
    client = call_as(world, Role.CONSUMER)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=jsonl"
    streamed = read_stream(client.get(f"{address}&level=votes"))
    assert json.loads(streamed.splitlines()[1])["votes"]["annotators"] == ["A", "B"]
    Worker().run_until_idle()
    kept = client.get(f"{address}&level=votes")
    assert kept["X-Checksum-SHA256"] == hashlib.sha256(streamed).hexdigest()
    assert 'release-1-votes.jsonl"' in kept["Content-Disposition"]
    assert kept["ETag"] != client.get(address)["ETag"]
    refused = client.get(f"{address.replace('jsonl', 'brat')}&level=ledger")
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert refused.json()["type"].endswith("level-not-held")


@pytest.mark.parametrize(
    ("level", "status"),
    [
        ("gold", HTTPStatus.OK),
        ("ledger", HTTPStatus.OK),
        ("votes", HTTPStatus.FORBIDDEN),
        ("annotations", HTTPStatus.FORBIDDEN),
    ],
)
def test_adjudicators_are_sent_what_was_decided_and_not_what_each_annotator_marked(
    world: World, level: str, status: HTTPStatus
) -> None:
    client = call_as(world, Role.ADJUDICATOR)
    address = f"/api/v1/releases/{world.release.pk}/export/?format=jsonl&level={level}"
    assert client.get(address).status_code == status


def test_a_part_of_a_release_is_sent_as_a_file_of_its_own(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    made = client.post(
        f"/api/v1/projects/{world.project.pk}/releases/",
        {
            "title": "Divided",
            "exception": "A pilot.",
            "wait": 60,
            "splits": {"shares": "train=1,held-out=1", "keep_copies": False},
        },
        format="json",
    ).json()
    address = f"/api/v1/releases/{made['id']}"
    parts = client.get(f"{address}/splits/").json()
    assert parts["splits"] == made["manifest"]["splits"]
    assert [len(articles) for articles in parts["articles"].values()] == [1, 1]
    Worker().run_until_idle()
    streamed = client.get(f"{address}/export/?split=held-out")
    body = read_stream(streamed)
    assert [json.loads(body)["id"]] == parts["articles"]["held-out"]
    Worker().run_until_idle()
    kept = client.get(f"{address}/export/?split=held-out")
    assert kept["X-Checksum-SHA256"] == hashlib.sha256(body).hexdigest()
    assert 'release-2-held-out.jsonl"' in kept["Content-Disposition"]
    refused = client.get(f"{address}/export/?split=dev")
    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert "its parts are train, held-out" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("splits", "said"),
    [
        ({}, "Give either shares or folds"),
        ({"shares": "1/1", "folds": 2}, "Give either shares or folds"),
        ({"shares": "80"}, "has 1 shares"),
        ({"folds": 7}, "divide into fewer"),
        ({"shares": "1/1", "sed": 3}, "There is no such field"),
    ],
)
def test_a_division_that_cannot_be_is_refused(world: World, splits: dict[str, Any], said: str) -> None:
    refused = call_as(world, Role.MANAGER).post(
        f"/api/v1/projects/{world.project.pk}/releases/",
        {"title": "Divided", "exception": "A pilot.", "wait": 60, "splits": splits},
        format="json",
    )
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert said in refused.content.decode()


def test_what_changed_between_two_releases_is_told_as_json_and_as_a_changelog(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    none_before = client.get(f"/api/v1/releases/{world.release.pk}/changes/")
    assert none_before.status_code == HTTPStatus.NOT_FOUND
    assert none_before.json()["detail"] == (
        "no release of the project is earlier than 1; its other releases: none yet"
    )
    made = freeze_again(world, client)
    address = f"/api/v1/releases/{made['id']}/changes/"
    written = json.loads(read_stream(client.get(f"{address}?since=1")))
    assert (written["after"]["version"], written["articles"]) == ("1.0.1", [])
    changelog = client.get(f"{address}?as=markdown")
    assert changelog["Content-Type"].startswith("text/markdown")
    assert read_stream(changelog).decode().startswith("# Changes from release 1 (First, 1.0.0)")
    for query in ("since=0", "as=html", "since=9&as=pdf"):
        assert client.get(f"{address}?{query}").status_code == HTTPStatus.BAD_REQUEST
    missing = client.get(f"{address}?since=9")
    assert missing.status_code == HTTPStatus.NOT_FOUND
    assert missing.json()["detail"] == "the project has no release 9; its releases: 2, 1"


MISSING = 10**9


@pytest.mark.parametrize("part", ["", "manifest/", "export/?format=jsonl", "changes/?since=1"])
def test_of_a_release_that_is_not_there_a_reader_is_told_which_are_and_a_stranger_nothing(
    world: World, part: str
) -> None:
    refused = call_as(world, Role.CONSUMER).get(f"/api/v1/releases/{MISSING}/{part}")
    assert refused.status_code == HTTPStatus.NOT_FOUND
    there = f"{world.project.slug}/1 (id {world.release.pk})"
    assert refused.json()["detail"] == (
        f"there is no release of the id {MISSING} that you may read; those that you may: {there}"
    )
    for caller in (STRANGER, Role.ANNOTATOR):
        stranger = call_as(world, caller)
        bare = [
            stranger.get(f"/api/v1/releases/{number}/{part}").json() for number in (MISSING, world.release.pk)
        ]
        assert bare[0] == bare[1]
        assert world.project.slug not in bare[0]["detail"]


@pytest.mark.parametrize("part", ["manifest", "card", "splits", "folder", "changes"])
def test_what_is_told_of_a_release_is_sent_once_and_in_fewer_bytes(world: World, part: str) -> None:
    client = call_as(world, Role.MANAGER)
    made = freeze_again(world, client)
    address = f"/api/v1/releases/{made['id']}/{part}/"
    plain = client.get(address)
    content = read_body(plain)
    for coding, unpack in (("gzip", gzip.decompress), ("zstd", unpack_zstd)):
        packed = client.get(address, headers={"Accept-Encoding": coding})
        if part == "folder":  # a ZIP is packed already
            assert "Content-Encoding" not in packed
        else:
            assert packed["Content-Encoding"] == coding
            assert unpack(read_body(packed)) == content
        unchanged = client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": packed["ETag"]})
        assert unchanged.status_code == HTTPStatus.NOT_MODIFIED
    if part in {"manifest", "card", "splits"}:
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert plain["Repr-Digest"] == f"sha-256=:{digest}:"


def freeze_again(world: World, client: APIClient) -> Any:
    """One more release of the world's project, as the API tells it."""
    return client.post(
        f"/api/v1/projects/{world.project.pk}/releases/",
        {"title": "Again", "exception": "A pilot.", "wait": 60},
        format="json",
    ).json()


def read_body(answer: Any) -> bytes:
    return read_stream(answer) if answer.streaming else bytes(answer.content)


def unpack_zstd(content: bytes) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(content) as reader:
        return reader.read()
