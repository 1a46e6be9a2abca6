"""Releases, and each of them as a file in the format that is asked for."""

from typing import Any

from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import (
    MANAGERS,
    READERS_OF_ANNOTATIONS,
    READERS_OF_GOLD,
    require_project,
    user_of,
)
from annotations.api.choices import NamedChoiceField
from annotations.api.v1 import filters, writes
from annotations.api.v1.exports import (
    FILE,
    FORMAT,
    LEVEL,
    SPLIT,
    STRICT,
    ReleasePartParameters,
    send_document,
    send_folder,
    send_made,
    send_release,
)
from annotations.api.v1.serializers.changes import ReleaseChangesSerializer
from annotations.api.v1.serializers.projects import (
    ReleaseDetailSerializer,
    ReleaseSerializer,
    ReleaseSplitsSerializer,
)
from annotations.api.views import ProjectRowsView, read_parameters
from annotations.blindness import check_release_visible
from annotations.formats.canonical import write_canonical
from annotations.formats.levels import ContentLevel
from annotations.gold.cards import write_release_card
from annotations.gold.comparing import check_comparable, write_json, write_markdown
from annotations.gold.exports import export_release
from annotations.gold.finding import ReleaseMissingError, find_earlier, name_releases
from annotations.gold.levels import OF_ANNOTATIONS
from annotations.gold.publishing import check_handed_out, publish_release, withdraw_release
from annotations.gold.signing import write_manifest
from annotations.gold.splitting import list_sides
from annotations.limits import MAX_RELEASE_NUMBER
from annotations.models import Release

MARKDOWN = "markdown"
AS_CHOICES = ("json", MARKDOWN)
SINCE = OpenApiParameter(
    "since", int, description="The number of the earlier release; by default the one before."
)
AS = OpenApiParameter("as", str, enum=list(AS_CHOICES), description="JSON, or a changelog in Markdown.")
MANIFEST: dict[Any, Any] = {(200, "application/json"): OpenApiTypes.OBJECT}
CARD: dict[Any, Any] = {(200, "text/markdown"): OpenApiTypes.BINARY}
FOLDER: dict[Any, Any] = {(200, "application/zip"): OpenApiTypes.BINARY}
CHANGES: dict[Any, Any] = {
    (200, "application/json"): ReleaseChangesSerializer,
    (200, "text/markdown"): OpenApiTypes.BINARY,
}


class ChangesParameters(serializers.Serializer[Any]):
    """What a comparison of two releases may be asked for in a query."""

    since = serializers.IntegerField(required=False, min_value=1, max_value=MAX_RELEASE_NUMBER)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "as": NamedChoiceField(AS_CHOICES, default="json")}


class ReleaseViewSet(ProjectRowsView[Release], viewsets.ReadOnlyModelViewSet[Release]):
    """Frozen datasets; a single one comes with its manifest."""

    queryset = Release.objects.select_related("project")
    serializer_class = ReleaseSerializer
    detail_serializer_class = ReleaseDetailSerializer
    filterset_class = filters.ReleaseFilter
    readers = READERS_OF_GOLD
    is_of_releases = True
    """So that tokens for releases alone reach it."""

    def get_object(self) -> Release:
        """The release of this id; where there is none, those that the caller may read are named, and to whoever may read none nothing is."""
        try:
            return super().get_object()
        except Http404:
            readable = self.get_queryset()
            if not readable.exists():
                raise
            wanted = self.kwargs[self.lookup_field]
            raise ReleaseMissingError(
                f"there is no release of the id {wanted} that you may read; those that you may: {name_releases(readable)}"
            ) from None

    @extend_schema(parameters=[FORMAT, STRICT, SPLIT, LEVEL], responses=FILE)
    @action(
        detail=True,
        pagination_class=None,
        filterset_class=None,
        other_parameters=("format", "strict", "split", "level"),
    )
    def export(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by get_object
        """The release as a file, by its checksum, in parts where asked for; `X-Losses` says what is not in it.

        Until a worker has written the file, which the first request asks for, it is streamed as it is made, as a whole and without a checksum.
        """
        release = self.get_object()
        check_release_visible(release, user_of(request))
        chosen = read_parameters(request, ReleasePartParameters)
        check_handed_out(release)
        level = ContentLevel(chosen["level"])
        if level in OF_ANNOTATIONS:
            require_project(request, str(release.project_id), *READERS_OF_ANNOTATIONS)
        wanted: Any = {"format_name": chosen["format"], "split": chosen["split"], "level": level}
        export = export_release(release, strict=chosen["strict"], **wanted)
        return send_release(request, release, export, **wanted)

    @extend_schema(request=None, responses=ReleaseDetailSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Say that a release is meant to be used."""
        release = self._find_own()
        publish_release(release, by=user_of(request))
        return self._show(release)

    @extend_schema(request=writes.WithdrawalSerializer, responses=ReleaseDetailSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Take a release back for a reason: it stays as it is, and its files are handed out no more."""
        release = self._find_own()
        wanted = writes.WithdrawalSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        withdraw_release(release, reason=wanted.validated_data["reason"], by=user_of(request))
        return self._show(release)

    def _find_own(self) -> Release:
        release: Release = self.get_object()
        require_project(self.request, str(release.project_id), *MANAGERS)
        return release

    def _show(self, release: Release) -> Response:
        return Response(ReleaseDetailSerializer(release, context=self.get_serializer_context()).data)

    @extend_schema(responses=MANIFEST)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def manifest(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by get_object
        """The manifest as the bytes that its checksum and its signatures are of: canonical JSON without an end of line."""
        release = self.get_object()
        check_release_visible(release, user_of(request))
        return send_document(request, write_manifest(release), media_type="application/json")

    @extend_schema(responses=CARD)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def card(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by get_object
        """The card of a release in Markdown: what is in it, who made it how, how far they agreed, and how it is loaded."""
        release = self.get_object()
        check_release_visible(release, user_of(request))
        card = write_release_card(release).encode()
        return send_document(request, card, media_type="text/markdown; charset=utf-8")

    @extend_schema(responses=FOLDER)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def folder(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by get_object
        """The release as a ZIP of a folder that Hugging Face's datasets loads: Parquet by parts, the card, and Croissant."""
        release = self.get_object()
        check_release_visible(release, user_of(request))
        check_handed_out(release)
        return send_folder(request, release)

    @extend_schema(parameters=[SINCE, AS], responses=CHANGES)
    @action(detail=True, pagination_class=None, filterset_class=None, other_parameters=("since", "as"))
    def changes(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by get_object
        """What changed since an earlier release of the project: articles, spans, relations and answers, as JSON or as a changelog."""
        release = self.get_object()
        chosen = read_parameters(request, ChangesParameters)
        before = find_earlier(release, chosen.get("since"))
        for one in (before, release):
            check_release_visible(one, user_of(request))
        check_comparable(before, release)
        name = f"{release.project.slug}-changes-{before.number}-{release.number}"
        is_markdown = chosen["as"] == MARKDOWN
        return send_made(
            request,
            write_markdown(before, release) if is_markdown else write_json(before, release),
            of=(before.sha256, release.sha256, chosen["as"]),
            filename=f"{name}.{'md' if is_markdown else 'json'}",
            media_type="text/markdown; charset=utf-8" if is_markdown else "application/json",
        )

    @extend_schema(responses=ReleaseSplitsSerializer)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def splits(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by get_object
        """The parts of a release: by which plan it was divided, how near their texts are, and the articles of each; null where it was not."""
        release = self.get_object()
        check_release_visible(release, user_of(request))
        told = {"splits": release.manifest.get("splits"), "articles": list_sides(release)}
        return send_document(request, write_canonical(told).encode(), media_type="application/json")
