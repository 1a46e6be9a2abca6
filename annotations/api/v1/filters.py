"""By what each resource can be filtered."""

from django_filters import rest_framework as filters

from annotations.api.filters import IdFilter, ProjectIdFilter, TextFilter, TruthFilter
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
    slug = TextFilter()


class SchemeFilter(filters.FilterSet):
    name = TextFilter()
    version = TextFilter()


class MembershipFilter(filters.FilterSet):
    project = ProjectIdFilter()
    role = filters.ChoiceFilter(choices=Role.choices)


class ArticleFilter(filters.FilterSet):
    project = ProjectIdFilter()
    external_id = TextFilter()
    text_sha256 = TextFilter()


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
    needs_review = TruthFilter()


class DecisionFilter(filters.FilterSet):
    project = ProjectIdFilter("task__round__project")
    task = IdFilter()
    action = TextFilter()


class ReleaseFilter(filters.FilterSet):
    project = ProjectIdFilter()
    number = IdFilter()


class JobFilter(filters.FilterSet):
    project = ProjectIdFilter()
    kind = TextFilter()
    status = filters.ChoiceFilter(choices=JobStatus.choices)


class EventFilter(filters.FilterSet):
    project = ProjectIdFilter()
    verb = TextFilter()
    subject_type = TextFilter()
    subject_id = TextFilter()
    actor = IdFilter()
