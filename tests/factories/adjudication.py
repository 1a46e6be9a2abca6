"""Tasks on which annotators have submitted, for tests of what comes after."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit
from annotations.adjudication.units import Action
from annotations.collection.ports import StudioReading
from annotations.collection.storing import store_submission
from annotations.collection.submission import make_submission
from annotations.markup import Markup
from annotations.models import AnnotationOrigin, Assignment, Project, Role, Task, User
from annotations.spans import Span
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task

TEXT = "Kyiv must have guarantees, Mr Novak said. Critics reject that, although they admit the risk is real."
FACT = {"type": "fact", "modality": "asserted", "holder": "author"}


def claim(start: int = 0, end: int = 25, *, key: str = "", **attributes: str) -> Span:
    return Span(start, end, "Claim", tuple(sorted((FACT | attributes).items())), key or f"claim-{start}")


def mark(*spans: Span, fields: Mapping[str, str] | None = None) -> Markup:
    return Markup(spans=spans, fields=tuple(sorted((fields or {"genre": "news"}).items())))


def submit(assignment: Assignment, markup: Markup, *, lead_time: float | None = None) -> None:
    """Store what an annotator submitted, as the gateway would."""
    submission = make_submission(
        StudioReading(markup=markup),
        [{"markup": markup.to_json()}],
        origin=AnnotationOrigin.GATEWAY,
        lead_time=lead_time,
    )
    store_submission(assignment, submission)


def make_annotated_task(
    *markups: Markup,
    project: Project | None = None,
    text: str = TEXT,
    annotators: Sequence[User] = (),
    source: str = "",
) -> Task:
    """A task on which as many annotators as there are markups have submitted."""
    project = project or make_project()
    people = list(annotators) or [make_member(project, Role.ANNOTATOR) for _ in markups]
    round_ = make_round(project, overlap=len(markups), annotators=tuple(people))
    task = make_task(round_, make_article(project, text, source=source))
    for person, markup in zip(people, markups, strict=True):
        submit(make_assignment(task, person), markup)
    task.refresh_from_db()
    return task


def decide_all(task: Task, *, by: User, choose: Callable[[Any], str]) -> None:
    """Decide every unit of a task that is open, and those that open by that, for the candidate that is chosen by its key."""
    while opened := read_case(task).outcome.open:
        unit, is_marked = opened[0], opened[0].kind in {"span", "relation"}
        action, said = (Action.CHOOSE, "candidate") if is_marked else (Action.VALUE, "value")
        decide_unit(task, unit=unit.key, action=action, payload={said: choose(unit)}, by=by)
