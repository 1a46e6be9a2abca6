"""The example of the documentation trains a model on a release and holds it against its annotators, as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.adjudication.rule_change import change_merge_rule
from annotations.adjudication.services import finish_task
from annotations.adjudication.settled import finish_by_rule
from annotations.formats.levels import ContentLevel
from annotations.gold.exports import export_release
from annotations.gold.services import freeze_release
from annotations.gold.splits import SplitPlan, read_shares
from annotations.management.seeding import seed_project, seed_sample_project
from annotations.models import Project, Role, Task, User
from tests.factories import ROOT, make_member
from tests.factories.adjudication import claim, decide_all, make_annotated_task, mark

pytestmark = pytest.mark.django_db
PLACES = ("Kyiv", "Oslo", "Riga", "Vilnius", "Warsaw", "Berlin", "Prague", "Sofia", "Tallinn", "Athens")
CLAIMED = (
    "must have guarantees",
    "will not join the alliance",
    "wants talks before spring",
    "has given up its claim",
    "cannot pay for the war",
)
SAID = ("Mr Novak said.", "the envoy wrote.")
CLAIMS = [(f"{place} {claimed}", said) for claimed in CLAIMED for place in PLACES for said in SAID]
CLAIMS_AN_ARTICLE = 5


@pytest.fixture
def project() -> Project:
    """The five seeds with what three people marked in each, and twenty made-up articles in which all three marked the same."""
    articles = sorted((ROOT / "seeds").glob("*.txt"))
    project = seed_sample_project(articles, seed_project(articles))
    change_merge_rule(project, "majority", by=None)
    judge = make_member(project, Role.ADJUDICATOR)
    for task in Task.objects.filter(round__project=project):
        decide_all(task, by=judge, choose=lambda unit: unit.candidates[0].key)
        finish_task(task, by=judge, reason="kept as it was marked")
    team = User.objects.filter(memberships__project=project, memberships__role=Role.ANNOTATOR)
    for first in range(0, len(CLAIMS), CLAIMS_AN_ARTICLE):
        claims = CLAIMS[first : first + CLAIMS_AN_ARTICLE]
        text = " ".join(
            f"It rained on Monday. {claimed}, {said} Nobody answered." for claimed, said in claims
        )
        starts = [(text.index(f"{claimed}, {said}"), claimed) for claimed, said in claims]
        marked = mark(*(claim(start, start + len(claimed)) for start, claimed in starts))
        task = make_annotated_task(marked, marked, marked, project=project, annotators=team, text=text)
        assert finish_by_rule([task])
    return project


def test_the_documented_example_trains_a_model_and_says_how_good_it_could_be(
    tmp_path: Path, project: Project
) -> None:
    release = freeze_release(
        project,
        title="First",
        by=None,
        splits=SplitPlan(parts=read_shares("70/10/20")),
        exception="nobody reviews a test",
    )
    seeds = release.items.filter(article__source__contains="_").values_list("split", flat=True)
    assert {"train", "test"} <= set(seeds)
    for name, split, level in (
        ("train", "train,dev", ContentLevel.GOLD),
        ("test", "test", ContentLevel.ANNOTATIONS),
    ):
        export = export_release(release, format_name="parquet", split=split, level=level)
        (tmp_path / f"{name}.parquet").write_bytes(b"".join(export.chunks))
    documented = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", documented, flags=re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    model, people = map(float, re.findall(r": (\d\.\d\d)", done.stdout))
    assert 0.5 < model <= 1
    assert 0.5 < people <= 1
