"""The people of a project: inviting them, the invitations that they accept, and their roles."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from annotations.blindness import ROLES_CHANGED
from annotations.limits import MAX_PERSON_NAME_LENGTH
from annotations.models import ApiToken, Event, Invitation, Membership, Project, Role, User
from annotations.projects.archived import lock_live
from annotations.projects.signing_in import (
    LINK_BYTES,
    end_access,
    hash_token,
    make_link,
    may_issue_sign_in_link,
)
from annotations.projects.tokens import end_tokens

MAX_EMAIL_LENGTH = 254
"""What an address can have at most (RFC 5321), and what its column holds."""


class UnknownRoleError(ValueError):
    """A role was asked for that does not exist, or none at all."""


class InvalidEmailError(ValueError):
    """A text was given as an e-mail address and is none."""


class LongNameError(ValueError):
    """A person was given a name that is too long to keep."""


class LastManagerError(Exception):
    """The change would leave the project without a manager."""


class InvitationError(Exception):
    """An invitation lets nobody in; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invited person, with the secrets of the links to pass on; both are empty where the person is a member and can sign in already."""

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
    return Invited(user, sign_in=make_link(user, by=by) if may_sign_in else "")


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
def renew_invitation(project: Project, user: User, *, roles: Iterable[str], by: User | None) -> Invited:
    """Make the secrets of an invitation anew, so that they can be sent; those that were made before open nothing then.

    Both are empty where the person can sign in and is a member meanwhile.
    """
    is_in = bool(project.roles_of(user))
    if not user.is_active or project.archived_at is not None:
        return Invited(user)
    if is_in and not user.has_usable_password():
        return Invited(user, sign_in=make_link(user, by=by))
    if not is_in and Invitation.objects.open().filter(project=project, user=user).exists():
        return Invited(user, invitation=_offer(project, user, roles=roles, by=by))
    return Invited(user)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User | None) -> None:
    """End an invitation before it is accepted; one that is accepted already stays so."""
    if Invitation.objects.open().filter(pk=invitation.pk).update(expires_at=timezone.now()):
        Event.objects.record(
            "withdrew the invitation of", invitation.user, actor=by, project=invitation.project
        )


@transaction.atomic
def rename_person(user: User, name: str, *, by: User | None) -> None:
    """Call somebody by another name from now on, wherever they are named; the audit trail says that, and not the names."""
    name = _check_name(name)
    if name and name != user.name:
        user.name = name
        user.save(update_fields=["name"])
        Event.objects.record("changed the name of", user, actor=by)


def _check_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > MAX_PERSON_NAME_LENGTH:
        raise LongNameError(
            f"The name has {len(name)} characters, more than {MAX_PERSON_NAME_LENGTH}: shorten it."
        )
    return name


def _find_or_create_user(*, email: str, name: str, by: User | None) -> tuple[User, bool]:
    """The person with an address, and whether their account is new."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidEmailError(f"{email!r} is not an e-mail address") from error
    if len(address) > MAX_EMAIL_LENGTH:
        raise InvalidEmailError(f"the address has more than {MAX_EMAIL_LENGTH} characters")
    name = _check_name(name)
    known: User | None = User.objects.filter(email__iexact=address).first()
    if known is not None:
        return known, False
    user = User.objects.create_user(
        address, None, name=name or address.split("@")[0][:MAX_PERSON_NAME_LENGTH]
    )
    Event.objects.record("created", user, actor=by, email=address)
    return user, True


@transaction.atomic
def change_roles(project: Project, user: User, *, roles: Iterable[str], by: User | None) -> set[str]:
    """Give a member exactly these roles; with none, they leave the project and what they did stays theirs."""
    wanted = _check_roles(roles)
    lock_live(project.pk)
    before = project.roles_of(user)
    others = project.memberships.filter(role=Role.MANAGER, user__is_active=True).exclude(user=user)
    if Role.MANAGER in before and Role.MANAGER not in wanted and not others.exists():
        raise LastManagerError(f"{user} is the only manager of {project}; make somebody else manager first")
    project.memberships.filter(user=user, role__in=before - wanted).delete()
    _give_roles(project, user, wanted - before)
    if not wanted:
        end_tokens(ApiToken.objects.filter(user=user, project=project))
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
