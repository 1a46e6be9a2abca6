"""The database itself refuses to rewrite what must never change."""

import pytest
from django.db import Error, transaction

from annotations.models import Event, Round, Scheme, User
from tests.factories import make_project, make_round, make_scheme

pytestmark = pytest.mark.django_db


def test_a_line_of_the_audit_trail_cannot_be_edited() -> None:
    user = User.objects.create_user("a@example.org", name="A")
    event = Event.objects.record("invited", user, actor=None)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="forged")
    event.refresh_from_db()
    assert event.verb == "invited"


def test_a_round_keeps_its_scheme_and_a_scheme_that_only_a_round_has_is_in_use() -> None:
    project = make_project()
    round_ = make_round(project, overlap=1)
    later = make_scheme("argument-lite-v1")
    project.scheme = later
    project.save()
    with pytest.raises(Error, match="keeps the scheme"), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(scheme=later)
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Scheme.objects.filter(pk=round_.scheme_id).update(source="labels = []")
