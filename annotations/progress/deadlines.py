"""The day by which a round should be annotated, in words: what is left until then, and how late it is."""

from dataclasses import dataclass
from datetime import date, timedelta

from annotations.plurals import count_things

NEAR = timedelta(days=14)
"""So long before the day it is said how many days are left."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is said of the day that a round is due, and whether the round is late."""

    words: str
    is_late: bool = False


def say_deadline(due_on: date, *, today: date, is_done: bool) -> Deadline:
    """Say when a round is due, how long that is, and how late it is while something of it is still to be annotated.

    >>> say_deadline(date(2026, 12, 3), today=date(2026, 11, 26), is_done=False)
    Deadline(words='due on 3 Dec, in 7 days', is_late=False)
    >>> say_deadline(date(2026, 11, 24), today=date(2026, 11, 26), is_done=False)
    Deadline(words='was due on 24 Nov, 2 days late', is_late=True)
    >>> say_deadline(date(2026, 11, 24), today=date(2026, 11, 26), is_done=True)
    Deadline(words='was due on 24 Nov', is_late=False)
    """
    day, left = _write_shortly(due_on, today=today), due_on - today
    if left < timedelta():
        late = "" if is_done else f", {count_things(-left.days, 'day')} late"
        return Deadline(f"was due on {day}{late}", is_late=not is_done)
    if is_done or left > NEAR:
        return Deadline(f"due on {day}")
    if not left:
        return Deadline("due today")
    return Deadline(f"due on {day}, {'tomorrow' if left.days == 1 else f'in {left.days} days'}")


def write_day(day: date) -> str:
    """Write a day in full.

    >>> write_day(date(2026, 12, 3))
    '3 December 2026'
    """
    return f"{day.day} {day:%B %Y}"


def _write_shortly(day: date, *, today: date) -> str:
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b} {day.year}"
