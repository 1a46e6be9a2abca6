"""The links by which people sign in for the first time or after a lost password, and the end of all access of an account."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.models import ApiToken, Event, Project, Role, SignInLink, User
from annotations.projects.tokens import end_tokens

LINK_BYTES = 32
"""How many random bytes the secret of a link has."""


class NotYoursToSignInError(Exception):
    """A sign-in link opens the whole account, so not every manager may issue one for it."""


class OnlyNamedError(NotYoursToSignInError):
    """Somebody who is only named in an imported file has nothing to sign in to."""


class HasPasswordError(Exception):
    """A sign-in link was asked for an account with a password, whose owner resets it themselves."""


class SignInLinkError(Exception):
    """A sign-in link opens nothing; the message says why and what to do."""


class SignInLinkUnknownError(SignInLinkError):
    """No link was ever issued with this secret."""


class SignInLinkUsedError(SignInLinkError):
    """The link has been used, or a later one has taken its place."""


class SignInLinkExpiredError(SignInLinkError):
    """The link was not used in time."""


class AccountDeactivatedError(SignInLinkError):
    """The link is good, but its owner may not sign in any more."""


def may_issue_sign_in_link(user: User, *, by: User | None) -> bool:
    """Whether `by` may hand out the whole account: staff may, and who manages every project of its owner.

    Without this a manager of one project could enter another by signing in as one of its people.
    Nobody (`None`) is the command line of the installation.
    """
    if by is None or by.is_superuser:
        return True
    if user.is_staff or user.is_superuser:
        return False
    if by.is_staff:
        return True
    managed = Project.objects.filter(memberships__user=by, memberships__role=Role.MANAGER)
    return not user.memberships.exclude(project__in=managed).exists()


@transaction.atomic
def issue_sign_in_link(user: User, *, by: User | None) -> str:
    """Make a link that works once for somebody without a password, and end their older ones; only its hash is kept."""
    if user.is_only_named:
        raise OnlyNamedError(
            f"{user} is only named in an imported file and has no address: invite them by e-mail, and they annotate under "
            "their own account"
        )
    if not may_issue_sign_in_link(user, by=by):
        raise NotYoursToSignInError(
            f"{user} also works in projects that you do not manage, so only the administrator can issue a link",
        )
    if user.has_usable_password():
        raise HasPasswordError(
            f"{user} has a password, so no link is issued: whoever opened it would be in {user}'s place. "
            "They reset a lost password from the sign-in page, or the administrator does.",
        )
    return make_link(user, by=by)


def make_link(user: User, *, by: User | None) -> str:
    """Make a sign-in link in place of the older ones of an account, whoever asks; `issue_sign_in_link` sees first whether they may."""
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    SignInLink.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    return _add_link(user, by=by, lifetime=settings.SIGN_IN_LINK_LIFETIME)


def _add_link(user: User, *, by: User | None, lifetime: timedelta) -> str:
    token = secrets.token_urlsafe(LINK_BYTES)
    link = SignInLink.objects.create(
        user=user,
        token_hash=hash_token(token),
        created_by=by,
        expires_at=timezone.now() + lifetime,
    )
    Event.objects.record("issued a sign-in link for", user, actor=by, expires_at=link.expires_at.isoformat())
    return token


def find_sign_in_link(token: str) -> SignInLink:
    """The link that a token opens, left unused, so that nobody is welcomed by one that opens nothing."""
    link = SignInLink.objects.select_related("user").filter(token_hash=hash_token(token)).first()
    if link is None:
        raise SignInLinkUnknownError("This sign-in link is not known here. Ask for a new one.")
    if not link.user.is_active:
        raise AccountDeactivatedError("This account is not active any more. Ask your project's manager.")
    if not link.used_at and (link.is_outdated or link.expires_at <= timezone.now()) and _is_replaced(link):
        raise SignInLinkExpiredError(
            "A newer sign-in link was made for you and replaced this one. Open that, or ask for a new one."
        )
    if link.used_at or link.is_outdated:
        raise SignInLinkUsedError("This sign-in link has been used. Sign in, or ask for a new link.")
    if link.expires_at <= timezone.now():
        raise SignInLinkExpiredError("This sign-in link is no longer valid. Ask for a new one.")
    return link


def _is_replaced(link: SignInLink) -> bool:
    """Whether another link was made for the same person afterwards."""
    return SignInLink.objects.filter(user=link.user, pk__gt=link.pk).exists()


@transaction.atomic
def redeem_sign_in_link(token: str) -> User:
    """Take a link out of use and return whom it signs in; of two who try at once, one succeeds.

    Whoever signed in before by whatever way is signed out, and older tokens end.
    """
    link = find_sign_in_link(token)
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        raise SignInLinkUsedError("This sign-in link has been used. Sign in, or ask for a new link.")
    end_access(link.user, by=link.user)
    Event.objects.record("signed in by link", link.user, actor=link.user)
    return link.user


@transaction.atomic
def reset_access(user: User, *, by: User | None) -> str:
    """Take a person's password away, end their sessions and tokens, and make a sign-in link: the administrator's way."""
    end_access(user, by=by)
    return make_link(user, by=by)


@transaction.atomic
def make_reset_link(email: str) -> tuple[User, str] | None:
    """A link for the owner of an address, to be sent there and nowhere else; None where nobody may sign in with it.

    The password and other links stay until this one is used, because anybody can ask for one.
    """
    user: User | None = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    return None if user is None else (user, _add_link(user, by=None, lifetime=settings.RESET_LINK_LIFETIME))


def end_access(user: User, *, by: User | None) -> None:
    """Take the password away, and with it every session, token and link."""
    user.set_unusable_password()
    user.save(update_fields=["password", "credentials_changed_at"])
    end_tokens(ApiToken.objects.filter(user=user))
    Event.objects.record("ended all access of", user, actor=by)


@transaction.atomic
def change_password(user: User, password: str, *, by: User | None) -> None:
    """Give somebody a password; sessions, tokens and links from before end."""
    verb = "changed the password of" if user.has_usable_password() else "set the password of"
    user.set_password(password)
    user.save(update_fields=["password", "credentials_changed_at"])
    end_tokens(ApiToken.objects.filter(user=user))
    Event.objects.record(verb, user, actor=by)


def hash_token(token: str) -> str:
    """The form in which the secret of a link is stored, from which nobody gets the secret back."""
    return hashlib.sha256(token.encode()).hexdigest()
