"""Jobs over REST: what runs, how far it is, its log; cancelled and tried again by managers."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import MANAGERS, user_of
from annotations.api.pagination import LatestFirst
from annotations.api.v1 import filters
from annotations.api.v1.serializers.projects import JobSerializer
from annotations.api.v1.writes import StrictSerializer
from annotations.api.views import ProjectRowsView
from annotations.jobs.managing import cancel_job, retry_job
from annotations.models import Job


class NothingSerializer(StrictSerializer):
    """A body that says nothing, since the address says all."""


class JobViewSet(ProjectRowsView[Job], viewsets.ReadOnlyModelViewSet[Job]):
    """The jobs of the reader's projects, the latest first, for managers, who cancel one or have it tried again."""

    queryset = Job.objects.select_related("project", "created_by")
    serializer_class = JobSerializer
    filterset_class = filters.JobFilter
    pagination_class = LatestFirst
    readers = MANAGERS

    @extend_schema(request=NothingSerializer, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """End a job before its time; what its finished parts wrote stays."""
        cancel_job(self._find_changed(), by=user_of(request))
        return self._show()

    @extend_schema(request=NothingSerializer, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Let a job that was given up or cancelled go on from where it was."""
        retry_job(self._find_changed(), by=user_of(request))
        return self._show()

    def _find_changed(self) -> Job:
        job: Job = self.get_object()
        if job.project_id is not None:
            self.require_manager(job.project_id)
        self.read_body(NothingSerializer)
        return job

    def _show(self) -> Response:
        shown: dict[str, Any] = self.get_serializer(self.get_object()).data
        return Response(shown)
