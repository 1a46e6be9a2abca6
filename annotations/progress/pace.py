"""How long an article takes, and how long what remains will, in the words of a page."""

from collections.abc import Iterable
from statistics import median

MINUTES_AN_HOUR = 60
HOURS_WITHOUT_MINUTES = 10
"""From so many hours on minutes say nothing any more."""


def find_median_minutes(seconds: Iterable[float | None]) -> float | None:
    """The median of some times in minutes; None where none was measured.

    >>> find_median_minutes([60, None, 300, 120])
    2.0
    """
    known = [one for one in seconds if one is not None]
    return median(known) / 60 if known else None


def say_minutes(minutes: float | None) -> str:
    """A number of minutes as people say it, in minutes or hours; empty where it is not known.

    >>> [say_minutes(one) for one in (None, 0.4, 4.4, 59.7, 80, 1500)]
    ['', 'under 1 min', '4 min', '1 h', '1 h 20 min', '25 h']
    """
    if minutes is None:
        return ""
    if minutes < 1:
        return "under 1 min"
    hours, rest = divmod(round(minutes), MINUTES_AN_HOUR)
    if hours >= HOURS_WITHOUT_MINUTES:
        return f"{round(minutes / MINUTES_AN_HOUR):,} h"
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])
