"""How django-allauth fits in here: nobody signs up by themselves, secrets are encrypted, and another service opens accounts that are there already."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest

from annotations.models import User
from annotations.projects.signing_in import end_access
from annotations.web.accounts.entering import BACKEND


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from invitations alone; messages of the library about signing in are not shown."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        login(request, user, backend=BACKEND)

    def add_message(self, request: HttpRequest, level: int, *_: Any, message: str = "", **__: Any) -> None:
        """The pages say what happened, but for what was refused and is told in words alone, as a passkey that opens nothing."""
        if message and level == messages.ERROR:
            messages.error(request, message)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of second factors are kept encrypted by the key of the installation, so that a copy of the database has none."""

    def encrypt(self, text: str) -> str:
        return bytes(_make_cipher().encrypt(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return bytes(_make_cipher().decrypt(encrypted_text.encode())).decode()


def _make_cipher() -> Fernet:
    digest = hashlib.sha256(b"second factors:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


class OtherServiceAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Another service signs in whose verified address has an account here, and makes no accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ARG002
        """Whoever had this account's password before its owner first came by the other service is out."""
        user = sociallogin.user
        by_address = bool(getattr(sociallogin, "_did_authenticate_by_email", None))
        if by_address and user is not None and user.pk and user.has_usable_password():
            end_access(user, by=user)
