"""Articles, frozen at import, and the stand-off layout of each."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from annotations.formats import documents, record
from annotations.limits import MAX_FILE_NAME_LENGTH, MAX_REASON_LENGTH
from annotations.models.accounts import User
from annotations.models.projects import Project


class ImportStatus(models.TextChoices):
    """An import's stand between its first file and the moment from which everybody sees its articles."""

    RECEIVING = "receiving", "files are coming in"
    READING = "reading", "being read"
    READ = "read", "ready to be published"
    PUBLISHED = "published", "published"


class ArticleImport(models.Model):
    """One import of articles: files come in and are read into articles that nobody sees, until all are published at once.

    A project has one import with unpublished articles at a time, so that two never write the same text. Whoever reads
    holds it until `busy_until` and prolongs that with each chunk; what one wrote that was cut off, or that only waits
    to be published, is taken away by the next, and read again when somebody comes back to it.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="article_imports")
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    busy_until = models.DateTimeField()
    is_staged = models.BooleanField(
        default=True,
        help_text="Whether articles of it are written; before that its files come in, or wait to be read.",
    )
    published_at = models.DateTimeField(null=True, blank=True)
    is_used = models.BooleanField(
        default=False, help_text="An article of it was annotated, decided about or released."
    )
    asked = models.PositiveIntegerField(default=0, help_text="How often somebody asked to have it read.")
    choices = models.JSONField(
        default=dict, blank=True, help_text="What was said of how its files are to be read."
    )
    report = models.JSONField(
        null=True, blank=True, help_text="What its files hold, since they were last read."
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="article_import_alone_in_project",
                fields=["project"],
                condition=Q(published_at=None, is_staged=True),
            ),
            models.CheckConstraint(
                name="article_import_is_read_before_it_is_published",
                condition=Q(is_staged=True) | Q(published_at=None, report__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk} into {self.project}"

    @property
    def status(self) -> ImportStatus:
        """Where the import stands."""
        if self.published_at is not None:
            return ImportStatus.PUBLISHED
        if not self.is_staged:
            return ImportStatus.RECEIVING
        return ImportStatus.READING if self.report is None else ImportStatus.READ


class ImportFile(models.Model):
    """A file on its way into a project: its bytes lie in the storage in the parts in which they came, in order."""

    article_import = models.ForeignKey(ArticleImport, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(
        max_length=MAX_FILE_NAME_LENGTH, help_text="With the folders it lay in, and slashes."
    )
    size = models.PositiveBigIntegerField(help_text="Bytes that were announced.")
    received = models.PositiveBigIntegerField(default=0, help_text="Bytes that have come, from the first on.")
    parts = models.JSONField(
        default=list, blank=True, help_text="Each part's name in the storage and its bytes."
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(name="import_file_name_unique", fields=["article_import", "name"]),
            models.CheckConstraint(
                name="import_file_is_no_longer_than_announced", condition=Q(received__lte=F("size"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles, narrowed to those that everybody sees."""

    def published(self) -> Self:
        """Without those of an import that is not published (yet), which is asked of each row after what was asked before."""
        unpublished = ArticleImport.objects.filter(published_at=None)
        return self.filter(Q(imported_in=None) | ~Q(imported_in__in=unpublished))


class PublishedArticleManager(models.Manager["Article"]):
    """Articles as everybody sees them: without those of an import that is not published (yet)."""

    def get_queryset(self) -> ArticleQuerySet:
        return ArticleQuerySet(self.model, using=self._db).published()


class Article(models.Model):
    """One immutable source text. The database refuses any change of its text, bytes or checksums."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="articles")
    title = models.CharField(max_length=500)
    external_id = models.CharField(max_length=200, blank=True)
    source = models.CharField(
        max_length=500, blank=True, help_text="The file, and the row where it has rows."
    )
    source_format = models.CharField(max_length=30)
    original = models.BinaryField(help_text="The bytes as they came.")
    encoding = models.CharField(max_length=40)
    text = models.TextField(help_text="The decoded text; all offsets count its code points.")
    length = models.PositiveIntegerField(help_text="Code points.")
    sha256 = models.CharField(max_length=64, help_text="Of the original bytes.")
    text_sha256 = models.CharField(max_length=64, help_text="Of the text in UTF-8.")
    words_sha256 = models.CharField(max_length=64, help_text="Of the text without its white space, in UTF-8.")
    metadata = models.JSONField(default=dict, blank=True)
    canonical = models.TextField(
        blank=True, help_text="What a record says of the text: members of canonical JSON, a line each."
    )
    imported_in = models.ForeignKey(
        ArticleImport,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # article_of_import begins with it
    )
    version_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="later_versions",
        help_text="The article with the same id and an earlier text, which was there before.",
    )
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    excluded_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then it counts nowhere; what was made of it stays on record."
    )
    excluded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    exclusion_reason = models.CharField(
        max_length=MAX_REASON_LENGTH, blank=True, help_text="Why it is excluded."
    )

    objects = PublishedArticleManager()
    staged = ArticleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [
            models.Index(name="article_of_project", fields=["project", "id"]),
            models.Index(name="article_of_import", fields=["imported_in", "id"]),
            models.Index(name="article_by_words", fields=["project", "words_sha256"]),
            models.Index(name="article_by_title", fields=["project", "title", "id"]),
            models.Index(name="article_by_length", fields=["project", "length", "id"]),
            models.Index(name="article_by_source", fields=["project", "source", "id"]),
            models.Index(
                name="article_of_version", fields=["version_of"], condition=Q(version_of__isnull=False)
            ),
            models.Index(name="article_excluded", fields=["project"], condition=Q(excluded_at__isnull=False)),
            models.Index(
                name="article_by_external_id", fields=["project", "external_id"], condition=~Q(external_id="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="article_text_unique_in_project", fields=["project", "text_sha256"]),
            models.CheckConstraint(name="article_has_text", condition=Q(length__gt=0)),
            models.CheckConstraint(name="article_has_canonical", condition=~Q(canonical="")),
            models.CheckConstraint(
                name="article_exclusion_has_reason",
                condition=Q(excluded_at=None, exclusion_reason="")
                | (Q(excluded_at__isnull=False) & ~Q(exclusion_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def describe(self, blocks: "Iterable[Block | documents.Block]") -> record.SourceArticle:
        """What a record says of the article, which has these blocks."""
        return record.SourceArticle(
            id=self.pk or 0,
            title=self.title,
            text=self.text,
            sha256=self.sha256,
            text_sha256=self.text_sha256,
            external_id=self.external_id,
            source=record.name_source(self.source),
            source_format=self.source_format,
            metadata=self.metadata,
            blocks=tuple(
                block
                if isinstance(block, documents.Block)
                else documents.Block(block.start, block.end, block.kind)
                for block in blocks
            ),
        )

    def write_canonical(self, blocks: "Iterable[Block | documents.Block]") -> None:
        """Keep what a record says of the text, which is about to be stored with these blocks."""
        self.canonical = self.describe(blocks).write_about()


class ArticleSourceMap(models.Model):
    """A map from the letters of an article to its original, where its text was taken out of a page or a document."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="source_map"
    )
    runs = models.JSONField(
        help_text="Start and end in the text, start and end in the original, by stretches."
    )

    def __str__(self) -> str:
        return f"map of article {self.pk}"


class BlockKind(models.TextChoices):
    """The roles that a stretch of an article can have in its layout."""

    TITLE = "title", "title"
    BYLINE = "byline", "byline"
    HEADING = "heading", "heading"
    PARAGRAPH = "paragraph", "paragraph"
    LIST_ITEM = "list_item", "list item"
    QUOTE = "quote", "quote"
    CAPTION = "caption", "caption"
    BIOGRAPHY = "biography", "author's biography"
    BOILERPLATE = "boilerplate", "boilerplate"


class Block(models.Model):
    """What a stretch of an article is. Blocks lie in order and never overlap; the text between them is white."""

    article = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        related_name="blocks",
        db_index=False,  # block_ordinal_unique begins with it
    )
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=BlockKind.choices)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["article_id", "ordinal"]
        constraints = [
            models.UniqueConstraint(name="block_ordinal_unique", fields=["article", "ordinal"]),
            models.CheckConstraint(name="block_starts_before_it_ends", condition=Q(start__lt=F("end"))),
            models.CheckConstraint(name="block_kind_is_known", condition=Q(kind__in=BlockKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} [{self.start}, {self.end})"
