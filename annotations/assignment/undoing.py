"""Taking back imports that brought annotations, while nobody has gone on with what they brought."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.assignment.claims import request_count
from annotations.assignment.errors import ImportInUseError
from annotations.corpus.holding import hide_again
from annotations.corpus.staging import LEASE, drop_import
from annotations.models import (
    Annotation,
    AnnotationImport,
    AnnotationOrigin,
    Article,
    Decision,
    Event,
    Gold,
    Project,
    Release,
    Task,
    User,
)
from annotations.projects.archived import check_live


def find_work_on(held: AnnotationImport) -> str:
    """Why the annotations of an import cannot be taken back; empty where they can."""
    tasks = Task.objects.filter(round=held.round_id)
    if (
        Decision.objects.filter(task__in=tasks).exists()
        or Gold.objects.filter(task__in=tasks, finished_by__isnull=False).exists()
    ):
        return "An adjudicator has decided about its articles, so it cannot be undone: exclude articles one by one instead."
    revisions = Annotation.objects.filter(assignment__task__in=tasks)
    if revisions.exclude(origin__in=[AnnotationOrigin.IMPORT, AnnotationOrigin.GOLD]).exists():
        return "Somebody has annotated its articles here since, so it cannot be undone: exclude articles one by one instead."
    project = held.article_import.project_id
    releases = Release.objects.filter(project=project, created_at__gte=held.article_import.published_at)
    if releases.exists():
        return "A release was frozen since, and a release never changes: exclude articles one by one instead."
    brought = Article.objects.filter(imported_in=held.article_import_id)
    others = Task.objects.filter(article__in=brought).exclude(round=held.round_id).order_by("round__number")
    if number := others.values_list("round__number", flat=True).first():
        return (
            f"Round {number} has articles of it, so it cannot be undone: exclude articles one by one instead."
        )
    return ""


def undo_annotated(held: AnnotationImport, *, by: User | None) -> int:
    """Take back annotations with the articles that came with them; returns how many articles are gone.

    All of it is out of sight in one step. It is deleted piece by piece after that, and where that is cut off, by the next import.
    """
    made = held.article_import
    try:
        with transaction.atomic():
            project = Project.objects.select_for_update(no_key=True).get(pk=made.project_id)
            check_live(project)
            if reason := find_work_on(held):
                raise ImportInUseError(reason)
            articles = Article.objects.filter(imported_in=made).count()
            Event.objects.record(
                "undid",
                made,
                actor=by,
                project=project,
                articles=articles,
                annotations=Annotation.objects.filter(assignment__task__round=held.round_id).count(),
                tasks_of_rounds=[held.round.number],
            )
            hide_again(held)
            made.published_at, made.busy_until = None, timezone.now() + LEASE
            made.save(update_fields=["published_at", "busy_until"])
            request_count(project)
    except IntegrityError as error:
        raise ImportInUseError(
            "Another import is under way: wait until it has ended, then undo this one."
        ) from error
    drop_import(made)
    return articles
