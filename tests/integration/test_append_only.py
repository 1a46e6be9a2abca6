"""The database itself refuses to rewrite what must never change."""

import pytest
from django.db import Error, transaction

from annotations.models import Event, User

pytestmark = pytest.mark.django_db


def test_a_line_of_the_audit_trail_cannot_be_edited() -> None:
    user = User.objects.create_user("a@example.org", name="A")
    event = Event.objects.record("invited", user, actor=None)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="forged")
    event.refresh_from_db()
    assert event.verb == "invited"
