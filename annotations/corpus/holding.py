"""Rounds of annotations on their way in: a project that nobody sees holds each until all of it appears at once.

Tasks, shares, annotations and spans all hang on a round, so one change of a row shows or hides whatever hangs there.
"""

import secrets

from django.db import transaction
from django.db.models import Max

from annotations.jobs.services import enqueue
from annotations.models import (
    Annotation,
    AnnotationImport,
    ArticleImport,
    Assignment,
    AssignmentStatus,
    Event,
    ForeignAnnotator,
    Gold,
    ImportedAs,
    Membership,
    ModelAnnotator,
    NotedAnnotation,
    Participant,
    Project,
    QuarantinedItem,
    Relation,
    Role,
    Round,
    RoundKind,
    Span,
    Task,
    User,
)

TASKS_AT_ONCE = 100
SEED_BITS = 53


def open_holding(
    under_way: ArticleImport, *, imported_as: ImportedAs, name: str, by: User | None
) -> AnnotationImport:
    """Make the round into which the annotations of an import are written, in a project that nobody sees."""
    project = under_way.project
    with transaction.atomic():
        holding = _make_holding(under_way, project)
        round_ = Round.objects.create(
            project=holding,
            scheme_id=project.scheme_id,
            number=1,
            kind=RoundKind.IMPORTED,
            overlap=1,
            seed=secrets.randbits(SEED_BITS),
            name=name,
            created_by=by,
        )
        return AnnotationImport.objects.create(
            article_import=under_way, round=round_, holding=holding, imported_as=imported_as
        )


def _make_holding(under_way: ArticleImport, project: Project) -> Project:
    return Project.objects.create(
        name=f"What import {under_way.pk} brings",
        slug=_name_holding(under_way.pk),
        scheme_id=project.scheme_id,
    )


def _name_holding(article_import: int) -> str:
    """The slug of the project that holds what an import brings, as no name makes it."""
    return f"-import-{article_import}"


def publish_held(under_way: ArticleImport, *, by: User | None) -> None:
    """Show the annotations of an import, in the transaction in which its articles are shown; asks for what follows."""
    held = (
        AnnotationImport.objects.select_related("round", "holding").filter(article_import=under_way).first()
    )
    if held is None or held.holding is None:
        return
    project = Project.objects.select_for_update(no_key=True).get(pk=under_way.project_id)
    round_, holding = held.round, held.holding
    tasks = Task.objects.filter(round=round_)
    if not tasks.exists():
        take_some_held_away(under_way)  # texts came, and no annotation that is new
        return
    people = list(
        Assignment.objects.filter(task__round=round_)
        .order_by("annotator")
        .values_list("annotator", flat=True)
        .distinct()
    )
    last = project.rounds.aggregate(last=Max("number"))["last"] or 0
    Round.objects.filter(pk=round_.pk).update(
        project=project,
        number=last + 1,
        overlap=tasks.aggregate(most=Max("wanted"))["most"] or 1,
    )
    tasks.update(awaits_rule=True)
    ArticleImport.objects.filter(pk=under_way.pk).update(
        is_used=False
    )  # its own annotations are not in the way of undoing it
    held.holding = None
    held.save(update_fields=["holding"])
    holding.delete()
    Participant.objects.bulk_create(
        Participant(round=round_, annotator_id=person, is_active=False) for person in people
    )
    known = set(
        Membership.objects.filter(project=project, role=Role.ANNOTATOR).values_list("user", flat=True)
    )
    new = held.made_annotators.exclude(user__in=known).values_list("user", flat=True)
    Membership.objects.bulk_create(
        Membership(project=project, user_id=person, role=Role.ANNOTATOR) for person in new
    )
    ModelAnnotator.objects.bulk_create(
        [ModelAnnotator(project=project, user_id=person) for person in held.model_ids], ignore_conflicts=True
    )
    Event.objects.record(
        "imported annotations",
        round_,
        actor=by,
        project=project,
        tasks=tasks.count(),
        annotations=Annotation.objects.filter(assignment__task__round=round_).count(),
        annotators=people,
        imported_as=held.imported_as,
    )
    enqueue("finish_by_rule", key=f"finish_by_rule:{project.pk}", project=project)
    enqueue("count_agreement", key=f"count_agreement:{project.pk}", project=project)


def hide_again(held: AnnotationImport) -> None:
    """Take a published round out of its project in one step; what hangs on it is taken away piece by piece afterwards."""
    round_, under_way = held.round, held.article_import
    project = under_way.project
    Participant.objects.filter(round=round_).delete()
    theirs = held.made_annotators.values("user")
    elsewhere = Participant.objects.filter(round__project=project).values("annotator")
    Membership.objects.filter(project=project, user__in=theirs).exclude(user__in=elsewhere).delete()
    ModelAnnotator.objects.filter(project=project, user__in=theirs).exclude(user__in=elsewhere).delete()
    held.holding = _make_holding(under_way, project)
    held.save(update_fields=["holding"])
    Round.objects.filter(pk=round_.pk).update(project=held.holding, number=1)
    Task.objects.filter(round=round_, awaits_rule=True).update(awaits_rule=False)


def take_some_held_away(under_way: ArticleImport) -> bool:
    """Delete some of the annotations of an import that nobody sees, in the caller's transaction; whether there were any."""
    held = AnnotationImport.objects.filter(article_import=under_way).first()
    if held is None:
        return False
    if held.holding_id is None:
        raise AnnotationsPublishedError("The annotations of this import are published: undo it instead.")
    tasks = list(
        Task.objects.filter(round=held.round_id).order_by("pk").values_list("pk", flat=True)[:TASKS_AT_ONCE]
    )
    if tasks:
        delete_tasks(tasks)
        return True
    _delete_round(held)
    return True


class AnnotationsPublishedError(Exception):
    """Annotations were to be taken away that everybody sees."""


def delete_tasks(tasks: list[int]) -> None:
    """Delete tasks that nobody sees with all that was annotated in them."""
    revisions = Annotation.objects.filter(assignment__task__in=tasks)
    Gold.objects.filter(task__in=tasks).delete()
    QuarantinedItem.objects.filter(annotation__in=revisions).delete()
    NotedAnnotation.objects.filter(annotation__in=revisions).delete()
    Relation.objects.filter(annotation__in=revisions).delete()
    Span.objects.filter(annotation__in=revisions).delete()
    shares = Assignment.objects.filter(task__in=tasks)
    shares.update(status=AssignmentStatus.WITHDRAWN, current=None)
    revisions.delete()
    shares.delete()
    Task.objects.filter(pk__in=tasks).delete()


def _delete_round(held: AnnotationImport) -> None:
    made = list(ForeignAnnotator.objects.filter(made_in=held).values_list("user", flat=True))
    ForeignAnnotator.objects.filter(made_in=held).delete()
    held.delete()
    Round.objects.filter(pk=held.round_id).delete()
    Project.objects.filter(held_import=None, slug=_name_holding(held.article_import_id)).delete()
    idle = User.objects.filter(pk__in=made, last_login=None, memberships=None, participations=None)
    idle.filter(assignments=None).delete()
