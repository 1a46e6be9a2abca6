"""The one rule of blindness, by article and person: who takes part in an article sees nothing of what others made of it.

A person takes part in an article as long as an annotation of theirs is still possible or can still change, in any round
of the project; docs/decisions/0016 says why. Whatever shows annotations, gold, decisions, notes or figures asks here,
and no other role of the person changes the answer.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from annotations.formats.canonical import checksum
from annotations.models import (
    Annotation,
    Article,
    Assignment,
    Decision,
    Event,
    Gold,
    Membership,
    Participant,
    Project,
    QuarantinedItem,
    Release,
    Role,
    Round,
    RoundKind,
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
MAX_READERS_AT_ONCE = 50
"""How many parts one query has that asks what readers have seen."""
ROLES_CHANGED = "changed roles of"
"""The audit trail's verb for a change of roles, whose details tell the roles before."""


_HAS_GOLD = Q(Exists(Gold.objects.filter(task=OuterRef("pk")).order_by()))
"""Whether a task was adjudicated, which an excluded one no longer says itself."""


class HiddenWhileAnnotatingError(Exception):
    """Something was asked for that would show others' annotations to who annotates the article."""


def find_open_tasks(person_id: int | OuterRef) -> QuerySet[Task]:
    """The tasks in which a person's part is not over; the person may be one of an outer query, two levels up.

    While annotations are missing, every annotator of the round may still be asked for one. Once all are in, that is true
    only of who has a share of the task: it can be changed, or given to them again. A share that is closed is over. An
    excluded article may come back, so it is hidden as if all its annotators were still asked, unless it has gold.
    """
    shares = Assignment.objects.filter(annotator=person_id)
    rounds = Participant.objects.filter(annotator=person_id).values("round")
    may_come_back = Q(status=TaskStatus.EXCLUDED) & ~_HAS_GOLD
    unfinished = (Q(status=TaskStatus.OPEN) | may_come_back) & Q(round__in=rounds)
    unfinished |= Q(pk__in=shares.values("task"))
    closed = shares.exclude(closed_at=None)
    waiting = Q(status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED]) | may_come_back
    not_over = Task.objects.order_by().filter(waiting)
    return not_over.filter(unfinished).exclude(pk__in=closed.values("task"))


def has_part(person: User) -> bool:
    """Whether a person takes part in any round or has a share of any task; from who does not, nothing is hidden.

    It is told from an index, so that lists of who never annotates are not compared with all tasks. A share is looked for in
    the order of that index: asked for any at all, PostgreSQL expects one soon and reads the whole table where there is none.
    """
    rounds = Participant.objects.filter(annotator=person.pk).order_by()
    shares = Assignment.objects.filter(annotator=person.pk).order_by("annotator", "status", "task")
    people = User.objects.alias(share=Subquery(shares.values("pk")[:1]))
    is_found: bool = people.filter(Exists(rounds) | Q(share__isnull=False), pk=person.pk).exists()
    return is_found


def find_hidden_articles(person_id: int) -> QuerySet[Task, Any]:
    """The articles of which a person sees nothing that anybody made of them, as the values of a subquery."""
    return find_open_tasks(person_id).values("article")


def count_hidden(project: Project, person: User) -> int:
    """How many articles of a project are hidden from a person, so that a page can say so."""
    if not has_part(person):
        return 0
    return Article.objects.filter(project=project, pk__in=find_hidden_articles(person.pk)).count()


def tell_hidden(project: Project, person: User) -> str:
    """Name the articles of a project that are hidden from a person in one word, which is another for other articles; empty where none is."""
    if not has_part(person):
        return ""
    hidden = Article.objects.filter(project=project, pk__in=find_hidden_articles(person.pk)).order_by("pk")
    numbers = list(hidden.values_list("pk", flat=True))
    return checksum(numbers) if numbers else ""


def is_hidden(article_id: int, person: User) -> bool:
    """Whether what others made of an article is hidden from a person, since their own part in it is not over."""
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
    if not has_part(person):
        return 0
    return release.items.filter(article__in=find_hidden_articles(person.pk)).count()


def check_release_visible(release: Release, person: User) -> None:
    """A release is frozen, so it is shown as a whole or not at all."""
    if number := count_hidden_items(release, person):
        raise HiddenWhileAnnotatingError(
            f"This release holds {number} {'article' if number == 1 else 'articles'} that you annotate. "
            "It is hidden from you until your part in them is over.",
        )


def find_readers(project_id: int, people: Collection[int]) -> set[int]:
    """Find which people see, or once saw, what others made of articles: staff, and whoever has had another role than annotator."""
    memberships = Membership.objects.filter(project=project_id, user__in=people).exclude(role=Role.ANNOTATOR)
    readers = {*memberships.values_list("user", flat=True)}
    readers |= {*User.objects.filter(pk__in=people, is_staff=True).values_list("pk", flat=True)}
    changes = Event.objects.filter(
        verb=ROLES_CHANGED,
        subject_type=User._meta.model_name,
        subject_id__in=[str(person) for person in people],
    )
    told = changes.order_by().values_list("project", "subject_id", "details")  # by the index of subjects
    for project, person, details in told:
        if project == project_id and {*details["before"]} - {Role.ANNOTATOR.value}:
            readers.add(int(person))
    return readers


def find_seen_tasks(round_: Round, people: Collection[int], *, tasks: QuerySet[Task]) -> dict[int, set[int]]:
    """Find the tasks of a round that each person must not be given, since they may have seen what others made of them.

    They may have where others annotated the article before the person took part in it, or where their part in it ended
    or lapsed in some round. A retest is given again to who annotated its articles before, whatever they saw since.
    """
    seen: dict[int, set[int]] = {person: set() for person in people}
    readers = find_readers(round_.project_id, people)
    for task, person in find_seen_by([(round_, reader) for reader in readers], tasks=tasks):
        seen[person].add(task)
    return seen


def find_seen_by(
    participants: Sequence[tuple[Round, int]], *, tasks: QuerySet[Task]
) -> Iterator[tuple[int, int]]:
    """Find which of the tasks each reader of a round may have seen, as pairs of a task and a person, for many readers in one query."""
    for start in range(0, len(participants), MAX_READERS_AT_ONCE):
        parts = [
            tasks.filter(_may_have_seen(round_, person), round=round_)
            .order_by()
            .values_list("pk", Value(person, output_field=IntegerField()))
            for round_, person in participants[start : start + MAX_READERS_AT_ONCE]
        ]
        yield from parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _may_have_seen(round_: Round, person_id: int) -> Q:
    """Whether a person may have seen what others made of a task of a round in which they take part."""
    article = OuterRef("article")
    annotations = Annotation.objects.order_by().filter(assignment__task__article=article)
    of_others = annotations.exclude(assignment__annotator=person_id)
    taking_part = Participant.objects.filter(annotator=person_id)
    first = taking_part.filter(round__tasks__article=OuterRef("assignment__task__article")).order_by(
        "joined_at"
    )
    before = of_others.filter(created_at__lt=Subquery(first.values("joined_at")[:1]))
    own = Assignment.objects.order_by().filter(annotator=person_id)
    ended = Q(status__in=[TaskStatus.ADJUDICATED, TaskStatus.CANCELLED])
    ended |= Q(status=TaskStatus.EXCLUDED) & _HAS_GOLD
    ended |= Q(pk__in=own.exclude(closed_at=None).values("task"))
    ended |= Q(annotated_at__isnull=False) & ~Q(pk__in=own.values("task"))
    over = Task.objects.order_by().filter(ended, article=article, round__in=taking_part.values("round"))
    seen = Q(Exists(of_others)) & (Q(Exists(before)) | Q(Exists(over)))
    if round_.kind != RoundKind.RETEST:
        return seen
    earlier = annotations.filter(assignment__annotator=person_id).exclude(assignment__task__round=round_)
    return seen & (~Q(Exists(earlier)) | Q(Exists(over.filter(round=round_))))
