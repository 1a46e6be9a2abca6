"""How what annotators submitted, gold and the decisions between them are written by the API."""

from typing import Any

from rest_framework import serializers

from annotations.api.v1.serializers.people import PersonSerializer
from annotations.api.v1.serializers.rounds import PseudonymBook
from annotations.formats.canonical import read_members
from annotations.formats.record import PARTS_OF_MARKUP
from annotations.models import Annotation, Decision, DecisionReason, Gold, GoldStatus


class ProvenanceSerializer(serializers.Serializer[Any]):
    """The votes and decisions that a part of gold comes from."""

    origin = serializers.CharField()
    decisions = serializers.ListField(child=serializers.IntegerField())
    votes = serializers.ListField(child=serializers.CharField())


class PlaceSerializer(serializers.Serializer[Any]):
    """A stretch of an article in code points; the end is the first code point after it."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()


class SpanSerializer(serializers.Serializer[Any]):
    """A span with the words that it marks and its attributes."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # their metaclass takes it out
    start = serializers.IntegerField(help_text="In code points of the article's text.")
    end = serializers.IntegerField(help_text="The first code point after the span.")
    quote = serializers.CharField(trim_whitespace=False)
    attributes = serializers.DictField(child=serializers.CharField())
    provenance = ProvenanceSerializer(allow_null=True)
    drawn = PlaceSerializer(
        required=False,
        help_text="Where an annotator drew a span whose ends were moved; else it is not there.",
    )


class RelationSerializer(serializers.Serializer[Any]):
    """A directed connection between two spans, which it names by their keys."""

    kind = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]  # their metaclass takes it out
        help_text="The key of a span."
    )
    target = serializers.CharField(help_text="The key of a span.")
    provenance = ProvenanceSerializer(allow_null=True)


class MarkupSerializer(serializers.Serializer[Any]):
    """The spans, relations and fields that one reader gave one text."""

    spans = SpanSerializer(many=True)
    relations = RelationSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """A field called `fields` cannot be declared: the REST framework has a property of that name."""
        declared = super().get_fields()
        declared["fields"] = serializers.DictField(
            child=serializers.CharField(), help_text="The fields of the document."
        )
        return declared


class AnnotationSerializer(MarkupSerializer):
    """The current revision of what an annotator submitted, under a pseudonym."""

    id = serializers.IntegerField()
    project = serializers.IntegerField()
    article = serializers.IntegerField()
    task = serializers.IntegerField()
    round = serializers.IntegerField()
    annotator = serializers.CharField(help_text="The annotator's pseudonym.")
    revision = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()

    def to_representation(self, annotation: Annotation) -> dict[str, Any]:
        task = annotation.assignment.task
        book: PseudonymBook = self.context["pseudonyms"]
        record = read_members(annotation.canonical)
        return {
            "id": annotation.pk,
            "project": task.round.project_id,
            "article": task.article_id,
            "task": task.pk,
            "round": task.round_id,
            "annotator": book.of(task.round.project)[annotation.assignment.annotator_id],
            "revision": annotation.revision,
            "submitted_at": annotation.created_at,
            **{name: record[name] for name in PARTS_OF_MARKUP},
        }


class GoldSerializer(MarkupSerializer):
    """What was decided about an article in a round, and how each part came about."""

    id = serializers.IntegerField()
    project = serializers.IntegerField()
    article = serializers.IntegerField()
    task = serializers.IntegerField()
    round = serializers.IntegerField()
    status = serializers.ChoiceField(GoldStatus.choices)
    needs_review = serializers.BooleanField()
    unmet = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="How many rules of each code it breaks, for a reason that is the note of a decision.",
    )
    finished_at = serializers.DateTimeField()
    field_provenance = serializers.DictField(child=ProvenanceSerializer())

    def to_representation(self, gold: Gold) -> dict[str, Any]:
        record = read_members(gold.canonical)
        return {
            "id": gold.pk,
            "project": gold.task.round.project_id,
            "article": gold.task.article_id,
            "task": gold.task_id,
            "round": gold.task.round_id,
            "status": gold.status,
            "needs_review": gold.needs_review,
            "unmet": record["ledger"].get("unmet", {}),
            "finished_at": gold.finished_at,
            **{name: record[name] for name in PARTS_OF_MARKUP},
        }


class DecisionReasonSerializer(serializers.ModelSerializer[DecisionReason]):
    """Why a decision was needed, as the adjudicator said it."""

    class Meta:
        model = DecisionReason
        fields = ("kind", "is_for_guidelines", "rule", "words")
        read_only_fields = fields


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """An entry of the ledger of a task."""

    reason = DecisionReasonSerializer(
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Why it was needed, where the adjudicator said so.",
    )
    project = serializers.IntegerField(source="task.round.project_id", read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True, help_text="Nobody, where a rule decided.")

    class Meta:
        model = Decision
        fields = (
            "id",
            "project",
            "task",
            "number",
            "unit",
            "action",
            "payload",
            "note",
            "reason",
            "decided_at",
            "decided_by",
            "supersedes",
        )
        read_only_fields = fields
