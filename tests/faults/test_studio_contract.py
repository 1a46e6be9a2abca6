"""Label Studio, behind its backend, does what every studio must do."""

from typing import Any

import pytest

from annotations.collection.ports import Studio
from annotations.labelstudio.access import StudioConnection
from annotations.labelstudio.backend import LabelStudioBackend
from annotations.labelstudio.payloads import write_result
from annotations.markup import Markup
from annotations.schemes.definition import load_shipped
from tests.fakes.studio_contract import TEXT, AnnotatorHand, StudioContract

SCHEME = load_shipped("argument-lite-v1")


class EditorsHand:
    """Sends what the editor sends."""

    def __init__(self, service: StudioConnection) -> None:
        self._service = service

    def submit(self, task_id: int, markup: Markup) -> int:
        return int(self._post(task_id, {"result": write_result(markup, TEXT, SCHEME)})["id"])

    def change(self, annotation_id: int, markup: Markup) -> None:
        self._send(
            "PATCH", f"/api/annotations/{annotation_id}", {"result": write_result(markup, TEXT, SCHEME)}
        )

    def skip(self, task_id: int) -> int:
        return int(self._post(task_id, {"result": [], "was_cancelled": True})["id"])

    def delete_annotation(self, annotation_id: int) -> None:
        self._send("DELETE", f"/api/annotations/{annotation_id}")

    def _post(self, task_id: int, body: dict[str, Any]) -> Any:
        return self._send("POST", f"/api/tasks/{task_id}/annotations", body)

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._service.bearer()}"}
        answer = self._service.client.request(method, path, json=body, headers=headers).raise_for_status()
        return answer.json() if answer.content else None


@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20")  # the SDK's own
class TestLabelStudio(StudioContract):
    @pytest.fixture
    def studio(self, service: StudioConnection) -> Studio:
        return LabelStudioBackend(service)

    @pytest.fixture
    def hand(self, service: StudioConnection) -> AnnotatorHand:
        return EditorsHand(service)
