"""The end of a project: archived, when it can only be read, and back; or deleted, while nobody has annotated anything in it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotations.assignment.claims import lease_end, request_count, request_rule, request_top_up
from annotations.assignment.planning import find_planning
from annotations.assignment.under_way import clear_under_way
from annotations.corpus.holding import take_some_held_away
from annotations.corpus.removing import AT_ONCE, find_annotated, remove_articles
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import (
    AgreementStatistics,
    ApiToken,
    Article,
    ArticleImport,
    ArticleTally,
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    DuplicateCluster,
    Event,
    ForeignAnnotator,
    GuidelineRevision,
    Invitation,
    Job,
    Membership,
    ModelAnnotator,
    Participant,
    PlannedTally,
    Predictor,
    Project,
    Quiz,
    QuizAttempt,
    Release,
    Round,
    SchemeDraft,
    User,
    Webhook,
    WebhookDelivery,
)
from annotations.models.audit import RESTORED


class NotArchivedError(Exception):
    """A project was to come back that is not archived."""


class ProjectInUseError(Exception):
    """A project cannot be deleted: somebody has annotated in it, or an import is under way."""


@transaction.atomic
def archive_project(project: Project, *, by: User | None) -> Project:
    """Close a project to every change, and take it out of the lists; everything in it stays as it is."""
    locked = _lock(project)
    if locked.archived_at is None:
        locked.archived_at = timezone.now()
        locked.save(update_fields=["archived_at"])
        Event.objects.record("archived", locked, actor=by, project=locked)
    project.archived_at = locked.archived_at
    return locked


@transaction.atomic
def restore_project(project: Project, *, by: User | None) -> Project:
    """Open an archived project again. Leases stood still meanwhile, and what jobs left undone is asked for anew."""
    locked = _lock(project)
    if locked.deleted_at is not None:
        raise NotArchivedError(f"{locked} is deleted, so nothing of it can come back.")
    if locked.archived_at is not None:
        locked.archived_at = None
        locked.save(update_fields=["archived_at"])
        Event.objects.record(RESTORED, locked, actor=by, project=locked)
        _take_up_work(locked)
    project.archived_at = None
    return locked


def _take_up_work(project: Project) -> None:
    now = timezone.now()
    queued = Assignment.objects.queued().filter(task__round__project=project)
    rounds = list(project.rounds.select_related("project").order_by("pk"))
    if rounds:
        until = lease_end(rounds[0], now=now)
        queued.filter(leased_until__lt=until).update(leased_until=until)
    request_rule(project)
    request_count(project)
    for round_ in rounds:
        request_top_up(round_)


@transaction.atomic
def delete_project(project: Project, *, by: User | None) -> None:
    """Delete a project in which nobody annotated anything: articles, rounds, people's roles and tokens.

    It is gone for everybody in one step; a job deletes what was in it, part by part. The row of the project stays behind,
    hidden from everybody, because the audit trail tells of it and is never rewritten.
    """
    locked = _lock(project)
    if reason := find_reason_to_keep(locked):
        raise ProjectInUseError(reason)
    articles, rounds = locked.article_tallies.total(), locked.rounds.count()
    for rows in _list_what_opens(locked):
        rows.delete()
    now = timezone.now()
    named = {"name": locked.name, "slug": locked.slug}
    locked.archived_at = locked.archived_at or now
    locked.deleted_at = now
    locked.slug, locked.description = f"-deleted-{locked.pk}", ""  # as no name makes it
    locked.save(update_fields=["archived_at", "deleted_at", "slug", "description"])
    Event.objects.record(
        "deleted", locked, actor=by, project=locked, **named, articles=articles, rounds=rounds
    )
    enqueue("forget_project", key=f"forget_project:{locked.pk}", arguments={"project": locked.pk})


def run_forget_project(job: Job, checkpoint: Checkpoint) -> None:
    """Delete what is left of a deleted project, some rows in each transaction; where that is cut off, it goes on."""
    project = Project.objects.filter(pk=job.arguments["project"], deleted_at__isnull=False).first()
    if project is None:
        return
    for unfinished in ArticleImport.objects.filter(project=project, published_at=None):
        _in_parts(partial(take_some_held_away, unfinished), checkpoint)
    clear_under_way(project, progress=checkpoint)
    _in_parts(partial(_remove_some_articles, project), checkpoint)
    for rows in _list_what_is_left(project):
        _in_parts(partial(_delete_some, rows), checkpoint)


def _in_parts(delete_some: Callable[[], bool], checkpoint: Checkpoint) -> None:
    """Delete some in each transaction, as long as there are any."""
    is_left = True
    while is_left:
        with transaction.atomic():
            is_left = delete_some()
            checkpoint()


def _remove_some_articles(project: Project) -> bool:
    some = list(Article.staged.filter(project=project).order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
    remove_articles(some)
    return bool(some)


def _delete_some(rows: QuerySet[Any]) -> bool:
    some = list(rows.order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
    rows.model._default_manager.filter(pk__in=some).delete()  # noqa: SLF001 - documented
    return bool(some)


def find_reason_to_keep(project: Project) -> str:
    """Why a project cannot be deleted; empty where it can."""
    submitted = AssignmentTally.objects.filter(round__project=project, status=AssignmentStatus.SUBMITTED)
    if submitted.total() or find_annotated(Article.objects.filter(project=project)).exists():
        return f"Somebody has annotated in “{project}”, so it cannot be deleted: archive it instead."
    if Release.objects.filter(project=project).exists():
        return f"“{project}” has releases, which are never deleted: archive it instead."
    unfinished = ArticleImport.objects.filter(project=project, published_at=None)
    if unfinished.filter(busy_until__gt=timezone.now()).exists():
        return f"An import into {project} is under way: wait until it has ended."
    if find_planning(project) is not None:
        return f"A round of {project} is being planned: wait until it is there."
    return ""


def _list_what_opens(project: Project) -> Iterator[QuerySet[Any]]:
    """What lets people and programs into a project."""
    yield ApiToken.objects.filter(Q(project=project) | Q(made_with__project=project))
    yield Invitation.objects.filter(project=project)
    yield Membership.objects.filter(project=project)


def _list_what_is_left(project: Project) -> Iterator[QuerySet[Any]]:
    yield SchemeDraft.objects.filter(project=project)
    yield WebhookDelivery.objects.filter(webhook__project=project)
    yield Webhook.objects.filter(project=project)
    yield Participant.objects.filter(round__project=project)
    yield QuizAttempt.objects.filter(quiz__project=project)
    yield from (
        model._default_manager.filter(project=project)  # noqa: SLF001 - documented
        for model in (
            Round,
            Quiz,
            GuidelineRevision,
            ForeignAnnotator,
            Predictor,
            ArticleImport,
            ArticleTally,
            PlannedTally,
            ModelAnnotator,
            AgreementStatistics,
            DuplicateCluster,
            Job,
        )
    )


def _lock(project: Project) -> Project:
    return Project.objects.select_for_update(no_key=True).get(pk=project.pk)
