"""Lines of the audit trail gathered, so that one person's work of an hour is a line and not a page."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby, islice

from django.utils import timezone

from annotations.web.activity.subjects import EventLine


def gather_alike(lines: Iterable[EventLine], *, most: int | None = None) -> list[EventLine]:
    """Make one line of those that follow each other and say that the same person did the same to things of one kind within an hour of the clock; at most so many."""
    runs = (list(alike) for _, alike in groupby(lines, key=_tell_alike))
    return [replace(first, others=tuple(others)) for first, *others in islice(runs, most)]


def _tell_alike(line: EventLine) -> tuple[int | None, str, str, datetime]:
    event = line.event
    hour = timezone.localtime(event.at).replace(minute=0, second=0, microsecond=0)
    return event.actor_id, event.verb, event.subject_type, hour
