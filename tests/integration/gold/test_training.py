"""The example of the documentation trains a model on a release and holds it against its annotators, as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.adjudication.settled import finish_by_rule
from annotations.formats.levels import ContentLevel
from annotations.gold.exports import export_release
from annotations.gold.services import freeze_release
from annotations.gold.splits import SplitPlan, read_shares
from annotations.models import Role
from tests.factories import ROOT, make_member, make_project
from tests.factories.adjudication import claim, make_annotated_task, mark
from tests.integration.gold.test_services import decide, make_team

pytestmark = pytest.mark.django_db
PLACES = ("Kyiv", "Oslo", "Riga", "Vilnius", "Warsaw", "Berlin", "Prague", "Sofia", "Tallinn", "Athens")
SAID = ("Mr Novak said.", "the envoy wrote.")


def test_the_documented_example_trains_a_model_and_says_how_good_it_could_be(tmp_path: Path) -> None:
    project = make_project()
    team, judge = make_team(project), make_member(project, Role.ADJUDICATOR)
    for place in PLACES:
        for said in SAID:
            claimed = f"{place} must have guarantees"
            text = f"It rained on Monday. {claimed}, {said} Nobody answered at the time."
            start = text.index(claimed)
            whole, shorter = claim(start, start + len(claimed)), claim(start, start + len(claimed) - 11)
            differs = place == PLACES[0]
            task = make_annotated_task(
                mark(whole), mark(shorter if differs else whole), project=project, annotators=team, text=text
            )
            if differs:
                decide(task, candidate=f"{whole.start}-{whole.end}-Claim", by=judge)
            else:
                assert finish_by_rule([task])
    release = freeze_release(project, title="First", by=None, splits=SplitPlan(parts=read_shares("70/10/20")))
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
