"""Who works in a project: invitations, roles, and one-time sign-in links, each shown once."""

from collections import defaultdict
from collections.abc import Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from annotations.assignment.errors import NotAnAnnotatorError
from annotations.assignment.services import change_member_roles
from annotations.assignment.standing import set_standing
from annotations.models import Membership, Role, SignInLink, Standing, User
from annotations.progress.names import sort_by_name
from annotations.projects.addresses import write_secret_address
from annotations.projects.members import (
    InvalidEmailError,
    Invited,
    LastManagerError,
    invite_member,
    withdraw_invitation,
)
from annotations.projects.signing_in import HasPasswordError, NotYoursToSignInError, issue_sign_in_link
from annotations.web.access import MemberRequest, member_page
from annotations.web.accounts.messages import ask_to_send_invitation
from annotations.web.forms import InvitationForm, RolesForm, StandingForm
from annotations.web.people.several import InvitationOutcome, SeveralForm, invite_several

CONSEQUENCES = {
    Standing.PERSON: "their annotations count in every figure and in the gold of tasks that are yet to be finished.",
    Standing.MODEL: "its figures stand apart from those of the people, and no task's gold is made of its annotations.",
    Standing.VOTING_MODEL: "its figures stand apart from those of the people, and its annotations have a vote in the "
    "gold of tasks that are yet to be finished.",
}


@member_page(Role.MANAGER)
@require_safe
def show_people(request: MemberRequest) -> HttpResponse:
    """The page with the members and invitations of a project."""
    return _show(request, form=InvitationForm())


def _show(
    request: MemberRequest,
    *,
    form: InvitationForm,
    invited: Invited | None = None,
    several: SeveralForm | None = None,
    outcomes: Sequence[InvitationOutcome] = (),
) -> HttpResponse:
    """The page; a fresh link is shown in the answer itself, because its secret is kept nowhere."""
    roles: dict[User, list[str]] = defaultdict(list)
    standing: dict[int, str] = {}
    memberships = Membership.objects.with_standing().filter(project=request.project).select_related("user")
    for membership in memberships.order_by("user__name", "user_id", "id"):
        roles[membership.user].append(membership.role)
        standing[membership.user_id] = membership.annotates_as
    pending = dict(
        SignInLink.objects.filter(user__in=roles, used_at=None, expires_at__gt=timezone.now())
        .order_by("id")
        .values_list("user_id", "expires_at"),
    )
    people = [
        {
            "person": user,
            "roles": [role for role in Role if role in held],
            "form": RolesForm(initial={"roles": held}, auto_id=f"id_{user.pk}_%s"),
            "standing": Standing(standing[user.pk]),
            "standing_form": StandingForm(
                initial={"standing": standing[user.pk]}, auto_id=f"id_{user.pk}_%s"
            ),
            "annotates": Role.ANNOTATOR in held or standing[user.pk] != Standing.PERSON,
            "link_until": pending.get(user.pk),
        }
        for user, held in sort_by_name(roles.items(), name=lambda one: one[0].name)
    ]
    context = {
        "people": people,
        "invitations": request.project.invitations.open().select_related("user"),
        "form": form,
        "invited": invited.user if invited else None,
        "link": write_secret_address("web:sign-in-link", invited.sign_in) if invited else "",
        "invitation_link": write_secret_address("web:invitation", invited.invitation) if invited else "",
        "several": several or SeveralForm(),
        "outcomes": outcomes,
        "links": "\n".join(f"{one.address} {one.link}" for one in outcomes if one.link),
    }
    return render(request, "annotations/people/people.html", context)


@member_page(Role.MANAGER)
@require_POST
def invite(request: MemberRequest) -> HttpResponse:
    """Invite a person into a project, and show the link to hand to them."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form)
    sends_mail = form.cleaned_data.pop("send_mail", False)
    is_in_place = _find_open_links(form.cleaned_data["email"]).exists()
    try:
        invited = invite_member(request.project, **form.cleaned_data, by=request.user)
    except InvalidEmailError as error:
        form.add_error("email", str(error))
        return _show(request, form=form)
    if is_in_place and invited.sign_in:
        messages.warning(
            request,
            f"{invited.user} had an account and an open sign-in link, which opens nothing any more: the new one is in its place.",
        )
    if sends_mail and (invited.sign_in or invited.invitation):
        ask_to_send_invitation(request.project, invited, roles=form.cleaned_data["roles"], by=request.user)
        messages.success(request, f"An invitation is on its way to {invited.user.email}.")
        return redirect("web:people", request.project.slug)
    return _show(request, form=InvitationForm(), invited=invited)


@member_page(Role.MANAGER)
@require_POST
def invite_at_once(request: MemberRequest) -> HttpResponse:
    """Invite several people into a project, and say what became of each."""
    form = SeveralForm(request.POST)
    if not form.is_valid():
        return _show(request, form=InvitationForm(), several=form)
    outcomes = invite_several(
        request.project,
        form.cleaned_data["addresses"],
        roles=form.cleaned_data["roles"],
        sends_mail=form.cleaned_data.get("send_mail", False),
        by=request.user,
    )
    refused = [
        f"{one.name} <{one.address}>" if one.name else one.address for one in outcomes if one.is_refused
    ]
    again = SeveralForm(initial={**form.cleaned_data, "addresses": "\n".join(refused)}) if refused else None
    return _show(request, form=InvitationForm(), several=again, outcomes=outcomes)


def _find_open_links(email: str) -> QuerySet[SignInLink]:
    """The sign-in links that somebody with this address still holds."""
    open_links = SignInLink.objects.filter(used_at=None, expires_at__gt=timezone.now())
    return open_links.filter(user__email__iexact=email.strip())


@member_page(Role.MANAGER)
@require_POST
def take_back_invitation(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation that was not accepted yet."""
    invitation = get_object_or_404(request.project.invitations.select_related("user"), pk=invitation_id)
    withdraw_invitation(invitation, by=request.user)
    messages.success(request, f"The invitation of {invitation.user} is withdrawn.")
    return redirect("web:people", request.project.slug)


@member_page(Role.MANAGER)
@require_POST
def issue_link(request: MemberRequest, user_id: int) -> HttpResponse:
    """Make a sign-in link for a member who has no password yet, and show it."""
    person = _find_member(request, user_id)
    try:
        token = issue_sign_in_link(person, by=request.user)
    except (NotYoursToSignInError, HasPasswordError) as error:
        messages.error(request, str(error))
        return redirect("web:people", request.project.slug)
    return _show(request, form=InvitationForm(), invited=Invited(person, sign_in=token))


@member_page(Role.MANAGER)
@require_POST
def set_roles(request: MemberRequest, user_id: int) -> HttpResponse:
    """Who is no annotator any more gives back what lies in their queues; what they submitted stays."""
    person = _find_member(request, user_id)
    form = RolesForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose among the roles that are offered.")
        return redirect("web:people", request.project.slug)
    try:
        roles = change_member_roles(
            request.project, person, roles=form.cleaned_data["roles"], by=request.user
        )
    except LastManagerError as error:
        messages.error(request, str(error))
    else:
        now = ", ".join(Role(role).label for role in sorted(roles))
        outcome = f"{person} is now: {now}." if roles else f"{person} has left the project."
        messages.success(request, outcome)
    if person == request.user and Role.MANAGER not in request.project.roles_of(person):
        return redirect("web:projects")
    return redirect("web:people", request.project.slug)


@member_page(Role.MANAGER)
@require_POST
def set_standing_of(request: MemberRequest, user_id: int) -> HttpResponse:
    """Say whether an annotator is a person or a model; what they annotated stays as it is."""
    person = _find_member(request, user_id)
    form = StandingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the three that are offered.")
        return redirect("web:people", request.project.slug)
    standing = Standing(form.cleaned_data["standing"])
    try:
        set_standing(request.project, person, standing=standing, by=request.user)
    except NotAnAnnotatorError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{person} annotates as {standing.label} now: {CONSEQUENCES[standing]}")
    return redirect("web:people", request.project.slug)


def _find_member(request: MemberRequest, user_id: int) -> User:
    members = User.objects.filter(memberships__project=request.project).distinct()
    person: User = get_object_or_404(members, pk=user_id)
    return person
