"""How projects, releases, jobs and events are written by the API."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from annotations.api.v1.serializers.people import PersonSerializer
from annotations.assignment.planning import find_planned_id
from annotations.blindness import count_hidden_items
from annotations.gold.publishing import find_state
from annotations.gold.services import find_frozen_id
from annotations.gold.tombstones import list_withdrawn_articles
from annotations.models import Event, Job, Project, Release, ReleaseNotice, ReleaseSignature


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project with its settings and the reader's roles in it."""

    roles = serializers.SerializerMethodField(help_text="Your own roles in it.")
    uncounted_blocks = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Kinds of block left out of agreement."
    )
    warned_rules = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Rules that annotators are only warned of."
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
            "warned_rules",
            "created_at",
            "archived_at",
        )
        read_only_fields = fields

    def get_roles(self, project: Project) -> list[str]:
        user = self.context["request"].user
        mine = (one.role for one in project.memberships.all() if one.user_id == user.pk)
        return sorted(mine)


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """A release without its manifest."""

    class Meta:
        model = Release
        fields: tuple[str, ...] = ("id", "project", "number", "title", "sha256", "created_at")
        read_only_fields = fields


class ReleaseNoticeSerializer(serializers.ModelSerializer[ReleaseNotice]):
    """A step of a release after it was frozen."""

    class Meta:
        model = ReleaseNotice
        fields = ("state", "reason", "at")
        read_only_fields = fields


class ReleaseSignatureSerializer(serializers.ModelSerializer[ReleaseSignature]):
    """A signature of a release, as `ssh-keygen -Y verify` takes it."""

    class Meta:
        model = ReleaseSignature
        fields = ("signer", "signature", "at")
        read_only_fields = fields


class ReleaseDetailSerializer(ReleaseSerializer):
    """A release with its manifest, unless an article of it is hidden from the reader."""

    hidden_articles = serializers.SerializerMethodField(
        help_text="How many of its articles you annotate. While there are any, the release is hidden from you."
    )
    state = serializers.SerializerMethodField(help_text="frozen, published or withdrawn.")
    notices = ReleaseNoticeSerializer(many=True, read_only=True)
    signatures = ReleaseSignatureSerializer(many=True, read_only=True)
    excluded_articles = serializers.SerializerMethodField(
        help_text="Articles of it that are excluded now, each with the reason."
    )
    manifest = serializers.SerializerMethodField(help_text="Null while the release is hidden from you.")

    class Meta(ReleaseSerializer.Meta):
        fields = (
            *ReleaseSerializer.Meta.fields,
            "hidden_articles",
            "state",
            "notices",
            "signatures",
            "excluded_articles",
            "manifest",
        )
        read_only_fields = fields

    def get_hidden_articles(self, release: Release) -> int:
        return count_hidden_items(release, self.context["request"].user)

    def get_state(self, release: Release) -> str:
        return find_state(release).value

    def get_excluded_articles(self, release: Release) -> list[dict[str, Any]]:
        return [one.to_json() for one in list_withdrawn_articles(release)]

    def get_manifest(self, release: Release) -> dict[str, Any] | None:
        return None if self.get_hidden_articles(release) else release.manifest


class ReleaseSplitsSerializer(serializers.Serializer[Any]):
    """The parts of a release, with the articles of each."""

    splits = serializers.DictField(
        allow_null=True, help_text="The plan, what is on each side, and how near their texts are."
    )
    articles = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="The ids of the articles of each part, in the order of the release.",
    )


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job of the worker, with how far it came."""

    created_by = PersonSerializer(read_only=True, allow_null=True)
    seconds_left = serializers.SerializerMethodField(
        help_text="At the pace so far; null while that cannot be told."
    )
    release = serializers.SerializerMethodField(
        help_text="The id of the release that a job has frozen; null of every other job, and before."
    )

    round = serializers.SerializerMethodField(
        help_text="The id of the round that a job has planned; null of every other job, and before."
    )

    def get_release(self, job: Job) -> int | None:
        return find_frozen_id(job)

    def get_round(self, job: Job) -> int | None:
        return find_planned_id(job)

    def get_seconds_left(self, job: Job) -> int | None:
        left = job.estimate_left(timezone.now())
        return None if left is None else round(left.total_seconds())

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
            "created_by",
            "created_at",
            "started_at",
            "finished_at",
            "seconds_left",
            "release",
            "round",
            "request_id",
            "log",
        )
        read_only_fields = fields


class PreparedFileSerializer(serializers.ModelSerializer[Job]):
    """A file that a worker writes for whoever asked, with how far it is in records."""

    file = serializers.IntegerField(source="pk", read_only=True, help_text="Its number, as in `Location`.")

    class Meta:
        model = Job
        fields = ("file", "status", "done", "total", "message")
        read_only_fields = fields


class EventSerializer(serializers.ModelSerializer[Event]):
    """An entry of the audit trail."""

    actor = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Event
        fields = ("id", "at", "project", "actor", "verb", "subject_type", "subject_id", "details")
        read_only_fields = fields
