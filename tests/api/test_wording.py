"""Corrections of guidelines by REST."""

from http import HTTPStatus

import pytest

from annotations.models import GuidelineRevision, Role
from tests.api.world import call_with_token
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db
BEFORE, AFTER = "When in doubt, choose the shorter span.", "In doubt, choose the shorter span."


def test_a_correction_is_made_found_and_shows_its_passages() -> None:
    project = make_project()
    client = call_with_token(make_member(project, Role.MANAGER))
    address = f"/api/v1/projects/{project.slug}/guidelines/"
    definition = project.scheme.source.replace(BEFORE, AFTER)
    made = client.post(address, {"name": "The shorter span", "definition": definition})
    assert made.status_code == HTTPStatus.CREATED
    assert made.json()["changes"] == [{"place": "the guidelines", "before": BEFORE, "after": AFTER}]
    reader = call_with_token(make_member(project, Role.ANNOTATOR))
    assert reader.get(made["Location"]).json() == made.json()
    listed = reader.get(f"/api/v1/corrections/?project={project.slug}").json()["results"]
    assert [one["name"] for one in listed] == ["The shorter span"]


def test_what_is_no_correction_is_409_and_says_why() -> None:
    project = make_project()
    client = call_with_token(make_member(project, Role.MANAGER))
    source = project.scheme.source
    for definition, code in (
        (source, "nothing-corrected"),
        (source.replace('color = "#0072B2"', 'color = "#0072B3"'), "not-only-wording"),
    ):
        body = {"name": "x", "definition": definition}
        refused = client.post(f"/api/v1/projects/{project.pk}/guidelines/", body)
        assert refused.status_code == HTTPStatus.CONFLICT
        assert refused.json()["type"] == f"urn:annotation-workbench:problem:{code}"
    absent = {"name": "x", "definition": source, "scheme": 10**9}
    missing = client.post(f"/api/v1/projects/{project.pk}/guidelines/", absent)
    assert missing.status_code == HTTPStatus.BAD_REQUEST
    assert not GuidelineRevision.objects.exists()
