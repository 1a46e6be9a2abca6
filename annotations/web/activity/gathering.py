"""Lines of the audit trail gathered, so that one person's work of an hour is a line and not a page."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from annotations.web.activity.subjects import EventLine


def gather_alike(lines: Iterable[EventLine], *, most: int) -> list[EventLine]:
    """Make one line of those that follow each other and say that the same person did the same to things of one kind; at most so many."""
    gathered = []
    for _, alike in groupby(lines, key=_tell_alike):
        first, *others = alike
        gathered.append(replace(first, others=len(others)))
        if len(gathered) == most:
            break
    return gathered


def _tell_alike(line: EventLine) -> tuple[int | None, str, str]:
    return line.event.actor_id, line.event.verb, line.event.subject_type
