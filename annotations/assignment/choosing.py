"""Which tasks an annotator should try to claim next, without a look at the tasks and claims that are not theirs to have.

The hand of an annotator follows from the round's tasks, its seed and who takes part, so each process deals it once. What
is read at each choice is the annotator's own claims and a few tasks of the hand; the other tasks are read only where the
hand is used up.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum

from annotations.assignment.policies import OpenTask, choose_tasks, deal_hands, order_tasks, share_out
from annotations.blindness import find_seen_tasks
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    LIVE_STATUSES,
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Participant,
    Round,
    Task,
    TaskStatus,
    TaskTally,
)

COMES_AGAIN = (AssignmentStatus.EXPIRED, AssignmentStatus.RETURNED)
"""An annotator whose assignment ended so may be queued for the task again; after a withdrawal only a manager does so."""
FIRST_LOOK, LATER_LOOK = 50, 1_000
"""How many tasks of the hand are looked at in one query."""
MAX_ASKED = 8
"""How many others are asked one by one whether they have room; then all are counted."""


def choose(participant: Participant, *, limit: int) -> list[int]:
    """The tasks to try next: from the annotator's hand, which needs no look at the others, or else from all."""
    me, round_ = participant.annotator_id, participant.round
    members = {
        annotator: is_active and has_account
        for annotator, is_active, has_account in round_.participants.order_by().values_list(
            "annotator_id", "is_active", "annotator__is_active"
        )
    }
    active = tuple(sorted(annotator for annotator, is_active in members.items() if is_active))
    if me not in active or round_.project.archived_at:
        return []
    number, slots = _count_slots(round_)
    held = _count_held(round_, {me} | members.keys() - set(active))
    shares = share_out(slots - (held.total() - held[me]), active, seed=round_.seed)
    room = shares[me] - held[me]
    deal = Deal(round_.pk, round_.created_at, number, active, round_.overlap, round_.seed)
    order = _order_hand(deal, me)
    if from_hand := _look_through(participant, order, _remember_had(deal, me), limit=min(limit, room)):
        return from_hand
    return _choose_from_all(round_, me, active, set(order), shares, has_room=room > 0, limit=limit)


def _count_slots(round_: Round) -> tuple[int, int]:
    """How many tasks the round has, and how many annotations of those that count are wanted."""
    tallies = TaskTally.objects.filter(round=round_)
    return tallies.total(), tallies.live().total("wanted")


def _count_held(round_: Round, annotators: Collection[int]) -> Counter[int]:
    """How many claims each of the annotators holds in the round, on tasks that count."""
    tallies = AssignmentTally.objects.filter(
        round=round_, annotator__in=annotators, status__in=CLAIM_HOLDING_STATUSES
    )
    held = Counter(dict(tallies.order_by().values_list("annotator").annotate(sum=Sum("number"))))
    if TaskTally.objects.filter(round=round_, status=TaskStatus.EXCLUDED).exists():
        excluded = Assignment.objects.holding().filter(
            task__round=round_, task__status=TaskStatus.EXCLUDED, annotator__in=annotators
        )
        held.subtract(excluded.order_by().values_list("annotator_id", flat=True))
    return held


@dataclass(frozen=True, slots=True)
class Deal:
    """All that the hands of a round follow from. A round keeps its tasks; their number tells where that is not so."""

    round_id: int
    planned_at: datetime
    tasks: int
    active: tuple[int, ...]
    overlap: int
    seed: int


@lru_cache(maxsize=16)
def _deal(deal: Deal) -> Mapping[int, frozenset[int]]:
    tasks = Task.objects.filter(round=deal.round_id).order_by("id").values_list("id", flat=True)
    return deal_hands(tuple(tasks), deal.active, overlap=deal.overlap, seed=deal.seed)


@lru_cache(maxsize=256)
def _order_hand(deal: Deal, annotator: int) -> Sequence[int]:
    hand = _deal(deal)[annotator]
    return tuple(order_tasks(hand, annotator=annotator, hand=hand, seed=deal.seed))


@lru_cache(maxsize=256)
def _remember_had(deal: Deal, annotator: int) -> set[int]:  # noqa: ARG001 - what it is remembered by
    """Tasks of the hand that the annotator is known to have had, in whatever way that ended: it stays so."""
    return set()


def _look_through(participant: Participant, order: Sequence[int], had: set[int], *, limit: int) -> list[int]:
    """The first tasks of the hand that the annotator never had, nor may have seen others annotate, and that can be claimed."""
    me, round_ = participant.annotator_id, participant.round
    own = Assignment.objects.filter(annotator=me).order_by()
    chosen: list[int] = []
    rest: Iterator[int] = (task for task in order if task not in had)
    at_once = FIRST_LOOK
    while len(chosen) < limit and (some := list(islice(rest, at_once))):
        had.update(own.filter(task__in=some).values_list("task_id", flat=True))
        claimable = (
            Task.objects.claimable().filter(pk__in=[task for task in some if task not in had]).order_by()
        )
        free = set(claimable.values_list("pk", flat=True))
        if free:
            free -= find_seen_tasks(round_, [me], tasks=claimable)[me]
        chosen += [task for task in some if task in free][: limit - len(chosen)]
        at_once = LATER_LOOK
    return chosen


def _choose_from_all(
    round_: Round,
    me: int,
    active: Sequence[int],
    hand: Collection[int],
    shares: Mapping[int, int],
    *,
    has_room: bool,
    limit: int,
) -> list[int]:
    open_tasks = Task.objects.claimable().filter(round=round_).order_by()
    if not open_tasks.exists():
        return []
    open_ids = set(open_tasks.values_list("pk", flat=True))
    seen = find_seen_tasks(round_, active, tasks=open_tasks)
    if not has_room and (other := _find_one_with_room(round_, me, active, shares)) is not None:
        # Beyond the share, and again after a lapse, only where whoever else has room cannot have the task.
        had = Assignment.objects.filter(task=OuterRef("pk"), annotator=other)
        open_ids = set(open_tasks.filter(Exists(had.order_by())).values_list("pk", flat=True)) | seen[other]
    open_ids -= seen[me]
    if not open_ids:
        return []
    claims, lapsed = _read_standing(round_)
    return choose_tasks(
        _read_open_tasks(round_, open_ids, seen),
        annotator=me,
        hand=hand,
        claims=claims,
        shares=shares,
        present=[annotator for annotator in active if annotator == me or annotator not in lapsed],
        limit=limit,
        seed=round_.seed,
    )


def _find_one_with_room(
    round_: Round, me: int, active: Sequence[int], shares: Mapping[int, int]
) -> int | None:
    """Somebody else who can be counted on and has part of their share still to come; None where none of a few has."""
    for other in islice((one for one in active if one != me), MAX_ASKED):
        claims, lapsed = _read_standing(round_, annotator=other)
        if claims.get(other, 0) < shares[other] and other not in lapsed:
            return other
    return None


def _read_standing(round_: Round, *, annotator: int | None = None) -> tuple[dict[int, int], set[int]]:
    """How many claims each annotator of the round holds, and who let a lease expire and has not worked since."""
    claims: dict[int, int] = {}
    lapsed: set[int] = set()
    assignments = Assignment.objects.filter(task__round=round_)
    if annotator is not None:
        assignments = assignments.filter(annotator=annotator)
    rows = (
        assignments.order_by()
        .values("annotator_id")
        .annotate(
            held=Count("id", filter=Q(status__in=CLAIM_HOLDING_STATUSES, task__status__in=LIVE_STATUSES)),
            last_lapse=Max("status_changed_at", filter=Q(status=AssignmentStatus.EXPIRED)),
            last_work=Max(
                "status_changed_at",
                filter=Q(status__in=[AssignmentStatus.SUBMITTED, AssignmentStatus.SKIPPED]),
            ),
        )
    )
    for row in rows:
        claims[row["annotator_id"]] = row["held"]
        lapse, work = row["last_lapse"], row["last_work"]
        if lapse and (work is None or work < lapse):
            lapsed.add(row["annotator_id"])
    return claims, lapsed


def _read_open_tasks(
    round_: Round, open_ids: set[int], seen: Mapping[int, Collection[int]]
) -> list[OpenTask]:
    barred: dict[int, set[int]] = {task: set() for task in open_ids}
    for annotator, tasks in seen.items():
        for task in open_ids.intersection(tasks):
            barred[task].add(annotator)
    returned: dict[int, set[int]] = {task: set() for task in open_ids}
    rows = Assignment.objects.filter(
        task__round=round_, task__status=TaskStatus.OPEN, task__claimed__lt=F("task__wanted")
    )
    for task, annotator, status, closed_at in rows.order_by().values_list(
        "task_id", "annotator_id", "status", "closed_at"
    ):
        if task in open_ids:
            comes_again = status in COMES_AGAIN and closed_at is None
            (returned if comes_again else barred)[task].add(annotator)
    return [OpenTask(task, frozenset(barred[task]), frozenset(returned[task])) for task in open_ids]
