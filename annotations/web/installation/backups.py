"""The page on which an administrator has a backup made, follows it, and downloads what is kept."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from annotations.jobs.backups import list_backups, open_backup
from annotations.jobs.services import enqueue
from annotations.limits import MAX_KEPT_BACKUPS
from annotations.models import Event, Job
from annotations.models.jobs import UNFINISHED
from annotations.web.access import PersonRequest, entered_again, installation_page

KIND = "make_backup"


@installation_page
@require_safe
def list_kept_backups(request: PersonRequest) -> HttpResponse:
    """The backups that can be downloaded, and how far the next one is."""
    job = Job.objects.filter(key=KIND).order_by("-id").first()
    context = {
        "backups": list_backups(),
        "job": job,
        "is_under_way": job is not None and job.status in UNFINISHED,
        "left": job.estimate_left(timezone.now()) if job else None,
        "most": MAX_KEPT_BACKUPS,
    }
    is_renewal = request.headers.get("HX-Request") == "true"
    return render(
        request, f"annotations/installation/{'_backups' if is_renewal else 'backups'}.html", context
    )


@installation_page
@require_POST
def make_backup(request: PersonRequest) -> HttpResponse:
    """Ask for a backup; where one is under way, that one is followed."""
    enqueue(KIND, key=KIND, by=request.user)
    messages.success(request, "A backup is being made. People can work on meanwhile.")
    return redirect("web:backups")


@installation_page
@require_safe
@entered_again
def download_backup(request: PersonRequest, name: str) -> FileResponse:
    """Send a backup, which holds everything, to an administrator who has just shown who they are, and put on record who has it."""
    file = open_backup(name)
    if file is None:
        raise Http404
    Event.objects.record("downloaded a backup", request.user, actor=request.user, name=name)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
