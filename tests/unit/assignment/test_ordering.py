"""In which order articles are taken for a round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.assignment.ordering import ORDERS, PlannableArticle, TakingOrder, find_order, take


def take_by(
    name: str, articles: list[PlannableArticle], number: int, *, one_a_group: bool = False
) -> list[int]:
    return take(articles, number, order=find_order(name), seed=1, one_a_group=one_a_group)


def test_the_largest_priority_is_taken_first_and_what_has_none_last() -> None:
    articles = [
        PlannableArticle(number, priority=value)
        for number, value in ((1, None), (2, 3.0), (3, 10.0), (4, -1))
    ]
    assert [take_by("priority", articles, number) for number in (1, 2, 3)] == [[3], [2, 3], [2, 3, 4]]


def test_the_longest_are_taken_first() -> None:
    articles = [PlannableArticle(number, length) for number, length in ((1, 10), (2, 30), (3, 20))]
    assert take_by("longest", articles, 2) == [2, 3]


def test_those_are_taken_first_about_which_most_had_to_be_decided() -> None:
    articles = [
        PlannableArticle(number, disagreement=value) for number, value in ((1, 0.5), (2, 4.0), (3, 1.0))
    ]
    assert take_by("disagreement", articles, 2) == [2, 3]


def test_one_of_each_group_is_taken_before_a_second_of_any() -> None:
    articles = [
        PlannableArticle(number, length=100 - number, group=group)
        for number, group in ((1, 7), (2, 7), (3, None), (4, 8), (5, 7), (6, 8))
    ]
    found = [take_by("longest", articles, number, one_a_group=True) for number in (3, 4, 5)]
    assert found == [[1, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4, 6]]
    assert take_by("longest", articles, 3) == [1, 2, 3]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
@given(
    number=st.integers(1, 12),
    groups=st.lists(st.none() | st.integers(1, 3), max_size=10),
    one_a_group=st.booleans(),
    seed=st.integers(0, 2**53 - 1),
)
def test_every_order_takes_so_many_once_each_and_the_same_for_the_same_seed(
    *, order: TakingOrder, number: int, groups: list[int | None], one_a_group: bool, seed: int
) -> None:
    articles = [PlannableArticle(place, group=group) for place, group in enumerate(groups, start=1)]
    found = take(articles, number, order=order, seed=seed, one_a_group=one_a_group)
    assert found == sorted(set(found))
    assert len(found) == min(number, len(articles))
    again = take(articles[::-1], number, order=order, seed=seed, one_a_group=one_a_group)
    assert again == found


def test_the_seed_decides_where_the_order_says_nothing() -> None:
    articles = [PlannableArticle(number) for number in range(100)]
    drawn = {tuple(take(articles, 5, order=find_order("random"), seed=seed)) for seed in range(20)}
    assert len(drawn) == 20
