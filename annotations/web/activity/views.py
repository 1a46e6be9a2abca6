"""What happened in a project: the audit trail, and the jobs that run or ran."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.blindness import keep_visible_events
from annotations.models import Event, Job, JobStatus, Role
from annotations.web.access import MemberRequest, member_page
from annotations.web.activity.subjects import describe_subjects
from annotations.web.paging import paginate


@member_page(Role.MANAGER)
@require_safe
def list_events(request: MemberRequest) -> HttpResponse:
    events = keep_visible_events(Event.objects.filter(project=request.project), request.user)
    events = events.select_related("actor").order_by("-id")
    page = paginate(request, events)
    context = {"page": page, "lines": describe_subjects(request.project, page.object_list)}
    return render(request, "annotations/activity/activity.html", context)


@member_page(Role.MANAGER)
@require_safe
def list_jobs(request: MemberRequest) -> HttpResponse:
    """The page renews its table while something is under way."""
    jobs = Job.objects.filter(project=request.project).order_by("-id")
    context = {
        "page": paginate(request, jobs),
        "is_busy": jobs.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING]).exists(),
    }
    is_renewal = request.headers.get("HX-Request") == "true"
    template = "annotations/activity/_jobs.html" if is_renewal else "annotations/activity/jobs.html"
    return render(request, template, context)
