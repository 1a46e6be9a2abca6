"""What would be planned by the form of a round as it stands, said while somebody fills it in."""

from dataclasses import dataclass

from annotations.assignment.taking import count_to_take
from annotations.corpus.choice import ChoiceError
from annotations.models import Project
from annotations.plurals import count_things
from annotations.progress.pace import say_minutes
from annotations.progress.waiting import find_pace
from annotations.web.rounds.forms import RoundForm


@dataclass(frozen=True, slots=True)
class Forecast:
    """A sentence on the round that the form describes, and whether that round can be planned."""

    words: str
    is_possible: bool


def foresee(project: Project, form: RoundForm, *, is_first: bool = False) -> Forecast:
    """Say how much the round would ask of its annotators, or what keeps it from being planned.

    When a page is opened on all articles, its first sentence is made of what is counted already, copies too.
    """
    if missing := _say_what_is_missing(form):
        return Forecast(missing, is_possible=False)
    said = form.arguments
    try:
        said["taking"].check()
    except ChoiceError as error:
        return Forecast(str(error), is_possible=False)
    is_counted = is_first and form.choice.is_all
    found = (
        form.unplanned[said["kind"]] if is_counted else count_to_take(project, said["kind"], said["taking"])
    )
    if not found:
        which = "of these " if not form.choice.is_all else ""
        words = f"No article {which}is left for a {said['kind']} round: nothing would be planned."
        return Forecast(words, is_possible=False)
    words = say_forecast(
        found,
        limit=said["limit"],
        overlap=said["overlap"],
        annotators=len(said["annotators"]),
        pace=find_pace(project),
    )
    copies = form.unplanned[said["kind"]] - found if form.choice.is_all else 0
    left_out = count_things(copies, "copy is", "copies are")
    return Forecast(f"{words} {left_out} left out." if copies > 0 else words, is_possible=True)


def _say_what_is_missing(form: RoundForm) -> str:
    """What the first field that cannot be read lacks; nothing where all can."""
    if form.is_valid():
        return ""
    if "annotators" in form.errors:
        return "Choose the annotators."
    name, errors = next(iter(form.errors.items()))
    return f"{form.fields[name].label}: {errors[0]}" if name in form.fields else str(errors[0])


def say_forecast(
    found: int, *, limit: int | None, overlap: int, annotators: int, pace: float | None = None
) -> str:
    """How many articles a round would take of those that were found, and what that is for its annotators.

    Where it is known how many minutes an article takes, the pace, it says for how long, too.

    >>> say_forecast(40, limit=12, overlap=3, annotators=4)
    '12 of 40 articles, each for 3 of the 4 annotators: 36 annotations, 9 for everybody.'
    >>> say_forecast(12, limit=50, overlap=2, annotators=2)
    'All 12 articles that are left, each for both annotators: 24 annotations, 12 for everybody.'
    >>> say_forecast(1, limit=None, overlap=1, annotators=1)
    '1 article for one annotator: 1 annotation.'
    >>> say_forecast(10, limit=None, overlap=2, annotators=4, pace=12.0)
    '10 articles, each for 2 of the 4 annotators: 20 annotations, 5 for everybody. At 12 min each, about 1 h for everybody and 4 h in all.'
    """
    taken = min(found, limit or found)
    if taken < found:
        articles = f"{taken:,} of {found:,} articles"
    elif limit and limit > found:
        articles = "The one article that is left" if found == 1 else f"All {found:,} articles that are left"
    else:
        articles = count_things(taken, "article")
    wanted = taken * overlap
    share, is_even = -(-wanted // annotators), wanted % annotators == 0
    each = "" if annotators == 1 else f", {'' if is_even else 'about '}{share:,} for everybody"
    whom = f"{', each' if taken > 1 else ''} for {_say_whom(overlap, annotators)}"
    words = f"{articles}{whom}: {count_things(wanted, 'annotation')}{each}."
    return words if pace is None else f"{words} {_say_time(pace, wanted, share, annotators)}"


def _say_time(pace: float, wanted: int, share: int, annotators: int) -> str:
    if annotators == 1:
        return f"At {say_minutes(pace)} each, about {say_minutes(pace * wanted)}."
    return f"At {say_minutes(pace)} each, about {say_minutes(pace * share)} for everybody and {say_minutes(pace * wanted)} in all."


def _say_whom(overlap: int, annotators: int) -> str:
    if overlap < annotators:
        return f"{'one' if overlap == 1 else f'{overlap:,}'} of the {annotators:,} annotators"
    return {1: "one annotator", 2: "both annotators"}.get(annotators, f"all {annotators:,} annotators")
