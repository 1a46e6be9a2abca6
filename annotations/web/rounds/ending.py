"""What a manager does to a round as a whole: naming it, closing it and opening it again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from annotations.assignment.closing import RoundNameError, close_round, rename_round, reopen_round
from annotations.models import Role, Round
from annotations.web.access import MemberRequest, member_page


def _find(request: MemberRequest, number: int) -> Round:
    return get_object_or_404(request.project.rounds.select_related("project"), number=number)


@member_page(Role.MANAGER)
@require_POST
def rename(request: MemberRequest, number: int) -> HttpResponse:
    """Give a round a name of its own, or take it away."""
    round_ = _find(request, number)
    try:
        rename_round(round_, request.POST.get("name", ""), by=request.user)
    except RoundNameError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, f"This is “{round_.title}” now." if round_.name else "The round has its number alone."
        )
    return redirect("web:round", request.project.slug, number)


@member_page(Role.MANAGER)
@require_POST
def close(request: MemberRequest, number: int) -> HttpResponse:
    """End a round, so that none of its tasks is given to anybody."""
    close_round(_find(request, number), by=request.user)
    messages.success(request, f"Round {number} is closed: nothing of it is given to anybody any more.")
    return redirect("web:round", request.project.slug, number)


@member_page(Role.MANAGER)
@require_POST
def reopen(request: MemberRequest, number: int) -> HttpResponse:
    """Let a round that was closed go on."""
    reopen_round(_find(request, number), by=request.user)
    messages.success(request, f"Round {number} is open again.")
    return redirect("web:round", request.project.slug, number)
