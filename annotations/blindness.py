"""The one rule of blindness, by article and person: who takes part in an article sees nothing of what others made of it.

A person takes part in an article as long as an annotation of theirs is still possible or can still change, in any round
of the project; docs/decisions/0016 says why. Whatever shows annotations, gold, decisions, notes or figures asks here,
and no other role of the person changes the answer.
"""

from typing import Any, TypeVar

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from annotations.models import (
    Annotation,
    Article,
    Assignment,
    Decision,
    Gold,
    Participant,
    Project,
    QuarantinedItem,
    Release,
    Task,
    TaskStatus,
    User,
)

Rows = TypeVar("Rows", bound=QuerySet[Any])

TOLD_OF: tuple[tuple[type[Model], str], ...] = (
    (Task, "article"),
    (Assignment, "task__article"),
    (Annotation, "assignment__task__article"),
    (QuarantinedItem, "annotation__assignment__task__article"),
    (Decision, "task__article"),
    (Gold, "task__article"),
)
"""The tables whose rows the audit trail names as its subjects, each with the way to the article that a row is about."""


class HiddenWhileAnnotatingError(Exception):
    """Something was asked for that would show others' annotations to who annotates the article."""


def find_open_tasks(person_id: int | OuterRef) -> QuerySet[Task]:
    """The tasks in which a person's part is not over; the person may be one of an outer query, two levels up.

    While annotations are missing, every annotator of the round may still be asked for one. Once all are in, that is true
    only of who has a share of the task: it can be changed, or given to them again. A share that is closed is over.
    """
    shares = Assignment.objects.filter(annotator=person_id)
    rounds = Participant.objects.filter(annotator=person_id).values("round")
    unfinished = Q(status=TaskStatus.OPEN) & Q(round__in=rounds)
    unfinished |= Q(status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED], pk__in=shares.values("task"))
    closed = shares.exclude(closed_at=None)
    not_over = Task.objects.order_by().filter(status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED])
    return not_over.filter(unfinished).exclude(pk__in=closed.values("task"))


def has_part(person: User) -> bool:
    """Whether a person takes part in any round or has a share of any task; from who does not, nothing is hidden.

    It is told from an index, so that lists of who never annotates are not compared with all tasks.
    """
    rounds = Participant.objects.filter(annotator=person.pk).order_by()
    shares = Assignment.objects.filter(annotator=person.pk).order_by()
    is_found: bool = User.objects.filter(Exists(rounds) | Exists(shares), pk=person.pk).exists()
    return is_found


def find_hidden_articles(person_id: int) -> QuerySet[Task, Any]:
    """The articles of which a person sees nothing that anybody made of them, as the values of a subquery."""
    return find_open_tasks(person_id).values("article")


def count_hidden(project: Project, person: User) -> int:
    """How many articles of a project are hidden from a person, so that a page can say so."""
    if not has_part(person):
        return 0
    return Article.objects.filter(project=project, pk__in=find_hidden_articles(person.pk)).count()


def is_hidden(article_id: int, person: User) -> bool:
    return find_open_tasks(person.pk).filter(article=article_id).exists()


def keep_visible(rows: Rows, person: User, *, article: str) -> Rows:
    """Leave out the rows about articles that are hidden from a person; `article` is the way from a row to its article."""
    if not has_part(person):
        return rows
    return rows.exclude(**{f"{article}__in": find_hidden_articles(person.pk)})


def mark_hidden(rows: Rows, person: User, *, article: str) -> Rows:
    """Give every row `is_hidden`, where the row itself may be shown and only what it says of the article may not."""
    if not has_part(person):
        return rows.annotate(is_hidden=Value(False, output_field=BooleanField()))
    hidden = Q(**{f"{article}__in": find_hidden_articles(person.pk)})
    return rows.annotate(is_hidden=ExpressionWrapper(hidden, output_field=BooleanField()))


def keep_visible_events(events: Rows, person: User) -> Rows:
    """Leave out the lines of the audit trail about what was made of an article that is hidden from a person."""
    if not has_part(person) or not find_open_tasks(person.pk).exists():
        return events
    for model, article in TOLD_OF:
        hidden: QuerySet[Any, Any] = (
            QuerySet(model).filter(**{f"{article}__in": find_hidden_articles(person.pk)}).order_by()
        )
        numbers = hidden.annotate(written=Cast("pk", TextField())).values("written")
        events = events.exclude(subject_type=model._meta.model_name, subject_id__in=numbers)
    return events


def count_hidden_items(release: Release, person: User) -> int:
    """How many articles of a release are hidden from a person."""
    return release.items.filter(article__in=find_hidden_articles(person.pk)).count()


def check_release_visible(release: Release, person: User) -> None:
    """A release is frozen, so it is shown as a whole or not at all."""
    if number := count_hidden_items(release, person):
        raise HiddenWhileAnnotatingError(
            f"This release holds {number} {'article' if number == 1 else 'articles'} that you annotate. "
            "It is hidden from you until your part in them is over.",
        )
