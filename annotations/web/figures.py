"""Figures of the installation, for Prometheus: requests, jobs, Label Studio."""

from collections.abc import Iterator
from datetime import datetime
from hmac import compare_digest
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from annotations.collection.services import connect_studio
from annotations.models import Job
from annotations.projects.studios import list_studios
from annotations.telemetry.figures import write_figures
from annotations.web.health import writes


class InstallationCollector(Collector):
    """What the database and the Studio say at the moment of the question, the same on every server."""

    def collect(self) -> Iterator[Metric]:
        yield from count_jobs(timezone.now())
        yield see_studios()
        yield _gauge(
            "workbench_writing_up", "Whether the database takes writes.", float(writes.takes_writes())
        )


def see_studios() -> Metric:
    """Whether each Label Studio answers, by its number."""
    port = connect_studio()
    up = GaugeMetricFamily("workbench_studio_up", "Whether a Label Studio answers.", labels=["studio"])
    for studio in list_studios():
        up.add_metric([str(studio)], float(port.is_up(studio)))
    return up


def count_jobs(now: datetime) -> Iterator[Metric]:
    """How many jobs stand where, and for how long the one that is due the longest has waited."""
    jobs = GaugeMetricFamily(
        "workbench_jobs", "Jobs that are kept, by kind and status.", labels=["kind", "status"]
    )
    for kind, status, number in Job.objects.order_by().values_list("kind", "status").annotate(Count("pk")):
        jobs.add_metric([kind, status], number)
    yield jobs
    due = Job.objects.order_by().claimable(now).aggregate(number=Count("pk"), since=Min("run_after"))
    waited = (now - due["since"]).total_seconds() if due["since"] else 0.0
    yield _gauge("workbench_jobs_due", "Jobs whose turn has come and that no worker has.", due["number"])
    yield _gauge("workbench_jobs_oldest_due_seconds", "For how long the first of them has waited.", waited)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


@never_cache
@require_safe
def show_figures(request: HttpRequest) -> HttpResponse:
    """The figures, for who shows the token, or for this machine where browsers reach the workbench there, too."""
    if not may_read_figures(request):
        return HttpResponse(
            "Show the token that METRICS_TOKEN sets, as `Authorization: Bearer …`.\n",
            status=HTTPStatus.FORBIDDEN,
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(write_figures(InstallationCollector()), content_type=CONTENT_TYPE_LATEST)


def may_read_figures(request: HttpRequest) -> bool:
    """Whether a request shows the token; without one set, whether it comes from the machine that serves nobody else."""
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").encode()
        return compare_digest(shown, f"Bearer {settings.METRICS_TOKEN}".encode())
    is_for_this_machine = urlsplit(settings.PUBLIC_URL).hostname in {"localhost", "127.0.0.1", "::1"}
    return is_for_this_machine and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
