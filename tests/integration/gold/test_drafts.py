"""What the next release is to be can be kept, changed and thrown away; freezing from it uses it up."""

from http import HTTPStatus
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from annotations.gold.cards import write_release_card
from annotations.gold.drafts import find_draft, save_draft
from annotations.gold.releases import rebuild_release
from annotations.gold.services import freeze_release
from annotations.gold.splits import SplitPlan, make_folds
from annotations.gold.wanted import InvalidReleaseTitleError, ReleaseWordsTooLongError, WantedRelease
from annotations.models import Event, Project, Role
from tests.api.world import call_with_token
from tests.factories import make_member, make_project
from tests.integration.gold.test_services import agree, make_team

pytestmark = pytest.mark.django_db
PLAN = SplitPlan(parts=(("train", 3), ("test", 1)), seed=7)
WANTED = WantedRelease("First", version="1.0.0", splits=PLAN, notes="More editorials.\n\nFewer quotes.")


def make_gold() -> Project:
    project = make_project()
    team = make_team(project)
    for number in range(4):
        agree(project, team, text=f"{number}. Kyiv must have guarantees. Moscow disagrees.")
    return project


def command(project: Project, *options: str) -> str:
    told = StringIO()
    call_command("release", project.slug, *options, stdout=told)
    return told.getvalue()


def test_a_release_is_all_that_its_draft_said_and_uses_it_up() -> None:
    project = make_gold()
    manager = make_member(project, Role.MANAGER)
    draft = save_draft(project, WANTED, by=manager)
    client = call_with_token(manager)
    shown = client.get("/api/v1/drafts/").json()["results"]
    assert [(one["id"], one["title"], one["splits"]["seed"]) for one in shown] == [(draft.pk, "First", 7)]
    frozen = client.post(f"/api/v1/drafts/{draft.pk}/freeze/", {"wait": 60}, format="json").json()
    assert (frozen["title"], frozen["manifest"]["version"]) == ("First", "1.0.0")
    assert frozen["manifest"]["splits"]["plan"] == PLAN.to_json()
    release = project.releases.get()
    assert "## What is new\n\nMore editorials.\n\nFewer quotes.\n" in write_release_card(release)
    assert rebuild_release(release)
    assert find_draft(project) is None


def test_a_draft_that_says_something_else_stays_for_the_release_after() -> None:
    project = make_gold()
    save_draft(project, WantedRelease("Second"), by=None)
    freeze_release(project, title="First", by=None)
    assert find_draft(project) is not None


def test_nothing_need_be_decided_before_a_draft_is_kept_and_another_takes_its_place() -> None:
    project = make_project()
    save_draft(project, WantedRelease("First"), by=None)
    draft = save_draft(project, WANTED, by=None)
    assert find_draft(project) == draft
    assert draft.wanted == WANTED.to_json()
    for wrong, error in (
        (WantedRelease(""), InvalidReleaseTitleError),
        (WantedRelease("First", notes="x" * 10_001), ReleaseWordsTooLongError),
    ):
        with pytest.raises(error):
            save_draft(project, wrong, by=None)
    assert find_draft(project) == draft


def test_the_command_line_keeps_a_draft_freezes_from_it_and_discards_it() -> None:
    project = make_gold()
    command(project, "--title", "First", "--split", "80/20", "--notes", "All is new.", "--draft")
    assert not project.releases.exists()
    with pytest.raises(CommandError, match="leave out --title"):
        command(project, "--title", "Other", "--from-draft")
    assert "(First)" in command(project, "--from-draft")
    assert project.releases.get().manifest["notes"] == "All is new."
    command(project, "--title", "Second", "--draft")
    command(project, "--discard-draft")
    with pytest.raises(CommandError, match="has no draft"):
        command(project, "--from-draft")
    with pytest.raises(CommandError, match="--title"):
        command(project)


def test_the_page_lists_a_draft_fills_its_form_in_and_discards_it() -> None:
    project = make_gold()
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:releases", args=[project.slug])
    asked = {"title": "Folded", "divide": "folds", "folds": "3", "notes": "Three folds.", "seed": "9"}
    assert client.post(address, {**asked, "do": "draft"}).status_code == HTTPStatus.FOUND
    draft = find_draft(project)
    assert draft is not None
    assert draft.wanted["splits"]["parts"] == [{"name": name, "weight": 1} for name, _ in make_folds(3)]
    page = client.get(address).content.decode()
    assert '<span class="tag">draft</span>' in page
    assert 'value="Folded"' in page
    assert "Three folds.</textarea>" in page
    discard = reverse("web:discard-release-draft", args=[project.slug])
    for _ in range(2):
        assert client.post(discard).status_code == HTTPStatus.FOUND
    assert find_draft(project) is None
    assert Event.objects.filter(project=project, verb="discarded a draft").count() == 1


def test_a_first_release_is_drafted_on_the_page_before_anything_can_be_frozen() -> None:
    project = make_project()
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:releases", args=[project.slug])
    page = client.get(address).content.decode()
    assert "It can be frozen once an article is adjudicated." in page
    assert "Freeze it" not in page
    assert (
        client.post(address, {"title": "First", "divide": "whole", "do": "draft"}).status_code
        == HTTPStatus.FOUND
    )
    assert find_draft(project) is not None
