"""By what each resource can be filtered."""

from django_filters import rest_framework as filters

from annotations.api.choices import NamedChoiceFilter
from annotations.api.filters import IdFilter, OwnProjectFilter, TextFilter, TruthFilter
from annotations.models import (
    AnnotationOrigin,
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
