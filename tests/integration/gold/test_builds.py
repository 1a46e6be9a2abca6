"""A release of one and the same work has the same bytes on every database, in every format and in what describes it: each is held to one checksum.

`WRITE_GOLDEN=1 pytest tests/integration/gold/test_builds.py` writes them anew; run on SQLite and on PostgreSQL, it must pass on both.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from annotations.adjudication.settled import finish_by_rule
from annotations.formats.canonical import write_canonical
from annotations.formats.levels import ContentLevel
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import export_release
from annotations.gold.folders import write_folder
from annotations.gold.services import freeze_release
from annotations.gold.splits import SplitPlan
from annotations.models import Project, Role
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task
from tests.factories.adjudication import claim, mark, submit
from tests.integration.gold.test_services import decide

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "builds.json"
FIRST = 900_000_001
"""The number of the first article, task, annotator and share; others follow, whatever the database would number them.

The names of units are made of those of shares, letters of annotators of those of tasks, a ledger's checksum of who decided.
"""
TEXTS = (
    "Kyiv must have guarantees 🤝, Mr Novak said.\r\nשמש &c.",
    "Kyiv must have guarantees\tand <more>.",
)
MOMENT = re.compile(rb'"at":"[^"]*"')
DATE = re.compile(rb"\b20\d\d-\d\d-\d\d\b")
HALVES = SplitPlan(parts=(("train", 1), ("test", 1)), seed=1)


@pytest.fixture
def project() -> Project:
    """Two articles with gold, one by the rule and one by an adjudicator, numbered alike everywhere."""
    project = make_project(slug="built-twice")
    team = [make_member(project, Role.ANNOTATOR, pk=FIRST + number) for number in range(2)]
    judge = make_member(project, Role.ADJUDICATOR, pk=FIRST + len(team))
    for number, (text, end) in enumerate(zip(TEXTS, (25, 24), strict=True)):
        task = make_task(
            make_round(project, overlap=2, annotators=tuple(team)),
            make_article(project, text, pk=FIRST + number),
            pk=FIRST + number,
        )
        marked = zip(team, (mark(claim()), mark(claim(0, end))), strict=True)
        for place, (person, markup) in enumerate(marked):
            submit(make_assignment(task, person, pk=FIRST + 2 * number + place), markup)
        task.refresh_from_db()
        if end == 25:
            assert finish_by_rule([task])
        else:
            decide(task, by=judge)
    return project


def hold(group: str, found: Mapping[str, bytes]) -> None:
    """Hold the checksums of all that was found to those that are kept of the group, of which none may be missing."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    digests = {name: hashlib.sha256(written).hexdigest() for name, written in found.items()}
    if os.environ.get("WRITE_GOLDEN"):
        golden[group] = digests
        GOLDEN.write_text(json.dumps(golden, indent=2) + "\n", encoding="utf-8")
    assert digests == golden[group]


def test_two_builds_of_the_same_work_are_the_same_bytes_on_every_database(project: Project) -> None:
    release = freeze_release(project, title="First", by=None)
    found = {}
    for known in WRITTEN:
        for level in known.levels:
            written = b"".join(export_release(release, format_name=known.name, level=level).chunks)
            if level == ContentLevel.LEDGER:
                written = MOMENT.sub(b"", written)
            found[f"{known.name}, {level.value}"] = written
    hold("formats", found)


def test_what_describes_a_divided_release_is_the_same_on_every_database(project: Project) -> None:
    release = freeze_release(project, title="Second", by=None, splits=HALVES)
    assert sorted(release.items.values_list("split", flat=True)) == ["test", "train"]
    found = {"manifest": write_canonical(round_figures(release.manifest)).encode()}
    for name, chunks in write_folder(release):
        found[f"folder, {name}"] = DATE.sub(b"", b"".join(chunks))
    hold("divided", found)


def round_figures(value: Any) -> Any:
    """Figures as far as every processor computes them alike."""
    match value:
        case float():
            return round(value, 9)
        case dict():
            return {name: round_figures(one) for name, one in value.items()}
        case list():
            return [round_figures(one) for one in value]
    return value
