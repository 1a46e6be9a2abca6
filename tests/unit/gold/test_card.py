"""What a card says of a release, and what it leaves out because nobody knows it."""

import json
import re
from typing import Any

import pytest

from annotations.gold.card import QUESTIONS, CardFacts, list_sections, write_card
from annotations.gold.croissant import FolderFile, describe_croissant
from annotations.gold.splits import SplitPlan, read_shares


def make_manifest(**more: Any) -> dict[str, Any]:
    return {
        "title": "News | first",
        "number": 2,
        "project": "news",
        "version": "1.1.0",
        "workbench_version": "0.1.0",
        "schemes": [{"name": "argument", "version": "1", "sha256": "s"}],
        "counts": {
            "articles": 4,
            "spans": 9,
            "relations": 1,
            "annotations": 8,
            "decisions": 3,
            "by_status": {"agreed": 3, "adjudicated": 1},
            "spans_by_label": {"Claim": 7, "Cue": 2},
            "unreviewed": 0,
        },
        "left_out": {"open": [5, 6]},
        "people": {"annotators": 3},
        **more,
    }


def make_facts(said: dict[str, str] | None = None, **more: Any) -> CardFacts:
    return CardFacts(
        manifest=make_manifest(**more), sha256="a" * 64, frozen="2026-11-26", slug="news", said=said or {}
    )


def test_a_card_counts_what_is_in_the_release_and_says_what_is_not() -> None:
    written = "\n".join(write_card(make_facts(), guidelines=["# Arguments\n\n## Label Claim\n\nMark it."]))
    assert written.startswith("# News \\| first\n")
    assert "4 articles with 9 spans and 1 relation, annotated" in written
    assert "8 annotations of 3 annotators went into the gold, 2.0 an article." in written
    assert "2 articles of the project are not in it: open." in written
    assert "| Claim | 7 |" in written
    assert "#### Label Claim" in written


def test_a_card_says_of_each_label_how_its_spans_came_about() -> None:
    spans = {"Cue": {"agreed": 2}, "Claim": {"adjudicated": 3, "agreed": 3, "merged": 1}}
    counts = {**make_manifest()["counts"], "by_origin": {"spans": spans, "relations": {}}}
    [section] = [one for one in list_sections(make_facts(counts=counts)) if one.title == "Adjudication"]
    [table] = section.tables
    assert table.head == (
        "label",
        "all annotators agreed",
        "merged by the project's rule",
        "adjudicated",
        "share adjudicated",
    )
    assert table.rows == (("Claim", "3", "1", "3", "43 %"), ("Cue", "2", "0", "0", "0 %"))


def test_one_of_a_thing_is_said_as_one() -> None:
    counts = dict.fromkeys(
        ("articles", "spans", "annotations", "decisions", "unreviewed", "against_rules"), 1
    )
    alone = make_manifest()["counts"] | counts | {"by_status": {"agreed": 1}}
    facts = make_facts(counts=alone, people={"annotators": 1}, left_out={"open": [5]})
    written = "\n".join(write_card(facts))
    assert not re.findall(r"\b1 \w+s\b|\b1 \w+ (?:were|are|share)\b", written)
    assert "1 article of the project is not in it: open." in written


def test_a_section_that_nobody_says_anything_about_is_left_out() -> None:
    titles = [section.title for section in list_sections(make_facts())]
    assert "Why it was made" not in titles
    assert "Licence and provenance" not in titles
    said = {question.name: f"About {question.name}." for question in QUESTIONS}
    sections = {section.title: section for section in list_sections(make_facts(said))}
    assert sections["Licence and provenance"].said == (
        "About provenance.",
        "About preprocessing.",
        "About licence.",
    )
    assert all(
        any(f"About {question.name}." in one.said for one in sections.values()) for question in QUESTIONS
    )


def test_agreement_stands_with_its_interval_as_a_whole_and_by_label() -> None:
    figure = {"value": 0.712, "low": 0.6, "high": 0.81, "documents": 4}
    agreement = {"alpha_nominal": {**figure, "by_label": {"Claim": figure}}}
    written = list(write_card(make_facts(agreement=agreement)))
    assert "| Krippendorff's alpha, position by position | all | 0.71 | 0.60 to 0.81 | 4 |" in written
    assert "|  | Claim | 0.71 | 0.60 to 0.81 | 4 |" in written


def test_parts_are_counted_by_label() -> None:
    splits = {
        "plan": SplitPlan(parts=read_shares("3/1"), seed=7, group_by="author").to_json(),
        "sides": {
            "train": {"articles": 3, "spans_by_label": {"Claim": 5}},
            "test": {"articles": 1, "spans_by_label": {"Claim": 2, "Cue": 2}},
        },
        "leakage": {"nearest": [3, 0, 0, 0, 0, 1, 0, 0, 0, 0], "leaks": []},
    }
    written = list(write_card(make_facts(splits=splits)))
    assert "| train | 3 | 5 | 0 |" in written
    assert any(line.startswith("1 article shares half or more") for line in written)


def test_what_people_wrote_stands_as_they_wrote_it() -> None:
    written = list(write_card(make_facts({"citation": "@misc{news,\n  year = 2026\n}"})))
    assert "@misc{news,\n  year = 2026\n}" in written


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("said", [{}, {"licence": "cc-by-4.0", "summary": "Arguments in news."}])
def test_croissant_is_valid_for_its_own_validator(said: dict[str, str], tmp_path: Any) -> None:
    import mlcroissant

    files = [
        FolderFile("train", "data/train.parquet", "b" * 64, 10),
        FolderFile("test", "data/test.parquet", "c" * 64, 5),
    ]
    described = describe_croissant(make_facts(said), files, "2026-11-26")
    (tmp_path / "croissant.json").write_text(json.dumps(described), encoding="utf-8")
    dataset = mlcroissant.Dataset(jsonld=tmp_path / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    assert {one.uuid for one in dataset.metadata.record_sets} == {"train", "test"}
