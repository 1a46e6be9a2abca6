"""How schemes and corrections of their guidelines are written by the API."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.models import GuidelineRevision, Scheme
from annotations.projects.wording import list_corrections


class SchemeSerializer(serializers.ModelSerializer[Scheme]):
    """One version of a scheme, without its definition."""

    class Meta:
        model = Scheme
        fields: tuple[str, ...] = ("id", "name", "version", "title", "sha256", "created_at")
        read_only_fields = fields


class SchemeDetailSerializer(SchemeSerializer):
    """One version of a scheme with its definition in TOML."""

    class Meta(SchemeSerializer.Meta):
        fields = (*SchemeSerializer.Meta.fields, "source")
        read_only_fields = fields


class WordingChangeSerializer(serializers.Serializer[Any]):
    """A passage of the guidelines as it was before a correction and as it is after it."""

    place = serializers.CharField(help_text="The label, question or value that the passage is about.")
    before = serializers.CharField()
    after = serializers.CharField()


class GuidelineRevisionSerializer(serializers.ModelSerializer[GuidelineRevision]):
    """A correction of the guidelines of a scheme in one project, without its text."""

    class Meta:
        model = GuidelineRevision
        fields: tuple[str, ...] = ("id", "project", "scheme", "number", "name", "created_at")
        read_only_fields = fields


class GuidelineRevisionDetailSerializer(GuidelineRevisionSerializer):
    """A correction of the guidelines with its text and the passages that it changed."""

    changes = serializers.SerializerMethodField(help_text="The passages that it worded otherwise.")

    class Meta(GuidelineRevisionSerializer.Meta):
        fields = (*GuidelineRevisionSerializer.Meta.fields, "changes", "source")
        read_only_fields = fields

    @extend_schema_field(WordingChangeSerializer(many=True))
    def get_changes(self, revision: GuidelineRevision) -> list[dict[str, str]]:
        corrections = list_corrections(revision.project, revision.scheme)
        found = next(one for one in corrections if one.revision.pk == revision.pk)
        return [asdict(change) for change in found.changes]
