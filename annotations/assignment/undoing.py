"""Taking back imports while nobody has gone on with what they brought."""

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotations.assignment.claims import request_count, request_top_up
from annotations.assignment.errors import ImportInUseError
from annotations.corpus.holding import hide_again
from annotations.corpus.removing import find_annotated
from annotations.corpus.staging import LEASE, drop_import
from annotations.models import (
    Annotation,
    AnnotationImport,
    AnnotationOrigin,
    Article,
    ArticleImport,
    Assignment,
    AssignmentStatus,
    Decision,
    Event,
    Gold,
    ImportFile,
    Prediction,
    Project,
    Release,
    Round,
    ShownSuggestions,
    Task,
    TaskStatus,
    User,
)
from annotations.projects.archived import lock_live


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
    """Take back annotations with the articles that came with them; returns how many articles are gone."""
    made = held.article_import

    def hide(project: Project) -> int:
        if reason := find_work_on(held):
            raise ImportInUseError(reason)
        articles = Article.staged.filter(imported_in=made).count()
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
        request_count(project)
        return articles

    return _take_away(made, hide)


def undo_articles(made: ArticleImport, *, by: User | None) -> int:
    """Take an import's articles away with the tasks that were planned of them, of which nobody has made anything; returns how many."""

    def hide(project: Project) -> int:
        articles = Article.staged.filter(imported_in=made).order_by()
        tasks = Task.objects.filter(article__in=articles.values("pk")).order_by()
        list(tasks.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        if reason := _find_work_on_articles(made, articles):
            raise ImportInUseError(reason)
        rounds = list(Round.objects.filter(pk__in=tasks.values("round")).select_related("project"))
        now = timezone.now()
        queued = Assignment.objects.queued().filter(task__in=tasks.values("pk"))
        queued.update(status=AssignmentStatus.RETURNED, status_changed_at=now)
        tasks.exclude(status=TaskStatus.EXCLUDED).update(
            claimed=0, status=TaskStatus.EXCLUDED, status_changed_at=now, awaits_rule=False
        )
        number = articles.count()
        predictions = Prediction.objects.filter(made_in=made).count()
        Event.objects.record(
            "undid",
            made,
            actor=by,
            project=project,
            articles=number,
            tasks_of_rounds=sorted(one.number for one in rounds if one.project_id == project.pk),
            **({"predictions": predictions} if predictions else {}),
        )
        request_count(project)
        for round_ in sorted(rounds, key=lambda one: one.pk):
            if round_.project_id == project.pk:  # and not on its way
                request_top_up(round_)
        return number

    return _take_away(made, hide)


def _find_work_on_articles(made: ArticleImport, articles: QuerySet[Article]) -> str:
    """Why an import of articles cannot be taken back; empty where it can."""
    if annotated := find_annotated(articles).count():
        some = "One article" if annotated == 1 else f"{annotated} articles"
        return (
            f"{some} of this import {'is' if annotated == 1 else 'are'} annotated or decided about, so it cannot be "
            "undone: exclude articles one by one instead."
        )
    if ShownSuggestions.objects.filter(prediction__made_in=made).exists():
        return (
            "Annotators have seen predictions of this import as suggestions, so it cannot be undone: exclude articles one "
            "by one instead."
        )
    return ""


def _take_away(made: ArticleImport, hide: Callable[[Project], int]) -> int:
    """Put an import out of sight in one step, with what `hide` does of it; gives what that gives.

    It is deleted piece by piece after that, so that nobody waits for all of it, and where that is cut off, by the next import.
    """
    try:
        with transaction.atomic():
            project = lock_live(made.project_id)
            until = timezone.now() + LEASE
            published = ArticleImport.objects.filter(pk=made.pk, published_at__isnull=False)
            if not published.update(published_at=None, report=None, busy_until=until):
                raise ImportInUseError("Somebody has undone this import meanwhile.")
            ImportFile.objects.filter(article_import=made).delete()  # or it would wait to be read again
            number = hide(project)
    except IntegrityError as error:
        raise ImportInUseError(
            "Another import is under way: wait until it has ended, then undo this one."
        ) from error
    made.published_at, made.report, made.busy_until = None, None, until
    drop_import(made)
    return number
