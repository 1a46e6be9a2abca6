"""The Studios as Label Studio: the only module that knows its SDK.

The SDK takes a second or more to import, so it is imported on the first call.
"""

import functools
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import httpx

from annotations.collection.ports import (
    NewStudioTask,
    StudioAnnotation,
    StudioProjectMissingError,
    StudioReading,
    StudioRefusedError,
    StudioTask,
    StudioUnavailableError,
)
from annotations.labelstudio.access import StudioConnection, connect, find_studio
from annotations.labelstudio.label_config import render
from annotations.labelstudio.payloads import read_result
from annotations.schemes.scheme import Scheme
from annotations.studio_numbers import (
    FIRST_STUDIO,
    name_studio,
    number_among_all,
    prefix_of,
    studio_of,
    upstream_number,
)

logger = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 4
FIRST_PAUSE_SECONDS = 0.25
NOT_FOUND = 404
PASSING_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
TITLE_LENGTHS = (3, 50)
"""Label Studio refuses shorter and longer titles of projects."""
PAGE_SIZE = 100
PATIENCE_SECONDS = 3.0
"""How long `is_up` waits for an answer."""


class LabelStudioBackend:
    """The Label Studios behind the port of `annotations.collection`; calls that may be repeated are, with growing pauses."""

    def __init__(self, connection: StudioConnection | None = None) -> None:
        self._connection = connection
        self._sdks: dict[int, Any] = {}

    def _sdk(self, studio: int) -> Any:
        if studio not in self._sdks:
            self._sdks[studio] = _sdk_over(self._connection or connect(studio))
        return self._sdks[studio]

    def is_up(self, studio: int = FIRST_STUDIO) -> bool:
        try:
            url = self._connection.access.url if self._connection else find_studio(studio).url
            answer = httpx.get(f"{url}/health", timeout=PATIENCE_SECONDS, trust_env=False)
        except (httpx.HTTPError, StudioUnavailableError) as error:
            logger.warning("%s does not answer: %s", name_studio(studio), error)
            return False
        return answer.is_success

    def address_of(self, project_id: int, task_id: int | None = None) -> str:
        """Through the gateway: the labelling stream of a project, or the data manager at a task."""
        where = "labeling=1" if task_id is None else f"task={upstream_number(task_id)}"
        return f"/{prefix_of(studio_of(project_id))}/projects/{upstream_number(project_id)}/data?{where}"

    def create_project(self, *, title: str, scheme: Scheme, studio: int = FIRST_STUDIO) -> int:
        shortest, longest = TITLE_LENGTHS
        project = self._call(
            studio,
            lambda sdk: sdk.projects.create(
                title=title[:longest].ljust(shortest, "."),
                label_config=render(scheme),
                maximum_annotations=1,
                show_skip_button=False,
                enable_empty_annotation=True,
                show_collab_predictions=False,
                sampling="Sequential sampling",
            ),
        )
        return number_among_all(int(project.id), studio=studio)

    def remove_projects(self, title: str, *, studio: int = FIRST_STUDIO) -> None:
        def find(sdk: Any) -> list[int]:
            return [int(found.id) for found in sdk.projects.list(title=title) if found.title == title]

        def delete(sdk: Any, *, project: int) -> None:
            sdk.projects.delete(id=project)

        for number in self._call(studio, find, repeatable=True):
            self._call(studio, functools.partial(delete, project=number), repeatable=True, missing=None)

    def import_tasks(self, project_id: int, tasks: Sequence[NewStudioTask]) -> list[int]:
        if not tasks:
            return []
        studio = studio_of(project_id)
        answer = self._call(
            studio,
            lambda sdk: sdk.projects.import_tasks(
                id=upstream_number(project_id),
                request=[
                    {"data": {"text": task.text, "title": task.title}, "meta": {"reference": task.reference}}
                    for task in tasks
                ],
                return_task_ids=True,
            ),
            missing=StudioProjectMissingError,
        )
        if answer is StudioProjectMissingError:
            raise StudioProjectMissingError(
                f"{name_studio(studio)} has no project {upstream_number(project_id)} (any more)."
            )
        return [number_among_all(int(number), studio=studio) for number in answer.task_ids]

    def delete_task(self, task_id: int) -> None:
        self._call(
            studio_of(task_id),
            lambda sdk: sdk.tasks.delete(id=str(upstream_number(task_id))),
            repeatable=True,
            missing=None,
        )

    def fetch_task(self, task_id: int) -> StudioTask | None:
        studio = studio_of(task_id)
        task = self._call(
            studio, lambda sdk: sdk.tasks.get(id=str(upstream_number(task_id))), repeatable=True, missing=None
        )
        return _read_task(task, studio) if task else None

    def list_tasks(self, project_id: int) -> Iterator[StudioTask]:
        studio = studio_of(project_id)

        def first_page(sdk: Any) -> Any:
            return sdk.tasks.list(project=upstream_number(project_id), fields="all", page_size=PAGE_SIZE)

        pager = self._call(studio, first_page, repeatable=True, missing=None)
        items = iter(pager or ())
        end = object()
        while (task := self._call(studio, lambda _sdk: next(items, end), missing=end)) is not end:
            yield _read_task(task, studio)

    def read_result(self, result: list[dict[str, Any]], *, text: str, scheme: Scheme) -> StudioReading:
        return read_result(result, text, scheme)

    def _call(
        self, studio: int, ask: Callable[[Any], T], *, repeatable: bool = False, missing: Any = ...
    ) -> T:
        """Ask the SDK of a Studio, in our words: a missing thing is `missing` where that is given; faults are the port's errors."""
        from label_studio_sdk.core.api_error import ApiError

        name = name_studio(studio)
        for attempt in range(TRIES if repeatable else 1):
            if attempt:
                time.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                return ask(self._sdk(studio))
            except httpx.HTTPError as error:
                fault: Exception = StudioUnavailableError(f"{name} does not answer: {error}")
                fault.__cause__ = error
            except ApiError as error:
                if error.status_code == NOT_FOUND and missing is not ...:
                    return missing  # type: ignore[no-any-return]
                if error.status_code not in PASSING_STATUSES:
                    raise StudioRefusedError(f"{name} refused: {_explain(error)}") from error
                fault = StudioUnavailableError(f"{name} answered with status {error.status_code}.")
                fault.__cause__ = error
        raise fault


@cache
def _sdk_over(connection: StudioConnection) -> Any:
    """One for each connection, because each fetches an access token of its own."""
    from label_studio_sdk.client import LabelStudio

    access = connection.access
    return LabelStudio(
        base_url=access.url, api_key=access.token, httpx_client=connection.client, max_retries=0
    )


def _explain(error: Any) -> str:
    body = error.body if isinstance(error.body, dict) else {"detail": error.body}
    details = body.get("validation_errors") or body.get("detail")
    return f"{details} (status {error.status_code})"


def _read_task(task: Any, studio: int) -> StudioTask:
    meta = task.meta or {}
    return StudioTask(
        task_id=number_among_all(int(task.id), studio=studio),
        reference=meta.get("reference"),
        annotations=tuple(_read_annotation(annotation, studio) for annotation in task.annotations or ()),
    )


def _read_annotation(annotation: Any, studio: int) -> StudioAnnotation:
    value = annotation if isinstance(annotation, dict) else annotation.dict()
    updated = value["updated_at"]
    return StudioAnnotation(
        annotation_id=number_among_all(int(value["id"]), studio=studio),
        result=value.get("result") or [],
        is_skip=bool(value.get("was_cancelled")),
        updated_at=updated if isinstance(updated, datetime) else datetime.fromisoformat(updated),
        lead_time=value.get("lead_time"),
    )
