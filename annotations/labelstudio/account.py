"""The one account that the workbench holds in its own Label Studio, and the token that it makes with it."""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

HTTP_CREATED = 201


class StudioServerError(Exception):
    """Label Studio cannot be set up or started here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """The one account that the workbench holds in its Label Studio."""

    email: str
    password: str
    token: str = ""
    was_never_shown: bool = False
    """False for passwords that an earlier version of the workbench made, which stood in the list of processes."""
    secret_key: str = ""
    """What Label Studio signs tokens and sessions with; empty where it signs with a key that it made itself."""


def accepts_token(url: str, token: str) -> bool:
    """Whether Label Studio at an address takes a personal access token now; not where it does not answer."""
    try:
        answer = httpx.post(f"{url}/api/token/refresh/", json={"refresh": token}, timeout=30, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.is_success


def sign_again(token: str, secret_key: str) -> str:
    """A token of Label Studio's, which is a JSON Web Token, with the signature that another key gives (RFC 7515, HS256)."""
    signed, _, _ = token.rpartition(".")
    signature = hmac.digest(secret_key.encode(), signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


def create_token(url: str, account: ServiceAccount) -> str:
    """Sign in to Label Studio as a browser does and make a personal access token; StudioServerError where that cannot be."""
    origin = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    headers = {"Referer": f"{origin}/user/login/"}
    with httpx.Client(base_url=url, timeout=60, headers=headers, trust_env=False) as client:
        form = client.get("/user/login/")
        match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        if not match:
            raise StudioServerError("Label Studio's sign-in page has changed: no CSRF token was found on it.")
        client.post(
            "/user/login/",
            data={"csrfmiddlewaretoken": match[1], "email": account.email, "password": account.password},
        )
        answer = client.post(
            "/api/token/", json={}, headers={"X-CSRFToken": client.cookies.get("csrftoken") or ""}
        )
    if answer.status_code != HTTP_CREATED:
        raise StudioServerError(
            "The workbench's account cannot sign in to Label Studio "
            f"(status {answer.status_code}). If its data folder was replaced, remove account.json beside it.",
        )
    token: str = answer.json()["token"]
    return token
