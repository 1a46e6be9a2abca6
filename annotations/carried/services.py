"""Carrying a closed round over to the version of the scheme that its project has now, and taking that back."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from annotations.assignment.claims import request_count, request_rule
from annotations.corpus.holding import SEED_BITS, TASKS_AT_ONCE, delete_tasks
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.mapping.definition import InvalidMappingError, load_mapping
from annotations.mapping.versions import find_undecided_versions
from annotations.models import (
    Assignment,
    CarriedRound,
    Decision,
    Event,
    Gold,
    Job,
    ModelAnnotator,
    Participant,
    Project,
    Release,
    Round,
    RoundKind,
    Task,
    TaskStatus,
    User,
)
from annotations.models.assignment import TaskQuerySet
from annotations.projects.archived import lock_live


class NotCarriedError(Exception):
    """A round cannot be carried over, or that cannot be taken back; the message says why."""


class SourceChangedError(Exception):
    """The round that is carried over is no more as it was when that began."""


def explain_refusal(source: Round) -> str:
    """Why a round cannot be carried over to the project's scheme; empty where it can."""
    project = source.project
    if source.scheme_id == project.scheme_id:
        return f"{source.title} has {project.scheme} already, the latest version of the project."
    if source.closed_at is None and source.kind != RoundKind.IMPORTED:
        return f"{source.title} is still being annotated: close it first."
    if CarriedRound.objects.filter(source=source, taken_back_at=None).exists():
        return f"{source.title} is carried over already."
    if not find_tasks(source).exists():
        return f"Nobody has annotated in {source.title}: there is nothing to carry over."
    return ""


def find_tasks(source: Round) -> TaskQuerySet:
    """The tasks of a round that have all their annotations."""
    return Task.objects.filter(round=source, status__in=[TaskStatus.ANNOTATED, TaskStatus.ADJUDICATED])


def begin_carrying(source: Round, *, mapping: str, by: User | None) -> CarriedRound:
    """Ask for a round to be carried over as a mapping says; nobody sees anything of it before all of it is written.

    Raises
    ------
    InvalidMappingError
        The mapping is wrong, or does not say what becomes of something.
    NotCarriedError
        The round is not closed, has the version already, or is carried over.
    """
    scheme = source.project.scheme
    read = load_mapping(mapping)
    undecided = find_undecided_versions(source.scheme.definition, scheme.definition, read)
    if undecided:
        raise InvalidMappingError("; ".join(undecided))
    try:
        with transaction.atomic():
            project = lock_live(source.project_id)
            if reason := explain_refusal(source):
                raise NotCarriedError(reason)
            carried = CarriedRound.objects.create(
                project=project,
                source=source,
                scheme=scheme,
                mapping=mapping,
                begun_by=by,
                seen=look_at(source),
            )
            _hold(carried)
            Event.objects.record("began to carry over", source, actor=by, project=project, scheme=str(scheme))
            enqueue(
                "carry_round",
                key=f"carry_round:{carried.pk}",
                project=project,
                arguments={"carried": carried.pk},
                by=by,
            )
    except IntegrityError as error:
        raise NotCarriedError(f"{source.title} is carried over already.") from error
    return carried


def _hold(carried: CarriedRound) -> None:
    """Make the round that is written, in a project that nobody sees and that settles units as the other does."""
    project, source = carried.project, carried.source
    carried.holding = Project.objects.create(
        name=f"What {carried.pk} carries over",
        slug=f"-carried-{carried.pk}",
        scheme=carried.scheme,
        merge_rule=project.merge_rule,
        review_share=project.review_share,
    )
    ModelAnnotator.objects.bulk_create(
        ModelAnnotator(project=carried.holding, user_id=one.user_id, standing=one.standing)
        for one in project.model_annotators.all()
    )
    now = timezone.now()
    carried.round = Round.objects.create(
        project=carried.holding,
        scheme=carried.scheme,
        number=1,
        kind=source.kind,
        overlap=source.overlap,
        seed=secrets.randbits(SEED_BITS),
        name=source.name,
        closed_at=now,
        created_by=carried.begun_by,
    )
    carried.save(update_fields=["holding", "round"])


def look_at(source: Round) -> dict[str, Any]:
    """How a round stands: rows of it are only ever added, so their numbers tell of any change."""
    tasks = find_tasks(source)
    shares = Assignment.objects.submitted().filter(task__in=tasks)
    current = shares.aggregate(n=Count("current"), last=Max("current"), all=Sum("current"))
    return {
        "tasks": tasks.count(),
        "annotations": {
            **current,
            "all": int(current["all"] or 0),
        },  # PostgreSQL adds large numbers up to a decimal
        "decisions": Decision.objects.filter(task__in=tasks).count(),
        "gold": Gold.objects.filter(task__in=tasks).aggregate(n=Count("pk"), last=Max("pk")),
    }


@transaction.atomic
def publish(carried: CarriedRound) -> Round:
    """Let a round that was carried over stand in the place of the other, in one step."""
    project = lock_live(carried.project_id)
    locked = CarriedRound.objects.select_for_update(no_key=True, of=("self",)).get(pk=carried.pk)
    source, round_, holding = locked.source, locked.round, locked.holding
    if locked.taken_back_at is not None or round_ is None or holding is None:
        raise NotCarriedError("Somebody took this back meanwhile.")
    if look_at(source) != locked.seen:
        raise SourceChangedError(f"{source.title} changed while it was carried over: carry it over again.")
    locked.published_at = timezone.now()
    last = project.rounds.aggregate(last=Max("number"))["last"] or 0
    Round.objects.filter(pk=round_.pk).update(project=project, number=last + 1)
    locked.holding = None
    locked.save(update_fields=["published_at", "holding"])
    holding.delete()
    Participant.objects.bulk_create(
        Participant(round=round_, annotator_id=person, is_active=False)
        for person in Assignment.objects.filter(task__round=round_)
        .order_by("annotator")
        .values_list("annotator", flat=True)
        .distinct()
    )
    Task.objects.annotated().filter(round=round_).update(awaits_rule=True)
    superseded = Task.objects.annotated().filter(round=source)
    # From now on the annotators may see what others made of these articles, so their own never changes again.
    Assignment.objects.filter(task__in=superseded, closed_at=None).update(closed_at=locked.published_at)
    superseded.update(status=TaskStatus.CANCELLED, status_changed_at=locked.published_at, awaits_rule=False)
    Event.objects.record(
        "carried over",
        source,
        actor=locked.begun_by,
        project=project,
        scheme=str(locked.scheme),
        round=last + 1,
    )
    request_rule(project)
    request_count(project)
    round_.refresh_from_db()
    return round_


def explain_kept(carried: CarriedRound) -> str:
    """Why a round that was carried over cannot be taken back; empty where it can."""
    round_ = carried.round
    if carried.published_at is None or round_ is None:
        return ""
    tasks = Task.objects.filter(round=round_)
    if (
        Decision.objects.filter(task__in=tasks, decided_by__isnull=False).exists()
        or Gold.objects.filter(task__in=tasks, finished_by__isnull=False).exists()
    ):
        return "An adjudicator has decided about it since, so it cannot be taken back."
    if Release.objects.filter(project=carried.project_id, created_at__gte=carried.published_at).exists():
        return "A release was frozen since, and a release never changes, so it cannot be taken back."
    if CarriedRound.objects.filter(source=round_, taken_back_at=None).exists():
        return f"{round_.title} was carried over itself: take that back first."
    return ""


@transaction.atomic
def take_back(carried: CarriedRound, *, by: User | None) -> None:
    """Let the round that was carried over stand again; what was written beside it goes piece by piece.

    Raises
    ------
    NotCarriedError
        Somebody went on with what was carried over.
    """
    project = lock_live(carried.project_id)
    locked = CarriedRound.objects.select_for_update(no_key=True, of=("self",)).get(pk=carried.pk)
    if locked.taken_back_at is not None:
        return
    if reason := explain_kept(locked):
        raise NotCarriedError(reason)
    round_ = locked.round
    if locked.published_at is not None and round_ is not None:
        Participant.objects.filter(round=round_).delete()
        locked.holding = Project.objects.create(
            name=f"What {locked.pk} carried over", slug=f"-carried-{locked.pk}", scheme=locked.scheme
        )
        Round.objects.filter(pk=round_.pk).update(project=locked.holding, number=1)
        Task.objects.filter(round=round_).update(awaits_rule=False)
        Task.objects.filter(
            round=locked.source, status=TaskStatus.CANCELLED, status_changed_at=locked.published_at
        ).update(status=TaskStatus.ANNOTATED, status_changed_at=timezone.now(), awaits_rule=True)
    locked.taken_back_at = timezone.now()
    locked.save(update_fields=["holding", "taken_back_at"])
    Event.objects.record(
        "took back what carried over", locked.source, actor=by, project=project, scheme=str(locked.scheme)
    )
    enqueue(
        "forget_carried", key=f"forget_carried:{locked.pk}", project=project, arguments={"carried": locked.pk}
    )
    request_rule(project)
    request_count(project)


def run_forget_carried(job: Job, checkpoint: Checkpoint) -> None:
    """Delete what was written beside a round that stands again; where that is cut off, it goes on."""
    carried = CarriedRound.objects.get(pk=job.arguments["carried"])
    if carried.taken_back_at is None or carried.round_id is None:
        return
    tasks = Task.objects.filter(round=carried.round_id).order_by("pk").values_list("pk", flat=True)
    while some := list(tasks[:TASKS_AT_ONCE]):
        with transaction.atomic():
            Decision.objects.filter(task__in=some).delete()
            delete_tasks(some)
            checkpoint()
    with transaction.atomic():
        round_, holding = carried.round, carried.holding
        CarriedRound.objects.filter(pk=carried.pk).update(round=None, holding=None)
        if round_ is not None:
            round_.delete()
        if holding is not None:
            holding.delete()
        checkpoint()
