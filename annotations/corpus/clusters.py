"""Pairs of copies as clusters that are kept: an article is in one cluster at most, and clusters that meet become one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from annotations.likeness.resemblance import CopyKind, join_pairs
from annotations.models import DuplicateCluster, DuplicateMember, Project, Verdict

ASKED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that are copies of each other, in which way and how far."""

    one: int
    other: int
    share: float
    kind: str

    @property
    def nearness(self) -> tuple[bool, float]:
        """What the nearest of several articles has most of: to be a copy as a whole, and then much in common."""
        return self.kind != CopyKind.PART.value, self.share

    def other_than(self, number: int) -> int:
        """The article of the pair that has not this number."""
        return self.one if number == self.other else self.other


@transaction.atomic
def write_clusters(project: Project, pairs: Sequence[Pair]) -> None:
    """Add pairs of copies to the clusters of a project; a cluster that gets a new member is open again."""
    if not pairs:
        return
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    numbers = {number for pair in pairs for number in (pair.one, pair.other)}
    cluster_of = dict(
        DuplicateMember.objects.filter(article__in=numbers).values_list("article_id", "cluster_id")
    )
    nearest = _find_nearest(pairs)
    links = [(pair.one, pair.other) for pair in pairs]
    links += _link_members(cluster_of)
    for joined in join_pairs(links):
        there = sorted({cluster_of[number] for number in joined if number in cluster_of})
        new = [number for number in joined if number not in cluster_of]
        if not new and len(there) == 1:
            continue
        cluster = DuplicateCluster.objects.get(pk=there[0]) if there else DuplicateCluster(project=project)
        _open_again(cluster)
        DuplicateMember.objects.filter(cluster__in=there[1:]).update(cluster=cluster)
        DuplicateCluster.objects.filter(pk__in=there[1:]).delete()
        DuplicateMember.objects.bulk_create(
            DuplicateMember(
                cluster=cluster,
                article_id=number,
                nearest_id=nearest[number].other_than(number),
                share=nearest[number].share,
                kind=nearest[number].kind,
            )
            for number in new
        )


def _link_members(cluster_of: dict[int, int]) -> Iterable[tuple[int, int]]:
    """The known members of each cluster, one after another."""
    members: dict[int, list[int]] = {}
    for number, cluster in cluster_of.items():
        members.setdefault(cluster, []).append(number)
    return [link for numbers in members.values() for link in pairwise(numbers)]


def _find_nearest(pairs: Iterable[Pair]) -> dict[int, Pair]:
    nearest: dict[int, Pair] = {}
    for pair in pairs:
        for number in (pair.one, pair.other):
            if number not in nearest or pair.nearness > nearest[number].nearness:
                nearest[number] = pair
    return nearest


def _open_again(cluster: DuplicateCluster) -> None:
    cluster.verdict, cluster.kept = Verdict.OPEN, None
    cluster.decided_at = cluster.decided_by = None
    cluster.save()


def forget_articles(ids: Collection[int]) -> None:
    """Take articles that are about to be deleted out of their clusters; a cluster of one article is none."""
    members = DuplicateMember.objects.filter(article__in=ids)
    clusters = list(members.order_by().values_list("cluster_id", flat=True).distinct())
    if not clusters:
        return
    members.delete()
    left = DuplicateCluster.objects.filter(pk__in=clusters).annotate(number=Count("members"))
    left.filter(number__lt=2).delete()
    for cluster in DuplicateCluster.objects.filter(Q(kept__in=ids), pk__in=clusters):
        _open_again(cluster)


def find_groups(articles: Iterable[int]) -> dict[int, int]:
    """The group of each of some articles that has one, so that articles of a group are kept on one side where a dataset is split.

    Copies are a group until a manager says that they are different articles.
    """
    numbers = list(articles)
    members = DuplicateMember.objects.exclude(cluster__verdict=Verdict.DISTINCT).order_by()
    groups: dict[int, int] = {}
    for start in range(0, len(numbers), ASKED_AT_ONCE):
        some = members.filter(article__in=numbers[start : start + ASKED_AT_ONCE])
        groups.update(some.values_list("article_id", "cluster_id"))
    return groups


def find_copies(project: Project) -> QuerySet[DuplicateMember]:
    """The members of clusters that a manager marked as copies of another member."""
    members = DuplicateMember.objects.filter(cluster__project=project, cluster__verdict=Verdict.COPIES)
    return members.exclude(article_id=F("cluster__kept_id")).order_by()


def take_one_of_each_group(articles: Iterable[int]) -> list[int]:
    """Leave out of some articles, in their order, whatever has an earlier one of its group before it."""
    numbers = list(articles)
    groups = find_groups(numbers)
    seen: set[int] = set()
    taken = []
    for number in numbers:
        group = groups.get(number)
        if group is None or group not in seen:
            taken.append(number)
        if group is not None:
            seen.add(group)
    return taken
