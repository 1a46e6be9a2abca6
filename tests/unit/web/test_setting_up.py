"""What a new project shows on its way to the first round."""

from dataclasses import replace

import pytest

from annotations.progress.situation import Situation
from annotations.web.projects.setting_up import SetupStep, list_setup_steps

READY = Situation(articles=5, annotators=3, adjudicators=1)


def list_steps(now: Situation, *, has_draft: bool = False) -> list[SetupStep]:
    return list_setup_steps(now, scheme="opinions-v1", has_draft=has_draft)


@pytest.mark.parametrize(
    ("situation", "has_draft", "done", "following"),
    [
        (Situation(), False, ["Scheme"], "Articles"),
        (Situation(), True, [], "Scheme"),
        (Situation(articles=5), False, ["Scheme", "Articles"], "People"),
        (Situation(articles=2, excluded=2), False, ["Scheme"], "Articles"),
        (Situation(annotators=2), False, ["Scheme", "People"], "Articles"),
        (READY, False, ["Scheme", "Articles", "People"], "First round"),
    ],
)
def test_the_first_step_that_is_not_done_comes_next(
    situation: Situation, *, has_draft: bool, done: list[str], following: str
) -> None:
    steps = list_steps(situation, has_draft=has_draft)
    assert [step.title for step in steps if step.is_done] == done
    assert [step.title for step in steps if step.is_next] == [following]


def test_nothing_is_shown_once_a_round_is_planned() -> None:
    assert list_steps(replace(READY, rounds=1)) == []


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        (Situation(), "upload files, or paste a text"),
        (Situation(imports=2), "2 imports wait to be looked at and published"),
        (Situation(articles=3, excluded=1), "3 articles are here, 1 of them excluded"),
        (
            Situation(annotators=1),
            "1 annotator; a second one would give agreement to measure; an adjudicator is still missing",
        ),
        (READY, "3 annotators and 1 adjudicator"),
    ],
)
def test_each_step_says_what_there_is(situation: Situation, said: str) -> None:
    assert said in [step.words for step in list_steps(situation)]
