"""The nouns as resources that are read: each says who reads it, and by which way a row belongs to a project."""

from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import (
    ADJUDICATION,
    EVERYONE,
    MANAGERS,
    READERS_OF_ANNOTATIONS,
    READERS_OF_GOLD,
    user_of,
)
from annotations.api.pagination import LatestFirst
from annotations.api.v1 import filters, writes
from annotations.api.v1.planning import find_quiz
from annotations.api.v1.serializers.articles import (
    ArticleDetailSerializer,
    ArticleSerializer,
    ArticleSetSerializer,
    DuplicateClusterSerializer,
)
from annotations.api.v1.serializers.markup import AnnotationSerializer, DecisionSerializer, GoldSerializer
from annotations.api.v1.serializers.projects import EventSerializer
from annotations.api.v1.serializers.rounds import (
    AssignmentSerializer,
    PseudonymBook,
    RoundSerializer,
    TaskSerializer,
)
from annotations.api.v1.serializers.schemes import (
    GuidelineRevisionDetailSerializer,
    GuidelineRevisionSerializer,
    SchemeDetailSerializer,
    SchemeSerializer,
)
from annotations.api.views import ProjectRowsView
from annotations.assignment.closing import close_round, rename_round, reopen_round
from annotations.assignment.deadlines import set_due_day
from annotations.assignment.duplicates import decide_cluster
from annotations.assignment.excluding import (
    delete_article,
    exclude_article,
    include_article,
)
from annotations.assignment.qualifying import require_quiz
from annotations.assignment.sets import delete_set
from annotations.blindness import keep_visible_events, mark_hidden
from annotations.models import (
    Annotation,
    Article,
    ArticleSet,
    Assignment,
    Decision,
    DuplicateCluster,
    Event,
    Gold,
    GuidelineRevision,
    Role,
    Round,
    Scheme,
    Task,
)


class SchemeViewSet(ProjectRowsView[Scheme], viewsets.ReadOnlyModelViewSet[Scheme]):
    """The schemes of your projects; one alone comes with its definition."""

    queryset = Scheme.objects.all()
    serializer_class = SchemeSerializer
    detail_serializer_class = SchemeDetailSerializer
    filterset_class = filters.SchemeFilter
    readers = EVERYONE
    project_path = "projects"

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Schemes of the projects, and earlier versions too, which only rounds have."""
        return rows.filter(pk__in=Scheme.objects.of_projects(self.find_projects(*self.readers)))


class GuidelineRevisionViewSet(
    ProjectRowsView[GuidelineRevision], viewsets.ReadOnlyModelViewSet[GuidelineRevision]
):
    """Corrections of how guidelines are worded; one alone comes with the passages that changed and the definition."""

    queryset = GuidelineRevision.objects.select_related("project", "scheme")
    serializer_class = GuidelineRevisionSerializer
    detail_serializer_class = GuidelineRevisionDetailSerializer
    readers = EVERYONE


class ArticleViewSet(ProjectRowsView[Article], viewsets.ReadOnlyModelViewSet[Article]):
    """Articles; one alone comes with its text and blocks. Annotators find those that they were given.

    A manager excludes an article, which then counts nowhere, and deletes one that no round has ever had.
    """

    queryset = Article.objects.defer("original").prefetch_related("blocks")
    serializer_class = ArticleSerializer
    detail_serializer_class = ArticleDetailSerializer
    filterset_class = filters.ArticleFilter
    readers = READERS_OF_GOLD

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        given = Task.objects.filter(
            assignments__annotator=user_of(self.request),
            round__project__in=list(self.find_projects(Role.ANNOTATOR)),
        )
        in_full = list(self.find_projects(*self.readers))
        return rows.filter(Q(project__in=in_full) | Q(pk__in=given.order_by().values("article")))

    @extend_schema(request=writes.ChangedArticleSerializer, responses={200: ArticleDetailSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Exclude an article for a reason, or include it again with an empty one; what was made of it stays on record."""
        article = self.get_object()
        self.require_manager(article.project_id)
        wanted = self.read_body(writes.ChangedArticleSerializer)
        reason = wanted.get("exclusion_reason")
        if reason:
            exclude_article(article, reason=reason, by=user_of(request))
        elif reason is not None:
            include_article(article, by=user_of(request))
        return Response(self.get_serializer(self.get_object()).data)

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Delete an article that no round has ever had."""
        article = self.get_object()
        self.require_manager(article.project_id)
        delete_article(article, by=user_of(request))
        return Response(status=HTTPStatus.NO_CONTENT)


class DuplicateViewSet(ProjectRowsView[DuplicateCluster], viewsets.ReadOnlyModelViewSet[DuplicateCluster]):
    """Articles that are copies of each other: edited, cut, or with another lead. Every import is searched for them."""

    queryset = DuplicateCluster.objects.prefetch_related("members")
    serializer_class = DuplicateClusterSerializer
    filterset_class = filters.DuplicateFilter
    readers = ADJUDICATION

    @extend_schema(request=writes.DecidedDuplicatesSerializer, responses={200: DuplicateClusterSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Decide what becomes of the articles; a later decision takes the place of an earlier one."""
        cluster = self.get_object()
        self.require_manager(cluster.project_id)
        wanted = self.read_body(writes.DecidedDuplicatesSerializer)
        if "verdict" in wanted:
            decide_cluster(cluster, wanted["verdict"], kept=wanted["kept"], by=user_of(request))
        return Response(self.get_serializer(self.get_object()).data)


class ArticleSetViewSet(ProjectRowsView[ArticleSet], viewsets.ReadOnlyModelViewSet[ArticleSet]):
    """Named sets of articles: what is asked of articles again and again; whatever fits later belongs to it too."""

    queryset = ArticleSet.objects.order_by("id")
    serializer_class = ArticleSetSerializer
    readers = ADJUDICATION

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Forget a name; articles and rounds stay as they are."""
        found = self.get_object()
        self.require_manager(found.project_id)
        delete_set(found, by=user_of(request))
        return Response(status=HTTPStatus.NO_CONTENT)


class RoundViewSet(ProjectRowsView[Round], viewsets.ReadOnlyModelViewSet[Round]):
    """Rounds. A manager names one, says when it is due, closes it, so that nothing of it is given out any more, and opens it again."""

    queryset = Round.objects.select_related("suggestions", "required_quiz__quiz")
    serializer_class = RoundSerializer
    filterset_class = filters.RoundFilter
    readers = ADJUDICATION

    @extend_schema(request=writes.ChangedRoundSerializer, responses={200: RoundSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Name a round, say by which day it is due and which quiz is to be passed first, close it or open it again.

        Closing sends tasks with some annotations on to adjudication and cancels those with none.
        """
        round_ = self.get_object()
        self.require_manager(round_.project_id)
        wanted = self.read_body(writes.ChangedRoundSerializer)
        with transaction.atomic():
            if "name" in wanted:
                rename_round(round_, wanted["name"], by=user_of(request))
            if "due_on" in wanted:
                set_due_day(round_, wanted["due_on"], by=user_of(request))
            if "quiz" in wanted:
                quiz = find_quiz(round_.project, wanted["quiz"])
                require_quiz(round_, quiz, by=user_of(request))
            if "closed" in wanted:
                change = close_round if wanted["closed"] else reopen_round
                change(round_, by=user_of(request))
        return Response(self.get_serializer(self.get_object()).data)


class TaskViewSet(ProjectRowsView[Task], viewsets.ReadOnlyModelViewSet[Task]):
    """The tasks of the reader's projects, for managers and adjudicators."""

    queryset = Task.objects.select_related("round")
    serializer_class = TaskSerializer
    filterset_class = filters.TaskFilter
    readers = ADJUDICATION
    project_path = "round__project"


class PseudonymousMixin:
    """Hands the serializers the pseudonyms of the projects that they write about."""

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return {**context, "pseudonyms": PseudonymBook()}


class AssignmentViewSet(
    ProjectRowsView[Assignment], PseudonymousMixin, viewsets.ReadOnlyModelViewSet[Assignment]
):
    """Who has which task; with the pseudonym under which they appear in datasets.

    Why somebody skipped an article is not said to who annotates it too.
    """

    queryset = Assignment.objects.select_related("annotator", "task__round__project")
    serializer_class = AssignmentSerializer
    filterset_class = filters.AssignmentFilter
    readers = MANAGERS
    project_path = "task__round__project"

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return mark_hidden(super().narrow(rows), user_of(self.request), article="task__article")


class AnnotationViewSet(
    ProjectRowsView[Annotation], PseudonymousMixin, viewsets.ReadOnlyModelViewSet[Annotation]
):
    """What annotators submitted, before adjudication, under pseudonyms; the current revision of each."""

    queryset = (
        Annotation.objects.current()
        .select_related("assignment__task__round__project")
        .defer("result", "fields")
    )
    serializer_class = AnnotationSerializer
    filterset_class = filters.AnnotationFilter
    readers = READERS_OF_ANNOTATIONS
    project_path = "assignment__task__round__project"
    article_path = "assignment__task__article"


class GoldViewSet(ProjectRowsView[Gold], viewsets.ReadOnlyModelViewSet[Gold]):
    """What was decided about an article in a round."""

    queryset = Gold.objects.select_related("task__round__project")
    serializer_class = GoldSerializer
    filterset_class = filters.GoldFilter
    readers = READERS_OF_GOLD
    project_path = "task__round__project"
    article_path = "task__article"


class DecisionViewSet(ProjectRowsView[Decision], viewsets.ReadOnlyModelViewSet[Decision]):
    """The ledgers of the tasks: every decision, the superseded ones too."""

    queryset = Decision.objects.select_related("task__round", "decided_by", "reason")
    serializer_class = DecisionSerializer
    filterset_class = filters.DecisionFilter
    readers = ADJUDICATION
    project_path = "task__round__project"
    article_path = "task__article"


class EventViewSet(ProjectRowsView[Event], viewsets.ReadOnlyModelViewSet[Event]):
    """Who did what, when; the latest first. Nothing is told of what was made of the articles that you annotate."""

    queryset = Event.objects.select_related("actor")
    serializer_class = EventSerializer
    filterset_class = filters.EventFilter
    pagination_class = LatestFirst
    readers = MANAGERS

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return keep_visible_events(super().narrow(rows), user_of(self.request))
