"""The five seed articles with their sample annotations, all the way to a release."""

import hashlib
import json
from typing import Any

import jsonschema
import pytest

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit, finish_task
from annotations.adjudication.units import Action, Unit
from annotations.gold.exports import export_annotations, export_release
from annotations.gold.releases import rebuild_release
from annotations.gold.services import freeze_release
from annotations.management.seeding import seed_project, seed_sample_project
from annotations.models import Role, Task, User
from tests.factories import ROOT

pytestmark = pytest.mark.django_db

ARTICLES = sorted((ROOT / "seeds").glob("*.txt"))
DECIDED = 1
"""The shortest article: each decision reads the whole task anew."""


def decide_all(task: Task, *, by: User) -> None:
    """What most marked is right; what one alone marked is not, and nor is what the scheme then forbids."""
    while units := read_case(task).outcome.open:
        decide_one(task, units[0], by=by)
    while blocking := read_case(task).outcome.blocking:
        decide_unit(task, unit=blocking[0].units[-1], action=Action.REJECT, payload={}, by=by)
        while units := read_case(task).outcome.open:
            decide_one(task, units[0], by=by)
    finish_task(task, by=by)


def decide_one(task: Task, unit: Unit, *, by: User) -> None:
    candidates: tuple[Any, ...] = unit.candidates
    ranked = sorted(candidates, key=lambda candidate: (-len(candidate.voters), candidate.key))
    if unit.kind in {"attribute", "field"}:
        value = ranked[0].key
        decide_unit(task, unit=unit.key, action=Action.VALUE, payload={"value": value}, by=by)
    elif len(ranked[0].voters) > 1:
        decide_unit(task, unit=unit.key, action=Action.CHOOSE, payload={"candidate": ranked[0].key}, by=by)
    else:
        decide_unit(task, unit=unit.key, action=Action.REJECT, payload={}, by=by)


def test_the_samples_become_a_release_that_is_rebuilt_and_whose_quotes_are_slices() -> None:
    project = seed_sample_project(ARTICLES, seed_project(ARTICLES))
    judge = User.objects.filter(memberships__project=project, memberships__role=Role.ADJUDICATOR)[0]
    tasks = Task.objects.filter(round__project=project).order_by("article__length")
    for task in tasks[:DECIDED]:
        decide_all(task, by=judge)
    release = freeze_release(project, title="Samples", by=None, exception="A pilot.")
    rebuild_release(release)
    jsonl = b"".join(export_release(release, format_name="jsonl").chunks)
    records = [json.loads(line) for line in jsonl.decode().split("\n")[:-1]]
    assert len(records) == DECIDED
    assert len(release.manifest["left_out"]["annotated"]) == len(ARTICLES) - DECIDED
    originals = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in ARTICLES}
    schema = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/schemas/record-1.json").read_text()))
    for record in records:
        schema.validate(record)
        path = originals[record["sha256"]]
        assert record["source"] == path.name
        text = path.read_bytes().decode()
        assert record["text"] == text
        assert record["spans"]
        assert [span["quote"] for span in record["spans"]] == [
            text[span["start"] : span["end"]] for span in record["spans"]
        ]
        keys = {span["key"] for span in record["spans"]}
        assert {link[end] for link in record["relations"] for end in ("source", "target")} <= keys
        assert [one["annotator"] for one in record["annotations"]] == ["A", "B", "C"]
    counts = release.manifest["counts"]
    assert counts["spans"] == sum(len(record["spans"]) for record in records)
    conll = export_release(release, format_name="conll")
    assert b"".join(conll.chunks).count(b"\n# newdoc id = ") == DECIDED
    assert f"{counts['relations']} relations dropped" in conll.losses.describe()


def test_every_sample_annotation_is_exported_with_its_exact_quotes() -> None:
    project = seed_sample_project(ARTICLES, seed_project(ARTICLES))
    lines = b"".join(export_annotations(project, format_name="jsonl").chunks).decode().split("\n")[:-1]
    assert len(lines) == 15
    texts = {path.name: path.read_bytes().decode() for path in ARTICLES}
    for line in lines:
        record = json.loads(line)
        assert record["text"] == texts[record["source"]]
        for span in record["spans"]:
            assert span["quote"] == record["text"][span["start"] : span["end"]]
            assert span["quote"].strip() == span["quote"]
