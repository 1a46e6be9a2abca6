"""The message by which somebody gets back into their account: it goes to the account's own address and nowhere else."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.urls import reverse

from annotations.projects.services import hash_token, make_reset_link

MESSAGE = """\
Hello {name},

somebody, probably you, asked for a new password for {email} on the annotation workbench.
This link signs you in once, within the next hour, and leads to choosing a password:

{link}

Opening it ends your present password, your sessions in other browsers, and your API tokens.
If it was not you, do nothing: without the link nothing changes.
"""
logger = logging.getLogger(__name__)


def send_reset_link(email: str) -> None:
    """Send at most one message an address in a while; where it cannot be sent, the log says so and not the visitor."""
    address = email.strip().lower()
    if not cache.add(
        f"reset-link:{hash_token(address)}", 1, timeout=settings.RESET_LINK_PAUSE.total_seconds()
    ):
        return
    made = make_reset_link(address)
    if made is None:
        return
    user, token = made
    link = settings.PUBLIC_URL + reverse("web:sign-in-link", args=[token])
    message = MESSAGE.format(name=user.name, email=user.email, link=link)
    try:
        send_mail("A new password for the annotation workbench", message, None, [user.email])
    except (OSError, SMTPException):
        logger.exception("the message to reset a password could not be sent")
