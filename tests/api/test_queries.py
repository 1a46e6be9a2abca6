"""A page of a list costs the same number of queries however many rows are on it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.adjudication.settled import finish_by_rule
from annotations.api.v1.urls import router
from annotations.models import Role
from tests.api.test_role_matrix import collect
from tests.api.world import call_as, make_world
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db

KINDS = [name for name, _, _ in router.registry]


def test_a_longer_page_takes_no_more_queries() -> None:
    world = make_world()
    client = call_as(world, Role.MANAGER)

    def count() -> dict[str, tuple[int, int]]:
        counts = {}
        for kind in KINDS:
            with CaptureQueriesContext(connection) as queries:
                rows = collect(client, kind)
            counts[kind] = len(rows), len(queries)
        return counts

    before = count()
    for number in range(3):
        task = make_annotated_task(
            mark(claim()),
            mark(claim()),
            project=world.project,
            annotators=world.others,
            text=f"{number} {TEXT}",
        )
        assert finish_by_rule([task])
    after = count()
    assert after["annotations"][0] == before["annotations"][0] + 6
    assert {kind: queries for kind, (_, queries) in after.items()} == {
        kind: queries for kind, (_, queries) in before.items()
    }
    assert max(queries for _, queries in after.values()) <= 12
