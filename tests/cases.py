"""Which cases of a test the second database is asked: a few of many, since what tells them apart was shown on the first."""

import os
from collections import defaultdict
from collections.abc import Sequence
from types import ModuleType

import pytest

MOST = int(os.environ.get("CASES", "0"))
"""How many cases of a test are asked at most; all, if nothing is said."""
NAMES_OF_DATABASES = frozenset(
    {
        *("connection", "connections", "IntegrityError", "DatabaseError", "DataError", "OperationalError"),
        *("explain", "record_queries", "name_database"),
    }
)
"""A module that imports one of these is about what a database does, and every case of it is asked on each."""


def leave_out_cases(items: list[pytest.Item], most: int) -> list[pytest.Item]:
    """Take the cases that need not be asked out of the list, and give them."""
    by_test: dict[str, list[pytest.Function]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec") and not _is_about_databases(item):
            by_test[item.nodeid.partition("[")[0]].append(item)
    left_out: set[pytest.Item] = set()
    for cases in by_test.values():
        cases.sort(key=lambda item: tuple(item.callspec.indices.items()))
        asked = spread(len(cases), most)
        left_out |= {item for place, item in enumerate(cases) if place not in asked}
    items[:] = [item for item in items if item not in left_out]
    return list(left_out)


def spread(count: int, most: int) -> set[int]:
    """So many places at most, the first and the last among them, as evenly as whole numbers allow.

    >>> sorted(spread(10, 4)), sorted(spread(3, 4))
    ([0, 3, 6, 9], [0, 1, 2])
    """
    if count <= most:
        return set(range(count))
    return {round(place * (count - 1) / (most - 1)) for place in range(most)}


def names_a_database(module: ModuleType) -> bool:
    """Whether a module of tests is about what a database does, as its imports say."""
    return not NAMES_OF_DATABASES.isdisjoint(vars(module))


def _is_about_databases(item: pytest.Function) -> bool:
    marks: Sequence[pytest.Mark] = list(item.iter_markers("django_db"))
    return names_a_database(item.module) or any(mark.kwargs.get("transaction") for mark in marks)
