"""The round that an address names, for every page about one."""

from django.shortcuts import get_object_or_404

from annotations.models import Round
from annotations.web.access import MemberRequest


def find_round(request: MemberRequest, number: int) -> Round:
    """The round of the project with that number, or the page that says there is none."""
    return get_object_or_404(request.project.rounds.select_related("project"), number=number)
