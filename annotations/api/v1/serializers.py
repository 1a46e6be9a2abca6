"""How each resource is written. Every field is named: a new column is shown only where somebody says so."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.blindness import count_hidden_items
from annotations.formats.canonical import read_members
from annotations.formats.record import PARTS_OF_MARKUP, name_source
from annotations.models import (
    Annotation,
    ApiToken,
    Article,
    ArticleImport,
    Assignment,
    Block,
    Decision,
    DecisionReason,
    Event,
    Gold,
    GoldStatus,
    GuidelineRevision,
    Job,
    Membership,
    Project,
    Release,
    Round,
    Scheme,
    Standing,
    Task,
    User,
)
from annotations.projects.pseudonyms import Pseudonyms, name_annotators
from annotations.projects.wording import list_corrections


class PseudonymBook:
    """The pseudonyms of each project that a response is about, read once."""

    def __init__(self) -> None:
        self._projects: dict[int, Pseudonyms] = {}

    def of(self, project: Project) -> Pseudonyms:
        if project.pk not in self._projects:
            self._projects[project.pk] = name_annotators(project)
        return self._projects[project.pk]


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person, by name and e-mail address."""

    class Meta:
        model = User
        fields = ("id", "name", "email")
        read_only_fields = fields


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project with its settings and the reader's roles in it."""

    roles = serializers.SerializerMethodField(help_text="Your own roles in it.")
    uncounted_blocks = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Kinds of block left out of agreement."
    )

    class Meta:
        model = Project
        fields = (
            "id",
            "slug",
            "name",
            "description",
            "scheme",
            "roles",
            "merge_rule",
            "review_share",
            "queue_depth",
            "lease_hours",
            "uncounted_blocks",
            "created_at",
            "archived_at",
        )
        read_only_fields = fields

    def get_roles(self, project: Project) -> list[str]:
        user = self.context["request"].user
        mine = (one.role for one in project.memberships.all() if one.user_id == user.pk)
        return sorted(mine)


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


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """A person's role in a project; of annotators also whether they are a person or a model."""

    user = PersonSerializer(read_only=True)
    annotates_as = serializers.ChoiceField(
        Standing.choices,
        read_only=True,
        help_text="A model is in no figure of the people, and in adjudication and gold only with a vote.",
    )

    class Meta:
        model = Membership
        fields = ("id", "project", "user", "role", "annotates_as", "created_at")
        read_only_fields = fields


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


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A round of a project."""

    class Meta:
        model = Round
        fields = (
            "id",
            "project",
            "scheme",
            "number",
            "name",
            "kind",
            "overlap",
            "seed",
            "created_at",
            "closed_at",
        )
        read_only_fields = fields


class ArticleImportSerializer(serializers.ModelSerializer[ArticleImport]):
    """An import of articles, and when they became visible."""

    articles = serializers.IntegerField(
        source="article_count", read_only=True, help_text="How many it brought."
    )

    class Meta:
        model = ArticleImport
        fields = ("id", "project", "articles", "started_at", "published_at")
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer[Task]):
    """An article in a round, with how many places are wanted and claimed."""

    project = serializers.IntegerField(source="round.project_id", read_only=True)

    class Meta:
        model = Task
        fields = ("id", "project", "round", "article", "wanted", "claimed", "status", "status_changed_at")
        read_only_fields = fields


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """One annotator's share of a task."""

    project = serializers.IntegerField(source="task.round.project_id", read_only=True)
    annotator = PersonSerializer(read_only=True)
    pseudonym = serializers.SerializerMethodField(help_text="What the annotator is called in datasets.")
    skip_reason = serializers.SerializerMethodField(
        help_text="Empty for who was not skipped, and for others' reasons while you annotate the article."
    )

    class Meta:
        model = Assignment
        fields = (
            "id",
            "project",
            "task",
            "annotator",
            "pseudonym",
            "status",
            "status_changed_at",
            "leased_until",
            "submitted_at",
            "skip_reason",
        )
        read_only_fields = fields

    def get_pseudonym(self, assignment: Assignment) -> str:
        book: PseudonymBook = self.context["pseudonyms"]
        return book.of(assignment.task.round.project)[assignment.annotator_id]

    def get_skip_reason(self, assignment: Assignment) -> str:
        hidden: bool = assignment.is_hidden  # type: ignore[attr-defined]  # marked by the view
        return "" if hidden else assignment.skip_reason


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


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """A release without its manifest."""

    class Meta:
        model = Release
        fields: tuple[str, ...] = ("id", "project", "number", "title", "sha256", "created_at")
        read_only_fields = fields


class ReleaseDetailSerializer(ReleaseSerializer):
    """A release with its manifest, unless an article of it is hidden from the reader."""

    hidden_articles = serializers.SerializerMethodField(
        help_text="How many of its articles you annotate. While there are any, the release is hidden from you."
    )
    manifest = serializers.SerializerMethodField(help_text="Null while the release is hidden from you.")

    class Meta(ReleaseSerializer.Meta):
        fields = (*ReleaseSerializer.Meta.fields, "hidden_articles", "manifest")
        read_only_fields = fields

    def get_hidden_articles(self, release: Release) -> int:
        return count_hidden_items(release, self.context["request"].user)

    def get_manifest(self, release: Release) -> dict[str, Any] | None:
        return None if self.get_hidden_articles(release) else release.manifest


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job of the worker, with how far it came."""

    class Meta:
        model = Job
        fields = (
            "id",
            "project",
            "kind",
            "status",
            "done",
            "total",
            "message",
            "attempts",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields


class EventSerializer(serializers.ModelSerializer[Event]):
    """An entry of the audit trail."""

    actor = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Event
        fields = ("id", "at", "project", "actor", "verb", "subject_type", "subject_id", "details")
        read_only_fields = fields


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token of the API by its first characters, without its secret."""

    key = serializers.CharField(source="token_key", read_only=True, help_text="How the token begins.")

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("key", "name", "scope", "project", "created", "expiry")
        read_only_fields = fields
