"""The settings of a project, and its end: archived and back, or deleted while nobody has annotated in it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotations.adjudication.rule_change import RuleInUseError, change_merge_rule
from annotations.assignment.archiving import (
    NotArchivedError,
    ProjectInUseError,
    archive_project,
    delete_project,
    find_reason_to_keep,
    restore_project,
)
from annotations.models import AssignmentStatus, AssignmentTally, Role, TaskTally
from annotations.projects.settings import InvalidSettingError, change_settings
from annotations.web.access import MemberRequest, member_page
from annotations.web.settings.forms import SettingsForm, TypedConfirmationForm


@member_page(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def show_settings(request: MemberRequest) -> HttpResponse:
    """The page with the settings of a project."""
    project = request.project
    form = SettingsForm(request.POST or None, initial=SettingsForm.describing(project))
    if request.method == "POST" and form.is_valid() and _save(request, form):
        messages.success(request, "The settings are saved.")
        return redirect("web:settings", project.slug)
    if form.is_bound:
        project.refresh_from_db()
    context = {
        "form": form,
        "reason_to_keep": find_reason_to_keep(project),
        "queued": AssignmentTally.objects.filter(
            round__project=project, status=AssignmentStatus.QUEUED
        ).total(),
    }
    return render(request, "annotations/settings/settings.html", context)


def _save(request: MemberRequest, form: SettingsForm) -> bool:
    """All of it or nothing, because one button saves it."""
    try:
        with transaction.atomic():
            change_settings(request.project, by=request.user, **form.list_settings())
            change_merge_rule(request.project, form.cleaned_data["merge_rule"], by=request.user)
    except InvalidSettingError as error:
        form.add_error(None, str(error))
    except RuleInUseError as error:
        form.add_error("merge_rule", str(error))
    return form.is_valid()


@member_page(Role.MANAGER)
@require_POST
def archive(request: MemberRequest) -> HttpResponse:
    """Archive a project, in which nothing changes from then on."""
    archive_project(request.project, by=request.user)
    messages.success(request, f"{request.project} is archived. You find it under “Archived projects”.")
    return redirect("web:settings", request.project.slug)


@member_page(Role.MANAGER, changes_archived=True)
@require_POST
def restore(request: MemberRequest) -> HttpResponse:
    """Bring an archived project back."""
    try:
        restore_project(request.project, by=request.user)
    except NotArchivedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{request.project} is back; everybody goes on where they were.")
    return redirect("web:settings", request.project.slug)


@member_page(Role.MANAGER, changes_archived=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: MemberRequest) -> HttpResponse:
    """Delete a project once its name is typed; what would be gone is said before."""
    project = request.project
    form = TypedConfirmationForm(request.POST or None, name=project.name)
    reason = find_reason_to_keep(project)
    if request.method == "POST" and form.is_valid() and not reason:
        try:
            delete_project(project, by=request.user)
        except ProjectInUseError as error:
            reason = str(error)
        else:
            messages.success(request, f"The project “{form.name}” is deleted.")
            return redirect("web:projects")
    context = {
        "form": form,
        "reason_to_keep": reason,
        "articles": project.article_tallies.total(),
        "rounds": project.rounds.count(),
        "tasks": TaskTally.objects.filter(round__project=project).total(),
        "people": project.memberships.values("user").distinct().count(),
    }
    return render(request, "annotations/settings/delete.html", context)
