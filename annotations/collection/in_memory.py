"""A studio that lives in this process, or several: for tests, and to try the workbench without Label Studio.

It is deterministic and can be told to misbehave as real ones do: to be down, to be slow, to do what it is asked and
lose the acknowledgement, to lose or double tasks while it imports them.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from threading import RLock
from typing import Any

from annotations.collection.ports import (
    NewStudioTask,
    StudioAnnotation,
    StudioProjectMissingError,
    StudioReading,
    StudioRefusedError,
    StudioTask,
    StudioUnavailableError,
)
from annotations.markup import Markup, Problem, Relation
from annotations.schemes.scheme import Scheme
from annotations.spans import InvalidSpanError, Span
from annotations.studio_numbers import FIRST_STUDIO, number_among_all, studio_of

TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class Mishaps:
    """What goes wrong next. The numbers count down with every call, task or import that they spoil."""

    is_down: bool = False
    down: set[int] = field(default_factory=set)
    """Those of several Studios that are."""
    delay: float = 0.0
    lose_acknowledgements: int = 0
    lose_imported: int = 0
    double_imported: int = 0


@dataclass(slots=True)
class _Task:
    project_id: int
    reference: int
    text: str
    annotations: dict[int, StudioAnnotation]


class InMemoryStudio:
    """Keeps projects, tasks and annotations in dictionaries; its result is one object that holds a markup as JSON."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.mishaps = Mishaps()
        self.calls: list[str] = []
        self._clock = clock
        self._last_time: datetime | None = None
        self._ids: dict[int, Iterator[int]] = defaultdict(lambda: count(1))
        self._projects: dict[int, tuple[str, str]] = {}
        self._tasks: dict[int, _Task] = {}
        self._lock = RLock()

    # --- the port

    def is_up(self, studio: int = FIRST_STUDIO) -> bool:
        return not self._is_down(studio)

    def address_of(self, project_id: int, task_id: int | None = None) -> str:
        return f"/in-memory/{project_id}/" if task_id is None else f"/in-memory/{project_id}/{task_id}/"

    def create_project(self, *, title: str, scheme: Scheme, studio: int = FIRST_STUDIO) -> int:
        with self._call("create_project", studio):
            project_id = self._next_number(studio)
            self._projects[project_id] = (title, scheme.identifier)
            return project_id

    def remove_projects(self, title: str, *, studio: int = FIRST_STUDIO) -> None:
        with self._call("remove_projects", studio):
            gone = {
                project_id
                for project_id, (known, _) in self._projects.items()
                if known == title and studio_of(project_id) == studio
            }
            self._projects = {key: known for key, known in self._projects.items() if key not in gone}
            self._tasks = {key: task for key, task in self._tasks.items() if task.project_id not in gone}

    def import_tasks(self, project_id: int, tasks: Sequence[NewStudioTask]) -> list[int]:
        with self._call("import_tasks", studio_of(project_id)):
            if project_id not in self._projects:
                raise StudioProjectMissingError(f"there is no studio project {project_id}")
            return [task_id for task in tasks for task_id in self._import(project_id, task)]

    def delete_task(self, task_id: int) -> None:
        with self._call("delete_task", studio_of(task_id)):
            self._tasks.pop(task_id, None)

    def fetch_task(self, task_id: int) -> StudioTask | None:
        with self._call("fetch_task", studio_of(task_id)):
            return self._show(task_id) if task_id in self._tasks else None

    def list_tasks(self, project_id: int) -> Iterator[StudioTask]:
        with self._call("list_tasks", studio_of(project_id)):
            listed = [
                self._show(task_id) for task_id, task in self._tasks.items() if task.project_id == project_id
            ]
        yield from listed

    def read_result(self, result: list[dict[str, Any]], *, text: str, scheme: Scheme) -> StudioReading:
        content = result[0] if result else {}
        spans, problems = [], []
        for item in content.get("spans", ()):
            try:
                span = Span(
                    start=item["start"],
                    end=item["end"],
                    label=item["label"],
                    attributes=tuple(sorted(item.get("attributes", {}).items())),
                    key=item["key"],
                )
                span.quote(text)
            except InvalidSpanError as error:
                problems.append(Problem("outside-text", str(error), item))
                continue
            if scheme.label(span.label) is None:
                problems.append(Problem("unknown-label", f"There is no label {span.label!r}.", item))
            else:
                spans.append(span)
        keys = {span.key for span in spans}
        relations = []
        for item in content.get("relations", ()):
            link = Relation(source=item["source"], target=item["target"], kind=item["kind"])
            if {link.source, link.target} <= keys:
                relations.append(link)
            else:
                problems.append(Problem("relation-to-nowhere", "A relation leads to no accepted span.", item))
        fields = tuple(sorted(content.get("fields", {}).items()))
        markup = Markup(spans=tuple(spans), relations=tuple(relations), fields=fields)
        return StudioReading(markup=markup, problems=tuple(problems))

    # --- what an annotator does in the editor

    def submit(self, task_id: int, markup: Markup, *, lead_time: float = 1.0) -> int:
        return self.submit_result(task_id, write_result(markup), lead_time=lead_time)

    def submit_result(
        self, task_id: int, result: list[dict[str, Any]], *, lead_time: float = 1.0, is_skip: bool = False
    ) -> int:
        with self._lock:
            annotation_id = self._next_number(studio_of(task_id))
            self._tasks[task_id].annotations[annotation_id] = StudioAnnotation(
                annotation_id=annotation_id,
                result=result,
                is_skip=is_skip,
                updated_at=self._now(),
                lead_time=lead_time,
            )
            return annotation_id

    def change(self, annotation_id: int, markup: Markup) -> None:
        with self._lock:
            annotations = self._annotations_beside(annotation_id)
            annotations[annotation_id] = replace(
                annotations[annotation_id], result=write_result(markup), updated_at=self._now()
            )

    def skip(self, task_id: int) -> int:
        return self.submit_result(task_id, [], is_skip=True)

    def delete_annotation(self, annotation_id: int) -> None:
        with self._lock:
            del self._annotations_beside(annotation_id)[annotation_id]

    def delete_project(self, project_id: int) -> None:
        with self._lock:
            del self._projects[project_id]
            self._tasks = {key: task for key, task in self._tasks.items() if task.project_id != project_id}

    # --- what a test looks at

    @property
    def tasks(self) -> list[StudioTask]:
        with self._lock:
            return [self._show(task_id) for task_id in self._tasks]

    # ---

    @contextmanager
    def _call(self, name: str, studio: int) -> Iterator[None]:
        """One call over the line that can be down, slow, or cut before the answer arrives."""
        if self.mishaps.delay:
            time.sleep(self.mishaps.delay)
        if self._is_down(studio):
            raise StudioUnavailableError("The studio is down.")
        with self._lock:
            self.calls.append(name)
            yield
        if self.mishaps.lose_acknowledgements:
            self.mishaps.lose_acknowledgements -= 1
            raise StudioUnavailableError("The studio's answer was lost.")

    def _is_down(self, studio: int) -> bool:
        return self.mishaps.is_down or studio in self.mishaps.down

    def _next_number(self, studio: int) -> int:
        """Each of them counts by itself, so several give the same."""
        return number_among_all(next(self._ids[studio]), studio=studio)

    def _import(self, project_id: int, task: NewStudioTask) -> Iterator[int]:
        if self.mishaps.lose_imported:
            self.mishaps.lose_imported -= 1
            return
        copies = 1
        if self.mishaps.double_imported:
            self.mishaps.double_imported -= 1
            copies = 2
        ids = [self._next_number(studio_of(project_id)) for _ in range(copies)]
        for task_id in ids:
            self._tasks[task_id] = _Task(project_id, task.reference, task.text, {})
        yield ids[0]

    def _show(self, task_id: int) -> StudioTask:
        task = self._tasks[task_id]
        return StudioTask(
            task_id=task_id, reference=task.reference, annotations=tuple(task.annotations.values())
        )

    def _annotations_beside(self, annotation_id: int) -> dict[int, StudioAnnotation]:
        for task in self._tasks.values():
            if annotation_id in task.annotations:
                return task.annotations
        raise StudioRefusedError(f"there is no annotation {annotation_id}")

    def _now(self) -> datetime:
        """Later than every time before, however coarse the clock."""
        now = self._clock()
        if self._last_time is not None and now <= self._last_time:
            now = self._last_time + TICK
        self._last_time = now
        return now


def write_result(markup: Markup) -> list[dict[str, Any]]:
    """The in-memory studio's own form of a result."""
    return [markup.to_json()]


@cache
def shared_studio() -> InMemoryStudio:
    """The one studio of this process, for the STUDIO_BACKEND setting."""
    return InMemoryStudio()
