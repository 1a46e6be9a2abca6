"""Releases in parts, on a database: frozen with the release, kept by the next, and exported one by one."""

import json
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from annotations.formats.canonical import checksum
from annotations.formats.registry import WRITTEN
from annotations.gold.cards import write_release_card
from annotations.gold.exports import export_release, find_file
from annotations.gold.files import prepare_file
from annotations.gold.releases import ReleaseNotRebuiltError, rebuild_release
from annotations.gold.services import freeze_release
from annotations.gold.splits import InvalidSplitError, SplitPlan, make_folds, read_shares
from annotations.gold.splitting import UnknownSplitError, describe_for_splits, list_sides
from annotations.models import Article, Project, Release, ReleaseItem, Role, Task
from tests.factories import make_copies, make_member, make_project
from tests.integration.gold.test_services import agree, make_team

pytestmark = pytest.mark.django_db

PLAN = SplitPlan(parts=read_shares("60/20/20"))


def make_gold(number: int) -> tuple[Project, list[Task]]:
    project = make_project()
    team = make_team(project)
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return project, [
        agree(project, team, text=f"Kyiv may soon agree it. Number {words[n]}.") for n in range(number)
    ]


def sides_of(release: Release) -> dict[int, str]:
    return dict(release.items.values_list("article_id", "split"))


def test_a_release_keeps_the_part_of_each_article_and_its_manifest_says_how_it_was_divided() -> None:
    project, _ = make_gold(10)
    release = freeze_release(project, title="First", by=None, splits=PLAN)
    assert Counter(sides_of(release).values()) == {"train": 6, "dev": 2, "test": 2}
    splits = release.manifest["splits"]
    assert SplitPlan.from_json(splits["plan"]) == PLAN
    assert splits["sides"]["train"] == {"articles": 6, "spans_by_label": {"Claim": 6}}
    assert sum(splits["leakage"]["nearest"]) == 10
    rebuild_release(release)


def test_articles_that_leave_a_part_for_one_of_another_name_are_counted_and_said() -> None:
    """What was trained on an earlier release may have seen what a later one holds out."""
    project, _ = make_gold(10)
    first = freeze_release(project, title="First", by=None, splits=PLAN)
    assert "moved" not in first.manifest["splits"]
    later = SplitPlan(parts=read_shares("train=3,held-out=2"))
    second = freeze_release(project, title="Second", by=None, splits=later)
    before, after = sides_of(first), sides_of(second)
    moved = sum(before[article] != after[article] for article in before)
    assert second.manifest["splits"]["moved"] == moved > 0
    rebuild_release(second)
    assert f"{moved} articles were in a part of another name" in write_release_card(second)
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    page = client.get(reverse("web:release", args=[project.slug, 2])).content.decode()
    assert f"<strong>{moved} articles</strong> were in a part of another name" in page


def test_an_article_stays_in_its_part_in_every_later_release() -> None:
    project, tasks = make_gold(6)
    first = freeze_release(project, title="First", by=None, splits=PLAN)
    team = [one.annotator for one in tasks[0].assignments.all()]
    for number in range(4):
        agree(project, team, text=f"Kyiv may soon agree it. More {'abcd'[number]}.")
    second = freeze_release(project, title="Second", by=None, splits=SplitPlan(parts=PLAN.parts, seed=99))
    before, after = sides_of(first), sides_of(second)
    assert {article: after[article] for article in before} == before
    assert len(after) == 10
    assert second.manifest["splits"]["carried"] == 6


def test_an_article_stays_in_a_part_of_its_name_whatever_other_parts_there_are() -> None:
    project, _ = make_gold(10)
    first = sides_of(freeze_release(project, title="First", by=None, splits=PLAN))
    again = SplitPlan(parts=read_shares("80/20"), seed=7)
    second = sides_of(freeze_release(project, title="Second", by=None, splits=again))
    assert {article for article, part in first.items() if part != "dev" and second[article] != part} == set()
    assert set(second.values()) == {"train", "test"}


def test_another_number_of_folds_is_another_division() -> None:
    project, _ = make_gold(10)
    freeze_release(project, title="First", by=None, splits=SplitPlan(parts=make_folds(2)))
    fifths = sides_of(freeze_release(project, title="Second", by=None, splits=SplitPlan(parts=make_folds(5))))
    assert set(Counter(fifths.values()).values()) == {2}


def test_copies_are_in_one_part() -> None:
    project, tasks = make_gold(8)
    make_copies(*(task.article for task in tasks[:4]))
    sides = sides_of(freeze_release(project, title="First", by=None, splits=PLAN))
    assert len({sides[task.article_id] for task in tasks[:4]}) == 1


def test_articles_of_one_author_are_in_one_part_and_a_column_that_nobody_has_is_refused() -> None:
    project, tasks = make_gold(3)
    with pytest.raises(InvalidSplitError, match="no article has a value in “author”"):
        freeze_release(project, title="First", by=None, splits=SplitPlan(parts=PLAN.parts, group_by="author"))
    assert not Release.objects.exists()
    assert len(tasks) == 3


def test_articles_of_one_source_are_in_one_part_whether_their_metadata_say_so_or_not() -> None:
    """Where the metadata name a source, that counts; elsewhere it is the file, or the site, that an article came from."""
    plan = SplitPlan(parts=read_shares("80/20"), group_by="source")
    about = [
        ({}, "/home/ada/news.jsonl:3", ("source=news.jsonl",)),
        ({}, "news.jsonl:4", ("source=news.jsonl",)),
        ({}, "https://example.org/news/1", ("source=example.org",)),
        ({"source": "wire"}, "news.jsonl:5", ("source=wire",)),
        ({"source": ["wire", "desk"]}, "", ("source=wire", "source=desk")),
        ({}, "", ()),
    ]
    for metadata, source, groups in about:
        record = {"id": 1, "metadata": metadata, "source": source, "spans": []}
        assert describe_for_splits(record, plan).groups == groups
    project = make_project()
    team = make_team(project)
    for number, words in enumerate(("one", "two", "three", "four")):
        text = f"Kyiv may soon agree it. Number {words}."
        agree(project, team, text=text, source=f"{'ab'[number % 2]}.jsonl:{number}")
    sides = sides_of(freeze_release(project, title="First", by=None, splits=plan))
    of_a, of_b = (
        {sides[article.pk] for article in Article.objects.filter(source__startswith=name)} for name in "ab"
    )
    assert {*of_a, *of_b} == {"train", "test"}
    assert len(of_a) == len(of_b) == 1


def test_a_part_that_was_changed_afterwards_is_found() -> None:
    project, _ = make_gold(5)
    release = freeze_release(project, title="First", by=None, splits=PLAN)
    forged = {**release.manifest["splits"], "sha256": "0" * 64}
    release.manifest = {**release.manifest, "splits": forged}
    release.sha256 = checksum(release.manifest)
    with pytest.raises(ReleaseNotRebuiltError, match="counts or checksums"):
        rebuild_release(release)


def test_every_format_is_written_by_parts() -> None:
    project, _ = make_gold(5)
    release = freeze_release(project, title="First", by=None, splits=PLAN)
    for known in WRITTEN:
        export = export_release(release, format_name=known.name, split="test")
        assert export.filename == f"{project.slug}-release-1-test.{known.extension}"
        part = b"".join(export.chunks)
        assert 0 < len(part) < len(b"".join(export_release(release, format_name=known.name).chunks))
    file = prepare_file(release, known.name, split="test")
    assert find_file(release, known.name, split="test") == file
    assert find_file(release, known.name) is None
    assert file.length == len(part)


def test_the_parts_together_are_the_release() -> None:
    project, _ = make_gold(7)
    release = freeze_release(project, title="First", by=None, splits=PLAN)
    lines = Counter(
        line
        for name in ("train", "dev", "test")
        for line in b"".join(export_release(release, format_name="jsonl", split=name).chunks).splitlines()
    )
    assert lines == Counter(b"".join(export_release(release, format_name="jsonl").chunks).splitlines())
    two = b"".join(export_release(release, format_name="jsonl", split="test,train").chunks)
    assert [json.loads(line)["id"] for line in two.splitlines()] == sorted(
        list_sides(release)["train"] + list_sides(release)["test"]
    )


def test_a_part_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    project, _ = make_gold(5)
    release = freeze_release(project, title="First", by=None, splits=PLAN)
    with pytest.raises(UnknownSplitError, match="has no part “validation”: its parts are train, dev, test"):
        export_release(release, format_name="jsonl", split="validation")
    whole = freeze_release(project, title="Second", by=None)
    with pytest.raises(UnknownSplitError, match="frozen without parts"):
        export_release(whole, format_name="jsonl", split="train")


def test_the_command_line_divides_a_release_and_writes_its_parts(tmp_path: Path) -> None:
    project, _ = make_gold(5)
    said = StringIO()
    call_command("release", project.slug, title="First", folds=5, stdout=said)
    assert "divided into fold-1 1, fold-2 1, fold-3 1, fold-4 1, fold-5 1; 0 articles stay" in said.getvalue()
    output = tmp_path / "fold.jsonl"
    call_command(
        "export", f"{project.slug}/1", format="jsonl", split="fold-2,fold-3", output=output, stdout=said
    )
    assert len(output.read_text().splitlines()) == 2
    with pytest.raises(CommandError, match="no part “dev”"):
        call_command("export", f"{project.slug}/1", format="jsonl", split="dev", output=output, stdout=said)
    with pytest.raises(CommandError, match="no whole number"):
        call_command("release", project.slug, title="Second", split="80/x", stdout=said)


def test_a_release_that_is_one_piece_says_nothing_of_parts() -> None:
    project, _ = make_gold(2)
    release = freeze_release(project, title="First", by=None)
    assert "splits" not in release.manifest
    assert set(ReleaseItem.objects.values_list("split", flat=True)) == {""}
    assert Article.objects.count() == 2
