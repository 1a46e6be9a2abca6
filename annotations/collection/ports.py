"""What the workbench needs of a studio, in the workbench's own words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from annotations.collection.errors import UnstorableResultError
from annotations.limits import MAX_PROBLEMS, MAX_RELATIONS, MAX_SPANS
from annotations.markup import Markup, Problem
from annotations.schemes.scheme import Scheme
from annotations.schemes.snapped import MovedSpan, snap_spans
from annotations.studio_numbers import FIRST_STUDIO


class StudioUnavailableError(Exception):
    """The studio did not answer; the same call may go through later."""


class StudioSilentError(StudioUnavailableError):
    """The studio took a call and gave no answer: it may have carried it out, or do so yet."""


class StudioRefusedError(Exception):
    """The studio answered that it will not do this; trying again will not help."""


class StudioProjectMissingError(StudioRefusedError):
    """The studio project that the call names is not there (any more)."""


@dataclass(frozen=True, slots=True)
class NewStudioTask:
    """A text to be annotated. The reference names the assignment, so that an orphan can be adopted."""

    reference: int
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class StudioAnnotation:
    """An annotation as the studio keeps it; the result is the studio's own form."""

    annotation_id: int
    result: list[dict[str, Any]]
    is_skip: bool
    updated_at: datetime
    lead_time: float | None = None


@dataclass(frozen=True, slots=True)
class StudioTask:
    """A task as the studio keeps it, with every annotation on it (there should be one at most)."""

    task_id: int
    reference: int | None
    annotations: tuple[StudioAnnotation, ...] = ()


@dataclass(frozen=True, slots=True)
class StudioReading:
    """What a studio's result says in our words, and the parts that could not be accepted; never more than the limits."""

    markup: Markup
    problems: tuple[Problem, ...] = ()
    moved: tuple[MovedSpan, ...] = ()
    """Spans whose ends are no longer where they were drawn."""

    def snapped(self, *, text: str, scheme: Scheme) -> "StudioReading":
        """Move the ends of all spans as the scheme says, and say which were moved."""
        markup, moved = snap_spans(scheme, text, self.markup)
        return StudioReading(markup, self.problems, moved)

    def __post_init__(self) -> None:
        for count, most, what in (
            (len(self.markup.spans), MAX_SPANS, "spans"),
            (len(self.markup.relations), MAX_RELATIONS, "links"),
            (len(self.problems), MAX_PROBLEMS, "parts that cannot be read"),
        ):
            if count > most:
                raise UnstorableResultError(
                    f"The annotation has {count:,} {what}, more than the {most:,} that one may have: "
                    "remove some.",
                )


class Studio(Protocol):
    """The studio behind the workbench, or several of them behind one port.

    Every number that it takes or gives stands for one thing among all of them (`annotations/studio_numbers.py`), so a
    number says by itself which of them is asked. Every call may raise `StudioUnavailableError`, after which nobody knows whether it was carried out, or
    `StudioRefusedError`, after which it was not.
    """

    def is_up(self, studio: int = FIRST_STUDIO) -> bool:
        """Whether one of the Studios answers now; never an error."""
        ...

    def address_of(self, project_id: int, task_id: int | None = None) -> str:
        """The path at which a browser works through a project's tasks, or opens one of them again."""
        ...

    def create_project(self, *, title: str, scheme: Scheme, studio: int = FIRST_STUDIO) -> int:
        """Make a studio project whose editor offers the scheme, in one of the Studios; returns the project's number."""
        ...

    def remove_projects(self, title: str, *, studio: int = FIRST_STUDIO) -> None:
        """Remove every studio project of exactly this title from one of the Studios, with all that is in it; none is no error."""
        ...

    def import_tasks(self, project_id: int, tasks: Sequence[NewStudioTask]) -> list[int]:
        """Return the new task ids in the order of the tasks; `StudioProjectMissingError` where there is no such project."""
        ...

    def delete_task(self, task_id: int) -> None:
        """Remove a task with its drafts; one that is gone already is no error."""
        ...

    def fetch_task(self, task_id: int) -> StudioTask | None:
        """A task as it is now, with its annotations; None where it is gone."""
        ...

    def list_tasks(self, project_id: int) -> Iterator[StudioTask]:
        """Every task of the project with its annotations; none where there is no such project."""
        ...

    def read_result(self, result: list[dict[str, Any]], *, text: str, scheme: Scheme) -> StudioReading:
        """Say it in our words: accepted spans lie in the text; what is not accepted comes as a problem."""
        ...
