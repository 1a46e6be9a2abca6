"""The list of projects, starting one, and the page of one."""

from collections import defaultdict

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.agreement.registry import find_metric
from annotations.assignment.prospects import find_stuck_tasks
from annotations.models import (
    Article,
    Event,
    Membership,
    Project,
    QuarantinedItem,
    Role,
    Task,
    TaskStatus,
    TaskTally,
)
from annotations.projects.services import create_project, may_start_projects, store_scheme
from annotations.reliability.reports import report
from annotations.web.access import MemberRequest, PersonRequest, member_page, person_page
from annotations.web.forms import ProjectForm
from annotations.web.paging import paginate, read_choice
from annotations.web.projects.next_step import STUCK, Step, choose_next_step
from annotations.web.projects.overview import (
    count_by_annotator,
    count_tasks,
    describe_situation,
    find_quarantined,
    list_notes,
)
from annotations.web.stuck import describe_stuck

SHORT_LIST, LONG_LIST = 5, 500
HEADLINES = ("alpha_nominal", "f1_strict", "f1_partial")


@person_page
@require_safe
def list_projects(request: PersonRequest) -> HttpResponse:
    roles: dict[int, list[str]] = defaultdict(list)
    for project_id, role in Membership.objects.filter(user=request.user).values_list("project_id", "role"):
        roles[project_id].append(Role(role).label)
    archived = Project.objects.archived_for(request.user)
    shows_archived = read_choice(request, "archived", ["yes"]) == "yes"
    shown = archived if shows_archived else Project.objects.visible_to(request.user)
    projects = list(shown.order_by("name", "id"))
    articles = dict(
        Article.objects.filter(project__in=projects)
        .values_list("project_id")
        .annotate(Count("id"))
        .order_by()
    )
    tasks = TaskTally.objects.live().filter(round__project__in=projects).count_by("round__project")
    rows = [
        {
            "name": project.name,
            "slug": project.slug,
            "description": project.description,
            "my_roles": roles[project.pk],
            "article_count": articles.get(project.pk, 0),
            "task_count": tasks[project.pk].total(),
            "adjudicated_count": tasks[project.pk][TaskStatus.ADJUDICATED],
        }
        for project in projects
    ]
    context = {
        "projects": rows,
        "may_create": may_start_projects(request.user),
        "shows_archived": shows_archived,
        "archived_count": archived.count(),
    }
    return render(request, "annotations/projects/list.html", context)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def start_project(request: PersonRequest) -> HttpResponse:
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
        return redirect("web:project", project.slug)
    return render(request, "annotations/projects/create.html", {"form": form})


@member_page()
@require_safe
def show_project(request: MemberRequest) -> HttpResponse:
    """Managers see where everything stands; others see what is theirs to do."""
    project = request.project
    tasks = count_tasks(TaskTally.objects.filter(round__project=project))
    if Role.MANAGER not in request.roles:
        return render(request, "annotations/projects/member.html", {"tasks": tasks})
    stuck = find_stuck_tasks(Task.objects.filter(round__project=project))
    situation = describe_situation(
        project, tasks=tasks, stuck=len(stuck), roles=request.roles, reader=request.user
    )
    step = choose_next_step(situation)
    context = {
        "tasks": tasks,
        "situation": situation,
        "step": step,
        "step_url": _find_step_address(project, step),
        "stuck": describe_stuck(stuck, limit=SHORT_LIST),
        "annotators": count_by_annotator(project),
        "quarantined": _without_texts(find_quarantined(project, reader=request.user))[:SHORT_LIST],
        "notes": list_notes(project, reader=request.user, limit=SHORT_LIST),
    }
    return render(request, "annotations/projects/overview.html", context)


def _find_step_address(project: Project, step: Step) -> str:
    """The page that a step leads to; what stands on this page already is a place of it."""
    if step.page == STUCK:
        return "#stuck-title"
    return reverse(f"web:{step.page}", args=[project.slug]) if step.page else ""


@member_page(Role.MANAGER)
@require_safe
def show_agreement_summary(request: MemberRequest) -> HttpResponse:
    """A few figures, asked for after the page is there, because counting can take a moment."""
    found = report(request.project, metrics=HEADLINES, reader=request.user)
    figures = [(find_metric(name).title, found[name]) for name in HEADLINES]
    context = {"figures": figures, "documents": found.data["n_documents_compared"]}
    return render(request, "annotations/agreement/_summary.html", context)


def _without_texts(items: QuerySet[QuarantinedItem]) -> QuerySet[QuarantinedItem]:
    article = "annotation__assignment__task__article"
    return items.defer("annotation__result", f"{article}__text", f"{article}__original")


@member_page(Role.MANAGER)
@require_safe
def list_quarantined(request: MemberRequest) -> HttpResponse:
    items = _without_texts(find_quarantined(request.project, reader=request.user))
    return render(request, "annotations/projects/quarantine.html", {"page": paginate(request, items)})


@member_page(Role.MANAGER)
@require_POST
def resolve_quarantined(request: MemberRequest, item_id: int) -> HttpResponse:
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
    return render(
        request,
        "annotations/projects/notes.html",
        {"notes": list_notes(request.project, reader=request.user, limit=LONG_LIST)},
    )
