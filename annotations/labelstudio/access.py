"""Which Label Studios are used: external ones from the settings, or the one that runs beside the workbench."""

import threading
import time
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from django.conf import settings

from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.labelstudio.server import LocalStudio
from annotations.studio_numbers import FIRST_STUDIO, name_setting, name_studio

ACCESS_TOKEN_SECONDS = 240
"""Label Studio's access tokens live for five minutes; a new one is fetched a minute before."""


@dataclass(frozen=True, slots=True)
class StudioAccess:
    """The address that a Label Studio listens at, and the service account's personal access token."""

    url: str
    token: str
    studio: int = FIRST_STUDIO


def local_studio() -> LocalStudio:
    """The Label Studio that runs beside the workbench, in the workbench's home folder."""
    return LocalStudio(settings.HOME / "label-studio", settings.STUDIO_LOCK)


def find_studio(studio: int = FIRST_STUDIO) -> StudioAccess:
    """The address and the token of a Studio, or an error that says how to get one."""
    if studio != FIRST_STUDIO:
        return _find_more(studio)
    if settings.STUDIO_URL and settings.STUDIO_TOKEN:
        return StudioAccess(settings.STUDIO_URL, settings.STUDIO_TOKEN)
    if settings.STUDIO_URL:
        raise StudioUnavailableError("STUDIO_URL is set, but STUDIO_TOKEN is not: set both, or neither.")
    local = local_studio()
    running = local.last_started()
    token = local.read_token()
    if not running or not token:
        raise StudioUnavailableError(
            "Label Studio is not running: start it with `manage.py studio start`, "
            f"or run `{settings.START_COMMAND}`.",
        )
    return StudioAccess(running.url, token)


def _find_more(studio: int) -> StudioAccess:
    more = settings.MORE_STUDIOS.get(studio)
    if more is None:
        raise StudioUnavailableError(
            f"No settings name {name_studio(studio)} any more: set STUDIO_{studio}_URL and STUDIO_{studio}_TOKEN again."
        )
    if not more["token"]:
        raise StudioUnavailableError(f"STUDIO_{studio}_URL is set, but STUDIO_{studio}_TOKEN is not.")
    return StudioAccess(more["url"], more["token"], studio)


class StudioConnection:
    """A pool of connections to the Studio with a valid access token; shared by the threads of a process.

    It keeps no cookies, so that every request stands on the token alone.
    """

    def __init__(self, access: StudioAccess, *, timeout: float) -> None:
        self.access = access
        self.client = httpx.Client(
            base_url=access.url,
            timeout=httpx.Timeout(timeout, connect=5),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        )
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    def bearer(self, *, renew: bool = False) -> str:
        """An access token that holds for at least another minute."""
        with self._lock:
            if renew or time.monotonic() >= self._renew_at:
                self._token = self._fetch_token()
                self._renew_at = time.monotonic() + ACCESS_TOKEN_SECONDS
            return self._token

    def _fetch_token(self) -> str:
        try:
            answer = self.client.post("/api/token/refresh/", json={"refresh": self.access.token})
        except httpx.HTTPError as error:
            raise StudioUnavailableError(
                f"{name_studio(self.access.studio)} does not answer at {self.access.url}."
            ) from error
        if answer.status_code in {400, 401, 403}:
            raise StudioRefusedError(
                f"{name_studio(self.access.studio)} does not accept the workbench's token. Set {name_setting(self.access.studio, 'TOKEN')} to a personal access token "
                "of the service account (Account & Settings, Personal Access Token).",
            )
        if not answer.is_success:
            raise StudioUnavailableError(
                f"{name_studio(self.access.studio)} answered with status {answer.status_code}."
            )
        token: str = answer.json()["access"]
        return token


@cache
def _connection_to(access: StudioAccess) -> StudioConnection:
    return StudioConnection(access, timeout=settings.STUDIO_TIMEOUT)


def connect(studio: int = FIRST_STUDIO) -> StudioConnection:
    """The connection to a Studio as it is now: a restarted one may listen elsewhere."""
    return _connection_to(find_studio(studio))
