"""Projects, the people in them, the links by which they first sign in, and the tokens of their programs."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from annotations.blindness import ROLES_CHANGED
from annotations.markup import DEFAULT_MERGE_RULE
from annotations.models import (
    ApiToken,
    Event,
    Invitation,
    Membership,
    Project,
    Role,
    Scheme,
    SignInLink,
    TokenScope,
    User,
)
from annotations.schemes.definition import load_scheme

LINK_BYTES = 32
SLUG_ATTEMPTS = 50
RESERVED_SLUGS = frozenset({"new"})


class UnknownRoleError(ValueError):
    """A role was asked for that does not exist, or none at all."""


class InvalidEmailError(ValueError):
    """What was given as an e-mail address is none."""


class LastManagerError(Exception):
    """The change would leave the project without a manager."""


class NotYoursToSignInError(Exception):
    """A sign-in link opens the whole account, so not every manager may issue one for it."""


class HasPasswordError(Exception):
    """A sign-in link was asked for an account with a password, whose owner resets it themselves."""


class InvitationError(Exception):
    """An invitation lets nobody in; the message says why and what to do."""


class SignInLinkError(Exception):
    """A sign-in link opens nothing; the message says why and what to do."""


class SignInLinkUnknownError(SignInLinkError):
    """No link was ever issued with this secret."""


class SchemeNotLaterError(Exception):
    """A project can go on with a later version of its scheme, not with another scheme or an earlier version."""


class SignInLinkUsedError(SignInLinkError):
    """The link has been used, or a later one has taken its place."""


class SignInLinkExpiredError(SignInLinkError):
    """The link was not used in time."""


class AccountDeactivatedError(SignInLinkError):
    """The link is good, but its owner may not sign in any more."""


class TokenNotAllowedError(Exception):
    """A token was asked for that would reach further than its owner."""


@transaction.atomic
def store_scheme(source_toml: str, *, by: User | None) -> Scheme:
    """Keep a definition; the same text again is the same scheme."""
    definition = load_scheme(source_toml)
    stored = Scheme.objects.filter(sha256=definition.sha256).first()
    if stored:
        return stored
    stored, is_new = Scheme.objects.get_or_create(
        sha256=definition.sha256,
        defaults={
            "name": definition.name,
            "version": str(definition.version),
            "title": definition.title,
            "source": source_toml,
            "created_by": by,
        },
    )
    if is_new:
        Event.objects.record("stored", stored, actor=by, sha256=stored.sha256)
    return stored


@transaction.atomic
def adopt_scheme(project: Project, source_toml: str, *, by: User | None) -> Scheme:
    """Go on with a later version of the project's scheme; rounds that are planned already keep theirs."""
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before, adopted = locked.scheme, store_scheme(source_toml, by=by)
    if adopted == before:
        return adopted
    if adopted.name != before.name or adopted.definition.version <= before.definition.version:
        raise SchemeNotLaterError(
            f"{adopted} is no later version of {before}: keep its name and raise its version, or start a new project",
        )
    locked.scheme = adopted
    locked.save(update_fields=["scheme"])
    project.scheme = adopted
    Event.objects.record("adopted", adopted, actor=by, project=project, instead_of=str(before))
    return adopted


@transaction.atomic
def create_project(
    *, name: str, scheme: Scheme, by: User | None, description: str = "", merge_rule: str = DEFAULT_MERGE_RULE
) -> Project:
    """Start a project; whoever starts it manages it."""
    project = _create_with_free_slug(
        name=name, scheme=scheme, by=by, description=description, merge_rule=merge_rule
    )
    if by:
        Membership.objects.create(project=project, user=by, role=Role.MANAGER)
    Event.objects.record(
        "created", project, actor=by, project=project, name=name, scheme=str(scheme), merge_rule=merge_rule
    )
    return project


def may_start_projects(user: User) -> bool:
    """Whether somebody may start a project: staff may, and whoever manages one already."""
    return user.is_staff or user.memberships.filter(role=Role.MANAGER).exists()


def _create_with_free_slug(
    *, name: str, scheme: Scheme, by: User | None, description: str, merge_rule: str
) -> Project:
    stem = slugify(name)[:40].strip("-") or "project"
    taken = {*RESERVED_SLUGS, *Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    slugs = (stem if number == 1 else f"{stem}-{number}" for number in range(1, SLUG_ATTEMPTS + len(taken)))
    for slug in slugs:
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return Project.objects.create(
                    name=name,
                    slug=slug,
                    scheme=scheme,
                    description=description,
                    merge_rule=merge_rule,
                    created_by=by,
                )
        except IntegrityError:
            if not Project.objects.filter(slug=slug).exists():
                raise
    raise IntegrityError(f"no slug is free for the project {name!r}; give it another name")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invited person, with the secrets of the links to pass on; both are empty for who is in and can sign in already."""

    user: User
    sign_in: str = ""
    invitation: str = ""


@transaction.atomic
def invite_member(
    project: Project, *, email: str, name: str, roles: Iterable[str], by: User | None
) -> Invited:
    """Add a person by e-mail, in these roles besides those they have.

    A new account is in at once and gets a sign-in link. An account that somebody may be using already is in only when
    its owner accepts: whoever invited it first, elsewhere, may have signed in with the link that was meant for its
    owner, and must not come in here with it. Nobody (`None`) is the command line of the installation, which adds at once.
    """
    wanted = _check_roles(roles)
    if not wanted:
        raise UnknownRoleError("choose at least one role for the person")
    user, is_new = _find_or_create_user(email=email, name=name, by=by)
    is_in = by is None or is_new or bool(project.roles_of(user))
    may_sign_in = not user.has_usable_password() and (is_new or may_issue_sign_in_link(user, by=by))
    Event.objects.record("invited", user, actor=by, project=project, email=user.email, roles=sorted(wanted))
    if not is_in and not may_sign_in:
        return Invited(user, invitation=_offer(project, user, roles=wanted, by=by))
    if not is_in:
        end_access(user, by=by)
    _give_roles(project, user, wanted)
    return Invited(user, sign_in=_make_link(user, by=by) if may_sign_in else "")


def _give_roles(project: Project, user: User, roles: Iterable[str]) -> None:
    for role in roles:
        Membership.objects.get_or_create(project=project, user=user, role=role)


def _offer(project: Project, user: User, *, roles: Iterable[str], by: User | None) -> str:
    """Make an invitation, in place of the person's earlier ones to the project."""
    now = timezone.now()
    Invitation.objects.open().filter(project=project, user=user).update(expires_at=now)
    token = secrets.token_urlsafe(LINK_BYTES)
    Invitation.objects.create(
        project=project,
        user=user,
        roles=sorted(roles),
        token_hash=hash_token(token),
        created_by=by,
        expires_at=now + settings.SIGN_IN_LINK_LIFETIME,
    )
    return token


def find_invitation(token: str, *, person: User) -> Invitation:
    """The invitation that a token stands for, if it is this person's."""
    invitations = Invitation.objects.open().select_related("project", "user", "created_by")
    found = invitations.filter(token_hash=hash_token(token)).first()
    if found is None:
        raise InvitationError(
            "This invitation is not valid (any more). Ask who invited you for a new one.",
        )
    if found.user != person:
        raise InvitationError(
            "This invitation is for another account than the one that you are signed in with. Sign out, and open it again.",
        )
    return found


@transaction.atomic
def accept_invitation(token: str, *, person: User) -> Project:
    """Take the roles that an invitation offers; of two who try at once, one succeeds."""
    found = find_invitation(token, person=person)
    if not Invitation.objects.open().filter(pk=found.pk).update(accepted_at=timezone.now()):
        raise InvitationError("This invitation has been accepted already.")
    _give_roles(found.project, person, found.roles)
    Event.objects.record(
        "accepted an invitation of", person, actor=person, project=found.project, roles=found.roles
    )
    return found.project


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User | None) -> None:
    """End an invitation before it is accepted; one that is accepted already stays so."""
    if Invitation.objects.open().filter(pk=invitation.pk).update(expires_at=timezone.now()):
        Event.objects.record(
            "withdrew the invitation of", invitation.user, actor=by, project=invitation.project
        )


def _find_or_create_user(*, email: str, name: str, by: User | None) -> tuple[User, bool]:
    """The person with an address, and whether their account is new."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidEmailError(f"{email!r} is not an e-mail address") from error
    known: User | None = User.objects.filter(email__iexact=address).first()
    if known is not None:
        return known, False
    user = User.objects.create_user(address, None, name=name.strip() or address.split("@")[0])
    Event.objects.record("created", user, actor=by, email=address)
    return user, True


@transaction.atomic
def change_roles(project: Project, user: User, *, roles: Iterable[str], by: User | None) -> set[str]:
    """Give a member exactly these roles; with none, they leave the project and what they did stays theirs."""
    wanted = _check_roles(roles)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before = project.roles_of(user)
    others = project.memberships.filter(role=Role.MANAGER, user__is_active=True).exclude(user=user)
    if Role.MANAGER in before and Role.MANAGER not in wanted and not others.exists():
        raise LastManagerError(f"{user} is the only manager of {project}; make somebody else manager first")
    project.memberships.filter(user=user, role__in=before - wanted).delete()
    _give_roles(project, user, wanted - before)
    if not wanted:
        _end_tokens(ApiToken.objects.filter(user=user, project=project))
    if before != wanted:
        Event.objects.record(
            ROLES_CHANGED, user, actor=by, project=project, before=sorted(before), after=sorted(wanted)
        )
    return wanted


def _check_roles(roles: Iterable[str]) -> set[str]:
    wanted = {str(role) for role in roles}
    unknown = wanted - set(Role.values)
    if unknown:
        raise UnknownRoleError(f"there is no role {min(unknown)!r}; there are {', '.join(Role.values)}")
    return wanted


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
    if not may_issue_sign_in_link(user, by=by):
        raise NotYoursToSignInError(
            f"{user} also works in projects that you do not manage, so only the administrator can issue a link",
        )
    if user.has_usable_password():
        raise HasPasswordError(
            f"{user} has a password, so no link is issued: whoever opened it would be in {user}'s place. "
            "They reset a lost password from the sign-in page, or the administrator does.",
        )
    return _make_link(user, by=by)


def _make_link(user: User, *, by: User | None) -> str:
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


@transaction.atomic
def reset_access(user: User, *, by: User | None) -> str:
    """Take a person's password away, end their sessions and tokens, and make a sign-in link: the administrator's way."""
    end_access(user, by=by)
    return _make_link(user, by=by)


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
    _end_tokens(ApiToken.objects.filter(user=user))
    Event.objects.record("ended all access of", user, actor=by)


@transaction.atomic
def change_password(user: User, password: str, *, by: User | None) -> None:
    """Give somebody a password; sessions, tokens and links from before end."""
    verb = "changed the password of" if user.has_usable_password() else "set the password of"
    user.set_password(password)
    user.save(update_fields=["password", "credentials_changed_at"])
    _end_tokens(ApiToken.objects.filter(user=user))
    Event.objects.record(verb, user, actor=by)


def _end_tokens(tokens: QuerySet[ApiToken]) -> None:
    """They would open nothing any more, and are on no list."""
    tokens.delete()


def hash_token(token: str) -> str:
    """The form in which the secret of a link is stored, from which nobody gets the secret back."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_sign_in_link(token: str) -> SignInLink:
    """The link that a token opens, left unused, so that nobody is welcomed by one that opens nothing."""
    link = SignInLink.objects.select_related("user").filter(token_hash=hash_token(token)).first()
    if link is None:
        raise SignInLinkUnknownError("This sign-in link is not known here. Ask for a new one.")
    if not link.user.is_active:
        raise AccountDeactivatedError("This account is not active any more. Ask your project's manager.")
    if link.used_at or link.is_outdated:
        raise SignInLinkUsedError("This sign-in link has been used. Sign in, or ask for a new link.")
    if link.expires_at <= timezone.now():
        raise SignInLinkExpiredError("This sign-in link is no longer valid. Ask for a new one.")
    return link


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
def create_api_token(
    user: User,
    *,
    name: str,
    scope: str,
    project: Project | None,
    by: User | None,
    lifetime: timedelta | None = None,
    made_with: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for a person's programs; the secret is returned this once and kept only as a hash.

    One that was made with another token is revoked with it.
    """
    if scope not in TokenScope.values:
        raise TokenNotAllowedError(f"there is no scope {scope!r}; there are {', '.join(TokenScope.values)}")
    if project and not project.roles_of(user):
        raise TokenNotAllowedError(f"{user} has no role in {project}, so a token cannot reach it")
    options = {"expiry": lifetime} if lifetime else {}
    token, secret = ApiToken.objects.create(  # type: ignore[no-untyped-call]
        user=user, name=name.strip() or "token", scope=scope, project=project, made_with=made_with, **options
    )
    Event.objects.record(
        "created a token for",
        user,
        actor=by,
        project=project,
        name=token.name,
        scope=scope,
        key=token.token_key,
    )
    return token, secret


@transaction.atomic
def revoke_api_token(token: ApiToken, *, by: User | None) -> None:
    """End a token at once, and those that were made with it."""
    for made in token.made_tokens.select_related("user", "project"):
        revoke_api_token(made, by=by)
    Event.objects.record(
        "revoked a token of",
        token.user,
        actor=by,
        project=token.project,
        name=token.name,
        key=token.token_key,
    )
    token.delete()
