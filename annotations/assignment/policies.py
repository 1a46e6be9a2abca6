"""Who should annotate what: shares, hands and orders that follow from a round's seed alone.

Nothing here depends on the process: every choice is drawn from a checksum, so that another machine, another
version of Python and another hash seed come to the same plan.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

DRAW_BYTES = 8


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that still misses claims, with the annotators who had it before, by how that ended."""

    task_id: int
    barred: frozenset[int] = frozenset()
    """Annotators who hold a claim on the task, skipped it, or may have seen what others made of its article."""
    returned: frozenset[int] = frozenset()
    """Annotators whose lease on the task expired or was withdrawn: they may have it again if nobody new can."""


def draw(seed: int, *names: object) -> int:
    """A number that is as good as random, and always the same for the same seed and names."""
    text = ":".join(map(str, (seed, *names)))
    return int.from_bytes(blake2b(text.encode(), digest_size=DRAW_BYTES).digest(), "big")


def share_out(slots: int, participants: Collection[int], *, seed: int) -> dict[int, int]:
    """How many claims each participant should make: equal within one, the seed says who makes one more.

    >>> sorted(share_out(10, [7, 8, 9], seed=1).values())
    [3, 3, 4]
    """
    if not participants:
        return {}
    quota, extra = divmod(slots, len(participants))
    by_draw = sorted(participants, key=lambda participant: (draw(seed, "share", participant), participant))
    return {participant: quota + (place < extra) for place, participant in enumerate(by_draw)}


@lru_cache(maxsize=16)
def deal_hands(
    task_ids: tuple[int, ...],
    participants: tuple[int, ...],
    *,
    overlap: int,
    seed: int,
) -> Mapping[int, frozenset[int]]:
    """Deal every task to `overlap` different participants so that each hand is exactly a share.

    Whoever follows their hand never leaves a task to people who have all had it already. The task is dealt to those
    with most of their share still to come, which always works out, and ties are drawn, so that everybody
    shares some tasks with everybody else.
    """
    overlap = min(overlap, len(participants))
    shares = share_out(len(task_ids) * overlap, participants, seed=seed)
    waiting = [(-share, draw(seed, "deal", 0, one), one) for one, share in shares.items()]
    heapq.heapify(waiting)
    hands: dict[int, set[int]] = {participant: set() for participant in participants}
    for task_id in sorted(task_ids, key=lambda one: (draw(seed, "task", one), one)):
        dealt = [heapq.heappop(waiting) for _ in range(overlap)]
        for lacking, _, participant in dealt:
            hands[participant].add(task_id)
            heapq.heappush(waiting, (lacking + 1, draw(seed, "deal", task_id, participant), participant))
    return {participant: frozenset(hand) for participant, hand in hands.items()}


def order_tasks(task_ids: Iterable[int], *, annotator: int, hand: Collection[int], seed: int) -> list[int]:
    """The annotator's own order: the hand first, then the rest, each an independent shuffle."""
    return sorted(task_ids, key=lambda task: (task not in hand, draw(seed, "order", annotator, task), task))


def may_claim(
    task: OpenTask,
    annotator: int,
    *,
    claims: Mapping[int, int],
    shares: Mapping[int, int],
    present: Collection[int],
) -> bool:
    """Whether the annotator may claim the task now.

    Never twice. Beyond the share only where nobody new to the task is still below theirs, and a second time after
    an expired or withdrawn lease only where nobody new is there at all: so every task that somebody can take
    is taken by somebody. `present` are the participants who can be counted on.
    """
    if annotator in task.barred:
        return False
    others = [
        one for one in present if one != annotator and one not in task.barred and one not in task.returned
    ]
    if annotator in task.returned:
        return not others
    return _has_room(annotator, claims, shares) or not any(_has_room(one, claims, shares) for one in others)


def choose_tasks(
    tasks: Sequence[OpenTask],
    *,
    annotator: int,
    hand: Collection[int],
    claims: Mapping[int, int],
    shares: Mapping[int, int],
    present: Collection[int],
    limit: int,
    seed: int,
) -> list[int]:
    """The tasks to claim next, at most `limit`, in the annotator's order; tasks had before come last."""
    by_id = {task.task_id: task for task in tasks}
    order = order_tasks(by_id, annotator=annotator, hand=hand, seed=seed)
    order.sort(key=lambda task_id: annotator in by_id[task_id].returned)
    made = dict(claims)
    chosen: list[int] = []
    for task_id in order:
        if len(chosen) == limit:
            break
        if may_claim(by_id[task_id], annotator, claims=made, shares=shares, present=present):
            chosen.append(task_id)
            made[annotator] = made.get(annotator, 0) + 1
    return chosen


def is_stuck(*, wanted: int, claimed: int, left: int) -> bool:
    """Whether a task can never get all its annotations: it misses more annotators than are left for it.

    >>> is_stuck(wanted=3, claimed=2, left=0), is_stuck(wanted=3, claimed=2, left=1)
    (True, False)
    """
    return wanted - claimed > left


def _has_room(annotator: int, claims: Mapping[int, int], shares: Mapping[int, int]) -> bool:
    return claims.get(annotator, 0) < shares.get(annotator, 0)
