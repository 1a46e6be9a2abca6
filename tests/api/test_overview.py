"""How far a project is, by REST: the numbers of the page Overview."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from annotations.assignment.excluding import exclude_article
from annotations.assignment.services import plan_round
from annotations.models import Assignment, Role
from tests.factories import make_article, make_assignment, make_member, make_project
from tests.factories.adjudication import claim, mark, submit

pytestmark = pytest.mark.django_db


def test_it_counts_where_articles_are_and_on_whom_they_wait() -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    adjudicator = make_member(project, Role.ADJUDICATOR, name="Ada")
    one, two = (make_member(project, Role.ANNOTATOR, name=name) for name in ("Reader One", "Reader Two"))
    for _ in range(3):
        make_article(project)
    round_ = plan_round(project, annotators=[two, one], overlap=2, by=manager)
    first, second, _ = round_.tasks.order_by("id")
    for person, seconds in ((one, 120), (two, 240)):
        submit(make_assignment(first, person), mark(claim()), lead_time=seconds)
    make_assignment(second, two)
    exclude_article(make_article(project), reason="An advertisement", by=manager)
    make_article(project)
    client = APIClient()
    client.force_login(manager)
    found = client.get(reverse("api:projects-overview", args=[project.slug])).json()
    first.refresh_from_db()
    assert found["articles"] == {
        "total": 5,
        "excluded": 1,
        "unplanned": 1,
        "annotating": 2,
        "to_adjudicate": 1,
        "unreleased": 0,
        "adjudicated": 0,
    }
    assert found["remaining"] == {"annotations": 4, "in_no_queue": 3, "minutes_each": 3.0, "minutes": 12.0}
    assert (found["stuck"], found["quarantined"]) == (0, 0)
    lines = {line["person"]["name"]: line for line in found["annotators"]}
    assert list(lines) == ["Reader One", "Reader Two"]
    assert (lines["Reader One"]["queued"], lines["Reader One"]["since"]) == (0, None)
    assert (lines["Reader Two"]["queued"], lines["Reader Two"]["minutes_each"]) == (1, 4.0)
    queued = Assignment.objects.queued().get()
    assert lines["Reader Two"]["since"].startswith(queued.status_changed_at.isoformat()[:19])
    assert [line["person"]["id"] for line in found["adjudicators"]] == [adjudicator.pk]
    assert found["waiting_since"].startswith(first.status_changed_at.isoformat()[:19])
