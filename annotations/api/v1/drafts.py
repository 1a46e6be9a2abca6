"""Drafts of releases: what the next release of a project is to be, kept, changed, frozen and discarded by its managers."""

from http import HTTPStatus
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import MANAGERS, user_of
from annotations.api.v1 import filters, writes
from annotations.api.v1.serializers.projects import JobSerializer, ReleaseDetailSerializer
from annotations.api.views import ProjectRowsView
from annotations.gold.drafts import discard_draft, read_draft, save_draft
from annotations.gold.services import ask_for_wanted, await_release
from annotations.models import ReleaseDraft


class ReleaseDraftSerializer(serializers.ModelSerializer[ReleaseDraft]):
    """The draft of the next release of a project."""

    title = serializers.CharField(source="wanted.title", read_only=True)
    version = serializers.CharField(source="wanted.version", read_only=True)
    notes = serializers.CharField(source="wanted.notes", read_only=True)
    refuse_unmet = serializers.BooleanField(source="wanted.refuse_unmet", read_only=True)
    exception = serializers.CharField(source="wanted.exception", read_only=True)
    splits = serializers.JSONField(
        source="wanted.splits", read_only=True, help_text="The plan, as in the manifest of a release."
    )

    class Meta:
        model = ReleaseDraft
        fields = (
            "id",
            "project",
            "title",
            "version",
            "notes",
            "refuse_unmet",
            "exception",
            "splits",
            "changed_at",
        )
        read_only_fields = fields


class DraftViewSet(ProjectRowsView[ReleaseDraft], viewsets.ReadOnlyModelViewSet[ReleaseDraft]):
    """What the next release of a project is to be; a project has one draft at most."""

    queryset = ReleaseDraft.objects.select_related("project").order_by("pk")
    serializer_class = ReleaseDraftSerializer
    filterset_class = filters.DraftFilter
    readers = MANAGERS

    @extend_schema(request=writes.NewDraftSerializer, responses={201: ReleaseDraftSerializer})
    def create(self, request: Request) -> Response:
        """Keep what the next release of a project is to be, in place of what was kept before; nothing need be finished for that."""
        asked = writes.NewDraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        project = self.require_manager(asked.validated_data["project"])
        draft = save_draft(project, asked.read(), by=user_of(request))
        location = reverse("api:drafts-detail", args=[draft.pk])
        shown = self.get_serializer(draft).data
        return Response(shown, status=HTTPStatus.CREATED, headers={"Location": location})

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Throw the draft away; nothing was frozen of it."""
        discard_draft(self._find_changed(), by=user_of(request))
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(
        request=writes.WaitSerializer, responses={201: ReleaseDetailSerializer, 202: JobSerializer}
    )
    @action(detail=True, methods=["post"])
    def freeze(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Freeze the release that the draft asks for, which uses it up; answered and refused as a release that is asked for in a request."""
        draft = self._find_changed()
        wait = self.read_body(writes.WaitSerializer)["wait"]
        job = ask_for_wanted(draft.project, read_draft(draft), by=user_of(request))
        release = await_release(job, seconds=wait)
        kind, row, status = (
            ("jobs", JobSerializer(job), HTTPStatus.ACCEPTED)
            if release is None
            else (
                "releases",
                ReleaseDetailSerializer(release, context=self.get_serializer_context()),
                HTTPStatus.CREATED,
            )
        )
        shown: dict[str, Any] = row.data
        location = reverse(f"api:{kind}-detail", args=[shown["id"]])
        return Response(shown, status=status, headers={"Location": location})

    def _find_changed(self) -> ReleaseDraft:
        draft: ReleaseDraft = self.get_object()
        self.require_manager(draft.project_id)
        return draft
