"""The nouns as resources that are read: each says who reads it, and by which way a row belongs to a project."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import viewsets

from annotations.api.access import (
    ADJUDICATION,
    EVERYONE,
    MANAGERS,
    READERS_OF_ANNOTATIONS,
    READERS_OF_GOLD,
    find_projects,
    user_of,
)
from annotations.api.pagination import LatestFirst
from annotations.api.v1 import filters, serializers
from annotations.api.views import ScopedView
from annotations.blindness import keep_visible_events, mark_hidden
from annotations.models import (
    Annotation,
    Article,
    Assignment,
    Decision,
    Event,
    Gold,
    Job,
    Role,
    Round,
    Scheme,
    Task,
)


class SchemeViewSet(ScopedView[Scheme], viewsets.ReadOnlyModelViewSet[Scheme]):
    """The schemes of your projects; one alone comes with its definition."""

    queryset = Scheme.objects.all()
    serializer_class = serializers.SchemeSerializer
    detail_serializer_class = serializers.SchemeDetailSerializer
    filterset_class = filters.SchemeFilter
    readers = EVERYONE
    project_path = "projects"

    def scope(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Also earlier versions, which only rounds have."""
        return rows.filter(pk__in=Scheme.objects.of_projects(find_projects(self.request, *self.readers)))


class ArticleViewSet(ScopedView[Article], viewsets.ReadOnlyModelViewSet[Article]):
    """Articles; one alone comes with its text and blocks. Annotators find those that they were given."""

    queryset = Article.objects.defer("original").prefetch_related("blocks")
    serializer_class = serializers.ArticleSerializer
    detail_serializer_class = serializers.ArticleDetailSerializer
    filterset_class = filters.ArticleFilter
    readers = READERS_OF_GOLD

    def scope(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        given = Task.objects.filter(
            assignments__annotator=user_of(self.request),
            round__project__in=list(find_projects(self.request, Role.ANNOTATOR)),
        )
        in_full = list(find_projects(self.request, *self.readers))
        return rows.filter(Q(project__in=in_full) | Q(pk__in=given.order_by().values("article")))


class RoundViewSet(ScopedView[Round], viewsets.ReadOnlyModelViewSet[Round]):
    queryset = Round.objects.all()
    serializer_class = serializers.RoundSerializer
    filterset_class = filters.RoundFilter
    readers = ADJUDICATION


class TaskViewSet(ScopedView[Task], viewsets.ReadOnlyModelViewSet[Task]):
    queryset = Task.objects.select_related("round")
    serializer_class = serializers.TaskSerializer
    filterset_class = filters.TaskFilter
    readers = ADJUDICATION
    project_path = "round__project"


class PseudonymousMixin:
    """Hands the serializers the pseudonyms of the projects that they write about."""

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return {**context, "pseudonyms": serializers.PseudonymBook()}


class AssignmentViewSet(ScopedView[Assignment], PseudonymousMixin, viewsets.ReadOnlyModelViewSet[Assignment]):
    """Who has which task; with the pseudonym under which they appear in datasets.

    Why somebody skipped an article is not said to who annotates it too.
    """

    queryset = Assignment.objects.select_related("annotator", "task__round__project")
    serializer_class = serializers.AssignmentSerializer
    filterset_class = filters.AssignmentFilter
    readers = MANAGERS
    project_path = "task__round__project"

    def scope(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return mark_hidden(super().scope(rows), user_of(self.request), article="task__article")


class AnnotationViewSet(ScopedView[Annotation], PseudonymousMixin, viewsets.ReadOnlyModelViewSet[Annotation]):
    """What annotators submitted, before adjudication, under pseudonyms; the current revision of each."""

    queryset = (
        Annotation.objects.current()
        .with_markup()
        .select_related(
            "assignment__task__round__scheme", "assignment__task__round__project", "assignment__task__article"
        )
        .defer("result", "assignment__task__article__original")
        .prefetch_related("assignment__task__article__blocks")
    )
    serializer_class = serializers.AnnotationSerializer
    filterset_class = filters.AnnotationFilter
    readers = READERS_OF_ANNOTATIONS
    project_path = "assignment__task__round__project"
    article_path = "assignment__task__article"


class GoldViewSet(ScopedView[Gold], viewsets.ReadOnlyModelViewSet[Gold]):
    """What was decided about an article in a round."""

    queryset = Gold.objects.select_related("task__round__project")
    serializer_class = serializers.GoldSerializer
    filterset_class = filters.GoldFilter
    readers = READERS_OF_GOLD
    project_path = "task__round__project"
    article_path = "task__article"


class DecisionViewSet(ScopedView[Decision], viewsets.ReadOnlyModelViewSet[Decision]):
    """The ledgers of the tasks: every decision, the superseded ones too."""

    queryset = Decision.objects.select_related("task__round", "decided_by")
    serializer_class = serializers.DecisionSerializer
    filterset_class = filters.DecisionFilter
    readers = ADJUDICATION
    project_path = "task__round__project"
    article_path = "task__article"


class JobViewSet(ScopedView[Job], viewsets.ReadOnlyModelViewSet[Job]):
    queryset = Job.objects.all()
    serializer_class = serializers.JobSerializer
    filterset_class = filters.JobFilter
    pagination_class = LatestFirst
    readers = MANAGERS


class EventViewSet(ScopedView[Event], viewsets.ReadOnlyModelViewSet[Event]):
    """Who did what, when; the latest first. Nothing is told of what was made of the articles that you annotate."""

    queryset = Event.objects.select_related("actor")
    serializer_class = serializers.EventSerializer
    filterset_class = filters.EventFilter
    pagination_class = LatestFirst
    readers = MANAGERS

    def scope(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return keep_visible_events(super().scope(rows), user_of(self.request))
