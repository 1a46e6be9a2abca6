"""Articles that are not to count any more, and back; and articles and imports taken away while nobody has made anything of them."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from annotations.assignment.claims import request_count, request_rule, request_top_up
from annotations.assignment.errors import AssignmentError
from annotations.assignment.undoing import undo_annotated, undo_articles
from annotations.corpus.removing import remove_articles
from annotations.limits import MAX_REASON_LENGTH
from annotations.models import (
    LIVE_STATUSES,
    AnnotationImport,
    Article,
    ArticleImport,
    Assignment,
    AssignmentStatus,
    Event,
    Gold,
    ImportTally,
    Prediction,
    Project,
    Round,
    Task,
    TaskStatus,
    User,
)
from annotations.models.expressions import SumOf
from annotations.projects.archived import lock_live


class ExclusionReasonError(AssignmentError):
    """An article is excluded for a reason that others can read, or not at all."""


class ArticleInUseError(AssignmentError):
    """The article is part of a round or of somebody's work, so it can be excluded but not deleted."""


@transaction.atomic
def exclude_article(article: Article, *, reason: str, by: User | None) -> Article:
    """Let an article count nowhere from now on: planning, queues, agreement, adjudication, releases and exports.

    What was made of it stays on record, and so do releases that hold it. Who has it in their queue gives it back.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ExclusionReasonError(
            "Say in a few words why the article is excluded; everybody in the project can read it."
        )
    if len(reason) > MAX_REASON_LENGTH:
        raise ExclusionReasonError(
            f"The reason has {len(reason):,} characters, more than {MAX_REASON_LENGTH:,}: shorten it."
        )
    locked = _lock(article)
    rounds, returned = _set_tasks_aside(locked) if locked.excluded_at is None else ([], 0)
    _save_exclusion(locked, reason=reason, by=by)
    Event.objects.record(
        "excluded",
        locked,
        actor=by,
        project=locked.project,
        reason=reason,
        title=locked.title,
        given_back=returned,
    )
    _ask_for_what_follows(locked.project, rounds)
    return locked


def exclude_articles(articles: Iterable[Article], *, reason: str, by: User | None) -> int:
    """Exclude several articles for one reason, one after another so that nobody waits for all of them; returns how many."""
    number = 0
    for article in articles:
        exclude_article(article, reason=reason, by=by)
        number += 1
    return number


def _set_tasks_aside(article: Article) -> tuple[list[Round], int]:
    now = timezone.now()
    tasks = _lock_tasks(article, LIVE_STATUSES)
    queued = Assignment.objects.queued().filter(task__in=[task.pk for task in tasks])
    returned = queued.update(status=AssignmentStatus.RETURNED, status_changed_at=now)
    for task in tasks:
        task.claimed = task.assignments.submitted().count()
        task.status, task.status_changed_at, task.awaits_rule = TaskStatus.EXCLUDED, now, False
        task.save(update_fields=["claimed", "status", "status_changed_at", "awaits_rule"])
    return [task.round for task in tasks], returned


@transaction.atomic
def include_article(article: Article, *, by: User | None) -> Article:
    """Let an excluded article count again; the status of each of its tasks follows anew from its annotations and its gold."""
    locked = _lock(article)
    if locked.excluded_at is None:
        return locked
    was = locked.exclusion_reason
    _save_exclusion(locked, reason="", by=None)
    tasks = _lock_tasks(locked, [TaskStatus.EXCLUDED])
    with_gold = set(
        Gold.objects.filter(task__in=[task.pk for task in tasks]).values_list("task_id", flat=True)
    )
    now = timezone.now()
    for task in tasks:
        submitted = task.assignments.submitted().count()
        task.status = find_status(task, submitted=submitted, has_gold=task.pk in with_gold)
        task.status_changed_at = now
        task.awaits_rule = task.status == TaskStatus.ANNOTATED
        if task.status == TaskStatus.ANNOTATED:
            task.wanted = submitted
            task.annotated_at = task.annotated_at or now
        task.save(update_fields=["wanted", "status", "status_changed_at", "awaits_rule", "annotated_at"])
    Event.objects.record("included", locked, actor=by, project=locked.project, was=was, title=locked.title)
    request_rule(locked.project)
    _ask_for_what_follows(locked.project, [task.round for task in tasks])
    return locked


def find_status(task: Task, *, submitted: int, has_gold: bool) -> TaskStatus:
    """The status that a task has by what there is of it; a closed round is content with the annotations that are in."""
    if has_gold:
        return TaskStatus.ADJUDICATED
    if submitted == task.wanted or (submitted and task.round.closed_at):
        return TaskStatus.ANNOTATED
    return TaskStatus.CANCELLED if task.round.closed_at else TaskStatus.OPEN


def _lock(article: Article) -> Article:
    """Lock the project as planning does, so that no round takes the article up meanwhile, its tasks, and then the article.

    In this order, since whoever changes a task has locked it when the database locks its article to count it.
    """
    lock_live(article.project_id)
    _lock_tasks(article, TaskStatus.values)
    articles = Article.objects.select_for_update(no_key=True, of=("self",)).select_related("project")
    return articles.defer("text", "original", "canonical").get(pk=article.pk)


def _lock_tasks(article: Article, statuses: Collection[str]) -> list[Task]:
    tasks = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("round__project")
    return list(tasks.filter(article=article, status__in=statuses).order_by("pk"))


def _save_exclusion(article: Article, *, reason: str, by: User | None) -> None:
    article.exclusion_reason = reason
    article.excluded_by = by
    article.excluded_at = (article.excluded_at or timezone.now()) if reason else None
    article.save(update_fields=["exclusion_reason", "excluded_by", "excluded_at"])


def _ask_for_what_follows(project: Project, rounds: list[Round]) -> None:
    """Studio tasks go or come, and agreement is counted anew; last in a transaction."""
    request_count(project)
    for round_ in sorted(rounds, key=lambda round_: round_.pk):
        if round_.project_id == project.pk:  # and not on its way
            request_top_up(round_)


@transaction.atomic
def delete_article(article: Article, *, by: User | None) -> None:
    """Delete an article that no round has ever had; nothing is left of it but a line of the audit trail."""
    locked = _lock(article)
    if reason := find_reason_to_keep(locked):
        raise ArticleInUseError(reason)
    Event.objects.record(
        "deleted",
        locked,
        actor=by,
        project=locked.project,
        title=locked.title,
        source=locked.source,
        sha256=locked.sha256,
    )
    remove_articles([locked.pk])


def find_reason_to_keep(article: Article) -> str:
    """Why an article cannot be deleted; empty where it can."""
    own = article.tasks.filter(round__project=article.project_id)
    numbers = own.order_by("round__number").values_list("round__number", flat=True)
    if found := [str(number) for number in numbers]:
        rounds = f"round {found[0]}" if len(found) == 1 else f"rounds {', '.join(found)}"
        return f"The article is in {rounds}, so it cannot be deleted: exclude it instead."
    if article.tasks.exists():
        return "The article is on its way into a round, so it cannot be deleted: exclude it instead."
    return ""


def list_imports(project: Project) -> QuerySet[ArticleImport]:
    """The imports of a project, the latest first: how many articles, by whom, what comes first; `others` are the rest.

    One that brought annotations or predictions is there even without an article.
    """
    published = ArticleImport.objects.filter(project=project, published_at__isnull=False)
    articles = Article.staged.filter(imported_in=OuterRef("pk"))
    predicted = Exists(Prediction.objects.filter(made_in=OuterRef("pk")).order_by())
    counted = count_articles(published).annotate(
        has_predictions=predicted,
        first_title=Subquery(articles.order_by("imported_in", "id").values("title")[:1]),
        others=F("article_count") - 1,
    )
    brought = Exists(AnnotationImport.objects.filter(article_import=OuterRef("pk")))
    shown = counted.filter(GreaterThan(F("article_count"), 0) | brought | Q(has_predictions=True))
    return shown.select_related("annotation_import__round").order_by("-id")


def count_articles(imports: QuerySet[ArticleImport]) -> QuerySet[ArticleImport]:
    """Give each import `article_count`, and `maker`: the name of who imported them."""
    articles = Article.staged.filter(imported_in=OuterRef("pk")).order_by("imported_in", "id")
    tallies = ImportTally.objects.filter(imported_in=OuterRef("pk")).order_by()
    return imports.annotate(
        article_count=SumOf(tallies.values("number")),
        maker=Subquery(articles.values("imported_by__name")[:1]),
    )


def undo_import(article_import: ArticleImport, *, by: User | None) -> int:
    """Take an import's articles away with the tasks that were planned of them, while nobody has annotated one; returns how many.

    What annotators have of them in their queues is gone, drafts included. Annotations and predictions that came with an import go with it.
    """
    held = AnnotationImport.objects.select_related("article_import__project", "round").filter(
        article_import=article_import
    )
    if (brought := held.first()) is not None:
        return undo_annotated(brought, by=by)
    return undo_articles(article_import, by=by)
