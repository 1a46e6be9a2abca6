"""How many tasks, assignments and articles stand where, kept by triggers of the database so that no page counts what grows.

A tally is a sum of rows. On SQLite, where one writes at a time, a row is changed in place; on PostgreSQL each statement
adds rows of its own, so that nobody waits for anybody, and a job adds them up now and then.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import Coalesce

from annotations.models.accounts import User
from annotations.models.assignment import LIVE_STATUSES, Assignment, AssignmentStatus, Round, Task, TaskStatus
from annotations.models.corpus import Article, ArticleImport
from annotations.models.projects import Project


class TallyRow(models.Model):
    """Numbers to be added to those of the other rows of its kind."""

    KEY: ClassVar[tuple[str, ...]] = ()
    SUMS: ClassVar[tuple[str, ...]] = ()
    KEEPS_ZEROS: ClassVar[bool] = False
    """Whether a row stays that comes to nothing, because its triggers make none."""

    class Meta:
        abstract = True


Tally = TypeVar("Tally", bound=TallyRow)


class TallyQuerySet(models.QuerySet[Tally]):
    """Rows whose numbers are to be added up."""

    def count_by(self, field: str) -> dict[int, Counter[str]]:
        """How many stand in each status, for each value of a field, in one query of a few rows."""
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        rows = self.order_by().values_list(field, "status").annotate(sum=Sum("number"))
        for value, status, number in rows:
            counts[value][status] = number
        return counts

    def total(self, column: str = "number") -> int:
        """The sum of a column."""
        found: int = self.order_by().aggregate(sum=Sum(column, default=0))["sum"]
        return found

    @transaction.atomic
    def fold(self) -> int:
        """Put one row in the place of all rows of a kind; returns how many rows are gone."""
        rows = list(self.select_for_update().order_by("pk"))
        folded: list[Any] = [
            model(**dict(zip(model.KEY, key, strict=True)), **dict(zip(model.SUMS, values, strict=True)))
            for (model, *key), values in _add_up(rows).items()
            if any(values) or model.KEEPS_ZEROS
        ]
        if len(folded) < len(rows):
            self.model.objects.filter(pk__in=[row.pk for row in rows]).delete()  # type: ignore[attr-defined]  # of each
            self.model.objects.bulk_create(folded)  # type: ignore[attr-defined]  # of each
        return len(rows) - len(folded)


class TaskTallyQuerySet(TallyQuerySet["TaskTally"]):
    """Tallies of tasks, narrowed to tasks that count."""

    def live(self) -> Self:
        """Tasks that count: neither cancelled nor excluded."""
        return self.filter(status__in=LIVE_STATUSES)


class TaskTally(TallyRow):
    """How many tasks of a round stand in a status, and how many annotations they want together."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="task_tallies")
    status = models.CharField(max_length=12, choices=TaskStatus.choices)
    is_claimable = models.BooleanField(help_text="The tasks are open and have a claim to be taken.")
    number = models.IntegerField()
    wanted = models.IntegerField()

    objects = TaskTallyQuerySet.as_manager()
    KEY = ("round_id", "status", "is_claimable")
    SUMS = ("number", "wanted")

    def __str__(self) -> str:
        return f"{self.number} {self.status} tasks"


class AssignmentTally(TallyRow):
    """How many assignments an annotator has in a round in a status."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="assignment_tallies")
    annotator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=AssignmentStatus.choices)
    number = models.IntegerField()

    objects = TallyQuerySet["AssignmentTally"].as_manager()
    KEY = ("round_id", "annotator_id", "status")
    SUMS = ("number",)

    class Meta:
        indexes = [models.Index(name="assignment_tally_by_person", fields=["annotator", "round"])]

    def __str__(self) -> str:
        return f"{self.number} {self.status} assignments"


class ArticleTally(TallyRow):
    """How many published articles a project has, excluded ones apart."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="article_tallies")
    is_excluded = models.BooleanField()
    number = models.IntegerField()

    objects = TallyQuerySet["ArticleTally"].as_manager()
    KEY = ("project_id", "is_excluded")
    SUMS = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {'excluded ' if self.is_excluded else ''}articles"


class ImportTally(TallyRow):
    """How many articles an import has brought so far, published or not, excluded ones apart."""

    imported_in = models.ForeignKey(ArticleImport, on_delete=models.CASCADE, related_name="tallies")
    is_excluded = models.BooleanField()
    number = models.IntegerField()

    objects = TallyQuerySet["ImportTally"].as_manager()
    KEY = ("imported_in_id", "is_excluded")
    SUMS = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {'excluded ' if self.is_excluded else ''}articles of an import"


class PlannedTally(TallyRow):
    """How many articles of a project are in rounds of a kind, or on their way into one, each counted once, with a task that counts."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="planned_tallies", db_index=False
    )
    kind = models.CharField(max_length=12, blank=True, help_text="Empty for rounds of any kind.")
    number = models.IntegerField()

    objects = TallyQuerySet["PlannedTally"].as_manager()
    KEY = ("project_id", "kind")
    SUMS = ("number",)
    KEEPS_ZEROS = True

    class Meta:
        indexes = [models.Index(name="planned_tally_of_kind", fields=["project", "kind"])]

    def __str__(self) -> str:
        return f"{self.number} articles in {self.kind or 'all'} rounds"


TALLIES: tuple[type[TaskTally | AssignmentTally | ArticleTally | ImportTally | PlannedTally], ...] = (
    TaskTally,
    AssignmentTally,
    ArticleTally,
    ImportTally,
    PlannedTally,
)


def count_anew() -> dict[type[TallyRow], list[TallyRow]]:
    """What the tallies should say, counted from what they are about; none of it is saved."""
    claimable = ExpressionWrapper(
        Q(status=TaskStatus.OPEN, claimed__lt=F("wanted")), output_field=BooleanField()
    )
    tasks = (
        Task.objects.order_by().annotate(is_claimable=claimable).values("round_id", "status", "is_claimable")
    )
    assignments = Assignment.objects.order_by().values("annotator_id", "status", round_id=F("task__round_id"))
    is_excluded = ExpressionWrapper(Q(excluded_at__isnull=False), output_field=BooleanField())
    articles = Article.objects.order_by().annotate(is_excluded=is_excluded)
    imported = Article.staged.order_by().exclude(imported_in=None).annotate(is_excluded=is_excluded)
    return {
        TaskTally: [TaskTally(**row) for row in tasks.annotate(number=Count("pk"), wanted=Sum(F("wanted")))],
        AssignmentTally: [AssignmentTally(**row) for row in assignments.annotate(number=Count("pk"))],
        ArticleTally: [
            ArticleTally(**row)
            for row in articles.values("project_id", "is_excluded").annotate(number=Count("pk"))
        ],
        ImportTally: [
            ImportTally(**row)
            for row in imported.values("imported_in_id", "is_excluded").annotate(number=Count("pk"))
        ],
        PlannedTally: _count_planned(),
    }


def _count_planned() -> list[TallyRow]:
    place = Coalesce("planned_for_id", "project_id")
    numbers = {
        (project, kind): 0
        for project, own in Round.objects.order_by().values_list(place, "kind").distinct()
        for kind in ("", own)
    }
    live = Task.objects.live().order_by()
    place = Coalesce("round__planned_for_id", "round__project_id")
    for fields in ([place], [place, "round__kind"]):
        rows = live.values_list(*fields).annotate(number=Count("article", distinct=True))
        numbers.update({(project, kind[0] if kind else ""): number for project, *kind, number in rows})
    return [
        PlannedTally(project_id=project, kind=kind, number=number)
        for (project, kind), number in numbers.items()
    ]


@transaction.atomic
def find_wrong_tallies() -> set[tuple[Any, ...]]:
    """What the tallies say and the rows do not, or the other way round; work that goes on meanwhile may show up as well."""
    kept = _add_up(chain.from_iterable(model.objects.all() for model in TALLIES))
    true = _add_up(chain.from_iterable(count_anew().values()))
    return {one for one in kept.items() ^ true.items() if any(one[1])}


def _add_up(rows: Iterable[TallyRow]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """The sums of the rows by their kind."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        kind = (type(row), *(getattr(row, name) for name in row.KEY))
        kept = sums.setdefault(kind, [0] * len(row.SUMS))
        for place, name in enumerate(row.SUMS):
            kept[place] += getattr(row, name)
    return {kind: tuple(values) for kind, values in sums.items()}


@transaction.atomic
def rebuild_tallies() -> None:
    """Count everything anew, where something got past the triggers."""
    for model, rows in count_anew().items():
        model._default_manager.all().delete()  # noqa: SLF001 - documented
        model._default_manager.bulk_create(rows)  # noqa: SLF001 - documented
