"""What may pass to the Studio: an allowlist as data, and the pure rule that reads a request by it.

A request passes only if one row fits its method, path, query keys and body keys; every key occurs once; and
every id in it, wherever it stands, is returned to be checked against the one assignment it must belong to.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from annotations.studio_numbers import FIRST_STUDIO, number_among_all


class RequestRefused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request that is not let through, and why; it is never sent upstream."""


class Id(StrEnum):
    """The Studio's own ids, by what they name."""

    PROJECT = "project"
    TASK = "task"
    ANNOTATION = "annotation"
    DRAFT = "draft"


class Answer(StrEnum):
    """The ways in which a request that a rule allows is answered; `ANSWERS` has the function for each."""

    STATIC = "static"
    PAGE = "page"
    FORWARD = "forward"
    NEXT_TASK = "next_task"
    TASK = "task"
    SUBMIT = "submit"
    UPDATE = "update"
    DRAFT = "draft"
    VERSION = "version"
    WHOAMI = "whoami"
    USERS = "users"
    EMPTY_LIST = "empty_list"
    EMPTY_PAGE = "empty_page"
    VIEWS = "views"
    SAVE_VIEW = "save_view"
    PROGRESS = "progress"
    PROJECT = "project"
    ARTICLE = "article"
    CHECK = "check"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class RequestRule:
    """A row of the allowlist: which requests fit it, and which function answers them.

    `address` is the path with ids in braces, as it goes upstream; `path` matches it. `query` and `body` name the keys
    that may occur: an Id where the value is one, a pattern where the value must match it, None where the value is
    dropped. `required` names query keys that must be there.
    """

    answer: Answer
    method: str
    address: str
    path: re.Pattern[str]
    query: Mapping[str, Id | str | None] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    body: Mapping[str, Id | None] | None = None
    kept: tuple[str, ...] = ()
    """Body keys that are sent upstream; all others are dropped or set by the gateway."""


@dataclass(frozen=True, slots=True)
class AllowedRequest:
    """A request that fits a rule: its ids by kind as the workbench numbers them, its query as it may go upstream, its body as it may be read."""

    rule: RequestRule
    path: str
    ids: Mapping[Id, int]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    studio: int = FIRST_STUDIO


PROJECT = {"project": Id.PROJECT}
LISTED = {**PROJECT, "tabID": None, "interaction": None, "include": None}
"""What the editor adds when it asks for lists; only the project counts."""
NUMBER = r"\d{1,9}"
SAVED = {
    "result": None,
    "lead_time": None,
    "started_at": None,
    "unique_id": None,
    "was_cancelled": None,
    "ground_truth": None,
    "completed_by": None,
    "updated_by": None,
    "created_username": None,
    "created_ago": None,
    "created_at": None,
    "updated_at": None,
    "draft_created_at": None,
    "parent_prediction": None,
    "parent_annotation": None,
    "last_action": None,
    "last_created_by": None,
    "bulk_created": None,
    "import_id": None,
    "user": None,
    "id": None,
    "pk": None,
    "draft_id": Id.DRAFT,
    "task": Id.TASK,
    "project": Id.PROJECT,
    "annotation": Id.ANNOTATION,
}
KEPT = ("result", "lead_time", "started_at")


def _rule(answer: Answer, method: str, address: str, **rest: Any) -> RequestRule:
    pattern = re.sub(r"\{([a-z]+)\}", lambda name: f"(?P<{name[1]}>{NUMBER})", address)
    return RequestRule(
        answer=answer, method=method, address=address, path=re.compile(pattern, flags=re.ASCII), **rest
    )


RULES: tuple[RequestRule, ...] = (
    _rule(Answer.STATIC, "GET", r"(?:react-app|static)/[\w./@~+%-]+", query={"v": r"[\w.-]{1,40}"}),
    _rule(
        Answer.PAGE,
        "GET",
        "projects/{project}/data",
        query={
            "labeling": "1",
            "task": Id.TASK,
            "tab": None,
            "interaction": None,
            "region": None,
            "annotation": None,
        },
    ),
    _rule(Answer.PROGRESS, "GET", "workbench/progress", query=PROJECT, required=("project",)),
    _rule(Answer.ARTICLE, "GET", "workbench/tasks/{task}", query=PROJECT),
    _rule(Answer.CHECK, "POST", "workbench/tasks/{task}/check", query=PROJECT, body={"result": None}),
    _rule(Answer.PREVIEW, "GET", "workbench/preview", query=PROJECT, required=("project",)),
    _rule(Answer.VERSION, "GET", "api/version"),
    _rule(Answer.WHOAMI, "GET", "api/current-user/whoami"),
    _rule(Answer.USERS, "GET", "api/users", query={**PROJECT, "page": None, "page_size": None}),
    _rule(Answer.EMPTY_LIST, "GET", "api/ml", query=PROJECT),
    _rule(Answer.EMPTY_PAGE, "GET", "api/label_links", query={**PROJECT, "expand": None}),
    _rule(Answer.PROJECT, "GET", "api/projects/{project}", query=LISTED),
    _rule(Answer.FORWARD, "GET", "api/projects/{project}/label-stream-history", query=LISTED),
    _rule(Answer.FORWARD, "GET", "api/dm/columns", query=LISTED, required=("project",)),
    _rule(Answer.PROJECT, "GET", "api/dm/project", query=LISTED, required=("project",)),
    _rule(Answer.VIEWS, "GET", "api/dm/views", query=LISTED, required=("project",)),
    _rule(
        Answer.SAVE_VIEW,
        "POST",
        "api/dm/views",
        query=LISTED,
        body={"project": Id.PROJECT, "data": None, "id": None, "user": None},
    ),
    _rule(
        Answer.FORWARD,
        "GET",
        "api/tasks",
        query={
            **PROJECT,
            "view": None,
            "page": NUMBER,
            "page_size": NUMBER,
            "interaction": None,
            "fields": None,
        },
        required=("project",),
    ),
    _rule(
        Answer.NEXT_TASK,
        "POST",
        "api/dm/actions",
        query={**PROJECT, "id": "next_task", "tabID": None},
        required=("project", "id"),
        body={"project": Id.PROJECT, "filters": None, "ordering": None, "selectedItems": None},
    ),
    _rule(
        Answer.TASK,
        "GET",
        "api/tasks/{task}",
        query={**PROJECT, "interaction": r"\w{1,30}"},
    ),
    _rule(
        Answer.SUBMIT,
        "POST",
        "api/tasks/{task}/annotations",
        query=PROJECT,
        body=SAVED,
        kept=(*KEPT, "unique_id"),
    ),
    _rule(
        Answer.UPDATE,
        "PATCH",
        "api/annotations/{annotation}",
        query={**PROJECT, "taskID": Id.TASK},
        body=SAVED,
        kept=KEPT,
    ),
    _rule(Answer.DRAFT, "POST", "api/tasks/{task}/drafts", query=PROJECT, body=SAVED, kept=KEPT),
    _rule(
        Answer.DRAFT,
        "POST",
        "api/tasks/{task}/annotations/{annotation}/drafts",
        query=PROJECT,
        body=SAVED,
        kept=KEPT,
    ),
    _rule(Answer.DRAFT, "PATCH", "api/drafts/{draft}", query=PROJECT, body=SAVED, kept=KEPT),
    _rule(Answer.DRAFT, "DELETE", "api/drafts/{draft}", query=PROJECT),
)


def read_request(
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    body: Mapping[str, Any] | None,
    *,
    studio: int = FIRST_STUDIO,
) -> AllowedRequest:
    """Find the row that fits a request and read its ids.

    Parameters
    ----------
    path
        Below the gateway's prefix, without a leading slash, percent-decoded once.
    query
        The pairs in their order, so that a key given twice is seen.
    body
        The JSON object of a write, or None where there is none.
    studio
        The number of the Studio that it is for, to which its ids belong.

    Raises
    ------
    RequestRefused
        No row fits, a key occurs twice or is unknown, a required one is missing, or two places name different ids.
    """
    rule, path_ids = _find_rule(method, path)
    pairs = list(query)
    if len({key for key, _ in pairs}) != len(pairs):
        raise RequestRefused("a query key occurs twice")
    given = dict(pairs)
    if missing := [key for key in rule.required if key not in given]:
        raise RequestRefused(f"the query key {missing[0]!r} is missing")
    ids: dict[Id, int] = {}
    for key, text in path_ids.items():
        _add_id(ids, Id(key), text)
    kept_query = _read_query(rule, given, ids)
    if body and rule.body is None:
        raise RequestRefused("no body is expected here")
    for key, value in (body or {}).items():
        kind = _look_up(rule.body or {}, key, "body")
        if kind is not None and value not in (None, 0, "0", ""):
            _add_id(ids, Id(kind), value)
    return AllowedRequest(
        rule=rule,
        path=path,
        ids={kind: number_among_all(number, studio=studio) for kind, number in ids.items()},
        query=kept_query,
        body=body or {},
        studio=studio,
    )


def _find_rule(method: str, path: str) -> tuple[RequestRule, Mapping[str, str]]:
    if ".." in path or "//" in path or "\\" in path or "\0" in path:
        raise RequestRefused("the path is not a plain one")
    for rule in RULES:
        match = rule.path.fullmatch(path) if rule.method == method else None
        if match:
            return rule, match.groupdict()
    # Label Studio answers a trailing slash like none; the rules are written without.
    if path.endswith("/"):
        return _find_rule(method, path.rstrip("/"))
    raise RequestRefused("this is not open to annotators")


def _read_query(rule: RequestRule, given: Mapping[str, str], ids: dict[Id, int]) -> dict[str, str]:
    kept = {}
    for key, value in given.items():
        kind = _look_up(rule.query, key, "query")
        if isinstance(kind, Id):
            _add_id(ids, kind, value)
        elif kind is not None:
            if not re.fullmatch(kind, value, flags=re.ASCII):
                raise RequestRefused(f"the query key {key!r} has an unexpected value")
            kept[key] = value
    return kept


def _look_up(known: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in known:
        raise RequestRefused(f"the {where} key {key!r} is unknown")
    return known[key]


def _add_id(ids: dict[Id, int], kind: Id, value: Any) -> None:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(NUMBER, text, flags=re.ASCII):
        raise RequestRefused(f"the {kind} id is not a number")
    number = int(text)
    if ids.setdefault(kind, number) != number:
        raise RequestRefused(f"two different {kind} ids in one request")
