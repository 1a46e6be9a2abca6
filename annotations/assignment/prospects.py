"""Who is left for a task, and which tasks can never get all their annotations unless a manager does something."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotations.assignment.choosing import COMES_AGAIN
from annotations.assignment.policies import is_stuck
from annotations.blindness import find_readers, find_seen_by
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Assignment,
    AssignmentStatus,
    Participant,
    Round,
    Task,
    TaskStatus,
)

LETS_GO = (AssignmentStatus.SKIPPED, AssignmentStatus.WITHDRAWN)
"""An annotator whose assignment ended so gets the task again only from a manager."""


class Bar(StrEnum):
    """Why an annotator of the round is not given a task by itself."""

    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"
    OVER = "over"
    SEEN = "seen"

    @property
    def may_be_lifted(self) -> bool:
        """Whether a manager can give them the task nevertheless: what was seen, or is over for good, stays so."""
        return self in {Bar.SKIPPED, Bar.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Prospect:
    """How a task stands to the annotators of its round: who of them is left for it, and why the others are not."""

    task_id: int
    round_id: int
    wanted: int
    claimed: int
    left: frozenset[int] = frozenset()
    barred: Mapping[int, Bar] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """How many more annotators the task wants than have claimed it."""
        return self.wanted - self.claimed

    @property
    def is_stuck(self) -> bool:
        return is_stuck(wanted=self.wanted, claimed=self.claimed, left=len(self.left))

    @property
    def is_stuck_without_one(self) -> bool:
        """Whether the task would be stuck once one of those who hold it gave it up."""
        return is_stuck(wanted=self.wanted, claimed=self.claimed - 1, left=len(self.left))


def find_stuck_tasks(tasks: QuerySet[Task]) -> list[Prospect]:
    """Find which of the tasks miss more annotators than are left for them, in a fixed number of queries.

    Only tasks that somebody gave up or lost are looked at, and those of rounds that have too few people in any case.
    """
    open_tasks = tasks.claimable().order_by()  # type: ignore[attr-defined]  # what the manager makes
    rounds = Round.objects.filter(Exists(open_tasks.filter(round=OuterRef("pk")))).order_by("pk")
    teams = _read_teams(rounds)
    readers = _find_readers(teams)
    tight = [round_.pk for round_, team in teams.items() if len(team - readers) < round_.overlap]
    people = {person for team in teams.values() for person in team}
    theirs = Assignment.objects.filter(annotator__in=people).order_by()
    given_up = Q(pk__in=theirs.filter(status__in=LETS_GO).values("task"))
    given_up |= Q(
        pk__in=theirs.filter(closed_at__isnull=False)
        .exclude(status__in=CLAIM_HOLDING_STATUSES)
        .values("task")
    )
    of_rounds = open_tasks.filter(round__in=teams)
    found = _describe(of_rounds.filter(given_up).exclude(round__in=tight), teams, readers)
    if tight:
        found += _describe(of_rounds.filter(round__in=tight), teams, readers)
    return [prospect for prospect in found if prospect.is_stuck]


def find_prospect(task: Task) -> Prospect:
    """Find who is left for one task, whether it still misses somebody or not."""
    teams = _read_teams([task.round])
    (prospect,) = _describe(Task.objects.filter(pk=task.pk), teams, _find_readers(teams))
    return prospect


def count_stuck_without(round_: Round, annotator: int) -> int:
    """Count the tasks of a round that nobody could finish any more once this annotator took part no longer."""
    open_tasks = Task.objects.filter(round=round_, status=TaskStatus.OPEN).order_by()
    teams = _read_teams([round_])
    without = {round_: teams[round_] - {annotator}}
    # In whatever round: whoever asked for those of this one might be led through all tasks of the round to them.
    theirs = Assignment.objects.queued().filter(annotator=annotator).order_by()
    queued = set(theirs.values_list("task_id", flat=True))
    stuck = {one.task_id for one in _describe(open_tasks, teams, _find_readers(teams)) if one.is_stuck}
    left = _describe(open_tasks, without, _find_readers(without))
    return sum(
        (one.is_stuck_without_one if one.task_id in queued else one.is_stuck) and one.task_id not in stuck
        for one in left
    )


def _read_teams(rounds: Iterable[Round]) -> dict[Round, frozenset[int]]:
    """Read who takes part in each round and has an account that is in use."""
    teams: dict[Round, set[int]] = {round_: set() for round_ in rounds}
    by_id = {round_.pk: team for round_, team in teams.items()}
    active = Participant.objects.filter(round__in=by_id, is_active=True, annotator__is_active=True)
    for round_id, annotator in active.order_by().values_list("round_id", "annotator_id"):
        by_id[round_id].add(annotator)
    return {round_: frozenset(team) for round_, team in teams.items()}


def _find_readers(teams: Mapping[Round, Collection[int]]) -> set[int]:
    people = {person for team in teams.values() for person in team}
    projects = {round_.project_id for round_ in teams}
    return {person for project in projects for person in find_readers(project, people)}


def _describe(
    tasks: QuerySet[Task], teams: Mapping[Round, frozenset[int]], readers: Collection[int]
) -> list[Prospect]:
    rows = list(tasks.order_by("round_id", "pk").values_list("pk", "round_id", "wanted", "claimed"))
    if not rows:
        return []
    team_of = {round_.pk: team for round_, team in teams.items()}
    holding: dict[int, set[int]] = defaultdict(set)
    barred: dict[int, dict[int, Bar]] = defaultdict(dict)
    had = Assignment.objects.filter(task__in=tasks.order_by().values("pk")).order_by("pk")
    for task_id, annotator, status, closed_at in had.values_list(
        "task_id", "annotator_id", "status", "closed_at"
    ):
        if status in CLAIM_HOLDING_STATUSES:
            holding[task_id].add(annotator)
        elif status not in COMES_AGAIN:
            barred[task_id][annotator] = Bar(status)
        elif closed_at is not None:
            barred[task_id][annotator] = Bar.OVER
    pairs = [
        (round_, person) for round_, team in teams.items() for person in sorted(team.intersection(readers))
    ]
    for task_id, person in find_seen_by(pairs, tasks=tasks):
        if person not in holding[task_id]:
            barred[task_id][person] = Bar.SEEN
    return [
        Prospect(
            task_id,
            round_id,
            wanted,
            claimed,
            left=team_of[round_id] - holding[task_id] - barred[task_id].keys(),
            barred={person: bar for person, bar in barred[task_id].items() if person in team_of[round_id]},
        )
        for task_id, round_id, wanted, claimed in rows
    ]
