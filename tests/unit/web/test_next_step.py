from dataclasses import replace

import pytest

from annotations.web.projects.next_step import Situation, choose_next_step

PLANNED = Situation(articles=5, annotators=3, rounds=1, tasks=5, adjudicators=1)


@pytest.mark.parametrize(
    ("situation", "page"),
    [
        (Situation(), "add-articles"),
        (Situation(articles=5), "people"),
        (Situation(articles=5, annotators=3), "plan-round"),
        (PLANNED, "rounds"),
        (replace(PLANNED, quarantined=1, annotated=2, is_adjudicator=True), "quarantine"),
        (replace(PLANNED, stuck=1, annotated=2, is_adjudicator=True), "stuck"),
        (replace(PLANNED, annotated=2, is_adjudicator=True), "adjudication"),
        (replace(PLANNED, annotated=2, adjudicators=0), "people"),
        (replace(PLANNED, annotated=2), "rounds"),
        (replace(PLANNED, annotated=5), "rounds"),
        (replace(PLANNED, adjudicated=5, unreleased=5, unplanned=2), "releases"),
        (replace(PLANNED, adjudicated=5, unplanned=2), "plan-round"),
        (replace(PLANNED, adjudicated=5), "releases"),
    ],
)
def test_what_blocks_most_comes_first(situation: Situation, page: str) -> None:
    assert choose_next_step(situation).page == page


def test_the_sentence_counts_right() -> None:
    assert choose_next_step(replace(PLANNED, annotated=2, adjudicated=1)).text == (
        "Annotation is under way: 2 tasks are still open, 3 of 5 annotated."
    )
    assert "1 part of an annotation was" in choose_next_step(replace(PLANNED, quarantined=1)).text
