"""The list of projects, starting one, and the page of one."""

from collections import defaultdict

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from annotations.models import Article, Membership, Project, Role, Task, TaskStatus
from annotations.projects.services import create_project, store_scheme
from annotations.web.access import MemberRequest, PersonRequest, member_page, person_page
from annotations.web.forms import ProjectForm


@person_page
@require_safe
def list_projects(request: PersonRequest) -> HttpResponse:
    roles: dict[int, list[str]] = defaultdict(list)
    for project_id, role in Membership.objects.filter(user=request.user).values_list("project_id", "role"):
        roles[project_id].append(Role(role).label)
    projects = list(Project.objects.visible_to(request.user).order_by("name", "id"))
    articles = dict(
        Article.objects.filter(project__in=projects)
        .values_list("project_id")
        .annotate(Count("id"))
        .order_by()
    )
    tasks = {
        project_id: (total, adjudicated)
        for project_id, total, adjudicated in Task.objects.filter(round__project__in=projects)
        .exclude(status=TaskStatus.CANCELLED)
        .order_by()
        .values_list("round__project_id")
        .annotate(total=Count("id"), adjudicated=Count("id", filter=Q(status=TaskStatus.ADJUDICATED)))
    }
    rows = [
        {
            "name": project.name,
            "slug": project.slug,
            "description": project.description,
            "my_roles": roles[project.pk],
            "article_count": articles.get(project.pk, 0),
            "task_count": tasks.get(project.pk, (0, 0))[0],
            "adjudicated_count": tasks.get(project.pk, (0, 0))[1],
        }
        for project in projects
    ]
    context = {"projects": rows, "may_create": may_create_projects(request)}
    return render(request, "annotations/projects.html", context)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def start_project(request: PersonRequest) -> HttpResponse:
    if not may_create_projects(request):
        raise Http404("Only managers create projects.")
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scheme = store_scheme(form.cleaned_data["definition"], by=request.user)
        project = create_project(
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            scheme=scheme,
            by=request.user,
        )
        return redirect("web:project", project.slug)
    return render(request, "annotations/create_project.html", {"form": form})


def may_create_projects(request: PersonRequest) -> bool:
    """Staff, and whoever manages a project already."""
    user = request.user
    return user.is_staff or user.memberships.filter(role=Role.MANAGER).exists()


@member_page()
@require_safe
def show_project(request: MemberRequest) -> HttpResponse:
    return render(request, "annotations/project.html", {})
