"""A release at each level of content: as frozen as its gold, whatever is annotated and decided since."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from annotations.adjudication.services import decide_unit, finish_task, reopen_task
from annotations.adjudication.units import Action, Motive
from annotations.formats.levels import ContentLevel, LevelNotHeldError
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import export_annotations, export_release, find_file
from annotations.gold.files import prepare_file
from annotations.gold.services import freeze_release
from annotations.models import Decision, ReasonKind, Release, Role, Task
from tests.factories import ROOT, make_member, make_project
from tests.factories.adjudication import make_annotated_task
from tests.integration.gold.test_services import DIFFERING, agree, decide, make_team

pytestmark = pytest.mark.django_db
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "docs" / "schemas" / "record-1.json").read_text())
)


@pytest.fixture
def decided() -> Task:
    project = make_project()
    team = make_team(project)
    agree(project, team, text="Kyiv may soon agree it. First.")
    task = make_annotated_task(*DIFFERING, project=project, annotators=team)
    decide(task, by=make_member(project, Role.ADJUDICATOR, name="Judge Unmistakable"))
    return task


@pytest.fixture
def release(decided: Task) -> Release:
    return freeze_release(decided.round.project, title="First", by=None)


def read_lines(release: Release, level: ContentLevel, name: str = "jsonl") -> list[dict[str, Any]]:
    export = export_release(release, format_name=name, level=level)
    return [json.loads(line) for line in b"".join(export.chunks).decode().splitlines()]


def test_votes_stand_beside_the_gold_and_change_nothing_of_it(release: Release) -> None:
    gold, voted = read_lines(release, ContentLevel.GOLD), read_lines(release, ContentLevel.VOTES)
    assert [{key: value for key, value in one.items() if key != "votes"} for one in voted] == gold
    assert voted[1]["votes"]["annotators"] == ["A", "B"]
    assert voted[1]["votes"]["spans"][0]["ends"] == {"24": 1, "25": 1}


def test_the_annotations_of_a_release_are_those_that_went_into_it(release: Release) -> None:
    live = b"".join(export_annotations(release.project, format_name="jsonl").chunks)
    frozen = b"".join(export_release(release, format_name="jsonl", level=ContentLevel.ANNOTATIONS).chunks)
    assert frozen == live


@pytest.mark.parametrize("level", list(ContentLevel))
def test_no_later_work_changes_a_release_at_any_level(
    release: Release, decided: Task, level: ContentLevel
) -> None:
    before = read_lines(release, level)
    judge, unit = make_member(release.project, Role.ADJUDICATOR), Decision.objects.get().unit
    reopen_task(decided, by=judge)
    decide_unit(decided, unit=unit, action=Action.CHOOSE, payload={"candidate": "0-24-Claim"}, by=judge)
    finish_task(decided, by=judge)
    assert read_lines(release, level) == before


def test_the_ledger_has_the_decisions_that_the_gold_was_made_of_under_no_ones_name(release: Release) -> None:
    first, second = read_lines(release, ContentLevel.LEDGER)
    assert (first["decisions"], second["ledger"]["decisions"]) == ([], 1)
    [decision] = second["decisions"]
    stored = Decision.objects.get()
    assert decision == {
        "number": 1,
        "unit": stored.unit,
        "action": "choose",
        "payload": {"candidate": "0-25-Claim"},
        "note": "",
        "by": "adjudicator-1",
        "at": stored.decided_at.isoformat(),
        "supersedes": None,
        "reason": None,
    }
    assert "Unmistakable" not in json.dumps([first, second])


@pytest.mark.parametrize("level", list(ContentLevel))
def test_every_line_of_every_level_fits_the_published_schema(release: Release, level: ContentLevel) -> None:
    """Also where a decision was changed, noted and explained."""
    task = Task.objects.get(decisions__isnull=False)
    judge, unit = make_member(release.project, Role.ADJUDICATOR), Decision.objects.get().unit
    reopen_task(task, by=judge)
    motive = Motive(kind=ReasonKind.GAP, is_for_guidelines=True)
    payload = {"candidate": "0-24-Claim"}
    decide_unit(
        task, unit=unit, action=Action.CHOOSE, payload=payload, by=judge, note="Shorter.", motive=motive
    )
    finish_task(task, by=judge)
    second = freeze_release(release.project, title="Second", by=None)
    records = [*read_lines(release, level), *read_lines(second, level)]
    for record in records:
        SCHEMA.validate(record)
    if level == ContentLevel.LEDGER:
        assert [one["number"] for one in records[-1]["decisions"]] == [1, 2]
        assert records[-1]["decisions"][1]["reason"]["kind"] == "gap"


def test_no_line_of_the_ledger_lacks_a_part_or_has_another(release: Release) -> None:
    record = read_lines(release, ContentLevel.LEDGER)[1]
    [decision] = record["decisions"]
    assert SCHEMA.is_valid(record)
    for key in record:
        assert not SCHEMA.is_valid({name: part for name, part in record.items() if name != key})
    for key in decision:
        less = {name: part for name, part in decision.items() if name != key}
        assert not SCHEMA.is_valid({**record, "decisions": [less]})
    for key, wrong in {
        "number": 0,
        "action": "guess",
        "by": "Judge",
        "at": "today",
        "supersedes": "1",
    }.items():
        assert not SCHEMA.is_valid({**record, "decisions": [{**decision, key: wrong}]})
    assert not SCHEMA.is_valid({**record, "spans": []})


def test_a_format_refuses_a_level_that_it_has_no_place_for_and_names_those_that_have(
    release: Release,
) -> None:
    for known in WRITTEN:
        for level in ContentLevel:
            if level in known.levels:
                assert b"".join(export_release(release, format_name=known.name, level=level).chunks)
            else:
                with pytest.raises(LevelNotHeldError, match="take jsonl"):
                    export_release(release, format_name=known.name, level=level)


def test_parquet_has_the_votes_in_a_column_of_their_own(release: Release, tmp_path: Path) -> None:
    from datasets import load_dataset

    path = tmp_path / "votes.parquet"
    path.write_bytes(
        b"".join(export_release(release, format_name="parquet", level=ContentLevel.VOTES).chunks)
    )
    rows = load_dataset("parquet", data_files=str(path), cache_dir=str(tmp_path / "cache"))["train"]
    assert [json.loads(row["votes"]) for row in rows] == [
        one["votes"] for one in read_lines(release, ContentLevel.VOTES)
    ]


def test_each_level_is_a_file_of_its_own(release: Release) -> None:
    for level in ContentLevel:
        prepare_file(release, "jsonl", level=level)
    files = [find_file(release, "jsonl", level=level) for level in ContentLevel]
    assert len({file.sha256 for file in files if file}) == len(ContentLevel)


def test_all_formats_are_written_into_a_folder_as_each_is_alone(release: Release, tmp_path: Path) -> None:
    call_command(
        "export",
        str(release.pk),
        "--all-formats",
        "--output",
        str(tmp_path),
        stdout=StringIO(),
        stderr=StringIO(),
    )
    slug = release.project.slug
    for known in WRITTEN:
        path = tmp_path / f"{slug}-release-1.{known.extension}"
        assert path.read_bytes() == b"".join(export_release(release, format_name=known.name).chunks)
    assert len(list(tmp_path.iterdir())) == len(WRITTEN)


def test_where_one_format_loses_something_a_strict_folder_of_all_is_not_begun(
    release: Release, tmp_path: Path
) -> None:
    with pytest.raises(CommandError):
        call_command(
            "export", str(release.pk), "--all-formats", "--strict", "--output", str(tmp_path / "all")
        )
    assert not (tmp_path / "all").exists()


def test_the_command_writes_a_level_or_says_which_formats_have_it(release: Release, tmp_path: Path) -> None:
    target = tmp_path / "votes.jsonl"
    call_command(
        "export",
        str(release.pk),
        "--format",
        "jsonl",
        "--level",
        "votes",
        "--output",
        str(target),
        stdout=StringIO(),
    )
    assert '"votes":' in target.read_text(encoding="utf-8")
    with pytest.raises(CommandError, match="jsonl, parquet"):
        call_command(
            "export", str(release.pk), "--format", "brat", "--level", "votes", "--output", str(target)
        )
