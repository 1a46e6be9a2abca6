"""What a manager decides about articles that are copies of each other: keep one, keep all as a group, mark copies, or tell them apart."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotations.assignment.errors import AssignmentError
from annotations.assignment.excluding import exclude_article, include_article
from annotations.models import Article, DuplicateCluster, DuplicateMember, Event, User, Verdict
from annotations.models.likeness import CHOOSES_ONE
from annotations.projects.archived import check_live, lock_live

MAX_NAMED_LENGTH = 300


class NoArticleChosenError(AssignmentError):
    """The decision needs one article of the cluster that is kept, or that the others are copies of."""


class NotAVerdictError(AssignmentError):
    """A cluster is decided about by one of four verdicts."""


def decide_cluster(
    cluster: DuplicateCluster, verdict: str, *, kept: int | None = None, by: User | None
) -> DuplicateCluster:
    """Settle what becomes of the articles of a cluster; a later decision takes the place of an earlier one.

    Where one is kept, the others are excluded for that reason; where that is decided otherwise, they count again.
    """
    if verdict not in Verdict.values or verdict == Verdict.OPEN:
        words = ", ".join(one.value for one in Verdict if one != Verdict.OPEN)
        raise NotAVerdictError(f"There is no decision “{verdict}” about copies; there are {words}.")
    chosen = _find_chosen(cluster, verdict, kept)
    check_live(cluster.project)
    _exclude_others(cluster, chosen if verdict == Verdict.ONE else None, by=by)
    return _save(cluster, verdict, chosen if verdict in CHOOSES_ONE else None, by=by)


def _find_chosen(cluster: DuplicateCluster, verdict: str, kept: int | None) -> Article | None:
    if verdict not in CHOOSES_ONE:
        return None
    chosen = _list_articles(cluster).filter(pk=kept).first() if kept else None
    if chosen is None:
        raise NoArticleChosenError(
            "Choose the article of the cluster that is kept, or that the others are copies of."
        )
    if (
        verdict == Verdict.ONE
        and chosen.excluded_at
        and chosen.exclusion_reason not in _list_reasons(cluster)
    ):
        raise NoArticleChosenError(
            f"“{chosen.title}” is excluded ({chosen.exclusion_reason}): include it first, or keep another one."
        )
    return chosen


def _list_articles(cluster: DuplicateCluster) -> QuerySet[Article]:
    articles = Article.objects.defer("text", "original", "canonical", "metadata").filter(
        duplicate__cluster=cluster
    )
    return articles.order_by("pk")


def explain_exclusion(kept: Article) -> str:
    """Why the copies of an article that is kept are excluded."""
    title = kept.title if len(kept.title) <= MAX_NAMED_LENGTH else f"{kept.title[:MAX_NAMED_LENGTH]}…"
    return " ".join(f"a copy of “{title}” (article {kept.pk})".split())


def _list_reasons(cluster: DuplicateCluster) -> set[str]:
    """The reasons by which articles of a cluster can have been excluded in its favour."""
    return {explain_exclusion(article) for article in _list_articles(cluster)}


def _exclude_others(cluster: DuplicateCluster, kept: Article | None, *, by: User | None) -> None:
    """Exclude the copies one after another, so that nobody waits for all; a repeat goes on where it was cut off."""
    reasons = _list_reasons(cluster)
    for article in _list_articles(cluster):
        is_ours = article.exclusion_reason in reasons
        if kept is None or article.pk == kept.pk:
            if is_ours:
                include_article(article, by=by)
        elif article.excluded_at is None or (is_ours and article.exclusion_reason != explain_exclusion(kept)):
            exclude_article(article, reason=explain_exclusion(kept), by=by)


@transaction.atomic
def _save(
    cluster: DuplicateCluster, verdict: str, kept: Article | None, *, by: User | None
) -> DuplicateCluster:
    project = lock_live(cluster.project_id)
    locked = DuplicateCluster.objects.get(pk=cluster.pk)
    was = locked.verdict
    locked.verdict, locked.kept, locked.decided_by = verdict, kept, by
    locked.decided_at = timezone.now()
    locked.save()
    details = {
        "verdict": verdict,
        "was": was,
        "articles": DuplicateMember.objects.filter(cluster=locked).count(),
    }
    Event.objects.record(
        "decided about copies",
        locked,
        actor=by,
        project=project,
        **(details | ({"kept": kept.title} if kept else {})),
    )
    return locked
