"""The watch on transactions sees what it is there for."""

import gc
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


def test_garbage_that_others_left_is_not_but_the_work_beside_it_is(transaction_watch: Watch) -> None:
    left: list[list[object]] = [[] for _ in range(300_000)]
    transaction_watch.longest = 0.0
    began = time.thread_time()
    with transaction.atomic():
        work(MAX_SECONDS / 10)
        for _ in range(20):
            gc.collect()
    assert left
    everything = time.thread_time() - began
    assert MAX_SECONDS / 10 <= transaction_watch.longest < everything - MAX_SECONDS / 20


def test_garbage_of_its_own_is(transaction_watch: Watch) -> None:
    transaction_watch.longest = 0.0
    began = time.thread_time()
    with transaction.atomic():
        for _ in range(1_000):
            gc.collect(1)
        spent = time.thread_time() - began
    assert transaction_watch.longest >= spent / 2
