"""Publishing a release, and withdrawing it for a reason."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

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


def _change(request: MemberRequest, number: int, change: Callable[[Release], object]) -> HttpResponse:
    release = get_object_or_404(request.project.releases, number=number)
    try:
        change(release)
    except (ReleaseStateError, WithdrawalReasonError) as error:
        messages.error(request, f"{capfirst(str(error))}.")
    return redirect("web:release", request.project.slug, number)
