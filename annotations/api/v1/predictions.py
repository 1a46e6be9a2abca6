"""Predictions of models and who made them, for managers; those of an article that a manager annotates are hidden from them."""

from http import HTTPStatus

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import MANAGERS, require_project, user_of
from annotations.api.v1 import filters
from annotations.api.v1.serializers.predictions import PredictionSerializer, PredictorSerializer
from annotations.api.v1.serializers.projects import JobSerializer
from annotations.api.v1.writes import StrictSerializer, id_field
from annotations.api.views import ProjectRowsView
from annotations.corpus.predicted.by_rules import ask_for_rules
from annotations.corpus.predicted.by_server import ask_for_server
from annotations.limits import MAX_PREDICTOR_NAME_LENGTH
from annotations.models import Prediction, Predictor


class AskedPredictionsSerializer(StrictSerializer):
    """The predictions that are wanted: of the articles of a project, by a predictor."""

    project = id_field()
    by = serializers.ChoiceField([("rules", "the rules of the workbench"), ("server", "a model server")])
    server = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_PREDICTOR_NAME_LENGTH,
        help_text="The name of a model server that the installation has, for `server`.",
    )


class PredictorViewSet(ProjectRowsView[Predictor], viewsets.ReadOnlyModelViewSet[Predictor]):
    """The models and other tools whose predictions the reader's projects have."""

    queryset = Predictor.objects.order_by("id")
    serializer_class = PredictorSerializer
    readers = MANAGERS


class PredictionViewSet(ProjectRowsView[Prediction], viewsets.ReadOnlyModelViewSet[Prediction]):
    """What models marked in articles; a later prediction stands beside an earlier one."""

    queryset = Prediction.objects.published().select_related("predictor", "scheme")
    serializer_class = PredictionSerializer
    filterset_class = filters.PredictionFilter
    readers = MANAGERS
    project_path = "predictor__project"
    article_path = "article"

    @extend_schema(request=AskedPredictionsSerializer, responses={202: JobSerializer})
    def create(self, request: Request) -> Response:
        """Have every article of a project marked by the rules of the workbench or by a model server, in a job."""
        wanted = self.read_body(AskedPredictionsSerializer)
        project = require_project(request, str(wanted["project"]), *MANAGERS)
        by = user_of(request)
        is_server = wanted["by"] == "server"
        job = ask_for_server(project, wanted["server"], by=by) if is_server else ask_for_rules(project, by=by)
        return Response(JobSerializer(job).data, status=HTTPStatus.ACCEPTED)
