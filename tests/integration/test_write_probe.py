"""The write that finds out whether the database takes writes, which waits for others less long than the rest does."""

import pytest
from django.db import connection

from annotations.models import WriteProbe

pytestmark = pytest.mark.django_db
PATIENCE = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW statement_timeout"}


def read_patience() -> object:
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE[connection.vendor])
        return cursor.fetchone()


def test_the_statements_after_it_may_take_as_long_as_those_before_it() -> None:
    before = read_patience()
    WriteProbe.objects.touch()
    assert read_patience() == before
