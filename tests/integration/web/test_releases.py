"""The page of a release says of each format what it is, how large its file is and what is not in it."""

import pytest
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.urls import reverse

from annotations.formats.registry import WRITTEN
from annotations.gold.files import prepare_file
from annotations.gold.services import freeze_release
from annotations.models import Role
from tests.factories import make_member, make_project
from tests.integration.gold.test_services import agree, make_team

pytestmark = pytest.mark.django_db


def test_every_format_is_offered_with_the_size_and_the_losses_of_its_file() -> None:
    project = make_project()
    agree(project, make_team(project))
    release = freeze_release(project, title="First", by=None)
    file = prepare_file(release, "conll")
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    page = client.get(reverse("web:release", args=[project.slug, release.number])).content.decode()
    for known in WRITTEN:
        assert f"/api/v1/releases/{release.pk}/export/?format={known.name}" in page
    assert filesizeformat(file.length) in page
    assert f"Of this release: {'; '.join(file.losses)}" in page
    assert page.count("Of this release:") == 1
