"""The one thing that somebody should do next, by their roles and from where the project stands."""

from collections.abc import Collection
from dataclasses import dataclass

from annotations.plurals import count_things
from annotations.progress.situation import Situation

STUCK = "stuck"
"""In place of a page: where a manager sees to tasks that nobody can finish."""


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence on where things stand, and the page that leads on; some steps are only waiting."""

    text: str
    action: str = ""
    page: str = ""


def choose_next_step(now: Situation) -> Step:
    """What blocks everything else comes first, then what people wait for, then what would be good."""
    if not now.articles:
        nothing = Step("The project has no articles yet.", "Add articles", "add-articles")
        return _look_at_imports(now) if now.imports else nothing
    if not now.annotators:
        have = count_things(now.articles, "article is here", "articles are here")
        return Step(f"{have}; now it needs annotators.", "Invite people", "people")
    if not now.rounds:
        return Step(
            f"{count_things(now.articles, 'article', 'articles')} and {count_things(now.annotators, 'annotator', 'annotators')}: "
            "everything is there to begin.",
            "Plan the first round",
            "plan-round",
        )
    if now.quarantined:
        parts = count_things(now.quarantined, "part of an annotation was", "parts of annotations were")
        return Step(
            f"{parts} not accepted. Nothing is lost, but somebody must look.", "Look at it", "quarantine"
        )
    if now.stuck:
        number = count_things(now.stuck, "article", "articles")
        action = "Open the article" if now.stuck == 1 else "See the round"
        return Step(f"As things are, nobody can finish {number}: too few annotators are left.", action, STUCK)
    if now.annotated and not now.adjudicators:
        return Step(f"{_say_waiting(now)}, but the project has no adjudicator.", "Invite one", "people")
    if now.annotated:
        under_way = f" {count_things(now.open, 'more is', 'more are')} being annotated." if now.open else ""
        who = (
            "you"
            if now.is_adjudicator
            else "the adjudicator"
            if now.adjudicators == 1
            else "the adjudicators"
        )
        action = "Adjudicate" if now.is_adjudicator else "Open the queue"
        return Step(f"{_say_waiting(now, on=who)}.{under_way}", action, "adjudication")
    return _choose_once_under_way(now)


def _look_at_imports(now: Situation) -> Step:
    waiting = count_things(now.imports, "import waits", "imports wait")
    return Step(f"{waiting} to be looked at and published.", "Look at it", "add-articles")


def _say_waiting(now: Situation, *, on: str = "adjudication") -> str:
    return f"{count_things(now.annotated, 'article waits', 'articles wait')} for {on}"


def _choose_once_under_way(now: Situation) -> Step:
    if now.open:
        return Step(
            f"Annotation is under way: {count_things(now.open, 'article is', 'articles are')} still open, "
            f"{now.annotated + now.adjudicated:,} of {now.tasks:,} annotated.",
            "See the rounds",
            "rounds",
        )
    if now.unreleased:
        new = count_things(now.unreleased, "adjudicated article is", "adjudicated articles are")
        return Step(f"{new} in no release yet.", "Freeze a release", "releases")
    if now.unplanned:
        new = count_things(now.unplanned, "article is", "articles are")
        return Step(f"{new} in no round yet.", "Plan a round", "plan-round")
    if now.imports:
        return _look_at_imports(now)
    return Step("Everything is annotated, adjudicated and released.", "See the releases", "releases")


def choose_step_of_member(roles: Collection[str], *, annotated: int, left: int) -> Step:
    """What somebody who manages nothing should do next, by their roles; `left` counts the articles left for them to annotate."""
    if "adjudicator" in roles and annotated:
        waiting = count_things(annotated, "article waits", "articles wait")
        return Step(f"{waiting} for you to adjudicate.", "Adjudicate", "adjudication")
    if "annotator" in roles:
        if left:
            return Step(
                f"{count_things(left, 'article is', 'articles are')} left for you.", "Go to My work", "work"
            )
        return Step("Nothing waits for you to annotate.", "Go to My work", "work")
    if "adjudicator" in roles:
        return Step(
            "Nothing waits for adjudication. An article comes to you when all its annotators have submitted it.",
            "See what is finished",
            "adjudication",
        )
    return Step("The project’s releases are yours to download.", "See the releases", "releases")
