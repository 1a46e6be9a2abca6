"""The bar of a project's articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.progress.situation import Situation
from annotations.web.projects.stages import BAR_WIDTH, list_stages, say_planned

FEW = st.integers(min_value=0, max_value=50)


@given(unplanned=FEW, open_=FEW, annotated=FEW, adjudicated=FEW, unreleased=FEW)
def test_the_parts_fill_the_bar_one_after_the_other(
    unplanned: int, open_: int, annotated: int, adjudicated: int, unreleased: int
) -> None:
    tasks = open_ + annotated + adjudicated
    now = Situation(
        tasks=tasks, unplanned=unplanned, annotated=annotated, adjudicated=adjudicated, unreleased=unreleased
    )
    stages = list_stages(now)
    assert [stage.number for stage in stages[:3]] == [unplanned, open_, annotated]
    assert stages[3].number + stages[4].number == adjudicated
    ends = [stage.start + stage.width for stage in stages]
    assert [stage.start for stage in stages] == [0, *ends[:-1]]
    assert ends[-1] == (BAR_WIDTH if tasks + unplanned else 0)
    total = tasks + unplanned
    assert all(abs(stage.width - BAR_WIDTH * stage.number / total) <= 1 for stage in stages if total)


@pytest.mark.parametrize(
    ("articles", "unplanned", "sentence"),
    [
        (14, 1, "14 articles, 13 planned"),
        (14, 0, "14 articles, all planned"),
        (1, 1, "1 article, none planned"),
        (2000, 500, "2,000 articles, 1,500 planned"),
    ],
)
def test_what_is_in_no_round_is_said(articles: int, unplanned: int, sentence: str) -> None:
    assert say_planned(Situation(articles=articles, unplanned=unplanned)) == sentence


def test_each_part_leads_to_a_page_of_its_own_kind() -> None:
    pages = {stage.name: stage.page for stage in list_stages(Situation())}
    assert pages["annotated"] == "adjudication"
    assert pages["unplanned"] == "plan-round"
