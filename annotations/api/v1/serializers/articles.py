"""How articles, their blocks and their imports are written by the API."""

from rest_framework import serializers

from annotations.formats.record import name_source
from annotations.models import (
    Article,
    ArticleImport,
    ArticleSet,
    Block,
    DuplicateCluster,
    DuplicateMember,
    ImportStatus,
)


class BlockSerializer(serializers.ModelSerializer[Block]):
    """A stretch of an article with its role in the layout, in code points."""

    class Meta:
        model = Block
        fields = ("kind", "start", "end")
        read_only_fields = fields


class ArticleSerializer(serializers.ModelSerializer[Article]):
    """An article without its text."""

    source = serializers.SerializerMethodField(  # type: ignore[assignment]  # their metaclass takes it out
        help_text="The file, and the row where it has rows."
    )

    class Meta:
        model = Article
        fields: tuple[str, ...] = (
            "id",
            "project",
            "title",
            "external_id",
            "source",
            "source_format",
            "length",
            "sha256",
            "text_sha256",
            "metadata",
            "version_of",
            "imported_at",
            "excluded_at",
            "exclusion_reason",
        )
        read_only_fields = fields

    def get_source(self, article: Article) -> str:
        return name_source(article.source)


class ArticleDetailSerializer(ArticleSerializer):
    """An article with its text and blocks."""

    blocks = BlockSerializer(many=True, read_only=True)

    class Meta(ArticleSerializer.Meta):
        fields = (*ArticleSerializer.Meta.fields, "text", "blocks")
        read_only_fields = fields


class ArticleImportSerializer(serializers.ModelSerializer[ArticleImport]):
    """An import of articles, where it stands, and when they became visible."""

    articles = serializers.IntegerField(
        source="article_count", read_only=True, help_text="How many it brought, or would."
    )
    status = serializers.ChoiceField(ImportStatus.choices, read_only=True)

    class Meta:
        model = ArticleImport
        fields = ("id", "project", "status", "articles", "started_at", "published_at")
        read_only_fields = fields


class DuplicateMemberSerializer(serializers.ModelSerializer[DuplicateMember]):
    """An article of a cluster of copies, and of which other it has most."""

    class Meta:
        model = DuplicateMember
        fields = ("article", "nearest", "share", "kind")
        read_only_fields = fields


class DuplicateClusterSerializer(serializers.ModelSerializer[DuplicateCluster]):
    """Articles that are copies of each other, and what was decided about them."""

    members = DuplicateMemberSerializer(many=True, read_only=True)

    class Meta:
        model = DuplicateCluster
        fields = ("id", "project", "verdict", "kept", "found_at", "decided_at", "members")
        read_only_fields = fields


class ArticleSetSerializer(serializers.ModelSerializer[ArticleSet]):
    """Articles by what is asked of them, under a name."""

    choice = serializers.DictField(read_only=True, help_text="What is asked of the articles.")

    class Meta:
        model = ArticleSet
        fields = ("id", "project", "name", "choice", "created_at")
        read_only_fields = fields
