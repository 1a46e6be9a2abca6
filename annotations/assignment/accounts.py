"""Closing, reopening and erasing the account of a person; whatever they did stays."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import connection, transaction
from django.utils import timezone

from annotations.assignment.services import deactivate_participant
from annotations.models import ApiToken, Event, Invitation, Membership, Participant, Project, Role, User
from annotations.models.accounts import write_erased_address
from annotations.projects.second_factors import forget_identities
from annotations.projects.signing_in import end_access
from annotations.projects.tokens import end_tokens

FORGET_ADDRESSES = {
    "sqlite": "UPDATE annotations_event SET details = json_remove(details, '$.email') "
    "WHERE json_extract(details, '$.email') IS NOT NULL "
    "AND (lower(json_extract(details, '$.email')) = %s OR (subject_type = 'user' AND subject_id = %s))",
    "postgresql": "UPDATE annotations_event SET details = details - 'email' "
    "WHERE jsonb_exists(details, 'email') "
    "AND (lower(details->>'email') = %s OR (subject_type = 'user' AND subject_id = %s))",
}
"""The only change of the audit trail that the database lets through: an address is taken out of a line's details."""


class AccountRefusedError(Exception):
    """Something cannot be done with an account; the message says why and what to do instead."""


@transaction.atomic
def close_account(user: User, *, by: User | None) -> None:
    """End all access of a person and give back what lies in their queues; what they submitted and decided stays."""
    if user == by:
        raise AccountRefusedError("This is your own account: only another administrator can close it.")
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise AccountRefusedError(f"The account of {user} is closed already.")
    others = User.objects.filter(is_active=True, is_superuser=True).exclude(pk=user.pk)
    if locked.is_superuser and not others.exists():
        raise AccountRefusedError(
            f"{user} is the only administrator of the installation: make somebody else one first."
        )
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    end_tokens(ApiToken.objects.filter(user=user))
    live = Participant.objects.filter(annotator=user, is_active=True, round__project__archived_at=None)
    for participant in live.select_related("round__project").order_by("pk"):
        deactivate_participant(participant, by=by)
    Event.objects.record("closed the account of", user, actor=by)
    user.is_active = False


@transaction.atomic
def reopen_account(user: User, *, by: User | None) -> None:
    """Let a person sign in again; managers put them back into rounds."""
    if user.is_erased:
        raise AccountRefusedError("The person was erased, so there is nobody to let in: invite them anew.")
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise AccountRefusedError(f"The account of {user} is open already.")
    Event.objects.record("reopened the account of", user, actor=by)
    user.is_active = True


@transaction.atomic
def erase_person(user: User, *, by: User | None) -> None:
    """Take away everything that says who a person is: name, address, password, roles, links, tokens and attempts to sign in.

    Their annotations and decisions stay under the pseudonym that releases give them.
    """
    if user.is_active:
        close_account(user, by=by)
    address = user.email.lower()
    end_access(user, by=by)
    now = timezone.now()
    user.sign_in_links.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    Invitation.objects.open().filter(user=user).update(expires_at=now)
    Membership.objects.filter(user=user, project__archived_at=None).delete()
    forget_identities(user)
    for attempts in (AccessAttempt, AccessFailureLog, AccessLog):
        attempts.objects.filter(username__iexact=address).delete()
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ADDRESSES[connection.vendor], [address, str(user.pk)])
    user.email = write_erased_address(user.pk)
    user.name = f"Erased person {user.pk}"
    user.is_staff = user.is_superuser = False
    user.last_login = None
    user.save()
    Event.objects.record("erased", user, actor=by)


def list_only_managed(user: User) -> list[Project]:
    """Live projects that would have no manager who can sign in without this person."""
    managed = Project.objects.filter(
        memberships__user=user, memberships__role=Role.MANAGER, archived_at=None
    ).distinct()
    others = Membership.objects.filter(role=Role.MANAGER, user__is_active=True).exclude(user=user)
    return list(managed.exclude(pk__in=others.values("project")).order_by("name"))
