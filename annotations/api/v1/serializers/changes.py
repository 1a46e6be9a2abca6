"""How the API's description tells what changed between two releases; `write_json` writes it as it reads."""

from typing import Any

from rest_framework import serializers

from annotations.gold.differences import ArticleChange, RelationChange, SpanChange

SPAN_CHANGES = [one.value for one in SpanChange]
RELATION_CHANGES = [one.value for one in RelationChange]
ARTICLE_CHANGES = [one.value for one in ArticleChange]


class ComparedReleaseSerializer(serializers.Serializer[Any]):
    """One of two releases that are compared."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    version = serializers.CharField()
    sha256 = serializers.CharField(help_text="The checksum of its manifest.")


class EndOfRelationSerializer(serializers.Serializer[Any]):
    """A span at an end of a relation, by what it is found by in the record of its release."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # their metaclass takes it out
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    quote = serializers.CharField()


class ComparedSpanSerializer(EndOfRelationSerializer):
    """A span in one of the releases."""

    attributes = serializers.DictField(child=serializers.CharField())


class ComparedRelationSerializer(serializers.Serializer[Any]):
    """A relation in one of the releases."""

    kind = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]  # their metaclass takes it out
        help_text="The words of the span from which it leads."
    )
    target = serializers.CharField(help_text="The words of the span to which it leads.")
    source_span = EndOfRelationSerializer()
    target_span = EndOfRelationSerializer()


class SpanChangeSerializer(serializers.Serializer[Any]):
    """A span that is not the same in both releases."""

    change = serializers.ChoiceField(SPAN_CHANGES, help_text="The first of `changes`.")
    changes = serializers.ListField(
        child=serializers.ChoiceField(SPAN_CHANGES),
        help_text="Everything that happened to it: added or removed alone, or one or several of the others.",
    )
    before = ComparedSpanSerializer(allow_null=True)
    after = ComparedSpanSerializer(allow_null=True)


class RelationChangeSerializer(serializers.Serializer[Any]):
    """A relation that is not the same in both releases."""

    change = serializers.ChoiceField(RELATION_CHANGES, help_text="The first of `changes`.")
    changes = serializers.ListField(
        child=serializers.ChoiceField(RELATION_CHANGES),
        help_text="Everything that happened to it. What happened to the spans at its ends is no change of it.",
    )
    before = ComparedRelationSerializer(allow_null=True)
    after = ComparedRelationSerializer(allow_null=True)


class AnswerChangeSerializer(serializers.Serializer[Any]):
    """An answer about the article as a whole that is another now."""

    name = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class ArticleChangeSerializer(serializers.Serializer[Any]):
    """An article whose record is not the same in both releases."""

    article = serializers.IntegerField()
    title = serializers.CharField()
    change = serializers.ChoiceField(ARTICLE_CHANGES)
    spans = SpanChangeSerializer(many=True)
    relations = RelationChangeSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "fields": AnswerChangeSerializer(many=True)}


class ChangeCountsSerializer(serializers.Serializer[Any]):
    """How many articles, spans, relations and answers changed, by what happened to them."""

    articles = serializers.DictField(child=serializers.IntegerField())
    spans = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="A span to which several things happened counts under each of them.",
    )
    spans_in_several_ways = serializers.IntegerField(
        help_text="To how many spans more than one thing happened."
    )
    spans_by_label = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    relations = serializers.DictField(child=serializers.IntegerField())

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "fields": serializers.DictField(child=serializers.IntegerField())}


class FigureSerializer(serializers.Serializer[Any]):
    """A figure of agreement as the manifest of a release keeps it."""

    value = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    documents = serializers.IntegerField()


class AgreementChangeSerializer(serializers.Serializer[Any]):
    """A figure of agreement in both releases, of one label or of all."""

    metric = serializers.CharField()
    label = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # their metaclass takes it out
    before = FigureSerializer(allow_null=True)
    after = FigureSerializer(allow_null=True)
    difference = serializers.FloatField(allow_null=True)


class ReleaseChangesSerializer(serializers.Serializer[Any]):
    """What changed between two releases of a project."""

    before = ComparedReleaseSerializer()
    after = ComparedReleaseSerializer()
    counts = ChangeCountsSerializer()
    agreement = AgreementChangeSerializer(many=True)
    articles = ArticleChangeSerializer(many=True)
