"""Middleware of the pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


class CanonicalHostMiddleware:
    """Send browsers that came by another name of this host to PUBLIC_URL, because Studio pages carry absolute URLs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.host = urlsplit(settings.PUBLIC_URL).netloc

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = request.method in {"GET", "HEAD"} and not request.path.startswith(
            ("/api/", "/static/", "/health")
        )
        host = request.headers.get("Host")
        if is_page and host and host != self.host:
            return HttpResponseRedirect(settings.PUBLIC_URL + request.get_full_path())
        return self.get_response(request)
