"""Planning a round as somebody asks for it in a body."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError

from annotations.assignment.planning import ask_to_plan
from annotations.assignment.sets import find_choice
from annotations.assignment.taking import Taking
from annotations.corpus.choice import ArticleChoice
from annotations.models import Job, Project, Quiz, Round, User

Row = TypeVar("Row", bound=Model)


def ask_for_round(project: Project, wanted: Mapping[str, Any], *, by: User | None) -> Round | Job:
    """Plan the round that a checked body asks for; one of many articles is left to the job that is returned."""
    members = User.objects.filter(memberships__project=project).distinct()
    articles = wanted["articles"]
    return ask_to_plan(
        project,
        annotators=_find_all(members, wanted["annotators"], field="annotators"),
        overlap=wanted["overlap"],
        kind=wanted["kind"],
        articles=articles and _find_all(project.articles.only("pk", "project"), articles, field="articles"),
        taking=Taking(
            choice=find_choice(project, wanted["set"]) if wanted["set"] else ArticleChoice(),
            order=wanted["order"],
            column=wanted["column"],
            one_a_group=wanted["one_a_group"],
        ),
        limit=wanted["limit"],
        seed=wanted["seed"],
        due_on=wanted["due_on"],
        quiz=find_quiz(project, wanted["quiz"]),
        suggestions=wanted["suggestions"]
        and _find_all(project.predictors.all(), [wanted["suggestions"]], field="suggestions")[0],
        by=by,
    )


def find_quiz(project: Project, number: int | None) -> Quiz | None:
    """The quiz of a project that a body names by its number."""
    if number is None:
        return None
    found = Quiz.objects.filter(project=project, number=number).first()
    if found is None:
        raise ValidationError({"quiz": [f"The project has no quiz {number}."]})
    return found


def _find_all(rows: QuerySet[Row], ids: list[int], *, field: str) -> list[Row]:
    found = rows.in_bulk(ids)
    missing = [str(one) for one in ids if one not in found]
    if missing:
        raise ValidationError({field: [f"The project has none with the id {', '.join(missing[:20])}."]})
    return [found[one] for one in ids]
