"""Which gold goes into a release: the latest of each article, and why an article has none."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from annotations.models import CarriedRound, Gold, Project, Task, TaskStatus

NOT_PLANNED = "not planned"
"""Why an article without any task is left out; most other reasons are statuses of tasks."""
AGAINST_RULES = "against rules"
"""Why an article is left out whose gold breaks rules of the scheme, where a release refuses that."""


@dataclass(frozen=True, slots=True)
class ChosenGold:
    """The gold that goes into a release for each article, and what does not go in."""

    gold_ids: list[int]
    task_ids: list[int]
    unreviewed: int
    left_out: dict[str, list[int]]
    superseded: list[dict[str, int]]

    @property
    def n_articles(self) -> int:
        """How many articles the project had when this was chosen."""
        return len(self.gold_ids) + sum(map(len, self.left_out.values()))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "ChosenGold":
        return cls(**written)


def choose_gold(project: Project, *, refuse_unmet: bool) -> ChosenGold:
    """The gold of a project at this moment; where several rounds decided an article, the latest wins."""
    golds = (
        Gold.objects.filter(task__round__project=project, task__status=TaskStatus.ADJUDICATED)
        .exclude(task__round__in=CarriedRound.objects.in_place_of(project))
        .order_by("task__article_id", "finished_at", "task_id")
        .values_list("pk", "task__article_id", "task_id", "unmet", "needs_review")
    )
    latest: dict[int, tuple[int, int, bool]] = {}
    superseded = []
    refused: set[int] = set()
    for gold_id, article_id, task_id, unmet, needs_review in golds.iterator():
        if refuse_unmet and unmet:
            refused.add(article_id)
            continue
        if article_id in latest:
            superseded.append((article_id, latest[article_id][1]))
        latest[article_id] = gold_id, task_id, needs_review
    tasks = Task.objects.filter(round__project=project).order_by("status_changed_at", "pk")
    articles = dict(project.articles.values_list("pk", "excluded_at"))
    excluded = (article_id for article_id, excluded_at in articles.items() if excluded_at)
    reasons: dict[int, str] = {
        **dict.fromkeys(articles, NOT_PLANNED),
        **dict(tasks.values_list("article_id", "status")),
        **dict.fromkeys(refused, AGAINST_RULES),
        **dict.fromkeys(excluded, TaskStatus.EXCLUDED.value),
    }
    left_out: dict[str, list[int]] = defaultdict(list)
    for article_id, reason in reasons.items():
        if article_id not in latest:
            left_out[reason].append(article_id)
    return ChosenGold(
        gold_ids=[gold_id for gold_id, _, _ in latest.values()],
        task_ids=[task_id for _, task_id, _ in latest.values()],
        unreviewed=sum(needs_review for _, _, needs_review in latest.values()),
        left_out=dict(left_out),
        superseded=[
            {"article": article_id, "task": task_id, "by": latest[article_id][1]}
            for article_id, task_id in superseded
        ],
    )
