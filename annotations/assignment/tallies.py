"""What the tallies tell of a project, and keeping them short, so that adding one up stays a matter of a few rows."""

from collections import Counter, defaultdict

from django.db.models import Sum

from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Project, Task, TaskTally
from annotations.models.tallies import TALLIES


def count_planned_by_kind(project: Project) -> Counter[str]:
    """How many articles of a project the rounds of each kind have, leaving out tasks that do not count."""
    by_kind: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for kind, round_id, number in _sum_live(project):
        by_kind[kind][round_id] = number
    return Counter({kind: _count_articles(rounds) for kind, rounds in by_kind.items()})


def count_planned(project: Project) -> int:
    """How many articles of a project any round has."""
    return _count_articles({round_id: number for _, round_id, number in _sum_live(project)})


def count_excluded(project: Project) -> int:
    """How many articles of a project are excluded; the others are to be planned once."""
    return project.article_tallies.filter(is_excluded=True).total()


def _sum_live(project: Project) -> list[tuple[str, int, int]]:
    """How many live tasks each round has, with its kind; those that have some."""
    tallies = TaskTally.objects.live().filter(round__project=project).order_by()
    sums = tallies.values_list("round__kind", "round").annotate(number=Sum("number"))
    return [(kind, round_id, number) for kind, round_id, number in sums if number]


def _count_articles(rounds: dict[int, int]) -> int:
    """A round has an article once, so only the articles of several rounds need to be told apart."""
    if len(rounds) < 2:  # noqa: PLR2004 - several
        return sum(rounds.values())
    live = Task.objects.live().filter(round__in=rounds).order_by()
    return live.values("article").distinct().count()


def run_fold_tallies(_job: Job, checkpoint: Checkpoint) -> None:
    """Put one row in the place of all that concurrent work has added for the same thing."""
    folded = sum(model.objects.all().fold() for model in TALLIES)
    checkpoint(message=f"{folded} rows folded")
