"""Whether the parts of the workbench answer, for whoever watches over it.

`/healthz` asks whether the process answers (else start it again), `/readyz` whether it can do its work (else send people to another
server), and `/health/` whether all is well (else tell somebody).
"""

import logging
import threading
import time

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotations.collection.services import connect_studio
from annotations.models import WriteProbe
from annotations.projects.studios import list_studios
from annotations.studio_numbers import prefix_of

logger = logging.getLogger(__name__)
PROBE_SECONDS = 15.0
"""How old the last answer to a write may be; anybody may ask, so not every question writes."""


class WriteWatch:
    """Whether the database takes writes, tried at most once in a while by each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._takes_writes = False

    def takes_writes(self) -> bool:
        with self._lock:
            if time.monotonic() - self._asked_at >= PROBE_SECONDS:
                self._takes_writes = _write_goes_through()
                self._asked_at = time.monotonic()
            return self._takes_writes

    def forget(self) -> None:
        self._asked_at = float("-inf")


writes = WriteWatch()


@never_cache
@require_safe
def show_health(_request: HttpRequest) -> JsonResponse:
    """Whether each part of the installation answers, and no more: why one does not goes to the log, which strangers do not read."""
    parts = {
        "database": "ok" if _database_answers() else "out of reach",
        "writing": "ok" if writes.takes_writes() else "failing",
    }
    port = connect_studio()
    for studio in list_studios():
        parts[prefix_of(studio)] = "ok" if port.is_up(studio) else "out of reach"
    is_well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if is_well else "degraded", **parts}, status=200 if is_well else 503)


@never_cache
@require_safe
def show_liveness(_request: HttpRequest) -> JsonResponse:
    """Whether this process answers; nothing else is asked, since a new process would not mend anything else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def show_readiness(_request: HttpRequest) -> JsonResponse:
    """Whether this server can do its work; Label Studio is left out, since it is the same for every server."""
    is_ready = _database_answers() and writes.takes_writes()
    return JsonResponse({"status": "ok" if is_ready else "not ready"}, status=200 if is_ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("the database does not answer")
        return False
    return True


def _write_goes_through() -> bool:
    try:
        WriteProbe.objects.touch()
    except DatabaseError:
        logger.exception("the database takes no writes")
        return False
    return True
