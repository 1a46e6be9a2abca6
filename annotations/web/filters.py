"""What templates need beyond Django's own filters; the settings make them known to every template."""

from datetime import timedelta
from typing import Any

from django import template
from django.utils.safestring import SafeString

from annotations.plurals import count_things, write_decimal
from annotations.schemes.scheme import Example
from annotations.web.activity.jobs import name_job
from annotations.web.agreement.glossary import Term, find_term
from annotations.web.agreement.next_looks import write_percent
from annotations.web.drawing import DrawnPassage
from annotations.web.schemes.examples import draw_example
from annotations.web.schemes.guidelines import render_markdown

register = template.Library()
MAX_DETAIL_LENGTH = 80


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as HTML, for templates."""
    return render_markdown(text)


@register.inclusion_tag("annotations/agreement/_term.html")
def term(name: str) -> dict[str, Term]:
    """A term of the glossary as a button that shows what it means; the page holds the popovers themselves."""
    return {"term": find_term(name)}


@register.filter
def hundredths(share: float) -> str:
    """A share as a percentage, for templates."""
    return write_percent(share)


@register.filter
def figure(value: float | None, places: int = 2) -> str:
    """A figure with as many decimal places and a true minus, or a dash where there is none.

    >>> figure(0.5), figure(None), figure(0.0412, 3)
    ('0.50', '–', '0.041')
    """
    return "–" if value is None else write_decimal(value, places)


@register.filter
def grouped(number: int) -> str:
    """A number with its thousands apart.

    >>> grouped(3817)
    '3,817'
    """
    return f"{number:,}"


@register.filter
def spaced(name: str) -> str:
    """Write a name of the program as words, with spaces for its underscores.

    >>> spaced("top_up_queues")
    'top up queues'
    """
    return name.replace("_", " ")


@register.filter
def as_job(kind: str) -> str:
    """What a job of this kind does, in words, for templates."""
    return name_job(kind)


@register.filter
def lasting(time: timedelta) -> str:
    """Write a span of time as a person would estimate it.

    >>> lasting(timedelta(seconds=40)), lasting(timedelta(minutes=61)), lasting(timedelta(hours=30))
    ('40 seconds', '61 minutes', '30 hours')
    """
    seconds = max(time.total_seconds(), 0)
    for unit, length in (("hours", 7200), ("minutes", 120)):
        if seconds >= length:
            return f"{round(seconds / (3600 if unit == 'hours' else 60))} {unit}"
    return count_things(max(round(seconds), 1), "second")


@register.filter
def listed(details: dict[str, Any]) -> str:
    """The details of an event on one line.

    >>> listed({"roles": ["annotator", "consumer"], "was": "queued", "needs_review": False})
    'roles: annotator, consumer; was: queued; needs review: no'
    """
    return "; ".join(f"{spaced(name)}: {_shorten(value)}" for name, value in details.items())


def _shorten(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        value = [f"{spaced(name)} {number}" for name, number in value.items()]
    text = ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
    return text if len(text) <= MAX_DETAIL_LENGTH else f"{text[:MAX_DETAIL_LENGTH]}…"


@register.inclusion_tag("annotations/_passage.html")
def example(shown: Example, label: str = "", *, fits: bool = True) -> dict[str, DrawnPassage]:
    """An example of the guidelines as a passage with its words marked; `label` is what they are marked with."""
    return {"passage": draw_example(shown, label, fits=fits)}
