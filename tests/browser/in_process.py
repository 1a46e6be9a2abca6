"""A browser that Django's test client answers: no server and no port, and the database is the test's own."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route

PATIENCE_MILLISECONDS = 60_000  # a busy machine is slow, not broken


def answer_from(client: Client) -> Callable[[Route], None]:
    """Answers the browser as the server does, in this process and from this test's database."""

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.path.startswith(settings.STATIC_URL):
            path = finders.find(unquote(url.path.removeprefix(settings.STATIC_URL)))
            assert isinstance(path, str), url.path
            route.fulfill(path=path)
            return
        headers = {"HX-Request": "true"} if "hx-request" in route.request.headers else {}
        address = f"{url.path}?{url.query}"
        if route.request.method == "POST":
            body, kind = route.request.post_data_buffer or b"", route.request.headers["content-type"]
            response = client.post(address, data=body, content_type=kind, headers=headers, follow=True)
        else:
            response = client.get(address, headers=headers)
        route.fulfill(status=response.status_code, headers=dict(response.items()), body=response.getvalue())

    return answer


@contextmanager
def browse(browser: Browser, client: Client, **options: Any) -> Iterator[Page]:
    """A page of a browser in which this client is signed in."""
    with closing(browser.new_context(base_url=settings.PUBLIC_URL, **options)) as context:
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.route("**/*", answer_from(client))
        yield context.new_page()
