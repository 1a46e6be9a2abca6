"""The watch on transactions sees what it is there for."""

import time

import pytest
from django.db import transaction

from tests.transactions import MAX_SECONDS, Watch

pytestmark = pytest.mark.django_db


def work(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_work_in_a_transaction_is_noted_also_when_it_is_nested(transaction_watch: Watch) -> None:
    with transaction.atomic():
        work(MAX_SECONDS / 2)
        with transaction.atomic():
            work(MAX_SECONDS / 2)
        work(MAX_SECONDS / 10)
    [noted] = transaction_watch.too_long
    assert noted.startswith("1.1 s in a transaction")
    transaction_watch.too_long.clear()


def test_work_between_transactions_is_not(transaction_watch: Watch) -> None:
    with transaction.atomic():
        work(MAX_SECONDS / 10)
    work(MAX_SECONDS)
    with transaction.atomic():
        work(MAX_SECONDS / 10)
    assert not transaction_watch.too_long
