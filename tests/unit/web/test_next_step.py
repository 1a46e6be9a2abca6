"""What a project's page proposes to do next."""

from dataclasses import replace

import pytest

from annotations.progress.situation import Situation
from annotations.web.projects.next_step import choose_next_step, choose_step_of_member

PLANNED = Situation(articles=5, annotators=3, rounds=1, tasks=5, adjudicators=1)


@pytest.mark.parametrize(
    ("situation", "page"),
    [
        (Situation(), "add-articles"),
        (Situation(imports=1), "add-articles"),
        (Situation(articles=5, imports=1), "people"),
        (Situation(articles=5), "people"),
        (Situation(articles=5, annotators=3), "plan-round"),
        (PLANNED, "rounds"),
        (replace(PLANNED, quarantined=1, annotated=2, is_adjudicator=True), "quarantine"),
        (replace(PLANNED, stuck=1, annotated=2, is_adjudicator=True), "stuck"),
        (replace(PLANNED, annotated=2, is_adjudicator=True), "adjudication"),
        (replace(PLANNED, annotated=2, adjudicators=0), "people"),
        (replace(PLANNED, annotated=2), "adjudication"),
        (replace(PLANNED, annotated=5), "adjudication"),
        (replace(PLANNED, adjudicated=5, unreleased=5, unplanned=2), "releases"),
        (replace(PLANNED, adjudicated=5, unplanned=2), "plan-round"),
        (replace(PLANNED, adjudicated=5), "releases"),
    ],
)
def test_what_blocks_most_comes_first(situation: Situation, page: str) -> None:
    assert choose_next_step(situation).page == page


def test_an_import_that_waits_is_said_where_nothing_else_does() -> None:
    assert choose_next_step(Situation(imports=1)).text == "1 import waits to be looked at and published."
    done = replace(PLANNED, adjudicated=5, imports=2)
    assert choose_next_step(done).text == "2 imports wait to be looked at and published."


def test_the_sentence_counts_right() -> None:
    assert choose_next_step(replace(PLANNED, adjudicated=3)).text == (
        "Annotation is under way: 2 articles are still open, 3 of 5 annotated."
    )
    assert "1 part of an annotation was" in choose_next_step(replace(PLANNED, quarantined=1)).text


def test_a_manager_reads_on_whom_the_articles_wait() -> None:
    waiting = replace(PLANNED, annotated=2, adjudicated=1)
    step = choose_next_step(waiting)
    assert step.text == "2 articles wait for the adjudicator. 2 more are being annotated."
    assert step.action == "Open the queue"
    assert choose_next_step(replace(waiting, adjudicators=2, tasks=3)).text == (
        "2 articles wait for the adjudicators."
    )
    assert choose_next_step(replace(waiting, is_adjudicator=True)).text.startswith("2 articles wait for you.")


@pytest.mark.parametrize(
    ("roles", "annotated", "left", "page", "text"),
    [
        ({"adjudicator"}, 3, 0, "adjudication", "3 articles wait for you to adjudicate."),
        ({"adjudicator", "annotator"}, 1, 4, "adjudication", "1 article waits for you to adjudicate."),
        ({"annotator"}, 3, 1, "work", "1 article is left for you."),
        ({"annotator", "adjudicator"}, 0, 0, "work", "Nothing waits for you to annotate."),
        ({"consumer"}, 3, 0, "releases", "The project’s releases are yours to download."),
    ],
)
def test_others_read_what_is_theirs_to_do(
    roles: set[str], annotated: int, left: int, page: str, text: str
) -> None:
    step = choose_step_of_member(roles, annotated=annotated, left=left)
    assert (step.page, step.text) == (page, text)
