"""Annotations made elsewhere over REST: files in, a mapping, a look, published, and agreement."""

import base64
from http import HTTPStatus
from pathlib import Path

import pytest

from annotations.jobs.worker import Worker
from annotations.models import Annotation, Role
from tests.api.world import call_with_token
from tests.factories import make_member, make_project, make_scheme
from tests.factories.annotated import PARIS, write_export

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


def test_a_program_brings_annotations_in_by_a_mapping(tmp_path: Path) -> None:
    project = make_project(scheme=make_scheme("argument-lite-v1"))
    manager = make_member(project, Role.MANAGER)
    client = call_with_token(manager)
    made = client.post("/api/v1/imports/", {"project": project.pk}, format="json").json()
    address = f"/api/v1/imports/{made['id']}/"
    file = write_export(
        tmp_path, (PARIS, {"ann": [("CLAIM", "Paris will pay")], "bob": [("CLAIM", "Paris")]})
    )
    content = base64.b64encode(file.read_bytes()).decode()
    files = {"files": [{"name": "export.json", "content": content}]}
    assert client.post(f"{address}files/", files, format="json").status_code == HTTPStatus.OK
    assert client.post(f"{address}read/", {}, format="json").status_code == HTTPStatus.ACCEPTED
    Worker().run_until_idle()
    annotated = client.get(f"{address}preview/").json()["report"]["annotated"]
    assert annotated["undecided"][0].startswith("the label 'CLAIM' (2 times")
    mapping = annotated["mapping"]
    assert mapping["labels"][0]["becomes"] == "Claim"
    refused = client.post(f"{address}read/", {"mapping": {"labels": [{"becomes": "x"}]}}, format="json")
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert "'found' is missing" in str(refused.json())
    said = {"mapping": mapping, "read_as": "annotations", "round_name": "By program"}
    assert client.post(f"{address}read/", said, format="json").status_code == HTTPStatus.ACCEPTED
    Worker().run_until_idle()
    counts = client.get(f"{address}preview/").json()["report"]["counts"]
    assert (counts["articles"], counts["annotations"], counts["refused"]) == (1, 2, 0)
    assert client.post(f"{address}publish/", {}, format="json").json() == {"articles": 1}
    assert project.rounds.get().name == "By program"
    assert Annotation.objects.current().count() == 2
