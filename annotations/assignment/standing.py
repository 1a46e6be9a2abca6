"""Whether an annotator of a project is a person or a model, and whether a model has a vote in its gold."""

from django.db import transaction
from django.utils import timezone

from annotations.assignment.claims import request_count, request_rule
from annotations.assignment.errors import AssignmentError, NotAnAnnotatorError
from annotations.models import (
    Assignment,
    Event,
    ModelAnnotator,
    Project,
    Role,
    Standing,
    Task,
    User,
)
from annotations.projects.archived import lock_live


class UnknownStandingError(AssignmentError):
    """An annotator was to be something that annotators cannot be."""


@transaction.atomic
def set_standing(project: Project, person: User, *, standing: str, by: User | None) -> None:
    """Say whether an annotator of the project is a person, a model, or a model with a vote.

    Annotations stay as they are; figures and adjudication go by it from now on. Gold that is there keeps what it was made
    from; tasks that wait for an adjudicator are held against the merge rule once more.

    Raises
    ------
    UnknownStandingError
        There is no such standing.
    ProjectArchivedError
        The project is archived.
    NotAnAnnotatorError
        The person has no annotator's role in the project and never had an article of it.
    """
    if standing not in Standing.values:
        raise UnknownStandingError(
            f"an annotator cannot be {standing!r}; choose from {', '.join(Standing.values)}"
        )
    lock_live(project.pk)
    has_annotated = Assignment.objects.filter(annotator=person, task__round__project=project)
    if Role.ANNOTATOR not in project.roles_of(person) and not has_annotated.exists():
        raise NotAnAnnotatorError(
            f"{person} annotates nothing in {project}; give them the annotator's role first"
        )
    known = ModelAnnotator.objects.filter(project=project, user=person)
    before = known.values_list("standing", flat=True).first() or Standing.PERSON
    if standing == before:
        return
    if standing == Standing.PERSON:
        known.delete()
    else:
        ModelAnnotator.objects.update_or_create(
            project=project, user=person, defaults={"standing": standing, "named_at": timezone.now()}
        )
    Event.objects.record(
        "changed the standing of", person, actor=by, project=project, before=before, after=standing
    )
    waiting = Task.objects.annotated().filter(round__project=project, assignments__annotator=person)
    Task.objects.filter(pk__in=waiting.order_by().values("pk")).update(awaits_rule=True)
    request_rule(project)
    request_count(project)
