"""Articles that were released and are excluded now: later releases name them, and earlier ones are marked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotations.models import Article, Project, Release, ReleaseItem


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An article of a release that is excluded now: since when and why, and in which release it was first."""

    article: int
    since: datetime
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"article": self.article, "since": self.since.isoformat(), "reason": self.reason}


def list_tombstones(project: Project) -> list[Tombstone]:
    """The articles of earlier releases of a project that are excluded now."""
    released = (
        ReleaseItem.objects.filter(release__project=project, release__number__gt=Release.UNDER_WAY)
        .order_by()
        .values("article")
    )
    return _read(Article.objects.filter(project=project, excluded_at__isnull=False, pk__in=released))


def list_withdrawn_articles(release: Release) -> list[Tombstone]:
    """The articles of a release that were excluded after it was frozen, or are excluded now."""
    items = release.items.order_by().values("article")
    return _read(Article.objects.filter(project=release.project_id, excluded_at__isnull=False, pk__in=items))


def _read(articles: Any) -> list[Tombstone]:
    rows = articles.order_by("pk").values_list("pk", "excluded_at", "exclusion_reason")
    return [Tombstone(number, since, reason) for number, since, reason in rows]
