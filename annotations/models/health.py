"""One row that is written to find out whether the database takes writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connections, models, transaction
from django.utils import timezone

ROW = 1
MAX_SECONDS = 5


class WriteProbeQuerySet(models.QuerySet["WriteProbe"]):
    """The one row that is written to find out whether the database can be written."""

    def touch(self) -> datetime:
        """Write the row and commit it, or raise the database's error; other writers are waited for a few seconds only."""
        now = timezone.now()
        with _less_patient(connections[self.db]):
            self.update_or_create(pk=ROW, defaults={"written_at": now})
        return now


class WriteProbe(models.Model):
    """When the database last took a write that was made to see whether it does."""

    written_at = models.DateTimeField()

    objects = WriteProbeQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="write_probe_is_one_row", condition=models.Q(pk=ROW))]

    def __str__(self) -> str:
        return f"written {self.written_at}"


@contextmanager
def _less_patient(connection: Any) -> Iterator[None]:
    """Let statements wait for a few seconds only; afterwards as long as before, in the transaction around this as well."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            [patience] = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {MAX_SECONDS * 1000}")
            try:
                yield
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {patience}")
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        patience = cursor.fetchone()
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{MAX_SECONDS}s"])
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", patience)
