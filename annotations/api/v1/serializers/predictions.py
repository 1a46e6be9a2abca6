"""How what models predicted is written by the API, for managers alone."""

from typing import Any

from rest_framework import serializers

from annotations.api.v1.serializers.markup import MarkupSerializer
from annotations.formats.canonical import read_members
from annotations.formats.record import PARTS_OF_MARKUP
from annotations.models import Prediction, Predictor


class PredictorSerializer(serializers.ModelSerializer[Predictor]):
    """A model or another tool by the name that the project knows it under."""

    class Meta:
        model = Predictor
        fields = ("id", "project", "name", "created_at")
        read_only_fields = fields


class PredictionSerializer(MarkupSerializer):
    """What a model marked in an article, in the words of a scheme."""

    id = serializers.IntegerField()
    project = serializers.IntegerField()
    article = serializers.IntegerField()
    predictor = serializers.IntegerField()
    scheme = serializers.CharField(help_text="The identifier of the scheme in whose labels it is said.")
    predicted_at = serializers.DateTimeField()

    def to_representation(self, prediction: Prediction) -> dict[str, Any]:
        record = read_members(prediction.canonical)
        return {
            "id": prediction.pk,
            "project": prediction.predictor.project_id,
            "article": prediction.article_id,
            "predictor": prediction.predictor_id,
            "scheme": str(prediction.scheme),
            "predicted_at": prediction.created_at,
            **{name: record[name] for name in PARTS_OF_MARKUP},
        }
