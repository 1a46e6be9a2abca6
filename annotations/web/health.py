"""Whether the parts of the workbench answer, for whoever watches over it."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotations.collection.services import connect_studio

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def show_health(_request: HttpRequest) -> JsonResponse:
    """Only whether each part answers; why it does not goes to the log, which strangers do not read."""
    parts = {"database": _database_answers(), "studio": connect_studio().is_up()}
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
