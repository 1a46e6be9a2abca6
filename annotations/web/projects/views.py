"""The list of projects, starting one, and the page of one."""

from collections import defaultdict
from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.assignment.prospects import find_stuck_tasks
from annotations.blindness import keep_visible_events
from annotations.models import (
    ArticleTally,
    AssignmentStatus,
    AssignmentTally,
    Event,
    Membership,
    Participant,
    Project,
    QuarantinedItem,
    Role,
    SchemeDraft,
    Task,
    TaskStatus,
    TaskTally,
    User,
)
from annotations.progress.names import sort_by_name
from annotations.progress.situation import count_tasks, describe_situation, find_quarantined
from annotations.progress.waiting import (
    count_unclaimed,
    find_waiting_since,
    list_adjudicators,
    list_annotators,
    say_what_remains,
)
from annotations.projects.starting import create_project, may_start_projects, store_scheme
from annotations.web.access import MemberRequest, PersonRequest, member_page, person_page
from annotations.web.activity.gathering import gather_alike
from annotations.web.activity.subjects import describe_events
from annotations.web.forms import EMPTY_SCHEME, ProjectForm
from annotations.web.paging import paginate, read_choice
from annotations.web.projects.next_step import STUCK, Step, choose_next_step, choose_step_of_member
from annotations.web.projects.overview import gather_doubts, list_deadlines, list_notes
from annotations.web.projects.setting_up import list_setup_steps
from annotations.web.projects.stages import list_stages, say_planned
from annotations.web.projects.waiting import list_what_waits
from annotations.web.stuck import StuckLine, describe_stuck
from annotations.web.work.workload import list_round_work

SHORT_LIST, NOTES_READ, EVENTS_READ, LONG_LIST = 5, 50, 60, 500


@person_page
@require_safe
def list_projects(request: PersonRequest) -> HttpResponse:
    """The page that lists a person's projects, and what waits for them in each."""
    roles: dict[int, list[Role]] = defaultdict(list)
    for project_id, role in Membership.objects.filter(user=request.user).values_list("project_id", "role"):
        roles[project_id].append(Role(role))
    archived = Project.objects.archived_for(request.user)
    shows_archived = read_choice(request, "archived", ["yes"]) == "yes"
    shown = archived if shows_archived else Project.objects.visible_to(request.user)
    latest = Event.objects.filter(project=OuterRef("pk")).order_by("-id").values("at")[:1]
    projects = list(shown.order_by("name", "id"))
    last_at = dict(shown.annotate(last_at=Subquery(latest)).values_list("pk", "last_at"))
    articles = dict(
        ArticleTally.objects.filter(project__in=projects)
        .values_list("project_id")
        .annotate(Sum("number"))
        .order_by()
    )
    tasks = TaskTally.objects.live().filter(round__project__in=projects).count_by("round__project")
    queued = AssignmentTally.objects.filter(
        annotator=request.user, round__project__in=projects, status=AssignmentStatus.QUEUED
    ).count_by("round__project")
    rows = [
        {
            "name": project.name,
            "slug": project.slug,
            "description": project.description,
            "my_roles": [role.label for role in Role if role in roles[project.pk]],
            "waits": []
            if shows_archived
            else list_what_waits(roles[project.pk], tasks[project.pk], queued=queued[project.pk].total()),
            "article_count": articles.get(project.pk, 0),
            "task_count": tasks[project.pk].total(),
            "adjudicated_count": tasks[project.pk][TaskStatus.ADJUDICATED],
            "last_at": last_at[project.pk] if Role.MANAGER in roles[project.pk] else None,
        }
        for project in projects
    ]
    context = {
        "projects": rows,
        "something_waits": any(row["waits"] for row in rows),
        "manages_some": any(row["last_at"] for row in rows),
        "may_create": may_start_projects(request.user),
        "shows_archived": shows_archived,
        "archived_count": archived.count(),
    }
    return render(request, "annotations/projects/list.html", context)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def start_project(request: PersonRequest) -> HttpResponse:
    """The page on which a manager makes a project."""
    if not may_start_projects(request.user):
        raise Http404("Only managers create projects.")
    form = ProjectForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        scheme = store_scheme(form.cleaned_data["definition"], by=request.user)
        project = create_project(
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            scheme=scheme,
            merge_rule=form.cleaned_data["merge_rule"],
            by=request.user,
        )
        is_empty = form.cleaned_data["scheme"] == EMPTY_SCHEME
        return redirect("web:edit-scheme" if is_empty else "web:project", project.slug)
    return render(request, "annotations/projects/create.html", {"form": form})


@member_page()
@require_safe
def show_project(request: MemberRequest) -> HttpResponse:
    """Managers see where everything stands; others see what is theirs to do."""
    project = request.project
    tasks = count_tasks(TaskTally.objects.filter(round__project=project))
    if Role.MANAGER not in request.roles:
        return _show_member(request, tasks)
    stuck = find_stuck_tasks(Task.objects.filter(round__project=project))
    quarantined = find_quarantined(project, reader=request.user)
    situation = describe_situation(
        project, tasks=tasks, stuck=len(stuck), quarantined=quarantined.count(), roles=request.roles
    )
    stuck_lines = describe_stuck(stuck, limit=SHORT_LIST)
    step = choose_next_step(situation)
    annotators = list_annotators(project)
    events = keep_visible_events(Event.objects.filter(project=project), request.user)
    latest = list(events.select_related("actor").order_by("-id")[:EVENTS_READ])
    context = {
        "situation": situation,
        "step": step,
        "step_url": _find_step_address(project, step, stuck_lines),
        "stuck": stuck_lines,
        "stages": list_stages(situation),
        "setup": list_setup_steps(
            situation,
            scheme=str(project.scheme),
            has_draft=not situation.rounds and SchemeDraft.objects.filter(project=project).exists(),
        ),
        "planned": say_planned(situation),
        "annotators": annotators,
        "models": project.list_models(),
        "deadlines": list_deadlines(project),
        "remains": say_what_remains(annotators, unclaimed=count_unclaimed(project) if tasks["open"] else 0),
        "adjudicators": list_adjudicators(project) if tasks["annotated"] else [],
        "waiting_since": find_waiting_since(project) if tasks["annotated"] else None,
        "quarantined": _without_texts(quarantined)[:SHORT_LIST],
        "doubts": gather_doubts(list_notes(project, reader=request.user, limit=NOTES_READ))[:SHORT_LIST],
        "lines": gather_alike(describe_events(project, latest), most=SHORT_LIST),
    }
    return render(request, "annotations/projects/overview.html", context)


def _show_member(request: MemberRequest, tasks: dict[str, int]) -> HttpResponse:
    """What is theirs to do, for those who do not manage the project."""
    left = 0
    if Role.ANNOTATOR in request.roles:
        work = list_round_work(request.user)
        left = sum(share.left for share in work if share.participant.round.project_id == request.project.pk)
    step = choose_step_of_member(request.roles, annotated=tasks["annotated"], left=left)
    address = reverse("web:work") if step.page == "work" else _find_step_address(request.project, step)
    context = {"tasks": tasks, "step": step, "step_url": address}
    return render(request, "annotations/projects/member.html", context)


def _find_step_address(project: Project, step: Step, stuck: Sequence[StuckLine] = ()) -> str:
    """The page that a step leads to: of one task that nobody can finish its own, of several the round of the first."""
    if step.page == STUCK:
        name, argument = ("task", stuck[0].task_id) if len(stuck) == 1 else ("round", stuck[0].round_number)
        return reverse(f"web:{name}", args=[project.slug, argument])
    return reverse(f"web:{step.page}", args=[project.slug]) if step.page else ""


def _without_texts(items: QuerySet[QuarantinedItem]) -> QuerySet[QuarantinedItem]:
    article = "annotation__assignment__task__article"
    return items.defer("annotation__result", f"{article}__text", f"{article}__original")


@member_page(Role.MANAGER)
@require_safe
def list_quarantined(request: MemberRequest) -> HttpResponse:
    """The page with what could not be accepted of annotations."""
    items = _without_texts(find_quarantined(request.project, reader=request.user))
    return render(request, "annotations/projects/quarantine.html", {"page": paginate(request, items)})


@member_page(Role.MANAGER)
@require_POST
def resolve_quarantined(request: MemberRequest, item_id: int) -> HttpResponse:
    """Put on record that somebody saw to a quarantined item."""
    item = get_object_or_404(find_quarantined(request.project, reader=request.user), pk=item_id)
    with transaction.atomic():
        QuarantinedItem.objects.filter(pk=item.pk, resolved_at=None).update(
            resolved_at=timezone.now(), resolved_by=request.user
        )
        Event.objects.record(
            "saw to", item, actor=request.user, project=request.project, message=item.message
        )
    messages.success(request, "Marked as seen to.")
    return redirect("web:quarantine", request.project.slug)


@member_page(Role.MANAGER)
@require_safe
def show_notes(request: MemberRequest) -> HttpResponse:
    """The page with what annotators noted, by person and by round."""
    participants = Participant.objects.filter(round__project=request.project).order_by().values("annotator")
    people = {str(one.pk): one for one in User.objects.filter(pk__in=participants).order_by("id")}
    rounds = {str(one.number): one for one in request.project.rounds.order_by("number")}
    who = read_choice(request, "who", ["", *people])
    number = read_choice(request, "round", ["", *rounds])
    everybody = sort_by_name(people.values(), name=lambda person: person.name)
    notes = list_notes(
        request.project, reader=request.user, limit=LONG_LIST + 1, by=people.get(who), of=rounds.get(number)
    )
    context = {
        "notes": notes[:LONG_LIST],
        "most": LONG_LIST if len(notes) > LONG_LIST else None,
        "people": everybody,
        "rounds": rounds.values(),
        "who": who,
        "number": number,
    }
    return render(request, "annotations/projects/notes.html", context)
