"""By what each resource can be filtered."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from annotations.api.access import EVERYONE, READERS_OF_GOLD, find_projects
from annotations.api.choices import NamedChoiceFilter
from annotations.api.filters import (
    ColumnFilter,
    IdFilter,
    LengthFilter,
    OwnProjectFilter,
    SearchFilter,
    TextFilter,
    TruthFilter,
)
from annotations.assignment.filtering import narrow, read_set
from annotations.corpus.choice import GROUPING_NAMES, PROGRESS_NAMES, ArticleChoice
from annotations.models import (
    AnnotationOrigin,
    ArticleSet,
    AssignmentStatus,
    GoldStatus,
    JobStatus,
    Role,
    RoundKind,
    TaskStatus,
    Verdict,
)


class ProjectFilter(filters.FilterSet):
    """Query parameters that narrow a list of projects."""

    slug = TextFilter()
    archived = TruthFilter("archived_at", lookup_expr="isnull", exclude=True)


class SchemeFilter(filters.FilterSet):
    """Query parameters that narrow a list of schemes."""

    name = TextFilter()
    version = TextFilter()


class MembershipFilter(filters.FilterSet):
    """Query parameters that narrow a list of memberships."""

    project = OwnProjectFilter()
    role = NamedChoiceFilter(choices=Role.choices)


class ArticleFilter(filters.FilterSet):
    """Query parameters that narrow a list of articles."""

    project = OwnProjectFilter()
    external_id = TextFilter()
    text_sha256 = TextFilter()
    set = IdFilter(method="narrow_to_set")
    words = SearchFilter(method="narrow")
    metadata = ColumnFilter(method="narrow")
    language = TextFilter(method="narrow")
    since = TextFilter(method="narrow")
    until = TextFilter(method="narrow")
    min_length = LengthFilter(method="narrow")
    max_length = LengthFilter(method="narrow")
    progress = NamedChoiceFilter(choices=list(PROGRESS_NAMES.items()), method="narrow")
    copies = NamedChoiceFilter(choices=list(GROUPING_NAMES.items()), method="narrow")

    def narrow(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """The articles of which one thing holds; what others made of articles is told to who reads them in full."""
        said: dict[str, Any] = {name: int(value) if name in {"min_length", "max_length"} else value}
        if name == "metadata":
            column, _, wanted = value.partition("=")
            said = {"metadata": ((column, wanted),)}
        return self._fit(rows, ArticleChoice(**said))

    def narrow_to_set(self, rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        """The articles of a named set, which is of a project that the caller reads in full."""
        found = ArticleSet.objects.filter(pk=value, project__in=self._find_projects(READERS_OF_GOLD)).first()
        if found is None:
            return rows.none()
        return self._fit(rows.filter(project=found.project_id), read_set(found))

    def _fit(self, rows: QuerySet[Any], choice: ArticleChoice) -> QuerySet[Any]:
        tells = bool(choice.progress or choice.copies)
        projects = list(self._find_projects(READERS_OF_GOLD if tells else EVERYONE))
        return narrow(rows.filter(project__in=projects) if tells else rows, choice, projects=projects)

    def _find_projects(self, roles: tuple[str, ...]) -> QuerySet[Any]:
        return find_projects(self.request, *roles, with_archived=True).values_list("pk", flat=True)


class DuplicateFilter(filters.FilterSet):
    """Query parameters that narrow a list of clusters of copies."""

    project = OwnProjectFilter()
    verdict = NamedChoiceFilter(choices=Verdict.choices)


class RoundFilter(filters.FilterSet):
    """Query parameters that narrow a list of rounds."""

    project = OwnProjectFilter()
    kind = NamedChoiceFilter(choices=RoundKind.choices)


class TaskFilter(filters.FilterSet):
    """Query parameters that narrow a list of tasks."""

    project = OwnProjectFilter("round__project")
    round = IdFilter()
    article = IdFilter()
    status = NamedChoiceFilter(choices=TaskStatus.choices)


class AssignmentFilter(filters.FilterSet):
    """Query parameters that narrow a list of assignments."""

    project = OwnProjectFilter("task__round__project")
    round = IdFilter("task__round")
    task = IdFilter()
    annotator = IdFilter()
    status = NamedChoiceFilter(choices=AssignmentStatus.choices)


class AnnotationFilter(filters.FilterSet):
    """Query parameters that narrow a list of annotations."""

    project = OwnProjectFilter("assignment__task__round__project")
    round = IdFilter("assignment__task__round")
    task = IdFilter("assignment__task")
    article = IdFilter("assignment__task__article")
    origin = NamedChoiceFilter(choices=AnnotationOrigin.choices)


class PredictionFilter(filters.FilterSet):
    """Query parameters that narrow a list of predictions."""

    project = OwnProjectFilter("predictor__project")
    predictor = IdFilter()
    article = IdFilter()


class GoldFilter(filters.FilterSet):
    """Query parameters that narrow a list of gold."""

    project = OwnProjectFilter("task__round__project")
    round = IdFilter("task__round")
    task = IdFilter()
    article = IdFilter("task__article")
    status = NamedChoiceFilter(choices=GoldStatus.choices)
    needs_review = TruthFilter()


class DecisionFilter(filters.FilterSet):
    """Query parameters that narrow a list of decisions."""

    project = OwnProjectFilter("task__round__project")
    task = IdFilter()
    action = TextFilter()


class ReleaseFilter(filters.FilterSet):
    """Query parameters that narrow a list of releases."""

    project = OwnProjectFilter()
    number = IdFilter()


class DraftFilter(filters.FilterSet):
    """Query parameters that narrow a list of drafts of releases."""

    project = OwnProjectFilter()


class JobFilter(filters.FilterSet):
    """Query parameters that narrow a list of jobs."""

    project = OwnProjectFilter()
    kind = TextFilter()
    status = NamedChoiceFilter(choices=JobStatus.choices)


class EventFilter(filters.FilterSet):
    """Query parameters that narrow a list of events."""

    project = OwnProjectFilter()
    verb = TextFilter()
    subject_type = TextFilter()
    subject_id = TextFilter()
    actor = IdFilter()
