"""How articles are divided into parts: alike, together, and always the same way."""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.gold.leakage import measure_leakage
from annotations.gold.splits import (
    InvalidSplitError,
    SplitArticle,
    SplitPlan,
    make_folds,
    plan_splits,
    read_shares,
    split_articles,
)
from annotations.likeness.shingles import hash_shingles
from annotations.likeness.sketches import SketchIndex, take_sketch

TENTHS = read_shares("80/10/10")


def make_articles(number: int, *, seed: int = 1) -> list[SplitArticle]:
    """Articles with a common label, a rare one, and sometimes an author in common."""
    drawn = random.Random(seed)  # noqa: S311 - it draws test cases
    return [
        SplitArticle(
            place + 1,
            groups=(f"author={drawn.randrange(number)}",),
            labels={"Claim": drawn.randrange(9), "Rare": int(drawn.random() < 0.1)},
            date=f"2026-{drawn.randrange(1, 13):02}-{drawn.randrange(1, 29):02}",
        )
        for place in range(number)
    ]


def count_labels(articles: Sequence[SplitArticle], sides: Mapping[int, str], label: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for article in articles:
        counts[sides[article.id]] += article.labels.get(label, 0)
    return counts


def test_parts_have_the_shares_that_were_asked_for_and_their_share_of_every_label() -> None:
    articles = make_articles(1_000)
    sides = split_articles(articles, SplitPlan(parts=TENTHS))
    numbers = Counter(sides.values())
    assert numbers["train"] == pytest.approx(800, abs=8)
    assert numbers["dev"] == pytest.approx(100, abs=8)
    for label in ("Claim", "Rare"):
        counts = count_labels(articles, sides, label)
        whole = sum(counts.values())
        assert counts["train"] / whole == pytest.approx(0.8, abs=0.02)
        assert counts["dev"] / whole == pytest.approx(0.1, abs=0.02)


def test_a_rare_label_is_spread_better_than_by_chance() -> None:
    articles = [SplitArticle(number, labels={"Rare": int(number <= 20)}) for number in range(1, 401)]
    counts = count_labels(articles, split_articles(articles, SplitPlan(parts=TENTHS)), "Rare")
    assert counts == {"train": 16, "dev": 2, "test": 2}


def test_articles_of_one_group_are_never_on_two_sides() -> None:
    articles = make_articles(300)
    for plan in (
        SplitPlan(parts=TENTHS),
        SplitPlan(parts=make_folds(5)),
        SplitPlan(parts=TENTHS, time="date"),
    ):
        sides = split_articles(articles, plan)
        by_group: dict[str, set[str]] = {}
        for article in articles:
            by_group.setdefault(article.groups[0], set()).add(sides[article.id])
        assert all(len(parts) == 1 for parts in by_group.values())


def test_a_copy_of_a_copy_is_in_the_group_of_both() -> None:
    chain = [
        SplitArticle(1, ("copies 1",)),
        SplitArticle(2, ("copies 1", "copies 2")),
        SplitArticle(3, ("copies 2",)),
    ]
    others = [SplitArticle(number) for number in range(4, 20)]
    for seed in range(20):
        sides = split_articles([*others, *chain], SplitPlan(parts=read_shares("1/1"), seed=seed))
        assert sides[1] == sides[2] == sides[3]


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 60), st.integers(0, 10**6), st.sampled_from(["80/10/10", "1/1", "a=3,b=2,c=1"]))
def test_an_article_never_changes_sides_when_others_come(number: int, seed: int, shares: str) -> None:
    plan = SplitPlan(parts=read_shares(shares), seed=seed)
    articles = make_articles(number + 20, seed=seed)
    first = split_articles(articles[:number], plan)
    second = split_articles(articles, plan, kept=first)
    assert {one: second[one] for one in first} == first
    assert set(second) == {article.id for article in articles}


@pytest.mark.parametrize("shares", ["80/10/10", "90/5/5", "98/1/1", "70/15/15"])
@pytest.mark.parametrize("number", [3, 4, 5, 10, 34])
def test_of_few_articles_every_part_has_one(number: int, shares: str) -> None:
    for seed in range(5):
        plan = SplitPlan(parts=read_shares(shares), seed=seed)
        articles = [replace(article, groups=()) for article in make_articles(number, seed=seed)]
        assert set(split_articles(articles, plan).values()) == set(plan.names)


def test_what_would_leave_a_part_without_an_article_is_refused() -> None:
    articles = make_articles(10)
    kept = split_articles(articles, SplitPlan(parts=read_shares("80/20")))
    with pytest.raises(InvalidSplitError, match="dev would have no article"):
        split_articles(articles, SplitPlan(parts=TENTHS), kept=kept)


def test_a_new_article_goes_where_most_of_its_group_are() -> None:
    articles = [SplitArticle(number, ("author=A",) if number < 4 else ()) for number in range(1, 30)]
    kept = {1: "test", 2: "test", 3: "train"}
    sides = split_articles([*articles, SplitArticle(99, ("author=A",))], SplitPlan(parts=TENTHS), kept=kept)
    assert sides[99] == "test"
    assert {one: sides[one] for one in kept} == kept


def test_the_order_of_articles_does_not_matter_and_the_seed_does() -> None:
    articles = make_articles(100)
    plan = SplitPlan(parts=TENTHS, seed=3)
    assert split_articles(articles, plan) == split_articles(articles[::-1], plan)
    assert split_articles(articles, plan) != split_articles(articles, SplitPlan(parts=TENTHS, seed=4))


def test_by_time_no_article_is_trained_on_that_is_later_than_one_that_is_tested_on() -> None:
    articles = [SplitArticle(number, date=f"2026-01-{number:02}") for number in range(1, 31)]
    sides = split_articles(articles, SplitPlan(parts=read_shares("60/20/20"), time="date"))
    assert [Counter(sides.values())[name] for name in ("train", "dev", "test")] == [18, 6, 6]
    order = ["train", "dev", "test"]
    places = [order.index(sides[article.id]) for article in articles]
    assert places == sorted(places)
    later = [*articles, SplitArticle(99, date="2026-02-01"), SplitArticle(98, date="2026-01-03")]
    again = split_articles(later, SplitPlan(parts=read_shares("60/20/20"), time="date"), kept=sides)
    assert (again[99], again[98]) == ("test", "train")


def test_every_part_gets_an_article_when_few_are_divided_by_time() -> None:
    articles = [SplitArticle(number, date=f"2026-01-{number:02}") for number in range(1, 4)]
    sides = split_articles(articles, SplitPlan(parts=TENTHS, time="date"))
    assert list(sides.values()) == ["train", "dev", "test"]


def test_folds_are_of_one_size() -> None:
    sides = split_articles(make_articles(100), plan_splits(folds=4))
    assert sorted(set(sides.values())) == ["fold-1", "fold-2", "fold-3", "fold-4"]
    assert all(number == pytest.approx(25, abs=2) for number in Counter(sides.values()).values())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("80", "has 1 shares"),
        ("1/2/3/4", "has 4 shares"),
        ("train=80,test=x", "no whole number"),
        ("train=0,test=1", "must be 1 to"),
        ("Train=1,test=1", "cannot be called"),
        ("all=1,test=1", "cannot be called “all”"),
        ("a=1,a=1", "two parts have one name"),
        (",".join(f"p{number}=1" for number in range(21)), "2 to 20 parts"),
        ("train=99999999999,test=1", "no whole number"),
    ],
)
def test_what_is_no_plan_is_refused_with_what_to_write(written: str, said: str) -> None:
    with pytest.raises(InvalidSplitError, match=said):
        SplitPlan(parts=read_shares(written))


def test_articles_that_make_fewer_groups_than_parts_are_refused() -> None:
    articles = [SplitArticle(number, ("source=wire",)) for number in range(10)]
    with pytest.raises(InvalidSplitError, match="1 group, which cannot fill 3 parts"):
        split_articles(articles, SplitPlan(parts=TENTHS))


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "May 2026",
            "2026-13",
            "2026-02-30",
            "2026-13-45x",
            "2026-11-26x",
            "2026-11-26T25:00",
            "2026-11-26T",
        ),
        *("0000", "20261126", "2026-W05-3", "٢٠٢٦", "2026-11-26T10:00+99:00", "2026-11-26T10:00 Uhr"),
    ],
)
def test_an_article_without_a_date_is_named_with_what_stands_in_its_place(wrong: str) -> None:
    articles = [SplitArticle(1, date="2026"), SplitArticle(2, date="2026-05"), SplitArticle(7, date=wrong)]
    said = (
        rf"1 article has no date in “date”; the first is 7 with “{re.escape(wrong)}”, which is none\. Write"
    )
    with pytest.raises(InvalidSplitError, match=said):
        split_articles(articles, SplitPlan(parts=read_shares("1/1"), time="date"))


def test_an_article_whose_column_is_empty_is_named() -> None:
    with pytest.raises(
        InvalidSplitError, match="2 articles have no date in “date”; the first is 1 with nothing"
    ):
        split_articles([SplitArticle(1), SplitArticle(2)], SplitPlan(parts=read_shares("1/1"), time="date"))


def test_times_of_several_zones_are_in_the_order_in_which_they_were() -> None:
    """The second begins a day later by its letters alone."""
    dates = ["2026-11-26T23:30:00-05:00", "2026-11-27T01:00Z", "2026-11-26 22:00"]
    articles = [SplitArticle(number, date=written) for number, written in enumerate(dates, start=1)]
    sides = split_articles(articles, SplitPlan(parts=read_shares("a=1,b=1,c=1"), time="date"))
    assert sides == {3: "a", 2: "b", 1: "c"}


def test_a_plan_is_read_as_it_was_written() -> None:
    plan = SplitPlan(parts=TENTHS, seed=5, group_by="author", is_stratified=False)
    assert SplitPlan.from_json(plan.to_json()) == plan


def test_the_nearest_article_of_another_part_is_found_and_that_of_ones_own_part_is_not() -> None:
    drawn = random.Random(5)  # noqa: S311 - it draws test cases
    words = [f"word{number}" for number in range(3_000)]
    texts = [" ".join(drawn.choices(words, k=600)) for _ in range(6)]
    texts[1] = texts[0]
    texts[3] = " ".join([*texts[2].split()[:300], *drawn.choices(words, k=300)])
    index = SketchIndex.build(
        (number, take_sketch(hash_shingles(text))) for number, text in enumerate(texts, start=1)
    )
    sides = {1: "train", 2: "train", 3: "train", 4: "test", 5: "train", 6: "test"}
    found = measure_leakage(index, sides)
    (leak,) = found.leaks
    assert (leak.one, leak.other) == (3, 4)
    one, other = hash_shingles(texts[2]), hash_shingles(texts[3])
    exact = len(np.intersect1d(one, other)) / min(len(one), len(other))
    assert leak.share == pytest.approx(exact, abs=0.2)
    assert sum(found.nearest) == 6
    assert found.nearest[0] == 4
