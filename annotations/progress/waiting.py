"""On whom a project waits: what lies in each person's queue, since when, when they were last active, and how fast they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Min, OuterRef, QuerySet, Subquery, Sum

from annotations.models import (
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Decision,
    Event,
    Participant,
    Project,
    Role,
    Task,
    User,
)
from annotations.models.audit import RESTORED
from annotations.models.expressions import ListOf
from annotations.progress.names import join_names, sort_by_name
from annotations.progress.pace import find_median_minutes, say_minutes

MAX_TIMED = 50
"""So many of each person's latest articles say how long one takes them."""
WORKED = (AssignmentStatus.SUBMITTED, AssignmentStatus.SKIPPED)
RENEWED_AFTER = timedelta(minutes=1)
"""A lease that ends this much later than it was given for was renewed by its annotator's work."""


@dataclass(frozen=True, slots=True)
class AnnotatorLine:
    """An annotator of the project; `since` is when the oldest article of their queue came into it."""

    person: User
    is_active: bool
    submitted: int
    queued: int
    skipped: int
    expired: int
    since: datetime | None
    last_active: datetime | None
    lead_times: tuple[float | None, ...]

    @property
    def minutes_each(self) -> float | None:
        """The median of what their latest articles took, where it was measured."""
        return find_median_minutes(self.lead_times)

    @property
    def pace(self) -> str:
        """How long an article takes them, in words."""
        return say_minutes(self.minutes_each)


@dataclass(frozen=True, slots=True)
class AdjudicatorLine:
    """An adjudicator, who waits for nobody and shares one queue with the others."""

    person: User
    last_active: datetime | None


def list_annotators(project: Project, *, person: User | None = None) -> list[AnnotatorLine]:
    """A line for each annotator who takes part or has taken part in a round, in natural order of their names; or for one of them."""
    participants = Participant.objects.filter(round__project=project)
    tallies = AssignmentTally.objects.filter(round__project=project)
    if person is not None:
        participants, tallies = participants.filter(annotator=person), tallies.filter(annotator=person)
    active = set(participants.filter(is_active=True).values_list("annotator_id", flat=True))
    counts = tallies.count_by("annotator")
    people = with_pace(User.objects.filter(pk__in=participants.values("annotator")), project)
    queues = read_queues(project, people)
    return sort_by_name(
        [
            AnnotatorLine(
                person=person,
                is_active=person.pk in active and person.is_active,
                submitted=counts[person.pk][AssignmentStatus.SUBMITTED],
                queued=counts[person.pk][AssignmentStatus.QUEUED],
                skipped=counts[person.pk][AssignmentStatus.SKIPPED],
                expired=counts[person.pk][AssignmentStatus.EXPIRED],
                since=min((since for since, _ in queues[person.pk]), default=None),
                last_active=find_last_active(person, queues[person.pk]),
                lead_times=tuple(person.lead_times or ()),  # type: ignore[attr-defined]
            )
            for person in people
        ],
        name=lambda line: line.person.name,
    )


def with_pace(people: QuerySet[User], project: Project) -> list[User]:
    """People with `lead_times`, the seconds that their latest articles took, and `last_worked`, when they last handed one in."""
    own = Assignment.objects.filter(annotator=OuterRef("pk"), task__round__project=project)
    latest = own.filter(status__in=WORKED).order_by("-status_changed_at", "-id")
    timed = latest.filter(status=AssignmentStatus.SUBMITTED).annotate(value=F("current__lead_time"))
    return list(
        people.annotate(
            lead_times=ListOf(timed.values("value")[:MAX_TIMED]),
            last_worked=Subquery(latest.values("status_changed_at")[:1]),
        ).order_by("id")
    )


def find_pace(project: Project) -> float | None:
    """The minutes that an article takes, by the median of everybody's latest; None where none was measured."""
    participants = Participant.objects.filter(round__project=project).order_by().values("annotator")
    people = with_pace(User.objects.filter(pk__in=participants), project)
    return find_median_minutes(time for person in people for time in person.lead_times or ())  # type: ignore[attr-defined]


def read_queues(project: Project, people: Sequence[User]) -> dict[int, list[tuple[datetime, datetime]]]:
    """For each article in the queues of some people since when it lies there, and when its annotator was last at it or got it.

    Restoring an archived project renews all leases, which is nobody's work.
    """
    lease = timedelta(hours=project.lease_hours)
    about = Event.objects.filter(subject_type="project", subject_id=str(project.pk), verb=RESTORED)
    restored = about.order_by("-id").values_list("at", flat=True).first()
    queues: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    queued = Assignment.objects.queued().filter(annotator__in=people, task__round__project=project)
    for annotator, since, until in queued.order_by().values_list(
        "annotator_id", "status_changed_at", "leased_until"
    ):
        renewed = until - lease
        is_at_work = renewed - since > RENEWED_AFTER and (
            restored is None or abs(renewed - restored) > RENEWED_AFTER
        )
        queues[annotator].append((since, renewed if is_at_work else since))
    return queues


def find_last_active(person: User, queue: Sequence[tuple[datetime, datetime]]) -> datetime | None:
    """When somebody last signed in, handed something in or worked on something that lies in their queue.

    Leases of whoever never signed in say nothing.
    """
    at_work = [seen for since, seen in queue if seen > since and person.last_login]
    times = [time for time in (person.last_login, person.last_worked, *at_work) if time is not None]  # type: ignore[attr-defined]
    return max(times, default=None)


def list_adjudicators(project: Project) -> list[AdjudicatorLine]:
    """The adjudicators in natural order of their names, each with when they last decided something or signed in."""
    decided = Decision.objects.filter(decided_by=OuterRef("pk"), task__round__project=project)
    people = User.objects.filter(
        memberships__project=project, memberships__role=Role.ADJUDICATOR, is_active=True
    ).annotate(last_worked=Subquery(decided.order_by("-id").values("decided_at")[:1]))
    lines = [AdjudicatorLine(person, find_last_active(person, ())) for person in people.order_by("id")]
    return sort_by_name(lines, name=lambda line: line.person.name)


def find_waiting_since(project: Project) -> datetime | None:
    """Since when the oldest task waits for an adjudicator."""
    waiting = Task.objects.annotated().filter(round__project=project).order_by()
    since: datetime | None = waiting.aggregate(since=Min("status_changed_at"))["since"]
    return since


def count_unclaimed(project: Project) -> int:
    """How many annotations of open tasks are wanted that nobody has submitted or has in their queue."""
    missing = Sum(F("wanted") - F("claimed"), default=0)
    number: int = (
        Task.objects.claimable().filter(round__project=project).order_by().aggregate(sum=missing)["sum"]
    )
    return number


def say_what_remains(lines: Sequence[AnnotatorLine], *, unclaimed: int) -> list[str]:
    """On whom annotation waits, and about how long what remains will take, as sentences; none where nothing remains."""
    waited_on = [line.person.name for line in lines if line.queued]
    queued = sum(line.queued for line in lines)
    left = queued + unclaimed
    if not left:
        return []
    first = f"{left:,} {'annotation is' if left == 1 else 'annotations are'} still to come"
    if waited_on:
        which = f"{queued:,} of them" if unclaimed else "it" if left == 1 else "all of them"
        queues = "queue" if len(waited_on) == 1 else "queues"
        first += f", {which} in the {queues} of {join_names(waited_on)}"
    sentences = [first]
    pace = find_median_minutes(time for line in lines for time in line.lead_times)
    if pace is not None:
        sentences.append(
            f"One takes {say_minutes(pace)}, by the median of the latest, so all of them about {say_minutes(pace * left)}"
        )
    return [f"{sentence}." for sentence in sentences]
