"""The allowlist of the gateway, a test a row, and what never fits any row."""

from typing import Any

import pytest

from annotations.labelstudio.gateway.allowlist import RULES, Id, RequestRefused, read_request

Call = tuple[str, str, list[tuple[str, str]], dict[str, Any] | None]

ALLOWED: list[tuple[Call, dict[Id, int]]] = [
    (("GET", "react-app/main.js", [("v", "df96d7")], None), {}),
    (("GET", "static/fonts/Figtree-Regular.ttf", [], None), {}),
    (("GET", "projects/7/data", [("labeling", "1")], None), {Id.PROJECT: 7}),
    (("GET", "projects/7/data", [("task", "12")], None), {Id.PROJECT: 7, Id.TASK: 12}),
    (("GET", "workbench/progress", [("project", "7")], None), {Id.PROJECT: 7}),
    (("GET", "workbench/preview", [("project", "7")], None), {Id.PROJECT: 7}),
    (("GET", "workbench/tasks/12", [("project", "7")], None), {Id.TASK: 12, Id.PROJECT: 7}),
    (
        ("POST", "workbench/tasks/12/check", [("project", "7")], {"result": []}),
        {Id.TASK: 12, Id.PROJECT: 7},
    ),
    (("GET", "api/version", [], None), {}),
    (("GET", "api/current-user/whoami", [], None), {}),
    (("GET", "api/users", [("project", "7")], None), {Id.PROJECT: 7}),
    (("GET", "api/ml", [("project", "7")], None), {Id.PROJECT: 7}),
    (("GET", "api/label_links", [("project", "7"), ("expand", "label")], None), {Id.PROJECT: 7}),
    (("GET", "api/projects/7", [], None), {Id.PROJECT: 7}),
    (("GET", "api/projects/7/label-stream-history", [], None), {Id.PROJECT: 7}),
    (("GET", "api/dm/columns", [("project", "7")], None), {Id.PROJECT: 7}),
    (("GET", "api/dm/project", [("project", "7")], None), {Id.PROJECT: 7}),
    (("GET", "api/dm/views", [("project", "7")], None), {Id.PROJECT: 7}),
    (("POST", "api/dm/views", [("project", "7")], {"project": 7, "data": {}}), {Id.PROJECT: 7}),
    (("GET", "api/tasks", [("project", "7"), ("view", "3"), ("page", "1")], None), {Id.PROJECT: 7}),
    (("POST", "api/dm/actions", [("id", "next_task"), ("project", "7")], {}), {Id.PROJECT: 7}),
    (("GET", "api/tasks/12", [("interaction", "labelstream")], None), {Id.TASK: 12}),
    (
        ("POST", "api/tasks/12/annotations", [("project", "7")], {"result": [], "project": "7"}),
        {Id.TASK: 12, Id.PROJECT: 7},
    ),
    (
        ("PATCH", "api/annotations/5", [("taskID", "12"), ("project", "7")], {"result": []}),
        {Id.ANNOTATION: 5, Id.TASK: 12, Id.PROJECT: 7},
    ),
    (
        ("POST", "api/tasks/12/drafts", [("project", "7")], {"result": [], "draft_id": 0}),
        {Id.TASK: 12, Id.PROJECT: 7},
    ),
    (
        ("POST", "api/tasks/12/annotations/5/drafts", [("project", "7")], {"result": []}),
        {Id.TASK: 12, Id.ANNOTATION: 5, Id.PROJECT: 7},
    ),
    (("PATCH", "api/drafts/9", [("project", "7")], {"result": []}), {Id.DRAFT: 9, Id.PROJECT: 7}),
    (("DELETE", "api/drafts/9", [], None), {Id.DRAFT: 9}),
]

SAVE: Call = ("PATCH", "api/annotations/5", [("taskID", "12"), ("project", "7")], {"result": []})


@pytest.mark.parametrize(
    ("call", "ids"), ALLOWED, ids=lambda value: value[1] if isinstance(value, tuple) else ""
)
def test_what_the_editor_asks_for_passes_with_its_ids_read(call: Call, ids: dict[Id, int]) -> None:
    assert read_request(*call).ids == ids


def test_every_row_has_its_example() -> None:
    used = {id(read_request(*call).rule) for call, _ in ALLOWED}
    assert used == {id(rule) for rule in RULES}


@pytest.mark.parametrize(
    ("call", "_ids"), ALLOWED, ids=lambda value: value[1] if isinstance(value, tuple) else ""
)
def test_no_row_lets_a_key_through_twice_or_an_unknown_one(call: Call, _ids: dict[Id, int]) -> None:
    method, path, query, body = call
    for doubled in ([*query, pair] for pair in query):
        with pytest.raises(RequestRefused, match="twice"):
            read_request(method, path, doubled, body)
    with pytest.raises(RequestRefused, match="unknown"):
        read_request(method, path, [*query, ("unheard_of", "1")], body)
    if body is not None:
        with pytest.raises(RequestRefused, match="unknown"):
            read_request(method, path, query, {**body, "unheard_of": 1})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "projects"),
        ("GET", "projects/7/settings"),
        ("GET", "api/projects"),
        ("PATCH", "api/projects/7"),
        ("DELETE", "api/projects/7"),
        ("GET", "api/projects/7/export"),
        ("POST", "api/projects/7/import"),
        ("POST", "api/token"),
        ("POST", "api/token/refresh"),
        ("GET", "api/current-user/token"),
        ("POST", "api/current-user/reset-token"),
        ("GET", "api/organizations"),
        ("GET", "api/organizations/1/memberships"),
        ("PATCH", "api/current-user/hotkeys"),
        ("GET", "api/users/1"),
        ("POST", "api/users"),
        ("GET", "api/annotations/5"),
        ("DELETE", "api/annotations/5"),
        ("GET", "api/tasks/12/annotations"),
        ("GET", "api/tasks/12/drafts"),
        ("DELETE", "api/tasks/12"),
        ("PATCH", "api/tasks/12"),
        ("POST", "api/tasks"),
        ("GET", "api/dm/actions"),
        ("DELETE", "api/dm/views/3"),
        ("GET", "api/webhooks"),
        ("GET", "api/storages"),
        ("GET", "data/upload/1/file.txt"),
        ("GET", "user/account"),
        ("GET", "admin"),
        ("GET", "static/../api/users"),
        ("GET", "react-app//etc/passwd"),
        ("GET", "static/..%2fapi"),
        ("GET", "api/tasks/12\\..\\13"),
        ("GET", "api/tasks/١٢"),
        ("GET", "api/tasks/12345678901"),
    ],
)
def test_no_row_fits_anything_else(method: str, path: str) -> None:
    with pytest.raises(RequestRefused):
        read_request(method, path, [], {} if method != "GET" else None)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ([("taskID", "13"), ("project", "7")], {"task": 12}),
        ([("taskID", "12"), ("project", "7")], {"task": 13}),
        ([("taskID", "12"), ("project", "7")], {"project": 8}),
        ([("taskID", "12"), ("project", "7")], {"annotation": 6}),
        ([("taskID", "12"), ("project", "7")], {"task": "13 OR 1=1"}),
        ([("taskID", "12"), ("project", "7")], {"task": True}),
        ([("taskID", "12"), ("project", "7")], {"task": [13]}),
        ([("taskID", "twelve")], {}),
    ],
)
def test_one_request_names_one_id_of_a_kind(query: list[tuple[str, str]], body: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused, match="id"):
        read_request("PATCH", "api/annotations/5", query, {"result": [], **body})


def test_only_the_next_task_may_be_asked_for_as_an_action() -> None:
    for action in ("delete_tasks", "next_task,delete_tasks", "next_task "):
        with pytest.raises(RequestRefused, match="unexpected value"):
            read_request("POST", "api/dm/actions", [("id", action), ("project", "7")], {})


def test_a_list_without_its_project_is_refused() -> None:
    for path in ("api/dm/views", "api/dm/columns", "api/dm/project", "api/tasks"):
        with pytest.raises(RequestRefused, match="missing"):
            read_request("GET", path, [], None)


def test_a_view_is_never_named_upstream() -> None:
    allowed = read_request("GET", "api/tasks", [("project", "7"), ("view", "999")], None)
    assert "view" not in allowed.query


def test_what_could_move_an_annotation_is_not_kept() -> None:
    method, path, query, body = SAVE
    moved = {
        **(body or {}),
        "completed_by": 2,
        "ground_truth": True,
        "parent_annotation": 3,
        "was_cancelled": False,
    }
    rule = read_request(method, path, query, moved).rule
    assert set(rule.kept) == {"result", "lead_time", "started_at"}
