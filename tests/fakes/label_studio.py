"""Label Studio's REST as far as the gateway uses it for saving, in this process behind `httpx.MockTransport`.

It keeps ids of annotations unique and removes the draft that became an annotation, as Label Studio does, and can be told
to carry out the next save and lose the answer. It keeps every save that reached it, to be looked at.
"""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx

from annotations.labelstudio.access import StudioAccess, StudioConnection
from annotations.models import Assignment
from annotations.studio_numbers import upstream_number

URL = "http://label-studio.invalid"
NOW = datetime(2100, 1, 1, tzinfo=UTC).isoformat()
"""Later than anything that a test queues."""
ACCOUNT = {"completed_by": 1, "created_username": "workbench service@label-studio.invalid, 1"}
"""What Label Studio tells of the account that it knows."""


class FakeLabelStudio:
    def __init__(self) -> None:
        self.tasks: dict[int, dict[str, Any]] = {}
        self.annotations: dict[int, dict[str, Any]] = {}
        self.drafts: dict[int, dict[str, Any]] = {}
        self.projects: dict[int, dict[str, Any]] = {}
        self.saves: list[tuple[str, str, dict[str, Any]]] = []
        """Method, path and body of every save that reached it."""
        self.lost_answers = 0
        self.empty_looks = 0
        """How often it still has no next task to offer."""
        self.before_saving: Callable[[], None] = lambda: None
        self._ids = count(1)
        self.connection = StudioConnection(StudioAccess(URL, "none"), timeout=1)
        self.connection.client.close()
        self.connection.client = httpx.Client(base_url=URL, transport=httpx.MockTransport(self._answer))

    def add_task(self, assignment: Assignment) -> None:
        """Hold the studio task that an assignment names."""
        assert assignment.studio_task_id is not None
        task_id = upstream_number(assignment.studio_task_id)
        self.tasks[task_id] = {
            "id": task_id,
            "data": {"text": assignment.task.article.text},
            "meta": {"reference": assignment.pk},
        }

    def results(self, task_id: int) -> list[Any]:
        return [held["result"] for held in self.annotations.values() if held["task"] == task_id]

    def copy_annotations(self) -> dict[int, dict[str, Any]]:
        return deepcopy(self.annotations)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else {}
        path = request.url.path.rstrip("/")
        if path == "/api/token/refresh":
            return httpx.Response(200, json={"access": "token"})
        if request.method != "GET":
            self.saves.append((request.method, path, body))
        if re.fullmatch(r"/api/(dm/(project|actions)|projects/\d+)", path):
            number = request.url.params.get("project") or path.rsplit("/", 1)[1]
            known = self.projects.get(int(number))
            return self._offer() if path.endswith("actions") else httpx.Response(200, json=known)
        if match := re.fullmatch(r"/api/tasks/(\d+)/drafts", path):
            return self._draft(int(match[1]), body)
        if match := re.fullmatch(r"/api/drafts/(\d+)", path):
            return self._change_draft(request.method, int(match[1]), body)
        if match := re.fullmatch(r"/api/tasks/(\d+)", path):
            task_id = int(match[1])
            own = [held for held in self.annotations.values() if held["task"] == task_id]
            drafts = [held for held in self.drafts.values() if held["task"] == task_id]
            return httpx.Response(200, json={**self.tasks[task_id], "annotations": own, "drafts": drafts})
        if match := re.fullmatch(r"/api/annotations/(\d+)", path):
            held = self.annotations.get(int(match[1]))
            if held is None:
                return httpx.Response(404, json={"detail": "Not found."})
            return httpx.Response(200, json=held) if request.method == "GET" else self._change(held, body)
        if match := re.fullmatch(r"/api/tasks/(\d+)/annotations", path):
            return self._create(int(match[1]), body)
        raise AssertionError(f"nothing is known of {request.method} {path}")

    def _offer(self) -> httpx.Response:
        done = {held["task"] for held in self.annotations.values()}
        waiting = [task for number, task in self.tasks.items() if number not in done]
        if self.empty_looks or not waiting:
            self.empty_looks -= bool(self.empty_looks)
            return httpx.Response(404, json={"detail": "There are still some tasks to complete."})
        return httpx.Response(200, json={**waiting[0], "annotations": [], "drafts": []})

    def _create(self, task_id: int, body: dict[str, Any]) -> httpx.Response:
        self.before_saving()
        if any(held["unique_id"] == body["unique_id"] for held in self.annotations.values()):
            return httpx.Response(409, json={"detail": "Conflict."})
        number = next(self._ids)
        created = {
            "id": number,
            "task": task_id,
            "unique_id": body["unique_id"],
            "result": body["result"],
            "was_cancelled": False,
            "updated_at": NOW,
            "lead_time": body.get("lead_time"),
            **ACCOUNT,
        }
        self.annotations[number] = created
        self.drafts.pop(body.get("draft_id", 0), None)
        return self._tell(201, created)

    def _change(self, held: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
        self.before_saving()
        held["result"] = body["result"]
        return self._tell(200, held)

    def _draft(self, task_id: int, body: dict[str, Any]) -> httpx.Response:
        number = next(self._ids)
        self.drafts[number] = {
            "id": number,
            "task": task_id,
            "annotation": None,
            "result": body["result"],
            "user": "service@label-studio.invalid",
        }
        return self._tell(201, self.drafts[number])

    def _change_draft(self, method: str, number: int, body: dict[str, Any]) -> httpx.Response:
        if method == "DELETE":
            del self.drafts[number]
            return httpx.Response(204)
        self.drafts[number]["result"] = body["result"]
        return self._tell(200, self.drafts[number])

    def _tell(self, status: int, annotation: dict[str, Any]) -> httpx.Response:
        if self.lost_answers:
            self.lost_answers -= 1
            raise httpx.ReadTimeout("the answer was lost")
        return httpx.Response(status, json=annotation)
