"""Whether the parts of the workbench answer, for whoever watches over it."""

import logging

import httpx
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotations.collection.ports import StudioUnavailableError
from annotations.labelstudio.access import find_studio

logger = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds to wait for the Studio."""


@never_cache
@require_safe
def show_health(_request: HttpRequest) -> JsonResponse:
    """Only whether each part answers; why it does not goes to the log, which strangers do not read."""
    parts = {"database": _database_answers(), "studio": _studio_answers()}
    is_well = all(parts.values())
    states = {name: "ok" if answers else "out of reach" for name, answers in parts.items()}
    return JsonResponse({"status": "ok" if is_well else "degraded", **states}, status=200 if is_well else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("the database does not answer")
        return False
    return True


def _studio_answers() -> bool:
    try:
        answer = httpx.get(f"{find_studio().url}/health", timeout=PATIENCE, trust_env=False)
    except (httpx.HTTPError, StudioUnavailableError) as error:
        logger.warning("the Studio does not answer: %s", error)
        return False
    return answer.is_success
