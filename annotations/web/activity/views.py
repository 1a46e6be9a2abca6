"""What happened in a project: the audit trail."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.blindness import keep_visible_events
from annotations.limits import MAX_PAGED_ROWS
from annotations.models import Event, Participant, Project, Role, User
from annotations.progress.names import sort_by_name
from annotations.web.access import MemberRequest, member_page
from annotations.web.activity.gathering import gather_alike
from annotations.web.activity.subjects import describe_events
from annotations.web.paging import paginate, read_choice

WORKBENCH = "workbench"
"""In place of a person: what the workbench did by itself."""
ABOUT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "annotating": ("annotating", ("assignment", "annotation", "quarantineditem")),
    "adjudicating": ("adjudicating", ("decision", "gold")),
    "rounds": ("rounds and their tasks", ("round", "participant", "task")),
    "people": ("people", ("user", "membership", "invitation")),
    "project": ("articles, releases and the project", ()),
}
"""What the trail can be narrowed to: the words, and the kinds of things; the last has all kinds that no other names."""


@member_page(Role.MANAGER)
@require_safe
def list_events(request: MemberRequest) -> HttpResponse:
    """The page with the audit trail of a project, by person and by subject."""
    people = _list_people(request.project)
    who = read_choice(request, "who", ["", WORKBENCH, *(str(person.pk) for person in people)])
    what = read_choice(request, "what", ["", *ABOUT])
    events = keep_visible_events(Event.objects.filter(project=request.project), request.user)
    if who:
        events = events.filter(actor=None if who == WORKBENCH else int(who))
    if what:
        events = _narrow(events, what)
    page = paginate(request, events.select_related("actor").order_by("-id"), most=MAX_PAGED_ROWS)
    context = {
        "page": page,
        "lines": gather_alike(describe_events(request.project, page.object_list)),
        "people": people,
        "abouts": [(name, words) for name, (words, _) in ABOUT.items()],
        "who": who,
        "what": what,
    }
    return render(request, "annotations/activity/activity.html", context)


def _list_people(project: Project) -> list[User]:
    """Whoever is or was in the project, in natural order of their names."""
    members = project.memberships.order_by().values("user")
    annotators = Participant.objects.filter(round__project=project).order_by().values("annotator")
    people = User.objects.filter(Q(pk__in=members) | Q(pk__in=annotators)).order_by("id")
    return sort_by_name(people, name=lambda person: person.name)


def _narrow(events: QuerySet[Event], what: str) -> QuerySet[Event]:
    kinds = ABOUT[what][1]
    if kinds:
        return events.filter(subject_type__in=kinds)
    return events.exclude(subject_type__in=[kind for _, others in ABOUT.values() for kind in others])
