"""What an address asks for and cannot have is refused, and never ignored so that everything comes."""

from typing import Any

import pytest
from django.urls import reverse

from annotations.models import Role, TaskStatus

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query",
    ["status=", "status=nonsense", "status=open&status=annotated", "page=0", "page=x", "page=", "page=²"],
)
def test_the_tasks_of_a_round_are_narrowed_or_refused(world: Any, query: str) -> None:
    client = world.visit_as(Role.MANAGER)
    address = reverse("web:round", args=[world.project.slug, world.round.number])
    for status in TaskStatus.values:
        assert client.get(f"{address}?status={status}").status_code == 200
    assert client.get(f"{address}?page=1").status_code == 200
    assert client.get(f"{address}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("articles", "q=%00"),
        ("articles", "page=-1"),
        ("agreement", "page=many"),
        ("agreement-json", "gamma=maybe"),
        ("activity", "page=1e9"),
    ],
)
def test_other_lists_are_refused_too(world: Any, page: str, query: str) -> None:
    client = world.visit_as(Role.MANAGER)
    assert client.get(f"{reverse(f'web:{page}', args=[world.project.slug])}?{query}").status_code == 400
