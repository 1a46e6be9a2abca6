"""The page of one person: a manager sees everybody's, an annotator their own."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.models import Membership, Participant, Role, User
from annotations.web.access import MemberRequest, member_page
from annotations.web.people.figures import measure_person
from annotations.web.projects.overview import list_notes

NOTES_SHOWN = 10


@member_page(Role.MANAGER)
@require_safe
def show_person(request: MemberRequest, user_id: int) -> HttpResponse:
    """What somebody who is or was in the project did there."""
    memberships = Membership.objects.filter(project=request.project, user=user_id)
    took_part = Participant.objects.filter(round__project=request.project, annotator=user_id)
    people = User.objects.filter(
        Q(pk__in=memberships.values("user")) | Q(pk__in=took_part.values("annotator"))
    )
    person = get_object_or_404(people, pk=user_id)
    held = set(memberships.order_by().values_list("role", flat=True))
    context = {
        "person": person,
        "person_roles": [role for role in Role if role in held],
        "is_model": person.pk in request.project.list_models(),
        "figures": measure_person(request.project, person, reader=request.user),
        "notes": list_notes(request.project, reader=request.user, limit=NOTES_SHOWN, by=person),
    }
    return render(request, "annotations/people/person.html", context)


@member_page(Role.ANNOTATOR)
@require_safe
def show_my_figures(request: MemberRequest) -> HttpResponse:
    """An annotator's own figures, and nobody else's."""
    figures = measure_person(request.project, request.user, reader=request.user)
    return render(request, "annotations/people/mine.html", {"person": request.user, "figures": figures})
