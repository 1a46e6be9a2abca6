"""Publishing a release, withdrawing it for a reason, and discarding the draft of the next one."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from annotations.gold.drafts import discard_draft, find_draft
from annotations.gold.finding import find_numbered
from annotations.gold.publishing import (
    ReleaseStateError,
    WithdrawalReasonError,
    publish_release,
    withdraw_release,
)
from annotations.models import Release, Role
from annotations.web.access import MemberRequest, member_page


@member_page(Role.MANAGER)
@require_POST
def publish(request: MemberRequest, number: int) -> HttpResponse:
    """Say that a release is meant to be used."""
    return _change(request, number, lambda release: publish_release(release, by=request.user))


@member_page(Role.MANAGER)
@require_POST
def withdraw(request: MemberRequest, number: int) -> HttpResponse:
    """Take a release back for the reason that the manager gives."""
    reason = request.POST.get("reason", "")
    return _change(request, number, lambda release: withdraw_release(release, reason=reason, by=request.user))


@member_page(Role.MANAGER)
@require_POST
def discard(request: MemberRequest) -> HttpResponse:
    """Throw away the draft of the next release; where somebody did so, or froze it, before, nothing is left to do."""
    draft = find_draft(request.project)
    if draft is not None:
        discard_draft(draft, by=request.user)
    return redirect("web:releases", request.project.slug)


def _change(request: MemberRequest, number: int, change: Callable[[Release], object]) -> HttpResponse:
    release = find_numbered(request.project, number)
    try:
        change(release)
    except (ReleaseStateError, WithdrawalReasonError) as error:
        messages.error(request, f"{capfirst(str(error))}.")
    return redirect("web:release", request.project.slug, number)
