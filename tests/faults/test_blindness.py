"""Nobody sees or changes another's work through the gateway: every row, every known hole, on the real Label Studio.

A refusal counts only when Label Studio's own log shows that nothing of the request reached it.
"""

import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from annotations.labelstudio.access import StudioConnection
from annotations.labelstudio.gateway.allowlist import RULES, Answer, Id, RequestRule
from annotations.labelstudio.server import SERVICE_EMAIL
from tests.faults.conftest import People
from tests.faults.people import Person, mark
from tests.installation import Installation

REFUSED = {403, 404}
PATIENCE = 10.0
EXAMPLES = {"labeling": "1", "id": "next_task", "v": "abc123"}
DROPPED = {"result": [], "data": {}, "unique_id": str(uuid.uuid4()), "was_cancelled": False}


class StudioLog:
    """What Label Studio was asked for, by its own account."""

    def __init__(self, installation: Installation, service: StudioConnection) -> None:
        self._path = installation.studio.log
        self._service = service

    def requests_since(self, offset: int) -> list[str]:
        """Every request from there on, up to one that we make ourselves to see how far the log has come."""
        marker = f"/health?{uuid.uuid4()}"
        self._service.client.get(marker)
        deadline = time.monotonic() + PATIENCE
        while marker not in (text := self._path.read_bytes()[offset:].decode(errors="replace")):
            assert time.monotonic() < deadline, "Label Studio's log does not tell of our own request"
            time.sleep(0.01)
        lines = re.findall(r'"([A-Z]+ \S+) HTTP/1\.\d"', text)
        return [line for line in dict.fromkeys(lines) if "/health" not in line]

    def show_tasks(self, project: int) -> dict[int, Any]:
        """Everything that Label Studio keeps of a project's tasks, but for how long ago it was."""
        answer = self._service.client.get(
            "/api/tasks",
            params={"project": project, "fields": "all"},
            headers={"Authorization": f"Bearer {self._service.bearer()}"},
        )
        return {task["id"]: _without_age(task) for task in answer.raise_for_status().json()["tasks"]}

    @property
    def end(self) -> int:
        return self._path.stat().st_size


@pytest.fixture(scope="module")
def log(installation: Installation) -> Iterator[StudioLog]:
    """The log while there is no worker, so that only the gateway asks anything of Label Studio."""
    connection = StudioConnection(installation.studio_access(), timeout=60)
    with installation.without_worker(), connection.client:
        yield StudioLog(installation, connection)


def _without_age(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_age(item) for key, item in value.items() if key != "created_ago"}
    return [_without_age(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Possessions:
    """The Studio's ids of one annotator's things: a task with a draft, another that is submitted."""

    ids: dict[Id, int]
    submitted: dict[Id, int]


@pytest.fixture(scope="module")
def mine(people: People) -> Possessions:
    return _get_to_work(people["annotator-1"])


@pytest.fixture(scope="module")
def theirs(people: People) -> Possessions:
    return _get_to_work(people["annotator-2"])


@pytest.fixture(scope="module", autouse=True)
def before(theirs: Possessions, log: StudioLog) -> dict[int, Any]:
    """What the other annotator has, before anything is tried."""
    return log.show_tasks(theirs.ids[Id.PROJECT])


def _get_to_work(person: Person) -> Possessions:
    project = person.open_queue()
    task = person.next_task(project)
    annotation = person.submit(project, task).raise_for_status().json()["id"]
    submitted = {Id.PROJECT: project, Id.TASK: task.id, Id.ANNOTATION: annotation}
    path = f"api/tasks/{task.id}/annotations/{annotation}/drafts"
    body = {"result": mark(task.text, length=6), "lead_time": 1}
    submitted[Id.DRAFT] = person.call("POST", path, params={"project": project}, json=body).json()["id"]
    following = person.next_task(project)
    assert following.id != task.id
    draft = person.call("POST", f"api/tasks/{following.id}/drafts", params={"project": project}, json=body)
    ids = {Id.PROJECT: project, Id.TASK: following.id, Id.DRAFT: draft.json()["id"]}
    return Possessions(ids=ids, submitted=submitted)


@dataclass(frozen=True)
class Call:
    """A request as the editor would make it, in parts that can be bent."""

    rule: RequestRule
    path: str
    query: tuple[tuple[str, Any], ...]
    body: dict[str, Any] | None

    def send(self, person: Person) -> httpx.Response:
        return person.call(self.rule.method, self.path, params=list(self.query), json=self.body)


def compose(rule: RequestRule, owned: Possessions) -> Call:
    """A request that fits a row, with every key that the row knows."""
    ids = _choose(rule, owned)
    if rule.answer is Answer.STATIC:
        return Call(rule, "static/fonts/roboto/roboto.css", (("v", "abc123"),), None)
    query: list[tuple[str, Any]] = []
    for key, kind in rule.query.items():
        if isinstance(kind, Id):
            query.append((key, ids[kind]))
        else:
            query.append((key, EXAMPLES.get(key, "1")))
    body = None
    if rule.body is not None:
        known = {key: ids[kind] for key, kind in rule.body.items() if kind is not None and kind in ids}
        body = {**{key: value for key, value in DROPPED.items() if key in rule.body}, **known}
    return Call(rule, _fill(rule, ids), tuple(query), body)


def _choose(rule: RequestRule, owned: Possessions) -> Mapping[Id, int]:
    return owned.submitted if "{annotation}" in rule.address else owned.ids


def _fill(rule: RequestRule, ids: Mapping[Id, int]) -> str:
    return rule.address.format_map({str(kind): number for kind, number in ids.items()})


def bend(call: Call, mine: Possessions, theirs: Possessions) -> Iterator[tuple[str, Call]]:
    """The same request with one id of another annotator's, in each place where there is one."""
    own, foreign = _choose(call.rule, mine), _choose(call.rule, theirs)
    for kind in own:
        if f"{{{kind}}}" in call.rule.address:
            yield f"path {kind}", replace(call, path=_fill(call.rule, {**own, kind: foreign[kind]}))
    for place, (key, _) in enumerate(call.query):
        for number in _numbers_of(call.rule.query[key], theirs):
            query = list(call.query)
            query[place] = (key, number)
            yield f"query {key}", replace(call, query=tuple(query))
            yield f"query {key} twice", replace(call, query=(*call.query, (key, number)))
            yield f"query {key} twice", replace(call, query=((key, number), *call.query))
    for key in call.body or {}:
        for number in _numbers_of((call.rule.body or {})[key], theirs):
            yield f"body {key}", replace(call, body={**(call.body or {}), key: number})
            yield f"body {key} as text", replace(call, body={**(call.body or {}), key: str(number)})


def _numbers_of(kind: object, owned: Possessions) -> set[int]:
    return {ids[kind] for ids in (owned.ids, owned.submitted) if isinstance(kind, Id) and kind in ids}


def name_rule(rule: RequestRule) -> str:
    return f"{rule.method} {rule.address}"


def is_about_somebody(rule: RequestRule) -> bool:
    return bool(rule.body) or Id.PROJECT in rule.query.values() or "{" in rule.address


def changes_work(rule: RequestRule) -> bool:
    """A call that would change what other tests look at."""
    return rule.method in {"PATCH", "DELETE"} or rule.answer is Answer.SUBMIT


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.answer is not Answer.STATIC], ids=name_rule)
def test_no_row_takes_anothers_id_anywhere(
    rule: RequestRule, people: People, mine: Possessions, theirs: Possessions, log: StudioLog
) -> None:
    call = compose(rule, mine)
    offset = log.end
    for where, bent in bend(call, mine, theirs):
        answer = bent.send(people["annotator-1"])
        assert answer.status_code in REFUSED, f"{where}: {answer.status_code} {answer.text[:300]}"
        assert SERVICE_EMAIL not in answer.text
    assert log.requests_since(offset) == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if is_about_somebody(rule)], ids=name_rule)
@pytest.mark.parametrize("name", ["manager", "adjudicator"])
def test_no_row_opens_for_somebody_who_does_not_annotate(
    rule: RequestRule, name: str, people: People, theirs: Possessions, log: StudioLog
) -> None:
    call = compose(rule, theirs)
    offset = log.end
    assert call.send(people[name]).status_code in REFUSED
    assert log.requests_since(offset) == []


@pytest.mark.parametrize("rule", RULES, ids=name_rule)
def test_no_row_opens_for_a_stranger(
    rule: RequestRule, people: People, theirs: Possessions, log: StudioLog
) -> None:
    offset = log.end
    answer = compose(rule, theirs).send(people.stranger())
    if rule.answer is Answer.PAGE:
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/sign-in/")
    else:
        assert answer.status_code == 401
    assert log.requests_since(offset) == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.required], ids=name_rule)
def test_a_list_without_its_project_is_refused(
    rule: RequestRule, people: People, mine: Possessions, log: StudioLog
) -> None:
    call = compose(rule, mine)
    offset = log.end
    for key in rule.required:
        fewer = tuple(pair for pair in call.query if pair[0] != key)
        assert replace(call, query=fewer).send(people["annotator-1"]).status_code == 403
    assert log.requests_since(offset) == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if not changes_work(rule)], ids=name_rule)
def test_what_passes_names_no_account_and_sets_no_cookie(
    rule: RequestRule, people: People, mine: Possessions, log: StudioLog
) -> None:
    answer = compose(rule, mine).send(people["annotator-1"])
    if rule.answer is Answer.PREVIEW:
        assert answer.status_code == 404, "an annotator has no preview of a draft"
    elif rule.answer is not Answer.STATIC:
        assert answer.status_code in {200, 201}, answer.text[:300]
    everything = answer.text + str(answer.headers)
    assert SERVICE_EMAIL not in everything
    assert "annotator-2" not in everything
    assert "sessionid" not in everything
    assert "set-cookie" not in answer.headers
    assert "WSGIServer" not in answer.headers.get("server", "")


KNOWN_HOLES = [
    ("PATCH", "api/annotations/{mine}", {}, {"task": "{their_task}", "project": "{their_project}"}),
    ("PATCH", "api/drafts/{my_draft}", {}, {"task": "{their_task}", "annotation": "{theirs}"}),
    ("POST", "api/dm/views", {"project": "{my_project}"}, {"project": "{their_project}", "data": {}}),
    ("POST", "api/dm/actions?id=next_task&project={my_project}&id=delete_tasks", {}, {}),
    ("POST", "api/dm/actions?id=delete_tasks&project={my_project}", {}, {"selectedItems": {"all": True}}),
    ("GET", "api/tasks?project={my_project}&project={their_project}", {}, None),
    ("GET", "api/tasks?view=1", {}, None),
    ("GET", "api/dm/views", {}, None),
    ("GET", "api/annotations/{theirs}", {}, None),
    ("GET", "api/annotations/{mine}", {}, None),
    ("GET", "api/tasks/{their_task}/annotations", {}, None),
    ("GET", "api/drafts/{their_draft}", {}, None),
    ("PUT", "api/annotations/{mine}", {}, {"result": []}),
    ("DELETE", "api/annotations/{mine}", {}, None),
    ("DELETE", "api/annotations/{theirs}", {}, None),
    ("POST", "api/annotations/{theirs}/convert-to-draft", {}, {}),
    ("GET", "api/users/1", {}, None),
    ("GET", "api/users?page_size=100&search=x", {}, None),
    ("GET", "api/projects", {}, None),
    ("GET", "api/projects/{their_project}", {}, None),
    ("PATCH", "api/projects/{my_project}", {}, {"title": "mine"}),
    ("GET", "api/projects/{my_project}/export", {"exportType": "JSON"}, None),
    ("POST", "api/projects/{my_project}/import", {}, {"text": "x"}),
    ("POST", "api/token", {}, {}),
    ("GET", "api/token", {}, None),
    ("POST", "api/token/", {}, {}),
    ("POST", "api/token/refresh/", {}, {"refresh": "x"}),
    ("GET", "api/current-user/token", {}, None),
    ("POST", "api/current-user/reset-token", {}, {}),
    ("GET", "api/current-user/hotkeys", {}, None),
    ("PATCH", "api/current-user/hotkeys/", {}, {"custom_hotkeys": {}}),
    ("GET", "api/organizations", {}, None),
    ("GET", "api/organizations/1/memberships", {}, None),
    ("GET", "api/invite", {}, None),
    ("GET", "api/jwt/settings", {}, None),
    ("GET", "api/webhooks", {}, None),
    ("GET", "api/storages", {}, None),
    ("GET", "user/account", {}, None),
    ("GET", "user/login", {}, None),
    ("GET", "projects", {}, None),
    ("GET", "projects/{their_project}/data?labeling=1", {}, None),
    ("GET", "projects/{my_project}/data?task={their_task}", {}, None),
    ("GET", "projects/{my_project}/settings", {}, None),
    ("GET", "admin/", {}, None),
    ("GET", "django-rq/", {}, None),
    ("GET", "docs/api/schema/json/", {}, None),
    ("GET", "data/upload/1/x", {}, None),
    ("GET", "tasks/{their_task}/resolve?fileuri=x", {}, None),
    # odd spellings of what is open
    ("GET", "api//tasks/{their_task}", {}, None),
    ("GET", "api/tasks/{my_task}/../{their_task}", {}, None),
    ("GET", "api/tasks/{my_task}/%2e%2e/{their_task}", {}, None),
    ("GET", "api/tasks/{my_task}/%252e%252e/{their_task}", {}, None),
    ("GET", "api%2ftasks%2f{their_task}", {}, None),
    ("GET", "api/tasks/{their_task};a=b", {}, None),
    ("GET", "api/tasks/{my_task}%3b{their_task}", {}, None),
    ("GET", "api/tasks/{my_task}.", {}, None),
    ("GET", "api/tasks/{my_task}%00", {}, None),
    ("GET", "api/tasks/{my_task}%0a", {}, None),
    ("GET", "api/tasks/{my_task}%20", {}, None),
    ("GET", "API/TASKS/{my_task}", {}, None),
    ("GET", "api/tasks/%D9%A1", {}, None),
    ("GET", "api/tasks/-{my_task}", {}, None),
    ("GET", "api/tasks/0x{my_task}", {}, None),
    ("GET", "api/tasks?project=%D9%A1", {}, None),
    ("GET", "api/tasks?project={my_project}&page=%D9%A1", {}, None),
    ("GET", "api/tasks?PROJECT={my_project}", {}, None),
    ("GET", "api/tasks?project[]={my_project}", {}, None),
    ("GET", "api/tasks?project={my_project}%26project={their_project}", {}, None),
    ("GET", "api/tasks?project={my_project};project={their_project}", {}, None),
    ("GET", "api/tasks?project={my_project}&fields=all&query=x", {}, None),
    ("GET", "static/../api/users", {}, None),
    ("GET", "static/%2e%2e/api/users", {}, None),
    ("GET", "react-app/..%2f..%2fapi/users", {}, None),
    ("GET", "static/%5c..%5capi", {}, None),
    # other methods on what is open
    ("HEAD", "api/tasks/{my_task}", {}, None),
    ("OPTIONS", "api/tasks/{my_task}", {}, None),
    ("PUT", "api/drafts/{my_draft}", {}, {"result": []}),
    ("TRACE", "api/version", {}, None),
    ("POST", "api/tasks/{my_task}", {}, {}),
]


@pytest.mark.parametrize("hole", KNOWN_HOLES, ids=lambda hole: f"{hole[0]} {hole[1]}")
def test_no_hole_of_label_studio_is_open(
    hole: tuple[str, str, dict[str, str], dict[str, Any] | None],
    people: People,
    mine: Possessions,
    theirs: Possessions,
    log: StudioLog,
) -> None:
    method, path, query, body = hole
    names = {
        "my_project": mine.ids[Id.PROJECT],
        "my_task": mine.ids[Id.TASK],
        "my_draft": mine.ids[Id.DRAFT],
        "mine": mine.submitted[Id.ANNOTATION],
        "their_project": theirs.ids[Id.PROJECT],
        "their_task": theirs.submitted[Id.TASK],
        "their_draft": theirs.submitted[Id.DRAFT],
        "theirs": theirs.submitted[Id.ANNOTATION],
    }

    def fill(value: Any) -> Any:
        return value.format_map(names) if isinstance(value, str) else value

    person = people["annotator-1"]
    offset = log.end
    # The address goes out as it stands: a client that tidied it would test itself.
    request = person.browser.build_request(
        method,
        "/",
        json={key: fill(value) for key, value in body.items()} if body is not None else None,
        headers={"Origin": person.installation.url},
    )
    address = fill(path) + ("?" + "&".join(f"{k}={fill(v)}" for k, v in query.items()) if query else "")
    request.extensions["target"] = f"/studio/{address}".encode()
    answer = person.browser.send(request)
    assert answer.status_code in {*REFUSED, 405, 400, 501}, f"{answer.status_code} {answer.text[:300]}"
    assert SERVICE_EMAIL not in answer.text
    assert log.requests_since(offset) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
def test_a_write_from_another_site_is_refused(
    headers: dict[str, str], people: People, mine: Possessions, log: StudioLog
) -> None:
    person = people["annotator-1"]
    project, task = mine.ids[Id.PROJECT], mine.ids[Id.TASK]
    offset = log.end
    answer = person.browser.post(
        f"/studio/api/tasks/{task}/drafts?project={project}", json={"result": []}, headers=headers
    )
    assert answer.status_code == 403
    assert log.requests_since(offset) == []


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_no_header_changes_the_method(header: str, people: People, mine: Possessions, log: StudioLog) -> None:
    project, task = mine.ids[Id.PROJECT], mine.ids[Id.TASK]
    offset = log.end
    people["annotator-1"].call(
        "GET", f"api/tasks/{task}", params={"project": project}, headers={header: "DELETE"}
    ).raise_for_status()
    assert log.requests_since(offset) == [f"GET /api/tasks/{task}"]


def test_our_session_and_our_headers_never_reach_label_studio(
    people: People, mine: Possessions, log: StudioLog
) -> None:
    """Label Studio would take a session of its own from a cookie before it looks at the token."""
    person = people["annotator-1"]
    cookies = {"sessionid": "x", "csrftoken": "y"}
    headers = {
        "Cookie": "; ".join(f"{k}={v}" for k, v in {**dict(person.browser.cookies), **cookies}.items()),
        "Authorization": "Bearer something",
        "X-Forwarded-Host": "elsewhere.example",
    }
    answer = person.call("GET", "api/current-user/whoami", headers=headers).raise_for_status()
    assert answer.json()["email"] == ""
    task = person.call("GET", f"api/tasks/{mine.ids[Id.TASK]}", headers=headers).raise_for_status()
    assert "elsewhere" not in task.text


BODIES = {
    "deep": b'{"result": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not a number": b'{"result": [], "lead_time": NaN}',
    "infinite": b'{"result": [], "lead_time": Infinity}',
    "infinite by its exponent": b'{"result": [], "lead_time": 1e999}',
    "doubled key": b'{"result": [], "result": [{}]}',
    "doubled key within": b'{"result": [{"id": "a", "id": "b"}]}',
    "half a character": b'{"result": [{"id": "\\ud800"}]}',
    "a NUL": b'{"result": [{"id": "\\u0000"}]}',
    "a list": b"[]",
    "a number": b"7",
    "no JSON": b"result=[]",
    "broken UTF-8": b'{"result": "\xff"}',
    "too long a number": b'{"result": [], "lead_time": ' + b"9" * 5000 + b"}",
    "too large": b'{"result": ["' + b"x" * (5 * 1024 * 1024) + b'"]}',
}


@pytest.mark.parametrize("name", BODIES)
def test_no_odd_body_passes(name: str, people: People, mine: Possessions, log: StudioLog) -> None:
    person = people["annotator-1"]
    project, task = mine.ids[Id.PROJECT], mine.ids[Id.TASK]
    offset = log.end
    for path in (f"tasks/{task}/drafts", f"tasks/{task}/annotations"):
        answer = person.browser.post(
            f"/studio/api/{path}?project={project}",
            content=BODIES[name],
            headers={"Origin": person.installation.url, "Content-Type": "application/json"},
        )
        assert answer.status_code == 403, answer.text[:300]
    assert log.requests_since(offset) == []


def test_a_body_in_chunks_is_read_like_any_other(people: People, mine: Possessions) -> None:
    person = people["annotator-1"]
    project, task = mine.ids[Id.PROJECT], mine.ids[Id.TASK]
    for body, status in ((b'{"result": []}', 201), (b'{"result": ' + b"[" * 900, 403)):
        answer = person.browser.post(
            f"/studio/api/tasks/{task}/drafts?project={project}",
            content=iter([body[:7], body[7:]]),
            headers={"Origin": person.installation.url, "Content-Type": "application/json"},
        )
        assert answer.status_code == status


def test_a_second_annotation_is_refused_and_says_why(
    people: People, mine: Possessions, log: StudioLog
) -> None:
    person = people["annotator-1"]
    project, task_id = mine.submitted[Id.PROJECT], mine.submitted[Id.TASK]
    task = person.open_task(project, task_id)
    offset = log.end
    answer = person.submit(project, task, length=9)
    assert answer.status_code == 403
    assert "another window" in answer.json()["validation_errors"]["annotation"][0]
    assert answer.json()["display_context"] == {"reason": "PAUSED"}
    assert log.requests_since(offset) == []


def test_users_are_one_pseudonym(people: People, mine: Possessions) -> None:
    for path in ("api/users", "api/current-user/whoami"):
        answer = people["annotator-1"].call(
            "GET", path, params={"project": mine.ids[Id.PROJECT]} if path == "api/users" else None
        )
        assert "@" not in answer.text
        assert "Annotator" in answer.text


def test_what_was_skipped_is_closed_at_once(people: People, mine: Possessions, log: StudioLog) -> None:
    person = people["annotator-3"]
    project = person.open_queue()
    task = person.next_task(project)
    _post_own_form(person, f"/work/assignments/{_assignment_of(person, project, task.id)}/skip/")
    offset = log.end
    answers = [
        person.call("GET", f"api/tasks/{task.id}", params={"project": project}),
        person.submit(project, task),
        person.call("POST", f"api/tasks/{task.id}/drafts", params={"project": project}, json={"result": []}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert log.requests_since(offset) == []
    assert person.next_task(project).id != task.id


def _assignment_of(person: Person, project: int, task_id: int) -> int:
    progress = person.call("GET", "workbench/progress", params={"project": project}).json()
    return int(progress["tasks"][str(task_id)]["assignment"])


def _post_own_form(person: Person, path: str) -> None:
    assert person.submit_form(path, {"own": "It is a test."}).status_code == 302


def test_nobody_elses_things_have_changed(
    people: People, theirs: Possessions, log: StudioLog, before: dict[int, Any]
) -> None:
    """After everything above, Label Studio holds of the other annotator what it held before."""
    assert log.show_tasks(theirs.ids[Id.PROJECT]) == before
    task = people["annotator-2"].open_task(theirs.submitted[Id.PROJECT], theirs.submitted[Id.TASK])
    [annotation] = task.annotations
    assert annotation["id"] == theirs.submitted[Id.ANNOTATION]
    assert task.revision == "1"
