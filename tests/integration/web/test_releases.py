"""The page of a release says of each format what it is, how large its file is and what is not in it."""

import re
from http import HTTPStatus

import pytest
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.urls import reverse

from annotations.formats.axes import Axis
from annotations.formats.registry import WRITTEN
from annotations.gold.files import prepare_file
from annotations.gold.publishing import withdraw_release
from annotations.gold.services import freeze_release
from annotations.gold.splits import SplitPlan, read_shares
from annotations.models import Role
from annotations.plurals import write_decimal
from tests.factories import make_article, make_member, make_project, make_round, make_task
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark
from tests.integration.gold.test_services import agree, decide, make_team
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
    assert (
        f"It has no place for all of this release: {'; '.join(lost.explain() for lost in file.lost)}" in page
    )
    assert page.count("It has no place for") == 1
    assert "Not kept as they are: attributes of spans (dropped), document fields (dropped)" in page
    table = re.sub(r"\s*<[^>]+>\s*", "|", page[page.index("<summary>What each format has") :])
    for known in WRITTEN:
        assert known.axes
        assert (
            f"|{known.short}||{'||'.join(extent for axis, extent in known.axes if axis != Axis.DISCONTINUITY)}|"
            in table
        )


def test_agreement_is_drawn_as_it_was_when_the_release_was_frozen() -> None:
    project = make_project()
    make_annotated_task(mark(claim()), mark(claim()), project=project, text=TEXT)
    for number in range(3):
        task = make_annotated_task(
            mark(claim()), mark(claim(0, 24)), project=project, text=f"{TEXT} {number}"
        )
        decide(task, by=make_member(project, Role.ADJUDICATOR))
    release = freeze_release(project, title="First", by=None, exception="One is open.")
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    page = client.get(reverse("web:release", args=[project.slug, 1])).content.decode()
    section = page[page.index("How far annotators agreed") :].partition("</section>")[0]
    whole = list(release.manifest["agreement"].values())
    figures = whole + [one for metric in whole for one in metric["by_label"].values()]
    assert figures
    drawn = re.findall(r'<circle cx="([\d.]+)"', section)
    assert sorted(map(float, drawn)) == sorted(
        round(8 + 144 * min(max(one["value"], 0), 1), 1) for one in figures
    )
    values = re.findall(r'<td class="number figure">([^<]+)</td>', section)
    assert sorted(values) == sorted(write_decimal(one["value"]) for one in figures)


def test_what_parts_share_is_drawn() -> None:
    project, _ = make_gold(8)
    plan = SplitPlan(parts=read_shares("50/50"), keeps_copies=False)
    release = freeze_release(project, title="First", by=None, splits=plan)
    nearest = release.manifest["splits"]["leakage"]["nearest"]
    assert sum(nearest) == 8
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    page = client.get(reverse("web:release", args=[project.slug, 1])).content.decode()
    section = page[page.index("What one part shares with another") :].partition("</section>")[0]
    bars = re.findall(r'class="bar( is-near)?".*?<rect width="([\d.]+)"', section)
    assert [float(width) for _, width in bars] == [240 * number / max(nearest) for number in nearest]
    assert [bool(is_near) for is_near, _ in bars] == [place >= 5 for place in range(len(nearest))]
    near = sum(nearest[5:])
    assert f"{near} article" in section
    for leak in release.manifest["splits"]["leakage"]["leaks"]:
        assert f"{round(100 * leak['share'])} %" in section


def test_of_a_withdrawn_release_no_file_is_offered() -> None:
    project = make_project()
    agree(project, make_team(project))
    release = freeze_release(project, title="First", by=None)
    withdraw_release(release, reason="A text may not be published.", by=None)
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    page = client.get(reverse("web:release", args=[project.slug, 1])).content.decode()
    assert "A text may not be published." in page
    assert f"/api/v1/releases/{release.pk}/export/" not in page
    assert f"/api/v1/releases/{release.pk}/folder/" not in page


def test_files_are_offered_at_each_level_and_adjudicators_see_only_what_was_decided() -> None:
    project = make_project()
    agree(project, make_team(project))
    freeze_release(project, title="First", by=None)
    address = reverse("web:release", args=[project.slug, 1])
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    page = client.get(address, {"level": "votes"}).content.decode()
    assert "level=votes&amp;format=jsonl" in page
    assert "level=votes&amp;format=parquet" in page
    assert "format=brat" not in page
    assert f"-o {project.slug}-release-1-votes.jsonl" in page.replace("&quot;", '"')
    client.force_login(make_member(project, Role.ADJUDICATOR))
    assert "all annotations" not in client.get(address).content.decode()
    assert client.get(address, {"level": "ledger"}).status_code == HTTPStatus.OK
    assert client.get(address, {"level": "votes"}).status_code == HTTPStatus.NOT_FOUND


def test_the_form_refuses_a_release_while_anything_is_open_unless_the_exception_is_named() -> None:
    project = make_project()
    agree(project, make_team(project))
    make_task(make_round(project), make_article(project, "Nobody did this."))
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:releases", args=[project.slug])
    page = client.get(address).content.decode()
    assert 'name="exception"' in page
    said = "his is open: 1 task not adjudicated. Finish it, or name the exception that you make."
    assert page.count(said) == 1
    assert client.post(address, {"title": "First"}).content.decode().count(said) == 2
    assert not project.releases.exists()
    assert client.post(address, {"title": "First", "exception": "A pilot."}).status_code == HTTPStatus.FOUND
    shown = client.get(reverse("web:release", args=[project.slug, 1])).content.decode()
    assert "It was frozen while something was open: 1 task not adjudicated." in shown
    assert "<q><bdi>A pilot.</bdi></q>" in shown


def test_the_form_asks_for_no_exception_where_nothing_is_open() -> None:
    project = make_project()
    agree(project, make_team(project))
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:releases", args=[project.slug])
    assert 'name="exception"' not in client.get(address).content.decode()
    assert client.post(address, {"title": "First"}).status_code == HTTPStatus.FOUND
    assert "obstacles" not in project.releases.get().manifest


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
        (
            {"divide": "shares", "shares": "1/1", "time": "date"},
            "articles have no date in “date”; the first is ",
        ),
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
