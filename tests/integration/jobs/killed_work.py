"""What a person asks for, done in a process of its own that says when it begins: `python -m … WORK PROJECT`."""

import sys

import django

django.setup()

from annotations.assignment.excluding import exclude_article  # noqa: E402
from annotations.assignment.services import plan_round  # noqa: E402
from annotations.gold.services import freeze_release  # noqa: E402
from annotations.models import Article, Project, Role, RoundKind  # noqa: E402

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


def freeze(project: Project) -> None:
    freeze_release(project, title="First", by=None)


def exclude(project: Project) -> None:
    for article in list_to_exclude(project):
        exclude_article(article, reason=REASON, by=None)


def list_to_exclude(project: Project) -> list[Article]:
    """One article in ten that counts still."""
    return [one for one in project.articles.filter(excluded_at=None).order_by("pk") if one.pk % 10 == 0]


WORKS = {"plan": plan, "freeze": freeze, "exclude": exclude}

if __name__ == "__main__":
    chosen = Project.objects.get(pk=sys.argv[2])
    print("at it", flush=True)  # noqa: T201 - whoever kills it waits for that
    WORKS[sys.argv[1]](chosen)
    print("done", flush=True)  # noqa: T201 - as above
