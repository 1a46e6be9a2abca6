"""What becomes of a frozen release, and what is open when it is frozen."""

import json
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.adjudication.services import review_gold
from annotations.assignment.excluding import exclude_article
from annotations.gold.card import describe_obstacles
from annotations.gold.obstacles import NotCompleteError, find_obstacles
from annotations.gold.publishing import (
    ReleaseStateError,
    ReleaseWithdrawnError,
    WithdrawalReasonError,
    check_handed_out,
    find_state,
    publish_release,
    withdraw_release,
)
from annotations.gold.releases import rebuild_release
from annotations.gold.services import freeze_release
from annotations.gold.tombstones import list_withdrawn_articles
from annotations.models import Annotation, Event, QuarantinedItem, ReleaseNotice, ReleaseState, Role
from tests.factories import make_article, make_member, make_project, make_round, make_task
from tests.integration.gold.test_services import agree, make_team
from tests.integration.gold.test_splitting import make_gold

pytestmark = pytest.mark.django_db


def test_a_release_is_frozen_then_published_then_withdrawn_and_stays_so() -> None:
    project, _ = make_gold(1)
    boss = make_member(project, Role.MANAGER)
    release = freeze_release(project, title="First", by=boss)
    assert find_state(release) == ReleaseState.FROZEN
    publish_release(release, by=boss)
    assert find_state(release) == ReleaseState.PUBLISHED
    check_handed_out(release)
    with pytest.raises(ReleaseStateError, match="is published already"):
        publish_release(release, by=boss)
    withdraw_release(release, reason="A text may not be published.", by=boss)
    assert find_state(release) == ReleaseState.WITHDRAWN
    with pytest.raises(ReleaseWithdrawnError, match="A text may not be published"):
        check_handed_out(release)
    with pytest.raises(ReleaseStateError, match="is withdrawn already"):
        publish_release(release, by=boss)
    with pytest.raises(ReleaseStateError, match="is withdrawn already"):
        withdraw_release(release, reason="Once more.", by=boss)
    rebuild_release(release)
    assert Event.objects.filter(verb="withdrawn", details__reason="A text may not be published.").exists()
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        ReleaseNotice.objects.update(reason="Nothing happened.")


@pytest.mark.parametrize(("reason", "said"), [("  ", "say why"), ("x" * 501, "more than 500")])
def test_a_release_is_withdrawn_for_a_reason_of_some_length(reason: str, said: str) -> None:
    project, _ = make_gold(1)
    release = freeze_release(project, title="First", by=None)
    with pytest.raises(WithdrawalReasonError, match=said):
        withdraw_release(release, reason=reason, by=None)
    assert find_state(release) == ReleaseState.FROZEN


def test_a_release_that_is_withdrawn_is_shown_with_the_reason_and_handed_out_no_more() -> None:
    project, _ = make_gold(1)
    release = freeze_release(project, title="First", by=None)
    client, reader = Client(), Client()
    client.force_login(make_member(project, Role.MANAGER))
    reader.force_login(make_member(project, Role.CONSUMER))
    address = reverse("web:release", args=[project.slug, 1])
    assert "Withdraw it" not in reader.get(address).content.decode()
    client.post(reverse("web:publish-release", args=[project.slug, 1]))
    listed = reverse("web:releases", args=[project.slug])
    assert "published" in reader.get(address).content.decode()
    assert ">published</span>" in reader.get(listed).content.decode()
    refused = client.post(
        reverse("web:withdraw-release", args=[project.slug, 1]), {"reason": ""}, follow=True
    )
    assert "Say why the release is withdrawn" in refused.content.decode()
    client.post(reverse("web:withdraw-release", args=[project.slug, 1]), {"reason": "Wrong texts."})
    page = reader.get(address).content.decode()
    assert ">withdrawn</span>" in reader.get(listed).content.decode()
    assert "Wrong texts." in page
    assert "Download" not in page.split("Other formats")[0]
    for path in ("export", "folder"):
        gone = reader.get(f"/api/v1/releases/{release.pk}/{path}/")
        assert gone.status_code == HTTPStatus.GONE
        assert "Wrong texts." in gone.json()["detail"]
    assert reader.get(f"/api/v1/releases/{release.pk}/").json()["state"] == "withdrawn"


def test_what_changed_since_a_release_that_was_withdrawn_is_told_nobody() -> None:
    """It would hand out what is in it: texts, words and answers of articles that are gone since."""
    project, tasks = make_gold(3)
    releases = [freeze_release(project, title=title, by=None) for title in ("First", "Second")]
    exclude_article(tasks[0].article, reason="May not be published.", by=make_member(project, Role.MANAGER))
    releases.append(freeze_release(project, title="Third", by=None))
    withdraw_release(releases[1], reason="A text may not be published.", by=None)
    reader = Client()
    reader.force_login(make_member(project, Role.CONSUMER))
    address, page = (
        f"/api/v1/releases/{releases[2].pk}/changes/",
        reverse("web:release-changes", args=[project.slug, 3]),
    )
    for asked in (f"{address}?since=2", f"{address}?since=2&as=markdown", f"{page}?since=2"):
        gone = reader.get(asked)
        assert gone.status_code == HTTPStatus.GONE
        assert "Release 2 was withdrawn: A text may not be published." in gone.content.decode()
        assert "Kyiv" not in gone.content.decode()
    with pytest.raises(CommandError, match="Release 2 was withdrawn"):
        call_command("compare", f"{project.slug}/2", f"{project.slug}/3")
    told: Any = reader.get(address)
    assert json.loads(b"".join(told.streaming_content))["before"]["number"] == 1
    assert "Changes since 1. First" in reader.get(page).content.decode()
    withdraw_release(releases[0], reason="Another.", by=None)
    assert reader.get(address).status_code == HTTPStatus.NOT_FOUND
    assert "no earlier release to compare" in reader.get(page).content.decode()


def test_an_article_that_is_excluded_after_a_release_is_a_tombstone_in_the_next_and_marks_the_first() -> None:
    project, tasks = make_gold(3)
    first = freeze_release(project, title="First", by=None)
    exclude_article(
        tasks[0].article, reason="The publisher took it back.", by=make_member(project, Role.MANAGER)
    )
    second = freeze_release(project, title="Second", by=None)
    (tombstone,) = second.manifest["tombstones"]
    assert (tombstone["article"], tombstone["reason"]) == (tasks[0].article_id, "The publisher took it back.")
    assert [one.article for one in list_withdrawn_articles(first)] == [tasks[0].article_id]
    assert list_withdrawn_articles(second) == []
    assert "tombstones" not in first.manifest
    rebuild_release(second)
    reader = Client()
    reader.force_login(make_member(project, Role.CONSUMER))
    pages = [
        reader.get(reverse("web:release", args=[project.slug, number])).content.decode() for number in (1, 2)
    ]
    assert ["Taken out since an earlier release" in page for page in pages] == [False, True]
    assert "The publisher took it back." in pages[1]


def test_gold_that_was_drawn_for_a_review_is_open_until_somebody_made_it() -> None:
    project = make_project(review_share=1)
    task = agree(project, make_team(project))
    assert find_obstacles(project) == {"unreviewed": 1}
    with pytest.raises(NotCompleteError, match="1 article drawn for a review that has not been made"):
        freeze_release(project, title="First", by=None)
    excepted = freeze_release(project, title="First", by=None, exception="A pilot.")
    assert excepted.manifest["obstacles"] == {"unreviewed": 1, "exception": "A pilot."}
    rebuild_release(excepted)
    review_gold(task, by=make_member(project, Role.ADJUDICATOR))
    assert "obstacles" not in freeze_release(project, title="Second", by=None).manifest


def test_what_is_open_is_refused_unless_an_exception_is_named() -> None:
    project = make_project()
    agree(project, make_team(project))
    make_task(make_round(project), make_article(project, "Nobody did this."))
    assert find_obstacles(project) == {"open": 1}
    said = "this is open: 1 task not adjudicated. Finish it, or name the exception that you make"
    with pytest.raises(NotCompleteError, match=said):
        freeze_release(project, title="First", by=None)
    with pytest.raises(CommandError, match=said):
        call_command("release", project.slug, title="First", stdout=StringIO())
    client = APIClient()
    client.force_authenticate(make_member(project, Role.MANAGER))
    address = f"/api/v1/projects/{project.pk}/releases/"
    refused = client.post(address, {"title": "First", "exception": " "}, format="json")
    assert refused.status_code == HTTPStatus.CONFLICT
    assert refused.json()["detail"] == said
    assert not project.releases.exists()
    call_command("release", project.slug, title="First", exception=" A pilot.", stdout=StringIO())
    made = client.post(address, {"title": "Second", "exception": "Another.", "wait": 60}, format="json")
    assert made.json()["manifest"]["obstacles"] == {"open": 1, "exception": "Another."}
    release = project.releases.get(number=1)
    assert release.manifest["obstacles"] == {"open": 1, "exception": "A pilot."}
    assert describe_obstacles(release.manifest["obstacles"]) == "1 task not adjudicated"
    rebuild_release(release)


def test_what_is_in_quarantine_speaks_against_a_release_until_somebody_saw_to_it() -> None:
    project = make_project()
    task = agree(project, make_team(project))
    annotation = Annotation.objects.filter(assignment__task=task).earliest("pk")
    item = QuarantinedItem.objects.create(annotation=annotation, code="x", message="Odd.", payload={})
    assert find_obstacles(project) == {"quarantined": 1}
    with pytest.raises(NotCompleteError, match="1 part of an annotation in quarantine"):
        freeze_release(project, title="First", by=None)
    excepted = freeze_release(project, title="First", by=None, exception="A pilot.")
    assert excepted.manifest["obstacles"] == {"quarantined": 1, "exception": "A pilot."}
    QuarantinedItem.objects.filter(pk=item.pk).update(resolved_at=timezone.now())
    assert find_obstacles(project) == {}
