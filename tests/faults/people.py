"""People who use an installation over HTTP as a browser does, without one."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import httpx

from annotations.labelstudio.payloads import write_result
from annotations.markup import Markup
from annotations.schemes.definition import load_shipped
from annotations.spans import Span

PASSWORD = "a long enough pass phrase"
SCHEME = load_shipped("argument-v1")
CLAIM = (("holder", "author"), ("modality", "asserted"), ("type", "fact"))
FIELDS = (
    ("genre", "news"),
    ("author_stance.nato-bid-dropped", "none-inferable"),
    ("author_stance.binding-guarantees", "none-inferable"),
    ("author_stance.ceding-territory", "none-inferable"),
    ("confidence", "4"),
)


class Place(Protocol):
    """What people need of an installation: its address, a browser for it, and their first links."""

    url: str

    def client(self) -> httpx.Client: ...

    def sign_in_links(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class StudioTask:
    """A task as the editor got it."""

    id: int
    text: str
    revision: str
    annotations: list[dict[str, Any]]

    @classmethod
    def read(cls, answer: httpx.Response) -> Self:
        task = answer.raise_for_status().json()
        return cls(
            task["id"], task["data"]["text"], answer.headers["X-Workbench-Revision"], task["annotations"]
        )


def mark(text: str, *, length: int = 4) -> list[dict[str, Any]]:
    """What the editor sends when the first characters of an article are a claim and every field is answered."""
    markup = Markup(spans=(Span(0, length, "Claim", CLAIM, "one"),), fields=FIELDS)
    return write_result(markup, text, SCHEME)


class Person:
    """Somebody in a browser of their own: with a session, and with the origin that the browser adds."""

    def __init__(self, installation: Place, email: str) -> None:
        self.installation = installation
        self.email = email
        self.studio = "studio"
        self.browser = installation.client()

    def sign_in(self) -> Self:
        """By the link the first time, and by password from then on."""
        link = self.installation.sign_in_links().get(self.email)
        if link and self.submit_form(link).status_code == httpx.codes.FOUND:
            form = {"new_password1": PASSWORD, "new_password2": PASSWORD}
            answer = self.submit_form("/set-password/", form)
        else:
            answer = self.submit_form("/sign-in/", {"username": self.email, "password": PASSWORD})
        if answer.status_code != httpx.codes.FOUND:
            raise RuntimeError(f"{self.email} cannot sign in: {answer.text[:2000]}")
        return self

    def submit_form(
        self, path: str, values: Mapping[str, str] | None = None, *, to: str | None = None
    ) -> httpx.Response:
        """Send a form of a page, to the page itself or to another address."""
        page = self.browser.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        fields = {"csrfmiddlewaretoken": token[1] if token else "", **(values or {})}
        return self.browser.post(to or path, data=fields, headers={"Origin": self.installation.url})

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A call of the Studio as its page makes it."""
        own = {} if method in {"GET", "HEAD", "OPTIONS"} else {"Origin": self.installation.url}
        return self.browser.request(
            method, f"/{self.studio}/{path}", params=params, json=json, headers={**own, **(headers or {})}
        )

    # --- at work

    def open_queue(self, round_id: int | None = None) -> int:
        """Go into the Studio; returns the studio project that holds this person's queue."""
        if round_id is None:
            page = self.browser.get("/work/").raise_for_status()
            found = re.findall(r"/work/rounds/(\d+)/start/", page.text)
            round_id = min(map(int, found))
        answer = self.browser.get(f"/work/rounds/{round_id}/start/")
        if answer.is_error:
            answer.raise_for_status()
        match = re.search(r"/(studio(?:-\d+)?)/projects/(\d+)/data", answer.headers.get("Location", ""))
        if not match:
            raise RuntimeError(f"no way into the Studio: {answer.status_code} {answer.headers}")
        self.studio = match[1]
        return int(match[2])

    def next_task(self, project: int) -> StudioTask:
        params = {"id": "next_task", "project": project}
        return StudioTask.read(self.call("POST", "api/dm/actions", params=params, json={}))

    def open_task(self, project: int, task_id: int) -> StudioTask:
        return StudioTask.read(self.call("GET", f"api/tasks/{task_id}", params={"project": project}))

    def submit(
        self, project: int, task: StudioTask, *, length: int = 4, unique_id: str | None = None
    ) -> httpx.Response:
        return self.call(
            "POST",
            f"api/tasks/{task.id}/annotations",
            params={"project": project},
            json={
                "result": mark(task.text, length=length),
                "lead_time": 1.5,
                "unique_id": unique_id or str(uuid.uuid4()),
                "project": str(project),
            },
        )

    def update(
        self, project: int, task: StudioTask, annotation_id: int, *, length: int, seen: str | None = None
    ) -> httpx.Response:
        return self.call(
            "PATCH",
            f"api/annotations/{annotation_id}",
            params={"project": project, "taskID": task.id},
            json={"result": mark(task.text, length=length), "lead_time": 2.5},
            headers={"X-Workbench-Revision": seen} if seen is not None else {},
        )
