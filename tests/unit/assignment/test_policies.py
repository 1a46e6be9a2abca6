"""The plan of a round follows from its seed alone, is balanced, and always drains when it can."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from annotations.assignment.policies import (
    OpenTask,
    choose_tasks,
    deal_hands,
    may_claim,
    order_tasks,
    share_out,
)

seeds = st.integers(min_value=0, max_value=2**53 - 1)


class Desk:
    """A round played by the rules: who holds what, and what each may claim next."""

    def __init__(self, *, tasks: int, annotators: Iterable[int], overlap: int, seed: int) -> None:
        self.task_ids = tuple(range(100, 100 + tasks))
        self.annotators = tuple(annotators)
        self.overlap = overlap
        self.seed = seed
        self.held: dict[int, set[int]] = {task: set() for task in self.task_ids}
        self.skipped: dict[int, set[int]] = {task: set() for task in self.task_ids}
        self.returned: dict[int, set[int]] = {task: set() for task in self.task_ids}

    def claims(self) -> Counter[int]:
        return Counter(annotator for holders in self.held.values() for annotator in holders)

    def open_tasks(self) -> list[OpenTask]:
        return [
            OpenTask(task, frozenset(holders | self.skipped[task]), frozenset(self.returned[task]))
            for task, holders in self.held.items()
            if len(holders) < self.overlap
        ]

    def claim(self, annotator: int, limit: int) -> list[int]:
        slots = len(self.task_ids) * self.overlap
        chosen = choose_tasks(
            self.open_tasks(),
            annotator=annotator,
            hand=deal_hands(self.task_ids, self.annotators, overlap=self.overlap, seed=self.seed)[annotator],
            claims=self.claims(),
            shares=share_out(slots, self.annotators, seed=self.seed),
            present=self.annotators,
            limit=limit,
            seed=self.seed,
        )
        for task in chosen:
            assert annotator not in self.held[task]
            self.held[task].add(annotator)
            self.returned[task].discard(annotator)
            assert len(self.held[task]) <= self.overlap
        return chosen

    def give_back(self, annotator: int, task: int, *, is_skip: bool) -> None:
        self.held[task].discard(annotator)
        (self.skipped if is_skip else self.returned)[task].add(annotator)

    def drain(self, turns: Iterable[tuple[int, int]]) -> None:
        for annotator, limit in turns:
            self.claim(annotator, limit)
        while any(self.claim(annotator, 3) for annotator in self.annotators):
            pass


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    annotators = draw(st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True))
    return Desk(
        tasks=draw(st.integers(0, 25)),
        annotators=sorted(annotators),
        overlap=draw(st.integers(1, len(annotators))),
        seed=draw(seeds),
    )


@given(seed=seeds, slots=st.integers(0, 500), people=st.sets(st.integers(1, 99), min_size=1, max_size=12))
def test_shares_add_up_and_differ_by_one_at_most(seed: int, slots: int, people: set[int]) -> None:
    shares = share_out(slots, people, seed=seed)
    assert sum(shares.values()) == slots
    assert max(shares.values()) - min(shares.values()) <= 1


def test_a_round_without_participants_has_no_shares() -> None:
    assert share_out(10, [], seed=1) == {}


@given(desk=desks())
def test_every_task_is_dealt_to_as_many_different_annotators_as_it_wants(desk: Desk) -> None:
    hands = deal_hands(desk.task_ids, desk.annotators, overlap=desk.overlap, seed=desk.seed)
    times = Counter(task for hand in hands.values() for task in hand)
    assert times == dict.fromkeys(desk.task_ids, desk.overlap)
    shares = share_out(len(desk.task_ids) * desk.overlap, desk.annotators, seed=desk.seed)
    assert {annotator: len(hand) for annotator, hand in hands.items()} == shares


@given(desk=desks(), data=st.data())
def test_in_whatever_turns_they_work_a_round_drains_and_everyone_does_their_share(
    desk: Desk, data: st.DataObject
) -> None:
    turn = st.tuples(st.sampled_from(desk.annotators), st.integers(1, 6))
    desk.drain(data.draw(st.lists(turn, max_size=40)))
    assert all(len(holders) == desk.overlap for holders in desk.held.values())
    shares = share_out(len(desk.task_ids) * desk.overlap, desk.annotators, seed=desk.seed)
    assert {annotator: desk.claims()[annotator] for annotator in desk.annotators} == shares


@given(desk=desks(), data=st.data())
def test_after_skips_and_expired_leases_a_task_stays_open_only_where_nobody_can_take_it(
    desk: Desk, data: st.DataObject
) -> None:
    turn = st.tuples(st.sampled_from(desk.annotators), st.integers(1, 6), st.booleans(), st.booleans())
    for annotator, limit, is_given_back, is_skip in data.draw(st.lists(turn, max_size=30)):
        claimed = desk.claim(annotator, limit)
        if is_given_back:
            for task in claimed[::2]:
                desk.give_back(annotator, task, is_skip=is_skip)
    desk.drain([])
    for task, holders in desk.held.items():
        can_take = set(desk.annotators) - holders - desk.skipped[task]
        assert len(holders) == desk.overlap or not can_take


def test_nobody_takes_more_than_a_share_while_somebody_new_is_below_theirs() -> None:
    task = OpenTask(1, barred=frozenset({3}))
    shares = {1: 2, 2: 2, 3: 2}
    assert not may_claim(task, 1, claims={1: 2, 2: 1, 3: 0}, shares=shares, present=[1, 2, 3])
    assert may_claim(task, 1, claims={1: 2, 2: 2, 3: 0}, shares=shares, present=[1, 2, 3])


def test_a_task_had_before_goes_to_somebody_new_first() -> None:
    task = OpenTask(1, returned=frozenset({1}))
    shares, claims = {1: 9, 2: 9}, {1: 0, 2: 9}
    assert not may_claim(task, 1, claims=claims, shares=shares, present=[1, 2])
    assert may_claim(task, 2, claims=claims, shares=shares, present=[1, 2])
    assert may_claim(task, 1, claims=claims, shares=shares, present=[1])


def test_a_skipped_task_never_comes_back_by_itself() -> None:
    task = OpenTask(1, barred=frozenset({1}))
    assert not may_claim(task, 1, claims={}, shares={1: 5}, present=[1])


@given(seed=seeds, tasks=st.sets(st.integers(1, 500), max_size=40), hand=st.sets(st.integers(1, 500)))
def test_an_order_holds_every_task_once_with_the_hand_first(
    seed: int, tasks: set[int], hand: set[int]
) -> None:
    order = order_tasks(tasks, annotator=7, hand=hand, seed=seed)
    assert sorted(order) == sorted(tasks)
    in_hand = [task in hand for task in order]
    assert in_hand == sorted(in_hand, reverse=True)


@given(seed=seeds, tasks=st.sets(st.integers(1, 500), min_size=2, max_size=40), data=st.data())
def test_an_order_stays_the_same_when_tasks_drop_out(seed: int, tasks: set[int], data: st.DataObject) -> None:
    left = data.draw(st.sets(st.sampled_from(sorted(tasks))))
    order = order_tasks(tasks, annotator=7, hand=(), seed=seed)
    assert [task for task in order if task in left] == order_tasks(left, annotator=7, hand=(), seed=seed)


def test_the_orders_of_two_annotators_are_unrelated() -> None:
    """With independent shuffles each pair of tasks comes in the same order for half of the annotators."""
    tasks = range(12)
    orders = [order_tasks(tasks, annotator=annotator, hand=(), seed=5) for annotator in range(400)]
    for first, second in combinations(tasks, 2):
        share = sum(order.index(first) < order.index(second) for order in orders) / len(orders)
        assert 0.38 < share < 0.62


def test_every_two_annotators_share_some_tasks() -> None:
    hands = deal_hands(tuple(range(200)), tuple(range(6)), overlap=3, seed=11)
    assert all(len(hands[one] & hands[other]) > 20 for one, other in combinations(range(6), 2))


def test_a_plan_is_the_same_in_another_process_with_another_hash_seed() -> None:
    program = (
        "from annotations.assignment.policies import deal_hands, order_tasks\n"
        "hands = deal_hands(tuple(range(30)), (4, 8, 15), overlap=2, seed=42)\n"
        "print([sorted(hand) for hand in hands.values()], order_tasks(range(30), annotator=8, hand=hands[8], seed=42))\n"
    )
    plans = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "4711")
    }
    assert len(plans) == 1
    assert "[" in plans.pop()
