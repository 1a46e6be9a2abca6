"""What the tallies tell of a project, and keeping them short, so that adding one up stays a matter of a few rows."""

from collections import Counter

from django.db.models import Sum

from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Project
from annotations.models.tallies import TALLIES
from annotations.plurals import count_things


def count_planned_by_kind(project: Project) -> Counter[str]:
    """How many articles of a project the rounds of each kind have, leaving out tasks that do not count."""
    rows = project.planned_tallies.order_by().values_list("kind").annotate(sum=Sum("number"))
    return Counter({kind: number for kind, number in rows if kind})


def count_planned(project: Project) -> int:
    """How many articles of a project any round has."""
    return project.planned_tallies.filter(kind="").total()


def count_excluded(project: Project) -> int:
    """How many articles of a project are excluded; the others are to be planned once."""
    return project.article_tallies.filter(is_excluded=True).total()


def run_fold_tallies(_job: Job, checkpoint: Checkpoint) -> None:
    """Put one row in the place of all that concurrent work has added for the same thing."""
    folded = sum(model.objects.all().fold() for model in TALLIES)
    checkpoint(message=f"{count_things(folded, 'row')} folded")
