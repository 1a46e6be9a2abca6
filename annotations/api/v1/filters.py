"""By what each resource can be filtered."""

from django_filters import rest_framework as filters

from annotations.api.filters import IdFilter, ProjectIdFilter
from annotations.models import (
    AnnotationOrigin,
    AssignmentStatus,
    GoldStatus,
    JobStatus,
    Role,
    RoundKind,
    TaskStatus,
)


class ProjectFilter(filters.FilterSet):
    slug = filters.CharFilter()


class SchemeFilter(filters.FilterSet):
    name = filters.CharFilter()
    version = filters.CharFilter()


class MembershipFilter(filters.FilterSet):
    project = ProjectIdFilter()
    role = filters.ChoiceFilter(choices=Role.choices)


class ArticleFilter(filters.FilterSet):
    project = ProjectIdFilter()
    external_id = filters.CharFilter()
    text_sha256 = filters.CharFilter()


class RoundFilter(filters.FilterSet):
    project = ProjectIdFilter()
    kind = filters.ChoiceFilter(choices=RoundKind.choices)


class TaskFilter(filters.FilterSet):
    project = ProjectIdFilter("round__project")
    round = IdFilter()
    article = IdFilter()
    status = filters.ChoiceFilter(choices=TaskStatus.choices)


class AssignmentFilter(filters.FilterSet):
    project = ProjectIdFilter("task__round__project")
    round = IdFilter("task__round")
    task = IdFilter()
    annotator = IdFilter()
    status = filters.ChoiceFilter(choices=AssignmentStatus.choices)


class AnnotationFilter(filters.FilterSet):
    project = ProjectIdFilter("assignment__task__round__project")
    round = IdFilter("assignment__task__round")
    task = IdFilter("assignment__task")
    article = IdFilter("assignment__task__article")
    origin = filters.ChoiceFilter(choices=AnnotationOrigin.choices)


class GoldFilter(filters.FilterSet):
    project = ProjectIdFilter("task__round__project")
    round = IdFilter("task__round")
    task = IdFilter()
    article = IdFilter("task__article")
    status = filters.ChoiceFilter(choices=GoldStatus.choices)
    needs_review = filters.BooleanFilter()


class DecisionFilter(filters.FilterSet):
    project = ProjectIdFilter("task__round__project")
    task = IdFilter()
    action = filters.CharFilter()


class ReleaseFilter(filters.FilterSet):
    project = ProjectIdFilter()
    number = IdFilter()


class JobFilter(filters.FilterSet):
    project = ProjectIdFilter()
    kind = filters.CharFilter()
    status = filters.ChoiceFilter(choices=JobStatus.choices)


class EventFilter(filters.FilterSet):
    project = ProjectIdFilter()
    verb = filters.CharFilter()
    subject_type = filters.CharFilter()
    subject_id = filters.CharFilter()
    actor = IdFilter()
