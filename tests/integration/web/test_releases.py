"""The page of a release says of each format what it is, how large its file is and what is not in it."""

from http import HTTPStatus

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
from tests.integration.gold.test_splitting import make_gold

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


def test_a_manager_divides_a_release_and_everybody_downloads_its_parts() -> None:
    project, _ = make_gold(8)
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:releases", args=[project.slug])
    sent = {"title": "First", "divide": "shares", "shares": "50/25/25", "keep_copies": "on", "stratify": "on"}
    assert client.post(address, sent).status_code == HTTPStatus.FOUND
    release = project.releases.get()
    page = client.get(reverse("web:release", args=[project.slug, 1]), {"split": "dev"}).content.decode()
    assert f"/api/v1/releases/{release.pk}/export/?split=dev&amp;format=jsonl" in page
    assert "Shares 50/25/25, seed 0, copies and versions of an article together, labels spread alike." in page
    assert "What one part shares with another" in page
    unknown = client.get(reverse("web:release", args=[project.slug, 1]), {"split": "gold"})
    assert unknown.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"divide": "shares", "shares": "80"}, "“80” has 1 shares"),
        ({"divide": "folds", "folds": "5"}, "divide into fewer"),
        ({"divide": "shares", "shares": "1/1", "group_by": "author"}, "No article has a value in “author”"),
        ({"divide": "shares", "shares": "1/1", "time": "date"}, "have no date as 2026-11-26 in “date”"),
    ],
)
def test_a_division_that_cannot_be_is_explained_in_the_form_and_nothing_is_frozen(
    sent: dict[str, str], said: str
) -> None:
    project, _ = make_gold(2)
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    page = client.post(reverse("web:releases", args=[project.slug]), {"title": "First", **sent})
    assert said in page.content.decode()
    assert not project.releases.exists()
