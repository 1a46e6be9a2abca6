"""Taking away articles of which nobody has made anything, with the tasks that were planned of them."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from annotations.corpus.clusters import forget_articles
from annotations.corpus.predicted.writing import forget_predictions
from annotations.jobs.services import enqueue
from annotations.models import (
    Annotation,
    Article,
    Assignment,
    Block,
    Decision,
    ReleaseItem,
    StudioDraft,
    Task,
)

AT_ONCE = 500


def find_annotated(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Find which articles are part of somebody's work: annotated, decided about or released."""
    annotations = Annotation.objects.filter(assignment__task__article=OuterRef("pk")).order_by()
    decisions = Decision.objects.filter(task__article=OuterRef("pk")).order_by()
    items = ReleaseItem.objects.filter(article=OuterRef("pk")).order_by()
    return articles.filter(Exists(annotations) | Exists(decisions) | Exists(items))


def remove_articles(ids: Sequence[int]) -> None:
    """Delete articles with their blocks, tasks and shares; the foreign keys refuse one of which an annotation is there.

    A job takes what lies of them in the Studio away; the gateway lets nobody reach it from now on.
    """
    in_studio: list[int] = []
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        shares = Assignment.objects.filter(task__article__in=some).order_by("studio_task_id")
        in_studio += [number for number in shares.values_list("studio_task_id", flat=True) if number]
        StudioDraft.objects.filter(assignment__task__article__in=some).delete()
        Assignment.objects.filter(task__article__in=some).delete()
        Task.objects.filter(article__in=some).delete()
        Block.objects.filter(article__in=some).delete()
        forget_articles(some)
        forget_predictions(some)
        Article.staged.filter(pk__in=some).delete()
    if in_studio:
        enqueue("remove_studio_tasks", arguments={"tasks": in_studio})
