"""One request to the Studio and its answer back: rebuilt, without cookies and hop-by-hop headers."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
from django.http import HttpResponse, StreamingHttpResponse

from annotations.collection.ports import StudioSilentError, StudioUnavailableError
from annotations.labelstudio.access import StudioConnection, connect
from annotations.studio_numbers import name_studio
from annotations.telemetry.figures import timing_studio

PASSED_TO_THE_STUDIO = ("Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range")
PASSED_TO_THE_BROWSER = (
    "Content-Type",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Accept-Ranges",
    "ETag",
    "Last-Modified",
)
HASHED = re.compile(r"\.[0-9a-f]{8,}\.\w+$")
YEAR = 31_536_000
UNAUTHORIZED = 401
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
CHUNK = 64 * 1024


def ask_studio(
    studio: int,
    method: str,
    path: str,
    *,
    query: Mapping[str, str | int] | None = None,
    body: Mapping[str, Any] | None = None,
) -> httpx.Response:
    """Send a Studio a request that was rebuilt from parsed values; a read is tried twice.

    Raises
    ------
    StudioUnavailableError
        The Studio does not answer, or answers that it is out of order.
    StudioSilentError
        It was reached and did not answer, so that it may be carrying the request out still.
    """
    connection = connect(studio)
    request = connection.client.build_request(
        method,
        f"/{quote(path)}",
        params=dict(query or {}),
        json=body,
        headers={"Accept": "application/json, text/html"},
    )
    answer = _send(connection, request, tries=2 if method == "GET" else 1)
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise StudioUnavailableError(f"{name_studio(studio)} answered with status {answer.status_code}.")
    return answer


def stream_static(
    studio: int, path: str, *, query: Mapping[str, str], headers: Mapping[str, str]
) -> StreamingHttpResponse:
    """Stream a static file; one whose name or query carries a hash may be kept for a year."""
    connection = connect(studio)
    request = connection.client.build_request(
        "GET",
        f"/{quote(path, safe='/@~+')}",
        params=dict(query),
        headers={name: headers[name] for name in PASSED_TO_THE_STUDIO if name in headers},
    )
    answer = _send(connection, request, tries=2, stream=True)
    response = StreamingHttpResponse(_iterate(answer), status=answer.status_code)
    for name in PASSED_TO_THE_BROWSER:
        if name in answer.headers:
            response[name] = answer.headers[name]
    is_hashed = HASHED.search(path) or "v" in query
    response["Cache-Control"] = f"private, max-age={YEAR}, immutable" if is_hashed else "private, max-age=300"
    return response


def _iterate(answer: httpx.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_raw(CHUNK)
    finally:
        answer.close()


def _send(
    connection: StudioConnection,
    request: httpx.Request,
    *,
    tries: int,
    stream: bool = False,
) -> httpx.Response:
    renew = False
    for attempt in range(tries + 1):
        request.headers["Authorization"] = f"Bearer {connection.bearer(renew=renew)}"
        try:
            with timing_studio(request.method, connection.access.studio):
                answer = connection.client.send(request, stream=stream)
        except httpx.HTTPError as error:
            if attempt + 1 >= tries:
                fault = StudioUnavailableError if isinstance(error, NOT_SENT) else StudioSilentError
                raise fault(f"{name_studio(connection.access.studio)} does not answer.") from error
            continue
        if answer.status_code != UNAUTHORIZED or renew:
            return answer
        answer.close()
        renew = True
    raise StudioUnavailableError(
        f"{name_studio(connection.access.studio)} does not accept the workbench's token any more."
    )


def pass_on(answer: httpx.Response, *, content: Any = ...) -> HttpResponse:
    """The Studio's answer for the browser, with other content where that is given."""
    if content is ...:
        return HttpResponse(
            answer.content,
            status=answer.status_code,
            content_type=answer.headers.get("Content-Type", "application/json"),
        )
    return HttpResponse(json.dumps(content), status=answer.status_code, content_type="application/json")
