"""Freezing, rebuilding and exporting, on a database."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import partialmethod

import pytest
from django.db import Error, transaction

from annotations.adjudication.evidence import checksum_entries
from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import (
    decide_unit,
    finish_task,
    rebuild_gold,
    reopen_task,
)
from annotations.adjudication.settled import finish_by_rule
from annotations.adjudication.units import Action
from annotations.formats.canonical import write_canonical
from annotations.formats.record import Record
from annotations.gold.exports import FormatLosesError, export_annotations, export_release
from annotations.gold.manifest import ManifestBuilder
from annotations.gold.obstacles import NotCompleteError
from annotations.gold.records import GoldLine, read_gold
from annotations.gold.releases import (
    ReleaseDamagedError,
    ReleaseNotRebuiltError,
    read_release,
    rebuild_release,
)
from annotations.gold.services import freeze_release
from annotations.gold.wanted import InvalidReleaseTitleError, NothingToReleaseError
from annotations.markup import Markup
from annotations.models import (
    Article,
    Event,
    Gold,
    GoldStatus,
    Project,
    Release,
    ReleaseItem,
    Role,
    Task,
    User,
)
from annotations.spans import Span
from tests.factories import (
    make_article,
    make_assignment,
    make_member,
    make_project,
    make_round,
    make_task,
)
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark, submit

pytestmark = pytest.mark.django_db

AGREEING = (mark(claim()), mark(claim()))
DIFFERING = (mark(claim()), mark(claim(0, 24)))


def make_team(project: Project, size: int = 2) -> list[User]:
    return [make_member(project, Role.ANNOTATOR) for _ in range(size)]


def agree(project: Project, team: Sequence[User], *, text: str = TEXT, source: str = "") -> Task:
    task = make_annotated_task(*AGREEING, project=project, annotators=team, text=text, source=source)
    assert finish_by_rule([task])
    task.refresh_from_db()
    return task


def decide(task: Task, *, candidate: str = "0-25-Claim", by: User | None = None) -> None:
    by = by or make_member(task.round.project, Role.ADJUDICATOR)
    unit = read_case(task).outcome.open[0]
    decide_unit(task, unit=unit.key, action=Action.CHOOSE, payload={"candidate": candidate}, by=by)
    finish_task(task, by=by)


def read_items(release: Release) -> list[dict[str, object]]:
    return [json.loads(item.record) for item in release.items.all()]


def test_a_release_holds_the_gold_with_quotes_that_are_slices_of_the_text() -> None:
    project = make_project()
    agree(project, make_team(project))
    release = freeze_release(project, title="First", by=None)
    (record,) = read_release(release)
    assert record.article.text == TEXT
    (span,) = record.to_json()["spans"]
    assert span["quote"] == TEXT[0:25] == TEXT[span["start"] : span["end"]]
    assert span["provenance"] == {"origin": "agreed", "decisions": [], "votes": ["A", "B"]}
    assert record.scheme.labels[0] == "Claim"
    assert release.manifest["counts"]["articles"] == 1


def test_people_appear_in_a_release_as_letters_only() -> None:
    project = make_project()
    team = [make_member(project, Role.ANNOTATOR, name=f"Quite Unmistakable {n}") for n in range(2)]
    task = make_annotated_task(*DIFFERING, project=project, annotators=team)
    judge = make_member(project, Role.ADJUDICATOR, name="Quite Unmistakable Judge")
    decide(task, by=judge)
    release = freeze_release(project, title="First", by=judge)
    written = release.items.get().record + json.dumps(release.manifest)
    assert "Unmistakable" not in written
    assert "unmistakable" not in written
    (record,) = read_release(release)
    assert record.annotators == ("A", "B")
    (span,) = record.to_json()["spans"]
    assert span["provenance"] == {"origin": "adjudicated", "decisions": [1], "votes": ["A"]}


def test_an_annotator_has_the_same_letter_in_every_article_and_release() -> None:
    project = make_project()
    team = make_team(project, 3)
    agree(project, team[:2])
    first = freeze_release(project, title="First", by=None)
    task = make_annotated_task(*DIFFERING, project=project, annotators=team[1:], text="Other " + TEXT)
    decide(task, candidate="0-24-Claim")
    second = freeze_release(project, title="Second", by=None)
    assert [record.annotators for record in read_release(first)] == [("A", "B")]
    assert [record.annotators for record in read_release(second)] == [("A", "B"), ("B", "C")]
    (_, latest) = read_release(second)
    (span,) = latest.to_json()["spans"]
    assert span["provenance"]["votes"] == ["C"]


def test_nothing_can_be_released_before_there_is_gold() -> None:
    project = make_project()
    make_annotated_task(*DIFFERING, project=project)
    with pytest.raises(NothingToReleaseError, match="has no gold yet"):
        freeze_release(project, title="First", by=None)
    assert not Release.objects.exists()


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_release_needs_a_title_that_fits(title: str) -> None:
    project = make_project()
    agree(project, make_team(project))
    with pytest.raises(InvalidReleaseTitleError, match="1 to 200"):
        freeze_release(project, title=title, by=None)


def test_a_manifest_says_which_articles_are_left_out_and_why() -> None:
    project = make_project()
    team = make_team(project)
    agree(project, team)
    waiting = make_annotated_task(*DIFFERING, project=project, annotators=team, text="Waits. " + TEXT)
    round_ = make_round(project, annotators=tuple(team))
    being_annotated = make_task(round_, make_article(project, "Being annotated. " + TEXT))
    never_planned = make_article(project, "Never planned. " + TEXT)
    release = freeze_release(project, title="First", by=None, exception="A pilot.")
    assert release.manifest["left_out"] == {
        "annotated": [waiting.article_id],
        "open": [being_annotated.article_id],
        "not planned": [never_planned.pk],
    }


def test_the_latest_gold_of_an_article_wins_and_the_manifest_says_so() -> None:
    project = make_project()
    team = make_team(project)
    first = agree(project, team)
    later = make_task(make_round(project, overlap=2, annotators=tuple(team)), first.article)
    for person, markup in zip(team, DIFFERING, strict=True):
        submit(make_assignment(later, person), markup)
    decide(later, candidate="0-24-Claim")
    release = freeze_release(project, title="First", by=None)
    (record,) = read_release(release)
    assert (record.round, record.markup.spans[0].end) == (2, 24)
    assert release.manifest["superseded"] == [{"article": first.article_id, "task": first.pk, "by": later.pk}]


def test_releases_are_numbered_and_freezing_leaves_an_event() -> None:
    project = make_project()
    agree(project, make_team(project))
    manager = make_member(project, Role.MANAGER)
    numbers = [freeze_release(project, title="R", by=manager).number for _ in range(2)]
    assert numbers == [1, 2]
    event = Event.objects.filter(verb="froze").first()
    assert event
    assert (event.actor, event.project) == (manager, project)


def test_a_release_is_rebuilt_byte_for_byte() -> None:
    project = make_project()
    team = make_team(project)
    agree(project, team)
    decide(make_annotated_task(*DIFFERING, project=project, annotators=team, text="Other. " + TEXT))
    release = freeze_release(project, title="First", by=None)
    manifest = rebuild_release(release)
    assert hashlib.sha256(manifest.encode()).hexdigest() == release.sha256
    assert json.loads(manifest) == release.manifest


def test_a_release_of_an_earlier_version_that_told_no_origins_is_rebuilt_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = make_project()
    agree(project, make_team(project))
    earlier = partialmethod(ManifestBuilder.build, tells_origins=False)
    with monkeypatch.context() as patched:
        patched.setattr(ManifestBuilder, "build", earlier)
        before = freeze_release(project, title="First", by=None)
    now = freeze_release(project, title="Second", by=None)
    assert [("by_origin" in release.manifest["counts"]) for release in (before, now)] == [False, True]
    assert now.manifest["counts"]["by_origin"]["spans"] == {"Claim": {"agreed": 1}}
    for release in (before, now):
        assert rebuild_release(release) == write_canonical(release.manifest)


def test_a_release_is_rebuilt_from_the_ledger_as_it_was_then_whatever_was_decided_since() -> None:
    project = make_project()
    judge = make_member(project, Role.ADJUDICATOR)
    task = make_annotated_task(*DIFFERING, project=project)
    decide(task, by=judge)
    before = freeze_release(project, title="Before", by=None, exception="A pilot.")
    reopen_task(task, by=judge)
    unit = read_case(task).outcome.units[0]
    decide_unit(task, unit=unit.key, action=Action.REJECT, payload={}, by=judge)
    finish_task(task, by=judge, reason="the article has no claim")
    after = freeze_release(project, title="After", by=None, exception="A pilot.")
    assert [len(record.markup.spans) for record in read_release(before)] == [1]
    assert [len(record.markup.spans) for record in read_release(after)] == [0]
    rebuild_release(before)
    rebuild_release(after)


def test_a_task_that_is_reopened_while_a_release_is_read_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project()
    team = make_team(project)
    kept = agree(project, team)
    reopened = agree(project, team, text="Reopened. " + TEXT)
    judge = make_member(project, Role.ADJUDICATOR)

    def read_after_it_was_reopened(gold_ids: Sequence[int]) -> Iterator[GoldLine]:
        if Gold.objects.filter(task=reopened).exists():
            reopen_task(reopened, by=judge)
        return read_gold(gold_ids)

    monkeypatch.setattr("annotations.gold.under_way.read_gold", read_after_it_was_reopened)
    release = freeze_release(project, title="First", by=None, exception="A pilot.")
    assert [record.article.id for record in read_release(release)] == [kept.article_id]
    assert release.manifest["left_out"] == {"annotated": [reopened.article_id]}
    assert release.manifest["counts"]["articles"] == 1


def test_freezing_the_same_gold_again_gives_the_same_records() -> None:
    project = make_project()
    agree(project, make_team(project))
    first, second = (freeze_release(project, title="Same", by=None) for _ in range(2))
    assert read_items(first) == read_items(second)
    assert first.manifest["checksums"] == second.manifest["checksums"]


def test_a_release_keeps_the_merge_rule_that_it_was_made_with() -> None:
    project = make_project()
    Project.objects.filter(pk=project.pk).update(merge_rule="majority")
    team = make_team(project, 3)
    task = make_annotated_task(*DIFFERING, mark(claim()), project=project, annotators=team)
    [gold] = finish_by_rule([task])
    assert (gold.status, gold.markup["ledger"]["rule"]) == (GoldStatus.MERGED, "majority")
    release = freeze_release(project, title="First", by=None)
    Project.objects.filter(pk=project.pk).update(merge_rule="unanimity")
    task = Task.objects.get(pk=task.pk)
    assert rebuild_gold(task) == gold.markup
    rebuild_release(release)
    (record,) = read_release(release)
    assert record.to_json()["ledger"]["rule"] == "majority"
    assert record.to_json()["spans"][0]["provenance"]["origin"] == "merged"
    assert release.manifest["counts"]["by_status"] == {"merged": 1}


def test_records_of_unanimous_projects_are_written_as_before_there_were_other_rules() -> None:
    project = make_project()
    agree(project, make_team(project))
    freeze_release(project, title="First", by=None)
    (item,) = read_items(Release.objects.get())
    assert item["ledger"] == {"decisions": 0, "sha256": checksum_entries([])}


def test_a_source_that_is_not_what_it_was_is_found_when_a_release_is_rebuilt() -> None:
    project = make_project()
    task = agree(project, make_team(project))
    release = freeze_release(project, title="First", by=None)
    Article.objects.filter(pk=task.article_id).update(metadata={"date": "forged"})
    with pytest.raises(ReleaseNotRebuiltError, match=rf"article {task.article_id} .* its metadata"):
        rebuild_release(release)


def test_the_database_refuses_to_change_a_frozen_record() -> None:
    project = make_project()
    agree(project, make_team(project))
    release = freeze_release(project, title="First", by=None)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        ReleaseItem.objects.filter(release=release).update(record="{}")


def test_a_record_that_was_damaged_on_disk_is_not_exported() -> None:
    project = make_project()
    task = agree(project, make_team(project))
    release = freeze_release(project, title="First", by=None)
    item = release.items.get()
    damaged = Release.objects.create(
        project=project, number=9, title="Damaged", manifest=release.manifest, sha256=release.sha256
    )
    ReleaseItem.objects.create(
        release=damaged, ordinal=1, article=task.article, record=item.record[:-1], sha256=item.sha256
    )
    with pytest.raises(ReleaseDamagedError, match="item 1"):
        b"".join(export_release(damaged, format_name="jsonl").chunks)


def test_the_jsonl_export_has_the_checksum_that_the_manifest_names() -> None:
    project = make_project()
    team = make_team(project)
    agree(project, team)
    agree(project, team, text="Second 🤝\r\n" + TEXT)
    release = freeze_release(project, title="First", by=None)
    written = b"".join(export_release(release, format_name="jsonl").chunks)
    digest = hashlib.sha256(written).hexdigest()
    assert digest == release.manifest["checksums"]["jsonl"]
    assert [json.loads(line)["text"] for line in written.decode().split("\n")[:-1]] == [
        TEXT,
        "Second 🤝\r\n" + TEXT,
    ]


def test_an_export_tells_what_its_format_dropped_and_fails_instead_where_it_is_strict() -> None:
    project = make_project()
    agree(project, make_team(project))
    release = freeze_release(project, title="First", by=None)
    export = export_release(release, format_name="conll")
    assert b"B-Claim" in b"".join(export.chunks)
    fields = len(next(read_release(release)).markup.fields)
    assert export.losses.describe() == [
        f"{fields} document fields dropped",
        "3 attributes of spans dropped",
    ]
    with pytest.raises(FormatLosesError, match="3 attributes of spans dropped") as refused:
        export_release(release, format_name="conll", strict=True)
    assert "Take jsonl, which holds it all, or leave out strict." in str(refused.value)
    assert b"".join(export_release(release, format_name="jsonl", strict=True).chunks)


def test_every_current_annotation_is_exported_as_it_was_before_adjudication() -> None:
    project = make_project()
    team = make_team(project)
    task = make_annotated_task(*DIFFERING, project=project, annotators=team)
    first = task.assignments.get(annotator=team[0])
    submit(first, Markup(fields=(("genre", "editorial"),)))
    other = make_project()
    make_annotated_task(*DIFFERING, project=other)
    lines = b"".join(export_annotations(project, format_name="jsonl").chunks).decode().splitlines()
    records = [Record.from_line(line) for line in lines]
    assert [(record.annotators, record.annotations[0].revision) for record in records] == [
        (("A",), 2),
        (("B",), 1),
    ]
    assert [len(record.markup.spans) for record in records] == [0, 1]
    assert {record.status for record in records} == {"submitted"}


def test_annotations_are_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotations.gold.records.PAGE", 2)
    project = make_project()
    team = make_team(project)
    for number in range(5):
        agree(project, team, text=f"{TEXT} ({number})")
    lines = b"".join(export_annotations(project, format_name="jsonl").chunks).decode().splitlines()
    assert len(lines) == 10
    release = freeze_release(project, title="First", by=None)
    assert len(list(read_release(release))) == 5


UNLINKED = mark(claim(holder="named"), Span(27, 35, "Source", (("kind", "person"),), "source"))


def test_a_release_counts_the_rules_that_its_gold_breaks_and_can_leave_that_gold_out() -> None:
    project = make_project()
    judge = make_member(project, Role.ADJUDICATOR)
    against = make_annotated_task(UNLINKED, UNLINKED, project=project)
    finish_task(against, by=judge, reason="quoted at second hand")
    sound = make_annotated_task(mark(claim()), mark(claim()), project=project, text=f"{TEXT} Again.")
    assert finish_by_rule([sound])
    with pytest.raises(NotCompleteError, match="1 article with gold that breaks a rule of the scheme"):
        freeze_release(project, title="All", by=None)
    release = freeze_release(project, title="All", by=None, exception="A pilot.")
    counts = release.manifest["counts"]
    assert (counts["against_rules"], counts["unmet_rules"]) == (1, {"missing_relation": 1})
    assert [record.ledger.unmet for record in read_release(release)] == [{"missing_relation": 1}, {}]
    rebuild_release(release)
    strict = freeze_release(project, title="Strict", by=None, refuse_unmet=True)
    assert [record.article.id for record in read_release(strict)] == [sound.article_id]
    assert strict.manifest["left_out"] == {"against rules": [against.article_id]}
    assert "unmet_rules" not in strict.manifest["counts"]
    rebuild_release(strict)


def test_somebody_who_joins_while_an_export_runs_has_a_letter_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotations.gold.records.PAGE", 1)
    project = make_project()
    agree(project, make_team(project))
    later = make_article(project, f"Later. {TEXT}")
    lines = export_annotations(project, format_name="jsonl").chunks
    first = [next(lines), next(lines)]
    newcomer = make_member(project, Role.ANNOTATOR)
    task = make_task(make_round(project, annotators=(newcomer,)), later)
    submit(make_assignment(task, newcomer), mark(claim()))
    letters = [json.loads(line)["annotations"][0]["annotator"] for line in [*first, *lines]]
    assert letters == ["A", "B", "C"]
