"""Releases, and each of them as a file in the format that is asked for."""

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request

from annotations.api.access import READERS_OF_GOLD, user_of
from annotations.api.v1 import filters
from annotations.api.v1.exports import FILE, FORMAT, STRICT, ReleaseExportParameters, send_release
from annotations.api.v1.serializers.projects import ReleaseDetailSerializer, ReleaseSerializer
from annotations.api.views import ProjectRowsView, read_parameters
from annotations.blindness import check_release_visible
from annotations.gold.exports import export_release
from annotations.models import Release


class ReleaseViewSet(ProjectRowsView[Release], viewsets.ReadOnlyModelViewSet[Release]):
    """Frozen datasets; a single one comes with its manifest."""

    queryset = Release.objects.select_related("project")
    serializer_class = ReleaseSerializer
    detail_serializer_class = ReleaseDetailSerializer
    filterset_class = filters.ReleaseFilter
    readers = READERS_OF_GOLD

    @extend_schema(parameters=[FORMAT, STRICT], responses=FILE)
    @action(detail=True, pagination_class=None, filterset_class=None, other_parameters=("format", "strict"))
    def export(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by get_object
        """The release as a file, by its checksum, in parts where asked for; `X-Losses` says what is not in it.

        Until a worker has written the file, which the first request asks for, it is streamed as it is made, as a whole and without a checksum.
        """
        release = self.get_object()
        check_release_visible(release, user_of(request))
        chosen = read_parameters(request, ReleaseExportParameters)
        export = export_release(release, format_name=chosen["format"], strict=chosen["strict"])
        return send_release(request, release, export, format_name=chosen["format"])
