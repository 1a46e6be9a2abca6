"""Rows that are made once for all tests of a module, each of which finds them as they were made."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker


@contextmanager
def keep_rows(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let rows be made that are there until the block ends, in a transaction around those of the tests.

    A test of such a module must not commit for real (`django_db(transaction=True)`): it would wait for this transaction.
    What it changes in objects that were made here stays changed; it takes copies of them, or reads them alone.
    """
    block: Any = transaction.atomic()
    block._from_testcase = True  # the watch on transactions counts only the product's
    with blocker.unblock(), block:
        yield
        transaction.set_rollback(True)
