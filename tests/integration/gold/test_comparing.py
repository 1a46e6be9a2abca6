"""Two releases of a project compared, on a database: as counts, as JSON, as a changelog and as a page."""

import json
import re
from html import unescape
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit, finish_task, reopen_task
from annotations.adjudication.units import Action
from annotations.gold.comparing import (
    NotComparableError,
    compare_articles,
    compare_releases,
    list_changed_articles,
    write_json,
    write_markdown,
)
from annotations.gold.services import freeze_release
from annotations.gold.versions import InvalidVersionError
from annotations.models import Release, Role
from annotations.web.releases.changes import draw_both
from tests.api.world import read_stream
from tests.factories import make_member, make_project
from tests.factories.adjudication import TEXT, make_annotated_task
from tests.integration.gold.test_services import DIFFERING, agree, decide, make_team

pytestmark = pytest.mark.django_db


def make_releases(action: Action = Action.CHOOSE, **decided: Any) -> tuple[Release, Release]:
    """In the second release an end was moved or something else decided, an article came and one is as it was."""
    project = make_project()
    team = make_team(project)
    judge = make_member(project, Role.ADJUDICATOR)
    agree(project, team, text=f"Agreed. {TEXT}")
    task = make_annotated_task(*DIFFERING, project=project, annotators=team)
    decide(task, by=judge)
    before = freeze_release(project, title="First", by=None)
    reopen_task(task, by=judge)
    unit = next(iter(read_case(task).outcome.units))
    payload = decided or {"candidate": "0-24-Claim"}
    decide_unit(task, unit=unit.key, action=action, payload=payload, by=judge)
    finish_task(task, by=judge)
    agree(project, team, text=f"New. {TEXT}")
    return before, freeze_release(project, title="Second", by=None)


def test_only_what_changed_is_read_and_all_of_it_is_counted() -> None:
    before, after = make_releases()
    changed = list(list_changed_articles(before, after))
    assert len(changed) == 2
    counts = compare_releases(before, after).counts
    assert counts["articles"] == {"added": 1, "removed": 0, "changed": 1, "same markup": 0}
    assert counts["spans_by_label"] == {"Claim": {"added": 1, "moved": 1}}
    backwards = compare_releases(after, before).counts
    assert backwards["articles"]["removed"] == 1
    assert list(list_changed_articles(before, before.project.releases.get(number=2))) == changed


def test_the_json_has_every_change_and_the_changelog_says_it_in_words() -> None:
    before, after = make_releases()
    written = json.loads(b"".join(write_json(before, after)))
    assert (written["before"]["version"], written["after"]["version"]) == ("1.0.0", "1.1.0")
    assert [one["change"] for one in written["articles"]] == ["changed", "added"]
    (moved,) = written["articles"][0]["spans"]
    assert (moved["before"]["end"], moved["after"]["end"]) == (25, 24)
    words = b"".join(write_markdown(before, after)).decode()
    assert f"- moved Claim: “{TEXT[:25]}” (0–25) became “{TEXT[:24]}” (0–24)" in words
    said = StringIO()
    slug = before.project.slug
    call_command("compare", f"{slug}/1", f"{slug}/2", stdout=said)
    assert said.getvalue() == words
    call_command("compare", f"{slug}/1", f"{slug}/2", json=True, stdout=(as_json := StringIO()))
    assert json.loads(as_json.getvalue()) == written
    with pytest.raises(CommandError, match="name another one"):
        call_command("compare", f"{slug}/1", f"{slug}/1", stdout=said)


def test_the_page_draws_the_old_and_the_new_border_in_the_text() -> None:
    before, after = make_releases()
    (changed,) = compare_articles(before, after, list(list_changed_articles(before, after))[:1])
    drawn = draw_both(changed.text, changed.spans[0])
    assert TEXT.startswith(unescape(strip_tags(drawn.html)))
    marked = re.findall(r'class="track [^"]* (is-\w+)"[^>]*>([^<]*)<', drawn.html)
    assert marked == [("is-lost", ""), ("is-open", TEXT[:24]), ("is-lost", TEXT[24:25])]
    client = Client()
    client.force_login(make_member(before.project, Role.CONSUMER))
    page = client.get(reverse("web:release-changes", args=[before.project.slug, 2])).content.decode()
    assert drawn.html in page
    assert "Changes since 1. First" in page
    address, of_first = (reverse("web:release-changes", args=[before.project.slug, n]) for n in (2, 1))
    assert "no earlier release" in client.get(of_first).content.decode()
    assert client.get(address, {"since": "x"}).status_code == HTTPStatus.NOT_FOUND
    same = client.get(address, {"since": "2"})
    assert same.status_code == HTTPStatus.BAD_REQUEST
    assert "A release is the same as itself" in same.content.decode()


def test_all_that_happened_to_a_span_is_told_on_the_page_and_in_json_as_the_api_describes_it() -> None:
    before, after = make_releases(Action.EDIT, start=0, end=14, label="Cue")
    reader = make_member(before.project, Role.CONSUMER)
    client = Client()
    client.force_login(reader)
    page = client.get(reverse("web:release-changes", args=[before.project.slug, 2])).content.decode()
    assert "Moved, relabelled and re-attributed" in page
    assert "Claim became Cue; holder: author became nothing; " in page
    assert "of them in several ways" in page
    api = APIClient()
    api.force_authenticate(reader)
    written = api.get(f"/api/v1/releases/{after.pk}/changes/")
    told = json.loads(read_stream(written))
    assert told["articles"][0]["spans"][0]["changes"] == ["moved", "relabelled", "re-attributed"]
    assert told["counts"]["spans_in_several_ways"] == 1
    described = api.get("/api/v1/schema/").json()
    wanted = {"$ref": "#/components/schemas/ReleaseChanges", "components": described["components"]}
    Draft202012Validator(wanted).validate(told)


@pytest.mark.parametrize("page", ["release", "release-changes", "release-card", "publish-release"])
def test_of_a_release_that_is_not_there_its_readers_are_told_which_are(page: str) -> None:
    project = make_project("News")
    agree(project, make_team(project))
    freeze_release(project, title="First", by=None)
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    ask = client.post if page == "publish-release" else client.get
    answer = ask(reverse(f"web:{page}", args=[project.slug, 99]))
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "The project has no release 99; its releases: 1." in answer.content.decode()
    client.force_login(make_member(make_project(), Role.MANAGER))
    answers = {ask(reverse(f"web:{page}", args=[project.slug, n])).content for n in (1, 99)}
    assert all(b"its releases" not in answer for answer in answers)


def test_releases_of_two_projects_are_not_compared() -> None:
    before, _ = make_releases()
    other, _ = make_releases()
    with pytest.raises(NotComparableError, match="two projects"):
        compare_releases(before, other)


def test_a_version_can_be_chosen_if_it_is_later() -> None:
    before, after = make_releases()
    third = freeze_release(before.project, title="Third", by=None, version="2.0.0")
    assert third.manifest["version"] == "2.0.0"
    same = freeze_release(before.project, title="Fourth", by=None)
    assert same.manifest["version"] == "2.0.1"
    with pytest.raises(InvalidVersionError, match="does not follow"):
        freeze_release(before.project, title="Fifth", by=None, version="1.9.0")
    assert after.number == 2


def test_how_far_agreement_is_another_stands_in_the_json_the_changelog_and_on_the_page() -> None:
    before, after = make_releases()
    said = json.loads(b"".join(write_json(before, after)))["agreement"]
    [strict] = [one for one in said if one["metric"] == "f1_strict" and one["label"] is None]
    figures = [release.manifest["agreement"]["f1_strict"]["value"] for release in (before, after)]
    assert strict["difference"] == round(figures[1] - figures[0], 4) > 0
    changelog = b"".join(write_markdown(before, after)).decode()
    assert f"with equal ends and label: {figures[0]:.2f} (" in changelog
    client = Client()
    client.force_login(make_member(after.project, Role.MANAGER))
    page = client.get(reverse("web:release-changes", args=[after.project.slug, 2])).content.decode()
    assert f"+{strict['difference']:.2f}" in page
