"""A project, its scheme and the people in their roles."""

from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotations.limits import (
    MAX_LEASE_HOURS,
    MAX_PROJECT_NAME_LENGTH,
    MAX_QUEUE_DEPTH,
    MAX_REVISION_NAME_LENGTH,
)
from annotations.markup import DEFAULT_MERGE_RULE
from annotations.models.accounts import User
from annotations.schemes.definition import load_scheme
from annotations.schemes.scheme import Scheme as SchemeDefinition

MAX_ID_LENGTH = 18
"""Digits of an id that a database can hold."""


def is_id(word: str) -> bool:
    """Whether a word can be the id of a row.

    >>> is_id("12"), is_id("-1"), is_id("٣"), is_id("9" * 30)
    (True, False, False, False)
    """
    return word.isascii() and word.isdecimal() and len(word) <= MAX_ID_LENGTH


class SchemeQuerySet(models.QuerySet["Scheme"]):
    """Schemes, narrowed by the projects and rounds that have them."""

    def of_projects(self, projects: "models.QuerySet[Project]") -> Self:
        """Schemes that some projects go on with, or have rounds of."""
        return self.filter(Q(projects__in=projects) | Q(rounds__project__in=projects)).distinct()

    def used_in(self, project: "Project", *, rounds: Iterable[int] | None = None) -> Self:
        """The schemes that a project's rounds were planned with, the latest first; or those of some rounds, by number."""
        if rounds is None:
            return self.filter(rounds__project=project).distinct().order_by("-id")
        chosen = self.filter(rounds__project=project, rounds__number__in=list(rounds))
        return chosen.distinct().order_by("-id")


class Scheme(models.Model):
    """A stored version of a label set. Once a project uses it, the database refuses changes.

    Its text tells it apart: projects that know nothing of each other may call different schemes the same.
    """

    name = models.CharField(max_length=100)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    source = models.TextField(help_text="The definition, as TOML.")
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = SchemeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name}-v{self.version}"

    @property
    def definition(self) -> SchemeDefinition:
        return read_scheme(self.source)


read_scheme = lru_cache(maxsize=32)(load_scheme)
"""Nearly every page needs the scheme, and a definition never changes."""


class Role(models.TextChoices):
    """What a member of a project may do there."""

    MANAGER = "manager", "manager"
    ADJUDICATOR = "adjudicator", "adjudicator"
    ANNOTATOR = "annotator", "annotator"
    CONSUMER = "consumer", "consumer"


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects, narrowed by who may see them and whether they are at work."""

    def live(self) -> Self:
        """Projects that are at work: neither archived nor deleted."""
        return self.filter(archived_at=None)

    def visible_to(self, user: User) -> Self:
        """The live projects in which somebody has a role."""
        return self.live().filter(memberships__user=user).distinct()

    def archived_for(self, user: User) -> Self:
        """The archived projects in which somebody has a role, who may still read them."""
        return self.filter(memberships__user=user, archived_at__isnull=False, deleted_at=None).distinct()

    def with_role(self, user: User, *roles: str, with_archived: bool = False) -> Self:
        """The projects in which somebody has one of the roles; the archived ones only where they are asked for."""
        projects = self if with_archived else self.live()
        return projects.filter(
            memberships__user=user, memberships__role__in=roles, deleted_at=None
        ).distinct()

    def find(self, slug_or_id: str) -> "Project | None":
        """The project that a person names on the command line or to the API, archived or not."""
        there = self.filter(deleted_at=None, held_import=None, held_carried=None)
        named = there.filter(slug=slug_or_id).first()
        if named is None and is_id(slug_or_id):
            return there.filter(pk=int(slug_or_id)).first()
        return named


class Project(models.Model):
    """One annotation effort: a scheme, articles, a team, rounds, releases."""

    name = models.CharField(max_length=MAX_PROJECT_NAME_LENGTH)
    slug = models.SlugField(unique=True)
    description = models.TextField(blank=True)
    scheme = models.ForeignKey(
        Scheme,
        on_delete=models.PROTECT,
        related_name="projects",
        help_text="That of the rounds planned from now on.",
    )
    queue_depth = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_QUEUE_DEPTH)],
        help_text="How many tasks lie ready in the Studio for each annotator.",
    )
    lease_hours = models.PositiveIntegerField(
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_LEASE_HOURS)],
        help_text="An untouched task goes back to the pool after this many hours.",
    )
    review_share = models.FloatField(
        default=0.1,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="The share of unanimous tasks that is sampled for review.",
    )
    studio = models.PositiveSmallIntegerField(
        default=1,
        help_text="The number of the Label Studio in which its rounds are annotated; where there are several, it keeps its own.",
    )
    merge_rule = models.CharField(
        max_length=20,
        default=DEFAULT_MERGE_RULE,
        help_text="Settles the units that need no adjudicator; the gold of a task keeps the rule it was made with.",
    )
    uncounted_blocks = models.JSONField(
        default=list,
        blank=True,
        help_text="Kinds of block left out of agreement, such as boilerplate.",
    )
    warned_rules = models.JSONField(
        default=list,
        blank=True,
        help_text="Codes of rules of the scheme that annotators are only warned of.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then it can be read, and nothing in it changes."
    )
    deleted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since then nothing is left of it but this row, of which the audit trail tells.",
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="project_review_share_is_a_share",
                condition=models.Q(review_share__gte=0, review_share__lte=1),
            ),
            models.CheckConstraint(
                name="project_queue_depth_positive",
                condition=models.Q(queue_depth__gte=1),
            ),
            models.CheckConstraint(
                name="project_deleted_is_archived",
                condition=Q(deleted_at=None) | Q(archived_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def roles_of(self, user: User) -> set[str]:
        return set(self.memberships.filter(user=user).values_list("role", flat=True))

    def list_models(self) -> list[int]:
        """The annotators who are models, by their ids."""
        return sorted(self.model_annotators.values_list("user_id", flat=True))


class GuidelineRevisionQuerySet(models.QuerySet["GuidelineRevision"]):
    """Corrections of guidelines, narrowed to the one that holds now."""

    def latest_of(self, project: Project, scheme: Scheme) -> "GuidelineRevision | None":
        """The wording that a project goes by now for one of its schemes, where it was ever corrected."""
        return self.filter(project=project, scheme=scheme).order_by("-number").first()


class GuidelineRevision(models.Model):
    """A named correction of how a scheme's guidelines are worded in one project; its labels and rules stay as they are."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="guideline_revisions")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="guideline_revisions")
    number = models.PositiveIntegerField(help_text="Counts the project's corrections of the scheme from 1.")
    name = models.CharField(
        max_length=MAX_REVISION_NAME_LENGTH, help_text="What was corrected, in a few words."
    )
    source = models.TextField(help_text="The corrected definition, as TOML.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = GuidelineRevisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="guideline_revision_number_unique", fields=["project", "scheme", "number"]
            ),
            models.CheckConstraint(name="guideline_revision_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"correction {self.number} of {self.scheme}: {self.name}"

    @property
    def definition(self) -> SchemeDefinition:
        return read_scheme(self.source)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, narrowed to those that can still be accepted."""

    def open(self) -> Self:
        """Invitations that can still be accepted."""
        return self.filter(accepted_at=None, expires_at__gt=timezone.now(), project__archived_at=None)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, with what their people are to the project's figures and gold."""

    def with_standing(self) -> Self:
        """Memberships with `annotates_as`: what the person is to the project's figures and its gold."""
        theirs = ModelAnnotator.objects.filter(project=OuterRef("project"), user=OuterRef("user"))
        standing = Subquery(theirs.values("standing"))
        return self.annotate(annotates_as=Coalesce(standing, Value(Standing.PERSON.value)))


class Membership(models.Model):
    """One role of one person in one project; a person may hold several."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now)

    annotates_as: str
    """Only of those read `with_standing`."""

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(name="membership_unique", fields=["project", "user", "role"]),
            models.CheckConstraint(name="membership_role_is_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} in {self.project}"


class Standing(models.TextChoices):
    """What an annotator is to a project's figures and to its gold."""

    PERSON = "person", "a person"
    MODEL = "model", "a model"
    VOTING_MODEL = "voting_model", "a model with a vote"


class ModelAnnotator(models.Model):
    """An annotator of a project who is a model: in no figure of the people, and in the gold only with a vote.

    It outlasts the annotator's role, as their annotations do.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="model_annotators")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=12, choices=Standing.choices[1:], default=Standing.MODEL)
    named_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(name="model_annotator_unique", fields=["project", "user"]),
            models.CheckConstraint(
                name="model_annotator_is_a_model",
                condition=models.Q(standing__in=[Standing.MODEL, Standing.VOTING_MODEL]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_standing_display()} in {self.project}"


class Invitation(models.Model):
    """Roles offered to somebody who has an account already: they hold once its owner accepts. Only a hash is kept."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="invitations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    roles = models.JSONField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"invitation of {self.user} to {self.project}"
