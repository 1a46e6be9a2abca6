"""The one thing that a manager should do next, from where the project stands."""

from dataclasses import dataclass

STUCK = "stuck"
"""In place of a page: the overview's own section on tasks that nobody can finish."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a project stands: a task is live unless it was cancelled, and `unreleased` counts gold since the last release.

    `stuck` counts tasks that nobody can finish, because too few annotators are left for them.
    """

    articles: int = 0
    annotators: int = 0
    rounds: int = 0
    tasks: int = 0
    annotated: int = 0
    adjudicated: int = 0
    quarantined: int = 0
    stuck: int = 0
    unreleased: int = 0
    unplanned: int = 0
    adjudicators: int = 0
    is_adjudicator: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence on where things stand, and the page that leads on; some steps are only waiting."""

    text: str
    action: str = ""
    page: str = ""


def choose_next_step(now: Situation) -> Step:
    """What blocks everything else comes first, then what people wait for, then what would be good."""
    if not now.articles:
        return Step("The project has no articles yet.", "Add articles", "add-articles")
    if not now.annotators:
        have = _count(now.articles, "article is here", "articles are here")
        return Step(f"{have}; now it needs annotators.", "Invite people", "people")
    if not now.rounds:
        return Step(
            f"{_count(now.articles, 'article', 'articles')} and {_count(now.annotators, 'annotator', 'annotators')}: "
            "everything is there to begin.",
            "Plan the first round",
            "plan-round",
        )
    if now.quarantined:
        parts = _count(now.quarantined, "part of an annotation was", "parts of annotations were")
        return Step(
            f"{parts} not accepted. Nothing is lost, but somebody must look.", "Look at it", "quarantine"
        )
    if now.stuck:
        number = _count(now.stuck, "article", "articles")
        return Step(
            f"As things are, nobody can finish {number}: too few annotators are left.", "See why", STUCK
        )
    if now.annotated and now.is_adjudicator:
        waiting = _count(now.annotated, "task waits", "tasks wait")
        return Step(f"{waiting} for adjudication.", "Adjudicate", "adjudication")
    if now.annotated and not now.adjudicators:
        waiting = _count(now.annotated, "task waits", "tasks wait")
        return Step(
            f"{waiting} for adjudication, but the project has no adjudicator.", "Invite one", "people"
        )
    return _choose_once_under_way(now)


def _choose_once_under_way(now: Situation) -> Step:
    open_tasks = now.tasks - now.annotated - now.adjudicated
    if open_tasks:
        return Step(
            f"Annotation is under way: {_count(open_tasks, 'task is', 'tasks are')} still open, "
            f"{now.annotated + now.adjudicated} of {now.tasks} annotated.",
            "See the rounds",
            "rounds",
        )
    if now.annotated:
        waiting = _count(now.annotated, "task waits", "tasks wait")
        return Step(f"All is annotated; {waiting} for the adjudicators.", "See the rounds", "rounds")
    if now.unreleased:
        new = _count(now.unreleased, "adjudicated article is", "adjudicated articles are")
        return Step(f"{new} in no release yet.", "Freeze a release", "releases")
    if now.unplanned:
        new = _count(now.unplanned, "article is", "articles are")
        return Step(f"{new} in no round yet.", "Plan a round", "plan-round")
    return Step("Everything is annotated, adjudicated and released.", "See the releases", "releases")


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
