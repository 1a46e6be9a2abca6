"""The way in: each person lands where their work is."""

from collections.abc import Collection

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect

from annotations.models import Membership, Role, TaskStatus, TaskTally
from annotations.web.access import PersonRequest, person_page
from annotations.web.accounts.views import CAME_BY_LINK

LANDING = {Role.ADJUDICATOR.value: "adjudication", Role.CONSUMER.value: "releases"}
"""Where somebody goes who has this one role in one project."""


@person_page
def home(request: PersonRequest) -> HttpResponse:
    """Lead a person to the page where their work begins, by their roles."""
    if request.session.get(CAME_BY_LINK) and not request.user.has_usable_password():
        return redirect("web:set-password")
    memberships = Membership.objects.filter(user=request.user, project__archived_at=None)
    held = list(memberships.values_list("project__slug", "role"))
    slugs, roles = {slug for slug, _ in held}, {role for _, role in held}
    if roles == {Role.ANNOTATOR}:
        return redirect("web:work")
    if roles == {Role.ADJUDICATOR} and (fullest := _find_fullest_queue(slugs)):
        return redirect("web:adjudication", fullest)
    if len(slugs) == 1:
        alone = LANDING.get(roles.pop(), "project") if len(roles) == 1 else "project"
        return redirect(f"web:{alone}", slugs.pop())
    return redirect("web:projects")


def _find_fullest_queue(slugs: Collection[str]) -> str:
    """The project in which the most articles wait for an adjudicator; empty where none does."""
    waiting = TaskTally.objects.filter(
        round__project__slug__in=slugs, status=TaskStatus.ANNOTATED, number__gt=0
    )
    counted = waiting.order_by().values("round__project__slug").annotate(sum=Sum("number"))
    return next((row["round__project__slug"] for row in counted.order_by("-sum", "round__project__slug")), "")
