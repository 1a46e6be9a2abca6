"""The day by which the annotators of a round should have submitted everything; nothing happens by itself when it is over."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from annotations.assignment.errors import AssignmentError
from annotations.assignment.locking import lock_round
from annotations.models import Event, Round, User

FURTHEST = timedelta(days=3_660)


class DueDayError(AssignmentError):
    """A round cannot be due on this day."""


def check_due_day(due_on: date | None) -> None:
    """Refuse a day that is over, and one that nobody can mean."""
    today = timezone.localdate()
    if due_on is not None and due_on < today:
        raise DueDayError(f"{due_on:%Y-%m-%d} is over: choose today or a later day.")
    if due_on is not None and due_on > today + FURTHEST:
        raise DueDayError(f"{due_on:%Y-%m-%d} is more than ten years away: choose an earlier day.")


@transaction.atomic
def set_due_day(round_: Round, due_on: date | None, *, by: User | None) -> Round:
    """Say by which day a round is to be annotated; None takes the day away."""
    locked = lock_round(round_)
    if due_on != locked.due_on:
        check_due_day(due_on)
        was, locked.due_on = locked.due_on, due_on
        locked.save(update_fields=["due_on"])
        Event.objects.record(
            "set the deadline of",
            locked,
            actor=by,
            project=locked.project,
            was=was and was.isoformat(),
            due_on=due_on and due_on.isoformat(),
        )
    round_.due_on = locked.due_on
    return locked
