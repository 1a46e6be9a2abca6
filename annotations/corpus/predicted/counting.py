"""How much each predictor of a project has said."""

from django.db.models import Count, Max, QuerySet, Sum

from annotations.models import Prediction, Predictor, Project


def list_predictors(project: Project) -> QuerySet[Predictor]:
    """The predictors that have said something, with `articles`, `marked` (their spans) and `latest`; what waits to be published counts as nothing."""
    published = Prediction.objects.published().filter(predictor__project=project)
    return (
        Predictor.objects.filter(project=project, predictions__in=published)
        .annotate(
            articles=Count("predictions__article", distinct=True),
            marked=Sum("predictions__spans"),
            latest=Max("predictions__created_at"),
        )
        .order_by("name", "id")
    )
