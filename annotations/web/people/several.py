"""Inviting several people at once: what became of each address, with the links to hand over."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings

from annotations.limits import MAX_INVITATIONS_TEXT, MAX_INVITED_AT_ONCE
from annotations.models import Project, Role, User
from annotations.projects.addresses import write_secret_address
from annotations.projects.mail_addresses import Address, read_addresses
from annotations.projects.members import InvalidEmailError, LongNameError, invite_member
from annotations.web.accounts.messages import ask_to_send_invitation
from annotations.web.forms import RolesField


class SeveralForm(forms.Form):
    """People to be invited at once, with the roles that all of them get."""

    addresses = forms.CharField(
        label="E-mail addresses",
        max_length=MAX_INVITATIONS_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=f"A line each, or with commas between; with a name as in Ana Ruiz <ana@example.org> or, on a line of its own, ana@example.org, Ana Ruiz. At most {MAX_INVITED_AT_ONCE}.",
    )
    roles = RolesField(label="Roles", initial=[Role.ANNOTATOR.value])
    send_mail = forms.BooleanField(
        label="Send the invitations by e-mail",
        required=False,
        initial=True,
        help_text="Otherwise the next page shows links that you hand over yourself.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "several_%s", **kwargs})
        if not settings.EMAIL_HOST:
            del self.fields["send_mail"]

    def clean_addresses(self) -> list[Address]:
        addresses = read_addresses(self.cleaned_data["addresses"])
        if len(addresses) > MAX_INVITED_AT_ONCE:
            raise forms.ValidationError(
                f"These are {len(addresses):,} addresses, more than {MAX_INVITED_AT_ONCE} at once: invite the rest afterwards."
            )
        return addresses


@dataclass(frozen=True, slots=True)
class InvitationOutcome:
    """What became of one address: in words, and with the link to hand over where there is one."""

    address: str
    words: str
    name: str = ""
    link: str = ""
    is_refused: bool = False


def invite_several(
    project: Project, addresses: list[Address], *, roles: list[str], sends_mail: bool, by: User
) -> list[InvitationOutcome]:
    """Invite each person by themselves, so that an address that is wrong keeps nobody else from being invited."""
    outcomes = []
    for one in addresses:
        try:
            invited = invite_member(project, email=one.email, name=one.name, roles=roles, by=by)
        except (InvalidEmailError, LongNameError) as error:
            outcomes.append(InvitationOutcome(one.email, str(error), one.name, is_refused=True))
            continue
        email, is_mailed = invited.user.email, sends_mail and bool(invited.sign_in or invited.invitation)
        if is_mailed:
            ask_to_send_invitation(project, invited, roles=roles, by=by)
            outcomes.append(InvitationOutcome(email, "an invitation is on its way", one.name))
        elif invited.sign_in:
            link = write_secret_address("web:sign-in-link", invited.sign_in)
            outcomes.append(InvitationOutcome(email, "signs in by this link", one.name, link))
        elif invited.invitation:
            link = write_secret_address("web:invitation", invited.invitation)
            outcomes.append(
                InvitationOutcome(email, "has an account, and is in once they accept", one.name, link)
            )
        else:
            outcomes.append(InvitationOutcome(email, "has these roles now, and signs in as before", one.name))
    return outcomes
