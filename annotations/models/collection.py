"""What annotators submitted: append-only revisions, and what of them could not be accepted."""

from collections import defaultdict
from collections.abc import Mapping
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from annotations import markup, spans
from annotations.models.accounts import User
from annotations.models.assignment import Assignment, TaskStatus
from annotations.models.projects import ModelAnnotator, Project, Standing


class AnnotationOrigin(models.TextChoices):
    """By which way an annotation came to the workbench."""

    GATEWAY = "gateway", "submitted through the gateway"
    RECONCILE = "reconcile", "found by reconciling with the Studio"
    IMPORT = "import", "imported"
    GOLD = "gold", "imported as gold"
    CARRIED = "carried", "carried over from an earlier version of the scheme"


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations, narrowed by whether they count and for what."""

    def current(self) -> Self:
        """The latest revision of each assignment that is submitted, of articles that count.

        It is asked of each row, so that pages are read in their order.
        """
        counting = Assignment.objects.submitted().exclude(task__status=TaskStatus.EXCLUDED)
        return self.filter(Exists(counting.filter(current=OuterRef("pk")).order_by()))

    def with_vote(self) -> Self:
        """Annotations that go into adjudication and gold: those of people, and of models that were given a vote."""
        path = "assignment__task__round__project"
        models_without = ModelAnnotator.objects.filter(
            project=OuterRef(path), user=OuterRef("assignment__annotator"), standing=Standing.MODEL
        )
        return self.exclude(Exists(models_without))

    def with_markup(self) -> Self:
        """What was marked, read with two questions for any number of annotations."""
        return self.prefetch_related(
            models.Prefetch("spans", to_attr="read_spans"),
            models.Prefetch("relations", to_attr="read_relations"),
        )


class Annotation(models.Model):
    """One revision of what an annotator submitted. The database refuses changes; a change is a new revision."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="annotations")
    revision = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    origin = models.CharField(max_length=10, choices=AnnotationOrigin.choices)
    fields = models.JSONField(default=dict, blank=True, help_text="Document fields.")
    result = models.JSONField(default=list, blank=True, help_text="The Studio's result as it came.")
    digest = models.CharField(
        max_length=64, help_text="Of the result; the same digest twice running is no change."
    )
    lead_time = models.FloatField(null=True, blank=True, help_text="Seconds, as the Studio measured them.")
    canonical = models.TextField(
        blank=True, help_text="What a record says of the markup: members of canonical JSON, a line each."
    )
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the markup as canonical JSON.")

    objects = AnnotationQuerySet.as_manager()
    read_spans: "list[Span]"
    read_relations: "list[Relation]"

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(name="annotation_revision_unique", fields=["assignment", "revision"]),
            models.CheckConstraint(name="annotation_revision_positive", condition=Q(revision__gte=1)),
            models.CheckConstraint(
                name="annotation_has_canonical", condition=~Q(canonical="") & ~Q(sha256="")
            ),
            models.CheckConstraint(
                name="annotation_origin_is_known",
                condition=Q(origin__in=AnnotationOrigin.values),
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.assignment}"

    def to_markup(self) -> markup.Markup:
        """The accepted content as plain data; read many of them `with_markup()`."""
        is_read = "read_spans" in self.__dict__
        spans = self.read_spans if is_read else list(self.spans.all())
        links = self.read_relations if is_read else list(self.relations.all())
        keys = {span.pk: span.key for span in spans}
        return markup.Markup(
            spans=tuple(span.to_plain() for span in spans),
            relations=tuple(
                markup.Relation(source=keys[link.source_id], target=keys[link.target_id], kind=link.kind)
                for link in links
            ),
            fields=markup.sort_pairs(self.fields),
        )


class Span(models.Model):
    """A labelled stretch of the article, in code points; its quote is the article's slice."""

    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="spans")
    key = models.CharField(max_length=64)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    label = models.CharField(max_length=100)
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["annotation_id", "start", "end", "id"]
        indexes = [models.Index(name="span_by_label", fields=["label"])]
        constraints = [
            models.UniqueConstraint(name="span_key_unique", fields=["annotation", "key"]),
            models.CheckConstraint(name="span_starts_before_it_ends", condition=Q(start__lt=F("end"))),
            models.CheckConstraint(name="span_has_label", condition=~Q(label="")),
        ]

    def __str__(self) -> str:
        return f"{self.label} [{self.start}, {self.end})"

    def to_plain(self) -> spans.Span:
        return spans.Span(
            start=self.start,
            end=self.end,
            label=self.label,
            attributes=markup.sort_pairs(self.attributes),
            key=self.key,
        )


class Relation(models.Model):
    """A typed, directed link between two spans of one annotation."""

    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="relations")
    kind = models.CharField(max_length=100)
    source = models.ForeignKey(Span, on_delete=models.PROTECT, related_name="outgoing")
    target = models.ForeignKey(Span, on_delete=models.PROTECT, related_name="incoming")

    class Meta:
        ordering: ClassVar[list[str]] = ["annotation_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="relation_unique",
                fields=["annotation", "source", "target", "kind"],
            ),
            models.CheckConstraint(name="relation_joins_two_spans", condition=~Q(source=F("target"))),
            models.CheckConstraint(name="relation_has_kind", condition=~Q(kind="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source} to {self.target}"


def read_markups(answers: Mapping[int, Mapping[str, str]]) -> dict[int, markup.Markup]:
    """What was marked in annotations whose answers about the document are at hand, by their ids: two questions, and no object a row."""
    rows: defaultdict[int, list[tuple[int, spans.Span]]] = defaultdict(list)
    columns = ("annotation_id", "pk", "start", "end", "label", "attributes", "key")
    for annotation, pk, start, end, label, attributes, key in Span.objects.filter(
        annotation__in=list(answers)
    ).values_list(*columns):
        plain = spans.Span(start, end, label, markup.sort_pairs(attributes), key)
        rows[annotation].append((pk, plain))
    links: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
    joined = Relation.objects.filter(annotation__in=list(answers))
    for annotation, *ends, kind in joined.values_list("annotation_id", "source_id", "target_id", "kind"):
        links[annotation].append((ends[0], ends[1], kind))
    found = {}
    for annotation, given in answers.items():
        keys = {pk: span.key for pk, span in rows[annotation]}
        found[annotation] = markup.Markup(
            spans=tuple(span for _, span in rows[annotation]),
            relations=tuple(
                markup.Relation(keys[source], keys[target], kind)
                for source, target, kind in links[annotation]
            ),
            fields=markup.sort_pairs(given),
        )
    return found


class QuarantinedItem(models.Model):
    """A part of an annotation that could not be accepted, kept as it came until a manager has seen to it."""

    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="quarantine")
    code = models.CharField(max_length=60)
    message = models.TextField()
    payload = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [
            models.Index(name="quarantine_to_see", fields=["id"], condition=Q(resolved_at=None)),
        ]

    def __str__(self) -> str:
        return self.message


class NotedAnnotation(models.Model):
    """Says that an annotation has words for the team in a text field, so that the latest are found without reading the others."""

    annotation = models.OneToOneField(Annotation, on_delete=models.PROTECT, related_name="noted")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="To which it belongs, or will as soon as its import is published.",
    )

    class Meta:
        indexes = [
            models.Index(name="noted_by_project", fields=["project", "-annotation"]),
            models.Index(name="noted_by_annotator", fields=["annotator", "project", "-annotation"]),
        ]

    def __str__(self) -> str:
        return f"words in {self.annotation}"


class StudioDraft(models.Model):
    """A draft that the gateway saw pass, so that it knows whose it is."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="studio_drafts")
    studio_draft_id = models.PositiveBigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"draft {self.studio_draft_id}"
