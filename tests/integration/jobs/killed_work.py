"""What a person asks for, done in a process of its own that says when it begins: `python -m … WORK PROJECT`."""

import sys

import django

django.setup()

from annotations.assignment import planning, under_way  # noqa: E402
from annotations.assignment.archiving import delete_project  # noqa: E402
from annotations.assignment.excluding import exclude_article, undo_import  # noqa: E402
from annotations.assignment.services import plan_round  # noqa: E402
from annotations.carried import writing  # noqa: E402
from annotations.carried.services import begin_carrying, take_back  # noqa: E402
from annotations.gold.services import freeze_release  # noqa: E402
from annotations.jobs.worker import Worker  # noqa: E402
from annotations.mapping.definition import write_mapping  # noqa: E402
from annotations.mapping.versions import propose_versions  # noqa: E402
from annotations.models import (  # noqa: E402
    Article,
    ArticleImport,
    CarriedRound,
    Job,
    Project,
    Role,
    RoundKind,
)
from annotations.models.jobs import UNFINISHED  # noqa: E402

SEED = 7
REASON = "An advertisement"


def plan(project: Project) -> None:
    team = [row.user for row in project.memberships.filter(role=Role.ANNOTATOR).select_related("user")]
    articles = list(project.articles.only("pk", "project"))
    plan_round(
        project,
        annotators=team,
        overlap=2,
        kind=RoundKind.CALIBRATION,
        articles=articles,
        seed=SEED,
        by=None,
    )


def plan_in_parts(project: Project) -> None:
    planning.PLANNED_AT_ONCE = under_way.TASKS_A_PART = 50
    plan(project)


def freeze(project: Project) -> None:
    freeze_release(project, title="First", by=None, exception="A fifth of the articles is open.")


def exclude(project: Project) -> None:
    for article in list_to_exclude(project):
        exclude_article(article, reason=REASON, by=None)


def list_to_exclude(project: Project) -> list[Article]:
    """One article in ten that counts still."""
    return [one for one in project.articles.filter(excluded_at=None).order_by("pk") if one.pk % 10 == 0]


def undo(project: Project) -> None:
    undo_import(ArticleImport.objects.get(project=project), by=None)


def delete(project: Project) -> None:
    """Ask for it, and do what follows."""
    delete_project(project, by=None)
    Worker().work_on(Job.objects.get(kind="forget_project", arguments={"project": project.pk}).pk)


def carry(project: Project) -> None:
    """Take back what was carried over already, and carry the first round over."""
    writing.CHUNK = 10
    source = project.rounds.get(number=1)
    carried = CarriedRound.objects.filter(source=source, taken_back_at=None).first()
    if carried is not None and carried.published_at is not None:
        take_back(carried, by=None)
        carried = None
    for job in Job.objects.filter(kind="forget_carried", status__in=UNFINISHED):
        Worker().work_on(job.pk)
    if carried is None:
        mapping, _ = propose_versions(source.scheme.definition, project.scheme.definition)
        carried = begin_carrying(source, mapping=write_mapping(mapping), by=None)
    Worker().work_on(Job.objects.get(kind="carry_round", arguments={"carried": carried.pk}).pk)


WORKS = {
    "carry": carry,
    "plan": plan,
    "plan-in-parts": plan_in_parts,
    "freeze": freeze,
    "exclude": exclude,
    "undo": undo,
    "delete": delete,
}

if __name__ == "__main__":
    chosen = Project.objects.get(pk=sys.argv[2])
    print("at it", flush=True)  # noqa: T201 - whoever kills it waits for that
    WORKS[sys.argv[1]](chosen)
    print("done", flush=True)  # noqa: T201 - as above
