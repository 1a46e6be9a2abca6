"""Wrong passwords slow down the next attempts at the same account from the same network, and shut nobody out."""

import math
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotations.web.accounts.attempts import find_wait, name_network
from annotations.web.accounts.messages import ask_for_message

TOO_MANY_REQUESTS = 429


def name_account(request: HttpRequest, credentials: dict[str, str] | None) -> str | None:
    """The account that a failed attempt counts against, however the e-mail address was spelled."""
    given = (credentials or {}).get("username") or request.POST.get("username")
    return given.strip().lower() if given else None


def name_network_of(request: HttpRequest) -> str | None:
    """The network that a failed attempt counts against; behind a proxy that is trusted, the network of the visitor."""
    return name_network(request.META.get("REMOTE_ADDR") or "")


class SlowingHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts wrong passwords by account and network; an attempt that comes too early is refused and not counted.

    Accounts that exist and accounts that do not are treated alike.
    """

    def is_locked(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> bool:
        return self.find_wait_left(request, credentials) > timedelta(0)

    def find_wait_left(self, request: Any, credentials: dict[str, str] | None) -> timedelta:
        [attempts] = self.get_user_attempts(request, credentials)
        found = attempts.aggregate(failures=Sum("failures_since_start"), latest=Max("attempt_time"))
        if found["latest"] is None:
            return timedelta(0)
        wait = find_wait(
            found["failures"],
            free=settings.AXES_FAILURE_LIMIT,
            first=settings.SIGN_IN_FIRST_WAIT,
            longest=settings.SIGN_IN_LONGEST_WAIT,
        )
        left: timedelta = found["latest"] + wait - request.axes_attempt_time
        return left

    def user_login_failed(
        self, sender: Any, credentials: dict[str, str], request: Any = None, **more: Any
    ) -> None:
        super().user_login_failed(sender, credentials, request, **more)
        failures = getattr(request, "axes_failures_since_start", None)
        if failures is not None and failures >= settings.AXES_FAILURE_LIMIT:
            ask_for_message(
                "tell_of_wrong_passwords",
                name_account(request, credentials) or "",
                pause=settings.WRONG_PASSWORDS_PAUSE,
                network=request.axes_ip_address,
            )


def show_wait(
    request: HttpRequest, _original: HttpResponse | None, credentials: dict[str, str] | None
) -> HttpResponse:
    """Say when the next attempt is heard."""
    handler = AxesProxyHandler.get_implementation()
    left = handler.find_wait_left(request, credentials)
    seconds = max(1, math.ceil(left.total_seconds()))
    page = render(
        request, "annotations/accounts/slowed_down.html", {"seconds": seconds}, status=TOO_MANY_REQUESTS
    )
    page["Retry-After"] = str(seconds)
    return page
