"""Everything under /api/v1/."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from annotations.api.v1 import (
    drafts,
    imports,
    jobs,
    memberships,
    pages,
    predictions,
    projects,
    releases,
    tokens,
    views,
)

router = SimpleRouter()
router.register("projects", projects.ProjectViewSet, "projects")
router.register("memberships", memberships.MembershipViewSet, "memberships")
router.register("schemes", views.SchemeViewSet, "schemes")
router.register("corrections", views.GuidelineRevisionViewSet, "corrections")
router.register("imports", imports.ImportViewSet, "imports")
router.register("articles", views.ArticleViewSet, "articles")
router.register("duplicates", views.DuplicateViewSet, "duplicates")
router.register("sets", views.ArticleSetViewSet, "sets")
router.register("rounds", views.RoundViewSet, "rounds")
router.register("tasks", views.TaskViewSet, "tasks")
router.register("assignments", views.AssignmentViewSet, "assignments")
router.register("annotations", views.AnnotationViewSet, "annotations")
router.register("predictors", predictions.PredictorViewSet, "predictors")
router.register("predictions", predictions.PredictionViewSet, "predictions")
router.register("decisions", views.DecisionViewSet, "decisions")
router.register("gold", views.GoldViewSet, "gold")
router.register("releases", releases.ReleaseViewSet, "releases")
router.register("drafts", drafts.DraftViewSet, "drafts")
router.register("jobs", jobs.JobViewSet, "jobs")
router.register("events", views.EventViewSet, "events")
router.register("tokens", tokens.TokenViewSet, "tokens")

app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("schema/", pages.SchemaView.as_view(), name="schema"),
    path("docs/", pages.DocsView.as_view(), name="docs"),
    re_path("", pages.NowhereView.as_view(), name="nowhere"),
]
