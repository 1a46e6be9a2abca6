"""Messages to the owner of an account, at its own address and nowhere else.

A page only asks for a message, as a row that a worker works off: whether somebody has an account shows neither in the
page's answer nor in how long it takes, and a mail server that is away is tried again.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Project, User
from annotations.projects.addresses import write_address
from annotations.projects.members import Invited, renew_invitation
from annotations.projects.signing_in import hash_token, make_reset_link

MAX_WAITING = 500
"""Somebody who asks for messages to many addresses holds up the other jobs for no longer than these take."""
RESET = """\
Hello {name},

somebody, probably you, asked for a new password for {email} on the annotation workbench.
This link signs you in once, within the next hour, and leads to choosing a password:

{link}

Opening it ends your present password, your sessions in other browsers, and your API tokens.
If it was not you, do nothing: without the link nothing changes.
"""
WRONG_PASSWORDS = """\
Hello {name},

somebody entered a wrong password for {email} on the annotation workbench {failures} times or more, from the
network {network}. Nobody has got in by it, and your account is open to you: only attempts from that network
have to wait a while, longer after each wrong password, and never longer than {longest:.0f} minutes.

If it was you and you do not know the password any more, ask for a link that signs you in at once:
{forgotten}

If it was not you, you need not do anything. A password that you use nowhere else protects you best.
You will not hear of further attempts within the next day.
"""
INVITATION = """\
Hello {name},

{by} invites you to annotate in the project {project}. This link works once, within seven days:

{link}
"""
logger = logging.getLogger(__name__)


def ask_for_message(kind: str, email: str, *, pause: timedelta, **arguments: str | None) -> None:
    """Ask for the job that sends an e-mail of this kind to an address, at most one in each `pause`."""
    address = email.strip().lower()
    key = f"{kind}:{hash_token(address)}"
    if Job.objects.filter(key=key, created_at__gt=timezone.now() - pause).exists():
        return
    if Job.objects.unfinished().filter(kind=kind).count() >= MAX_WAITING:
        logger.error("too many messages wait to be sent (%s): none is taken on until some are", kind)
        return
    enqueue(kind, key=key, arguments={"email": address, **arguments})


def run_send_reset_link(job: Job, _checkpoint: Checkpoint) -> None:
    """Send a link that leads to a new password, where somebody may sign in with the address."""
    made = make_reset_link(job.arguments["email"])
    if made is None:
        return
    user, token = made
    link = write_address("web:sign-in-link", token)
    _send(
        user,
        "A new password for the annotation workbench",
        RESET.format(name=user.name, email=user.email, link=link),
    )


def run_tell_of_wrong_passwords(job: Job, _checkpoint: Checkpoint) -> None:
    """Tell the owner of an account that somebody tries passwords, where there is such an account."""
    user = User.objects.filter(email__iexact=job.arguments["email"], is_active=True).first()
    if user is None:
        return
    text = WRONG_PASSWORDS.format(
        name=user.name,
        email=user.email,
        failures=settings.AXES_FAILURE_LIMIT,
        network=job.arguments["network"] or "of this machine",
        longest=settings.SIGN_IN_LONGEST_WAIT.total_seconds() / 60,
        forgotten=write_address("web:forgot-password"),
    )
    _send(user, "Wrong passwords for your account on the annotation workbench", text)


def ask_to_send_invitation(project: Project, invited: Invited, *, roles: Iterable[str], by: User) -> None:
    """Ask for an invitation to be sent to the address of whoever is invited; its secret is made when it is sent, and kept nowhere."""
    enqueue(
        "send_invitation",
        key=f"send_invitation:{project.pk}:{invited.user.pk}",
        project=project,
        arguments={"user": invited.user.pk, "roles": sorted(roles), "by": by.pk},
        by=by,
    )


def run_send_invitation(job: Job, _checkpoint: Checkpoint) -> None:
    """Send the link that signs somebody in for the first time, or the one that lets an account into another project."""
    by = User.objects.get(pk=job.arguments["by"])
    user = User.objects.get(pk=job.arguments["user"])
    if job.project is None:
        return
    invited = renew_invitation(job.project, user, roles=job.arguments["roles"], by=by)
    page, secret = (
        ("web:sign-in-link", invited.sign_in) if invited.sign_in else ("web:invitation", invited.invitation)
    )
    if secret:
        text = INVITATION.format(
            name=user.name,
            by=by.name,
            project=job.project.name,
            link=write_address(page, secret),
        )
        _send(user, "An invitation to the annotation workbench", text)


def _send(user: User, subject: str, text: str) -> None:
    send_mail(subject, text, None, [user.email])
